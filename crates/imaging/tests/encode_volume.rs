//! Volumes that are written can be read again, where they were.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::nifti::Header;
use imaging::encode::{
    Segment, Space, nifti_map, nifti_mask, nrrd_segmentation, tiff_f32_pages, tiff_mask_pages,
};
use imaging::{
    Error, GeometrySource, Limits, NiftiVersion, SampleType, SourceHeader, Volume, open,
    open_labels,
};
use proptest::prelude::*;

const SHAPE: [usize; 3] = [2, 3, 4];

fn reopen(file: &[u8]) -> Volume {
    open(file, "again.nii.gz", &Limits::default()).unwrap()
}

/// A space that is oblique, and mirrored where `sign` is -1.
fn oblique(sign: f64) -> Space<'static> {
    Space {
        shape: SHAPE,
        affine: Some([
            [sign * 1.2, -1.6 * 0.5, 0.0, -31.0],
            [sign * 1.6, 1.2 * 0.5, 0.0, 12.5],
            [0.0, 0.0, 3.0, 700.25],
            [0.0, 0.0, 0.0, 1.0],
        ]),
        spacing: None,
        header: None,
    }
}

fn close(found: &Volume, expected: [[f64; 4]; 4], tolerance: f64) -> bool {
    let found = found.geometry.affine.unwrap();
    found
        .as_flattened()
        .iter()
        .zip(expected.as_flattened())
        .all(|(a, b)| (a - b).abs() <= tolerance * b.abs().max(1.0))
}

#[test]
fn masks_and_maps_keep_values_and_place() {
    let ids: Vec<u8> = (0..24).collect();
    let values: Vec<f32> = ids.iter().map(|&id| f32::from(id) / 7.0 - 1.0).collect();
    for sign in [1.0, -1.0] {
        let space = oblique(sign);
        let mask = nifti_mask(&ids, &space).unwrap();
        let labels = open_labels(&mask, "m", &Limits::default(), 24).unwrap();
        assert_eq!((labels.shape, &labels.ids), (SHAPE, &ids));
        let map = reopen(&nifti_map(&values, &space).unwrap());
        assert_eq!((map.shape, &map.voxels), (SHAPE, &values));
        assert_eq!(map.provenance.sample_type, SampleType::Float32);
        for found in [&reopen(&mask), &map] {
            assert_eq!(
                found.geometry.source,
                Some(GeometrySource::Sform { code: 1 })
            );
            assert!(close(found, space.affine.unwrap(), 1e-7));
            // Neither sform nor qform was passed over, and they agree.
            assert!(
                found.provenance.notes.is_empty(),
                "{:?}",
                found.provenance.notes
            );
        }
        assert_eq!(
            nifti_mask(&ids, &space).unwrap(),
            mask,
            "equal input, equal bytes"
        );
    }
}

/// The header without its sform says the same with the qform.
#[test]
fn the_qform_says_what_the_sform_says() {
    for sign in [1.0, -1.0] {
        let space = oblique(sign);
        let found = reopen(&nifti_mask(&[0; 24], &space).unwrap());
        let Some(SourceHeader::Nifti(header)) = &found.source else {
            panic!("no header");
        };
        assert_eq!(
            (header.qform_code, header.sform_code, header.units),
            (1, 1, 2)
        );
        let mut without = header.clone();
        without.sform_code = 0;
        let carried = Space {
            spacing: None,
            header: Some(&without),
            ..space
        };
        let found = reopen(&nifti_mask(&[0; 24], &carried).unwrap());
        assert_eq!(
            found.geometry.source,
            Some(GeometrySource::Qform { code: 1 })
        );
        assert!(
            close(&found, space.affine.unwrap(), 1e-6),
            "{:?}",
            found.geometry
        );
    }
}

#[test]
fn sheared_spaces_have_an_sform_only_and_unknown_ones_neither() {
    let mut space = oblique(1.0);
    if let Some(affine) = &mut space.affine {
        affine[0][2] = 0.5;
    }
    let found = reopen(&nifti_mask(&[0; 24], &space).unwrap());
    assert!(close(&found, space.affine.unwrap(), 1e-7));
    let Some(SourceHeader::Nifti(header)) = &found.source else {
        panic!("no header");
    };
    assert_eq!((header.qform_code, header.sform_code), (0, 1));
    space.affine = None;
    let found = reopen(&nifti_mask(&[0; 24], &space).unwrap());
    assert_eq!(found.geometry.source, Some(GeometrySource::VoxelSizes));
}

#[test_data::test("samples")]
fn every_sample_carries_its_header_through() {
    let mut tested = 0;
    for (name, bytes) in common::files("nifti") {
        let Ok(image) = open(&bytes, &name, &Limits::default()) else {
            assert!(name.starts_with("anat_pair"), "{name}");
            continue;
        };
        let space = Space::of(&image);
        let count = image.voxels_per_channel();
        let ids: Vec<u8> = (0..count).map(|index| (index % 251) as u8).collect();
        let mask = reopen(&nifti_mask(&ids, &space).unwrap());
        let map = reopen(&nifti_map(&vec![0.5; count], &space).unwrap());
        assert!(
            mask.voxels
                .iter()
                .zip(&ids)
                .all(|(&a, &b)| a == f32::from(b)),
            "{name}"
        );
        let header = space.header.unwrap();
        // What NIfTI-1 keeps of the 64-bit numbers of NIfTI-2.
        let single = |value: f64| f64::from(value as f32);
        for found in [mask, map] {
            assert_eq!(found.shape, image.shape, "{name}");
            assert_eq!(found.geometry.source, image.geometry.source, "{name}");
            assert!(
                close(&found, image.geometry.affine.unwrap(), 1e-7),
                "{name}"
            );
            let Some(SourceHeader::Nifti(again)) = &found.source else {
                panic!("no header");
            };
            assert_eq!(again.version, NiftiVersion::One, "{name}");
            assert_eq!(
                (again.sform_code, again.sform, again.units),
                (
                    header.sform_code,
                    header.sform.map(|row| row.map(single)),
                    header.units
                )
            );
            assert_eq!(
                (again.qform_code, again.quaternion, again.offset),
                (
                    header.qform_code,
                    header.quaternion.map(single),
                    header.offset.map(single)
                )
            );
            assert_eq!(again.description, header.description);
            let axes = header.dimensions.len().min(3);
            assert_eq!(again.dimensions, header.dimensions[..axes], "{name}");
        }
        tested += 1;
    }
    assert!(tested >= 35, "only {tested} files were written");
}

/// What opening passed over must not be what others choose.
#[test]
fn useless_forms_are_not_carried() {
    let mut header = Header::new(&[4, 3, 2], 2);
    header.short(254, 2);
    header.float(76, 0.0);
    header.float(84, 0.0);
    let image = open(&header.file(&[0; 24]), "a.nii", &Limits::default()).unwrap();
    assert_eq!(image.geometry.source, Some(GeometrySource::VoxelSizes));
    let found = reopen(&nifti_mask(&[0; 24], &Space::of(&image)).unwrap());
    assert_eq!(found.geometry, image.geometry);
    let Some(SourceHeader::Nifti(header)) = &found.source else {
        panic!("no header");
    };
    assert_eq!((header.sform_code, header.qform_code), (0, 0));
    assert_eq!(header.voxel_sizes, [1.0; 8]);
}

#[test]
fn a_header_of_another_shape_is_not_carried() {
    let image = Header::new(&[5, 5, 5], 2).file(&[0; 125]);
    let image = open(&image, "a.nii", &Limits::default()).unwrap();
    let space = Space {
        spacing: None,
        header: Space::of(&image).header,
        ..oblique(1.0)
    };
    let found = reopen(&nifti_mask(&[0; 24], &space).unwrap());
    assert_eq!(found.shape, SHAPE);
    assert!(close(&found, space.affine.unwrap(), 1e-7));
}

#[test]
fn long_sides_are_written_as_nifti_2() {
    for (columns, version) in [(32767, NiftiVersion::One), (32768, NiftiVersion::Two)] {
        let space = Space {
            shape: [1, 1, columns],
            affine: oblique(1.0).affine,
            spacing: None,
            header: None,
        };
        let ids: Vec<u8> = (0..columns).map(|index| (index % 7) as u8).collect();
        let file = nifti_mask(&ids, &space).unwrap();
        let labels = open_labels(&file, "m", &Limits::default(), 7).unwrap();
        assert_eq!((labels.shape, labels.ids), (space.shape, ids));
        let Some(SourceHeader::Nifti(header)) = reopen(&file).source else {
            panic!("no header");
        };
        assert_eq!(header.version, version);
    }
}

#[test]
fn segmentations_have_the_keys_of_3d_slicer() {
    let segments = [
        Segment {
            label: 1,
            name: "Anterior hippocampus",
            colour: [255, 51, 0],
        },
        Segment {
            label: 2,
            name: "a\\b\nc\td",
            colour: [0, 0, 255],
        },
    ];
    let file = nrrd_segmentation(&[1; 24], &oblique(1.0), &segments).unwrap();
    let end = file.windows(2).position(|pair| pair == b"\n\n").unwrap();
    let header = std::str::from_utf8(&file[..end]).unwrap();
    for line in [
        "NRRD0004",
        "type: unsigned char",
        "dimension: 3",
        "space: left-posterior-superior",
        "sizes: 4 3 2",
        "space directions: (-1.2,-1.6,0) (0.8,-0.6,0) (0,0,3)",
        "kinds: domain domain domain",
        "encoding: gzip",
        "space origin: (31,-12.5,700.25)",
        "Segment0_ID:=Segment_1",
        "Segment0_Name:=Anterior hippocampus",
        "Segment0_Color:=1 0.2 0",
        "Segment0_LabelValue:=1",
        "Segment0_Layer:=0",
        "Segment0_Extent:=0 3 0 2 0 1",
        "Segment1_Name:=a\\\\b\\nc d",
        "Segment1_LabelValue:=2",
        "Segmentation_MasterRepresentation:=Binary labelmap",
    ] {
        assert!(
            header.lines().any(|found| found == line),
            "{line} is missing in\n{header}"
        );
    }
    let mut data = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(&file[end + 2..]);
    std::io::Read::read_to_end(&mut decoder, &mut data).unwrap();
    assert_eq!(data, [1; 24]);
    let nowhere = Space {
        affine: None,
        ..oblique(1.0)
    };
    let file = nrrd_segmentation(&[1; 24], &nowhere, &segments).unwrap();
    assert!(String::from_utf8_lossy(&file).contains("space dimension: 3\n"));
}

#[test]
fn pages_are_planes() {
    let ids: Vec<u8> = (0..24).collect();
    let values: Vec<f32> = ids.iter().map(|&id| f32::from(id) / 7.0 - 1.0).collect();
    let mask = tiff_mask_pages(&ids, SHAPE).unwrap();
    let labels = open_labels(&mask, "m.tif", &Limits::default(), 24).unwrap();
    assert_eq!((labels.shape, labels.ids), (SHAPE, ids));
    let map = tiff_f32_pages(&values, SHAPE).unwrap();
    let found = open(&map, "m.tif", &Limits::default()).unwrap();
    assert_eq!((found.shape, found.voxels), (SHAPE, values));
    assert!(found.provenance.notes.is_empty());
}

#[test]
fn arrays_that_do_not_fit_are_errors() {
    let space = oblique(1.0);
    let empty = Space {
        shape: [2, 0, 4],
        ..space
    };
    for result in [
        nifti_mask(&[0; 23], &space),
        nifti_map(&[0.0; 25], &space),
        nrrd_segmentation(&[0; 23], &space, &[]),
        tiff_mask_pages(&[0; 23], SHAPE),
        tiff_f32_pages(&[0.0; 25], SHAPE),
    ] {
        assert!(matches!(result, Err(Error::WrongLength { .. })));
    }
    for result in [
        nifti_mask(&[], &empty),
        nifti_map(&[], &empty),
        nrrd_segmentation(&[], &empty, &[]),
        tiff_mask_pages(&[], empty.shape),
        tiff_f32_pages(&[], [0, 2, 4]),
    ] {
        assert!(matches!(result, Err(Error::Encode { .. })));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// Any rotation, mirrored or not: what is read is what was written, by either form.
    #[test]
    fn any_rotation_survives_both_forms(
        quaternion in [-1.0..1.0_f64, -1.0..1.0_f64, -1.0..1.0_f64, -1.0..1.0_f64],
        zooms in [0.3..4.0_f64, 0.3..4.0_f64, 0.3..9.0_f64],
        mirrored in any::<bool>(),
    ) {
        let length = quaternion.iter().map(|part| part * part).sum::<f64>().sqrt();
        prop_assume!(length > 0.1);
        let [a, b, c, d] = quaternion.map(|part| part / length);
        let rotation = [
            [a * a + b * b - c * c - d * d, 2.0 * (b * c - a * d), 2.0 * (b * d + a * c)],
            [2.0 * (b * c + a * d), a * a + c * c - b * b - d * d, 2.0 * (c * d - a * b)],
            [2.0 * (b * d - a * c), 2.0 * (c * d + a * b), a * a + d * d - c * c - b * b],
        ];
        let sign = if mirrored { -1.0 } else { 1.0 };
        let row = |row: usize| {
            let [x, y, z] = rotation[row];
            [x * zooms[0] * sign, y * zooms[1], z * zooms[2], [40.0, -7.0, 3.5][row]]
        };
        let affine = [row(0), row(1), row(2), [0.0, 0.0, 0.0, 1.0]];
        let space = Space { shape: SHAPE, affine: Some(affine), spacing: None, header: None };
        let found = reopen(&nifti_mask(&[0; 24], &space).unwrap());
        prop_assert!(close(&found, affine, 1e-6));
        prop_assert!(found.provenance.notes.is_empty(), "{:?}", found.provenance.notes);
        let Some(SourceHeader::Nifti(header)) = &found.source else { panic!("no header") };
        prop_assert_eq!((header.qform_code, header.sform_code), (1, 1));
        let mut without = header.clone();
        without.sform_code = 0;
        let carried = Space { header: Some(&without), ..space };
        let found = reopen(&nifti_mask(&[0; 24], &carried).unwrap());
        // The first part of the quaternion is what the others leave; near 0 that keeps few digits in 32 bits.
        let first = 1.0 - header.quaternion.iter().map(|part| part * part).sum::<f64>();
        let tolerance = if first > 0.01 { 1e-5 } else { 1e-2 };
        prop_assert!(close(&found, affine, tolerance), "{:?}\n{:?}", found.geometry, affine);
    }
}
