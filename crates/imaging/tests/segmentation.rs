//! DICOM Segmentations, read back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/series.rs"]
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
fn orientation_and_voxel_size_are_those_of_the_source() {
    let object = read(&write(&[1; 2 * 2 * 2], [2, 2, 2], &[1]));
    let shared = item(&object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE);
    let (sine, cosine) = 0.4_f64.sin_cos();
    assert_close(
        &numbers(
            item(shared, tags::PLANE_ORIENTATION_SEQUENCE),
            tags::IMAGE_ORIENTATION_PATIENT,
        ),
        &[cosine, sine, 0.0, 0.0, 0.0, -1.0],
    );
    let measures = item(shared, tags::PIXEL_MEASURES_SEQUENCE);
    assert_close(&numbers(measures, tags::PIXEL_SPACING), &[0.8, 0.5]);
    assert_close(&numbers(measures, tags::SPACING_BETWEEN_SLICES), &[3.0]);
    assert_close(&numbers(measures, tags::SLICE_THICKNESS), &[3.0]);
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
fn patient_and_study_are_the_sources_and_the_rest_is_new() {
    let file = write(&[1; 8], [2, 2, 2], &[1]);
    let object = read(&file);
    for (tag, value) in [
        (tags::SOP_CLASS_UID, uids::SEGMENTATION_STORAGE),
        (tags::SPECIFIC_CHARACTER_SET, "ISO_IR 192"),
        (tags::PATIENT_NAME, "Müller^Jörg"),
        (tags::PATIENT_ID, "A 17"),
        (tags::PATIENT_BIRTH_DATE, ""),
        (tags::STUDY_DATE, "20200102"),
        (tags::ACCESSION_NUMBER, ""),
        (tags::STUDY_INSTANCE_UID, "1.2.3"),
        (tags::FRAME_OF_REFERENCE_UID, "1.2.3.5"),
        (tags::CLINICAL_TRIAL_SPONSOR_NAME, "Sponsor"),
        (tags::MODALITY, "SEG"),
        (tags::SERIES_NUMBER, "701"),
        (tags::CONTENT_DATE, "20261126"),
        (tags::CONTENT_TIME, "123456"),
        (tags::LOSSY_IMAGE_COMPRESSION, "00"),
    ] {
        assert_eq!(text(&object, tag), value, "{tag}");
    }
    assert!(object.get(tags::INSTITUTION_NAME).is_none());
    assert_ne!(text(&object, tags::SERIES_INSTANCE_UID), "1.2.3.4");
    assert_eq!(
        object
            .meta()
            .media_storage_sop_instance_uid()
            .trim_matches('\0'),
        text(&object, tags::SOP_INSTANCE_UID)
    );
    let referenced = item(&object, tags::REFERENCED_SERIES_SEQUENCE);
    assert_eq!(text(referenced, tags::SERIES_INSTANCE_UID), "1.2.3.4");
    assert_eq!(
        items(referenced, tags::REFERENCED_INSTANCE_SEQUENCE).len(),
        2
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
fn lossy_sources_give_lossy_results() {
    use dicom_core::{DataElement, VR};
    let affine = oblique();
    let mut source = series::series(&affine, 1);
    source.attributes.put(DataElement::new(
        tags::LOSSY_IMAGE_COMPRESSION,
        VR::CS,
        "01",
    ));
    source.attributes.put(DataElement::new(
        tags::LOSSY_IMAGE_COMPRESSION_RATIO,
        VR::DS,
        "12.5",
    ));
    let file = segmentation(
        &source,
        &geometry(affine),
        &[1],
        [1, 1, 1],
        &segments(&[1]),
        &creator(),
    )
    .unwrap();
    let object = read(&file);
    assert_eq!(text(&object, tags::LOSSY_IMAGE_COMPRESSION), "01");
    assert_eq!(text(&object, tags::LOSSY_IMAGE_COMPRESSION_RATIO), "12.5");
}

#[test]
fn frames_of_one_file_are_referred_to_by_their_number() {
    let affine = oblique();
    let mut source = series::series(&affine, 3);
    for (number, plane) in (1..).zip(&mut source.planes) {
        plane.sop_instance_uid = "1.2.3.4.1".to_owned();
        plane.frame_number = Some(number);
    }
    let file = segmentation(
        &source,
        &geometry(affine),
        &[0, 1, 1],
        [3, 1, 1],
        &segments(&[1]),
        &creator(),
    )
    .unwrap();
    let object = read(&file);
    let referenced = item(&object, tags::REFERENCED_SERIES_SEQUENCE);
    assert_eq!(
        items(referenced, tags::REFERENCED_INSTANCE_SEQUENCE).len(),
        1
    );
    let found: Vec<u32> = items(&object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE)
        .iter()
        .map(|frame| {
            item(
                item(frame, tags::DERIVATION_IMAGE_SEQUENCE),
                tags::SOURCE_IMAGE_SEQUENCE,
            )
        })
        .map(|image| number(image, tags::REFERENCED_FRAME_NUMBER))
        .collect();
    assert_eq!(found, [2, 3]);
}

#[test]
fn pictures_without_a_place_refer_to_their_source_only() {
    let mut source = series::series(&oblique(), 2);
    source
        .attributes
        .remove_element(tags::FRAME_OF_REFERENCE_UID);
    let file = segmentation(
        &source,
        &Geometry::default(),
        &[0, 1],
        [2, 1, 1],
        &segments(&[1]),
        &creator(),
    )
    .unwrap();
    let object = read(&file);
    assert!(object.get(tags::FRAME_OF_REFERENCE_UID).is_none());
    let frame = item(&object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    assert!(frame.get(tags::PLANE_POSITION_SEQUENCE).is_none());
    let content = item(frame, tags::FRAME_CONTENT_SEQUENCE);
    assert_eq!(number(content, tags::IN_STACK_POSITION_NUMBER), 2);
}

#[test]
fn what_cannot_be_referred_to_is_named() {
    use imaging::dicom::SourceSeries;
    type Change = fn(&mut SourceSeries);
    let changes: [(Change, &str); 6] = [
        (
            |source| {
                source
                    .attributes
                    .retain(|element| element.header().tag != tags::STUDY_INSTANCE_UID)
            },
            "Study Instance UID",
        ),
        (
            |source| {
                source
                    .attributes
                    .retain(|element| element.header().tag != tags::SERIES_INSTANCE_UID)
            },
            "Series Instance UID",
        ),
        (
            |source| {
                source
                    .attributes
                    .put_str(tags::STUDY_INSTANCE_UID, dicom_core::VR::UI, "")
                    .map_or((), drop)
            },
            "Study Instance UID",
        ),
        (
            |source| source.planes[0].sop_instance_uid.clear(),
            "SOP Instance UID",
        ),
        (
            |source| source.planes[1].sop_class_uid = "secret".to_owned(),
            "SOP Class UID",
        ),
        (
            |source| drop(source.planes.pop()),
            "1 values where 2 are needed",
        ),
    ];
    let affine = oblique();
    for (change, word) in changes {
        let mut source = series::series(&affine, 2);
        change(&mut source);
        let error = segmentation(
            &source,
            &geometry(affine),
            &[1; 2],
            [2, 1, 1],
            &segments(&[1]),
            &creator(),
        )
        .unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains(word) && !message.contains("secret"),
            "{message}"
        );
    }
}

#[test]
fn every_class_has_exactly_one_segment() {
    let affine = oblique();
    let source = series::series(&affine, 1);
    for (ids, expected) in [
        (&[1][..], Error::NoSegment { id: 2 }),
        (&[], Error::NoSegment { id: 1 }),
        (&[1, 2, 1], Error::Segments { id: 1 }),
        (&[0, 1, 2], Error::Segments { id: 0 }),
    ] {
        let found = segmentation(
            &source,
            &geometry(affine),
            &[1, 2],
            [1, 1, 2],
            &segments(ids),
            &creator(),
        );
        assert_eq!(found.unwrap_err(), expected);
    }
    let found = segmentation(
        &source,
        &geometry(affine),
        &[1, 2, 0],
        [1, 1, 2],
        &segments(&[1, 2]),
        &creator(),
    );
    assert!(matches!(
        found,
        Err(Error::WrongLength {
            found: 3,
            expected: 2,
            ..
        })
    ));
    let found = segmentation(
        &series::series(&affine, 0),
        &geometry(affine),
        &[],
        [0, 1, 2],
        &segments(&[1]),
        &creator(),
    );
    assert!(matches!(found, Err(Error::WrongLength { .. })));
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

#[test]
fn another_grid_than_the_sources_is_refused() {
    let affine = oblique();
    let source = series::series(&affine, 2);
    let (mut flipped, mut shifted, mut sheared, mut flat) = (affine, affine, affine, affine);
    for axis in 0..3 {
        flipped[axis][0] = -affine[axis][0];
        sheared[axis][1] += 0.5 * affine[axis][0];
        flat[axis][0] = 0.0;
    }
    shifted[0][3] += 0.5;
    for (affine, word) in [
        (flipped, "other directions"),
        (shifted, "elsewhere"),
        (sheared, "right angles"),
        (flat, "no extent"),
    ] {
        let found = segmentation(
            &source,
            &geometry(affine),
            &[1; 2],
            [2, 1, 1],
            &segments(&[1]),
            &creator(),
        );
        let message = found.unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
    }
}

#[test]
fn sides_beyond_the_format_are_refused() {
    let affine = oblique();
    let source = series::series(&affine, 1);
    let found = segmentation(
        &source,
        &geometry(affine),
        &[1; 70000],
        [1, 1, 70000],
        &segments(&[1]),
        &creator(),
    );
    assert!(found.unwrap_err().to_string().contains("70000"));
}
