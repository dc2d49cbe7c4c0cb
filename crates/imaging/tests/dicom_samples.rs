//! Two real DICOM series, against the NIfTI files of the same scans.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use imaging::geometry::{AxisCodes, Reorientation};
use imaging::{
    Limits, NamedBytes, OpenedFiles, SourceHeader, Volume, open, open_files, open_labels,
};

fn open_folder(folder: &str) -> OpenedFiles {
    open_files(common::named_files(folder), &Limits::default()).unwrap()
}

fn only_volume(folder: &str) -> Volume {
    let opened = open_folder(folder);
    assert_eq!(opened.series.len(), 1, "{:?}", opened.series);
    assert!(opened.skipped.is_empty(), "{:?}", opened.skipped);
    opened.series[0].decode(&Limits::default()).unwrap()
}

/// Right, anterior, superior: voxels and matrix.
fn in_ras(volume: &Volume) -> (Vec<f32>, [[f64; 4]; 4], [usize; 3]) {
    let grid = volume.grid().unwrap().unwrap();
    let turned = Reorientation::to(&grid, "RAS".parse::<AxisCodes>().unwrap());
    let voxels = turned.apply(&volume.voxels).unwrap();
    (voxels, turned.to_grid().affine(), turned.to_grid().shape())
}

#[test_data::test("samples")]
fn a_series_of_slices_is_the_volume_it_was_made_from() {
    let series = only_volume("dicom_series_hippo");
    let name = "dicom_series_hippo_image.nii.gz";
    let nifti = open(&common::file(name), name, &Limits::default()).unwrap();
    let (found, found_affine, found_shape) = in_ras(&series);
    let (expected, expected_affine, expected_shape) = in_ras(&nifti);
    assert_eq!(found_shape, expected_shape);
    for (found, expected) in found_affine
        .iter()
        .flatten()
        .zip(expected_affine.iter().flatten())
    {
        assert!(
            (found - expected).abs() < 1e-4,
            "{found_affine:?} {expected_affine:?}"
        );
    }
    // DICOM holds whole numbers of steps of 0.10883.
    let worst = found
        .iter()
        .zip(&expected)
        .map(|(found, expected)| (found - expected).abs())
        .fold(0.0, f32::max);
    assert!(worst <= 0.10883 / 2.0 + 1e-3, "{worst}");
    assert!(found.iter().any(|&value| value > 10.0));
    assert!(
        series.provenance.notes.is_empty(),
        "{:?}",
        series.provenance.notes
    );
}

#[test_data::test("samples")]
fn files_come_in_any_order_and_under_any_name() {
    let mut files = common::named_files("dicom_series_hippo");
    let expected = only_volume("dicom_series_hippo");
    files.reverse();
    files.swap(3, 20);
    for (index, file) in files.iter_mut().enumerate() {
        file.name = format!("scan/{}", (index * 7) % 41);
    }
    let opened = open_files(files, &Limits::default()).unwrap();
    let found = opened.series[0].decode(&Limits::default()).unwrap();
    assert_eq!(found.voxels, expected.voxels);
    assert_eq!(found.geometry, expected.geometry);
    assert_eq!(found.source, expected.source);
}

/// Bones lie on bright voxels where the labels say they are, and less so if left and right are exchanged.
#[test_data::test("samples")]
fn a_series_lies_where_its_segmentation_says() {
    let series = only_volume("dicom_series_ct");
    let name = "dicom_series_ct_seg.nii.gz";
    let bytes = common::file(name);
    let labels = open_labels(&bytes, name, &Limits::default(), 118).unwrap();
    assert_eq!(series.shape, [20, 512, 512]);
    let (voxels, affine, shape) = in_ras(&series);
    let seg = open(&bytes, name, &Limits::default()).unwrap();
    let grid = seg.grid().unwrap().unwrap();
    let turned = Reorientation::to(&grid, "RAS".parse::<AxisCodes>().unwrap());
    assert_eq!(turned.to_grid().shape(), shape);
    let expected = turned.to_grid().affine();
    for (found, expected) in affine.iter().flatten().zip(expected.iter().flatten()) {
        assert!((found - expected).abs() < 1e-3, "{affine:?} {expected:?}");
    }
    let ids = turned.apply(&labels.ids).unwrap();
    // Vertebrae and sacrum, hips and femora, ribs, in TotalSegmentator's order.
    let is_bone = |id: u8| matches!(id, 25..=50 | 75..=78 | 92..=115);
    let mean = |mirrored: bool| {
        let (mut sum, mut count) = (0.0, 0);
        for (index, &voxel) in voxels.iter().enumerate() {
            let (row, column) = (index / 512, index % 512);
            let place = if mirrored {
                row * 512 + 511 - column
            } else {
                index
            };
            if is_bone(ids[place]) {
                sum += f64::from(voxel);
                count += 1;
            }
        }
        assert!(count > 1000, "{count}");
        sum / f64::from(count)
    };
    let (right, wrong) = (mean(false), mean(true));
    assert!(right > 150.0 && wrong < right - 50.0, "{right} {wrong}");
}

#[test_data::test("samples")]
fn a_series_is_described_without_names() {
    let opened = open_folder("dicom_series_ct");
    let series = &opened.series[0];
    assert_eq!(series.shape, Some([20, 512, 512]));
    assert_eq!(series.files, 20);
    assert!(
        series.description.starts_with("CT")
            && series
                .description
                .ends_with(", axial, 20 images of 512 x 512 pixels"),
        "{}",
        series.description
    );
    let text = format!("{opened:?}");
    assert!(!text.contains("3000002212080811342800001657"), "{text}");
}

/// What an object that refers to the series needs.
#[test_data::test("samples")]
fn the_source_is_kept_for_every_plane_and_never_printed() {
    let volume = only_volume("dicom_series_hippo");
    let Some(SourceHeader::Dicom(source)) = &volume.source else {
        panic!("no DICOM source");
    };
    assert_eq!(source.planes.len(), volume.shape[0]);
    let affine = volume.geometry.affine.unwrap();
    for (index, plane) in source.planes.iter().enumerate() {
        let [x, y, z] = plane.image_position.unwrap();
        let place = |axis: usize| affine[axis][2] * index as f64 + affine[axis][3];
        for (found, expected) in [(-x, place(0)), (-y, place(1)), (z, place(2))] {
            assert!((found - expected).abs() < 1e-3, "{index}");
        }
        assert!(plane.sop_instance_uid.contains('.') && plane.frame_number.is_none());
        assert_eq!(plane.sop_class_uid, "1.2.840.10008.5.1.4.1.1.4");
    }
    let modality = source.attributes.element_by_name("Modality").unwrap();
    assert_eq!(modality.to_str().unwrap(), "MR");
    let identity = source.attributes.element_by_name("PatientID").unwrap();
    let identity = identity.to_str().unwrap().into_owned();
    assert!(!identity.is_empty());
    let text = format!("{:?}", volume.source);
    assert_eq!(text, "Some(Dicom(SourceSeries { planes: 41, .. }))");
    assert!(source.attributes.element_by_name("PixelData").is_err());
}

#[test_data::test("samples")]
fn what_is_no_image_is_skipped_and_said_so() {
    let mut files = common::named_files("dicom_series_hippo");
    for name in ["rtstruct.dcm", "reportsi.dcm"] {
        let bytes = common::file(&format!("dicom_bad/{name}"));
        files.push(NamedBytes {
            name: name.to_owned(),
            bytes,
        });
    }
    for (name, bytes) in [
        ("README.txt", &b"Read me"[..]),
        (".DS_Store", b"x"),
        ("notes.txt", b"Notes"),
    ] {
        files.push(NamedBytes {
            name: name.to_owned(),
            bytes: bytes.to_vec(),
        });
    }
    let opened = open_files(files, &Limits::default()).unwrap();
    assert_eq!(opened.series.len(), 1);
    assert_eq!(
        opened.skipped,
        [
            "One file was left out: this DICOM file is a set of radiotherapy structures, which holds no image; choose the images it belongs to.",
            "One file was left out: this DICOM file is a structured report, which holds no image; choose the images it belongs to.",
            "2 files were left out: this is a text file, not an image that can be read; choose a PNG, JPEG, TIFF, BMP, GIF, WebP, DICOM, NIfTI, NRRD, MetaImage or MGH file.",
        ]
    );
}

/// Two series, a single image, a picture and a NIfTI pair in one selection.
#[test_data::test("samples")]
fn a_mixed_selection_is_sorted() {
    let mut files = common::named_files("dicom_series_hippo");
    files.extend(common::named_files("dicom_series_ct").into_iter().take(5));
    for name in ["dicom/CT_small.dcm", "raster/grey8.png"] {
        files.push(NamedBytes {
            name: name.to_owned(),
            bytes: common::file(name),
        });
    }
    let opened = open_files(files, &Limits::default()).unwrap();
    let shapes: Vec<Option<[usize; 3]>> = opened.series.iter().map(|series| series.shape).collect();
    assert_eq!(shapes[0].unwrap()[0], 41);
    assert_eq!(shapes[1].unwrap(), [5, 512, 512]);
    assert_eq!(shapes[2].unwrap(), [1, 128, 128]);
    assert_eq!(shapes[3], None);
    for series in &opened.series {
        let volume = series.decode(&Limits::default()).unwrap();
        assert!(series.shape.is_none_or(|shape| shape == volume.shape));
    }
}
