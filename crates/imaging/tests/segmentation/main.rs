//! DICOM Segmentations, read back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod refusals;
mod source;

#[path = "../common/series.rs"]
mod series;

use dicom_dictionary_std::{tags, uids};
use dicom_object::DefaultDicomObject;
use imaging::dicom::write::{AlgorithmType, segmentation};
use imaging::{Error, Geometry};
use proptest::prelude::*;
use series::{
    assert_close, creator, geometry, item, items, number, numbers, oblique, position, read,
    segments, text,
};

fn write(mask: &[u8], shape: [usize; 3], ids: &[u8]) -> Vec<u8> {
    let affine = oblique();
    let source = series::series(&affine, shape[0]);
    segmentation(
        &source,
        &geometry(affine),
        mask,
        shape,
        &segments(ids),
        &creator(),
    )
    .unwrap()
}

/// Puts the mask together again from the frames, by the number of the segment and the place of the plane.
fn mask_of(
    object: &DefaultDicomObject,
    affine: &[[f64; 4]; 4],
    shape: [usize; 3],
    ids: &[u8],
) -> Vec<u8> {
    let [planes, rows, columns] = shape;
    let pixels = rows * columns;
    let bytes = object
        .element(tags::PIXEL_DATA)
        .unwrap()
        .to_bytes()
        .unwrap();
    let bit = |index: usize| bytes[index / 8] >> (index % 8) & 1 == 1;
    let frames = items(object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    assert_eq!(
        number(object, tags::NUMBER_OF_FRAMES) as usize,
        frames.len()
    );
    assert_eq!(bytes.len(), (frames.len() * pixels).div_ceil(16) * 2);
    assert!((frames.len() * pixels..bytes.len() * 8).all(|index| !bit(index)));
    let mut mask = vec![0; planes * pixels];
    for (index, frame) in frames.iter().enumerate() {
        let segment = item(frame, tags::SEGMENT_IDENTIFICATION_SEQUENCE);
        let segment = number(segment, tags::REFERENCED_SEGMENT_NUMBER);
        let found = numbers(
            item(frame, tags::PLANE_POSITION_SEQUENCE),
            tags::IMAGE_POSITION_PATIENT,
        );
        let plane = (0..planes)
            .find(|&plane| {
                position(affine, plane)
                    .iter()
                    .zip(&found)
                    .all(|(a, b)| (a - b).abs() < 1e-6)
            })
            .unwrap();
        let indices = item(frame, tags::FRAME_CONTENT_SEQUENCE)
            .element(tags::DIMENSION_INDEX_VALUES)
            .unwrap();
        assert_eq!(
            indices.to_multi_int::<u32>().unwrap(),
            [segment, plane as u32 + 1]
        );
        let image = item(
            item(frame, tags::DERIVATION_IMAGE_SEQUENCE),
            tags::SOURCE_IMAGE_SEQUENCE,
        );
        assert_eq!(
            text(image, tags::REFERENCED_SOP_INSTANCE_UID),
            format!("1.2.3.4.{}", plane + 1)
        );
        for pixel in (0..pixels).filter(|pixel| bit(index * pixels + pixel)) {
            assert_eq!(mask[plane * pixels + pixel], 0, "segments overlap");
            mask[plane * pixels + pixel] = ids[segment as usize - 1];
        }
    }
    mask
}

#[test]
fn frames_follow_each_other_bit_by_bit() {
    // Three pixels a frame: the second frame begins at bit 3, the third at bit 6 and goes on in the next byte.
    let object = read(&write(&[1, 0, 1, 1, 1, 0, 0, 1, 1], [3, 1, 3], &[1]));
    let bytes = object
        .element(tags::PIXEL_DATA)
        .unwrap()
        .to_bytes()
        .unwrap();
    assert_eq!(*bytes, [0b1001_1101, 0b1]);
}

#[test]
fn one_voxel_is_one_frame() {
    let mut mask = vec![0; 4 * 5 * 7];
    mask[2 * 35 + 3 * 7 + 4] = 9;
    let object = read(&write(&mask, [4, 5, 7], &[4, 9]));
    assert_eq!(number(&object, tags::NUMBER_OF_FRAMES), 1);
    assert_eq!(mask_of(&object, &oblique(), [4, 5, 7], &[4, 9]), mask);
    assert_eq!(items(&object, tags::SEGMENT_SEQUENCE).len(), 2);
}

#[test]
fn an_empty_mask_keeps_the_planes_of_its_first_segment() {
    let object = read(&write(&[0; 3 * 2 * 2], [3, 2, 2], &[1, 2]));
    assert_eq!(number(&object, tags::NUMBER_OF_FRAMES), 3);
    assert_eq!(mask_of(&object, &oblique(), [3, 2, 2], &[1, 2]), [0; 12]);
}

proptest! {
    #[test]
    fn every_mask_comes_back(
        (shape, mask) in ([1_usize..5, 1_usize..6, 1_usize..10]).prop_flat_map(|shape| {
            let voxels = shape.iter().product::<usize>();
            (Just(shape), prop::collection::vec(prop_oneof![4 => Just(0_u8), 1 => Just(3), 1 => Just(1), 1 => Just(255)], voxels))
        })
    ) {
        let ids = [3, 1, 255];
        let file = write(&mask, shape, &ids);
        prop_assert_eq!(mask_of(&read(&file), &oblique(), shape, &ids), mask);
    }
}

/// Bits and places, by a reader that knows nothing of this writer.
#[test]
fn our_own_reader_sees_the_mask_where_it_is() {
    let mask: Vec<u8> = (0..4 * 3 * 5)
        .map(|voxel| u8::from(voxel % 7 == 0 || voxel % 3 == 0))
        .collect();
    let file = write(&mask, [4, 3, 5], &[1]);
    let volume = imaging::open(&file, "mask.dcm", &imaging::Limits::default()).unwrap();
    assert_eq!(volume.shape, [4, 3, 5]);
    let found: Vec<u8> = volume.voxels.iter().map(|&voxel| voxel as u8).collect();
    assert_eq!(found, mask);
    let affine = volume.geometry.affine.unwrap();
    assert_close(affine.as_flattened(), oblique().as_flattened());
}

#[test]
fn planes_may_run_against_the_normal() {
    let mut affine = oblique();
    // The last plane first.
    for [_, _, step, origin] in affine.iter_mut().take(3) {
        *origin += 3.0 * *step;
        *step = -*step;
    }
    let mask: Vec<u8> = (0..4 * 3 * 3)
        .map(|voxel| u8::from(voxel % 5 == 0 || voxel < 9))
        .collect();
    let source = series::series(&affine, 4);
    let file = segmentation(
        &source,
        &geometry(affine),
        &mask,
        [4, 3, 3],
        &segments(&[1]),
        &creator(),
    )
    .unwrap();
    let object = read(&file);
    assert_eq!(mask_of(&object, &affine, [4, 3, 3], &[1]), mask);
    let measures = item(
        item(&object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE),
        tags::PIXEL_MEASURES_SEQUENCE,
    );
    assert_close(&numbers(measures, tags::SPACING_BETWEEN_SLICES), &[3.0]);
}

#[test]
fn gaps_between_planes_are_kept_and_no_distance_is_claimed() {
    let affine = oblique();
    let mut source = series::series(&affine, 3);
    let last = position(&affine, 5);
    source.planes[2].image_position = Some(last);
    let file = segmentation(
        &source,
        &geometry(affine),
        &[1; 3],
        [3, 1, 1],
        &segments(&[1]),
        &creator(),
    )
    .unwrap();
    let object = read(&file);
    let frames = items(&object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    let found = numbers(
        item(&frames[2], tags::PLANE_POSITION_SEQUENCE),
        tags::IMAGE_POSITION_PATIENT,
    );
    assert_close(&found, &last);
    let shared = item(&object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE);
    assert!(
        item(shared, tags::PIXEL_MEASURES_SEQUENCE)
            .get(tags::SPACING_BETWEEN_SLICES)
            .is_none()
    );
}

#[test]
fn equal_results_are_equal_files_and_other_results_have_other_identifiers() {
    let file = write(&[1, 0], [1, 1, 2], &[1]);
    assert_eq!(file, write(&[1, 0], [1, 1, 2], &[1]));
    let (one, other) = (read(&file), read(&write(&[0, 1], [1, 1, 2], &[1])));
    for tag in [tags::SOP_INSTANCE_UID, tags::SERIES_INSTANCE_UID] {
        assert_ne!(text(&one, tag), text(&other, tag));
    }
}

#[test]
fn a_mask_that_a_person_corrected_says_so() {
    let affine = oblique();
    let source = series::series(&affine, 1);
    for (algorithm_type, word, description) in [
        (
            AlgorithmType::Automatic,
            "AUTOMATIC",
            "Automatic segmentation by hippocampus",
        ),
        (
            AlgorithmType::Semiautomatic,
            "SEMIAUTOMATIC",
            "Corrected segmentation by hippocampus",
        ),
    ] {
        let mut segments = segments(&[1]);
        segments[0].algorithm_type = algorithm_type;
        let bytes = segmentation(
            &source,
            &geometry(affine),
            &[1, 0],
            [1, 1, 2],
            &segments,
            &creator(),
        )
        .unwrap();
        let object = read(&bytes);
        assert_eq!(text(&object, tags::CONTENT_DESCRIPTION), description);
        let segment = item(&object, tags::SEGMENT_SEQUENCE);
        assert_eq!(text(segment, tags::SEGMENT_ALGORITHM_TYPE), word);
    }
}
