//! The sample files, against what nibabel found in them.
use crate::common;
use crate::common::nifti::gzip;
use imaging::geometry::{AxisCodes, Reorientation};
use imaging::{
    Error, Format, GeometrySource, NiftiVersion, Summary, open, open_labels, open_nifti_pair,
    open_nifti_pair_labels, summarise, summarise_nifti_pair,
};

use crate::{LIMITS, kept, open_sample};

/// The summary of a sample; that of a pair by its header.
fn summed(path: &str) -> Summary {
    let bytes = common::file(path);
    let result = match path.strip_suffix(".hdr") {
        Some(stem) => {
            let image = common::file(&format!("{stem}.img"));
            summarise_nifti_pair(&bytes, &image, &LIMITS)
        }
        None => summarise(&bytes, path, &LIMITS),
    };
    result.unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// NumPy's names, without the byte order, and RGB as its samples.
fn type_name(name: &str) -> &str {
    match name {
        ">i2" => "int16",
        ">f4" => "float32",
        name if name.contains("'R'") => "uint8",
        name => name,
    }
}

#[test_data::test("samples")]
fn every_sample_agrees_with_nibabel() {
    let expectations = common::expectations();
    // nibabel tells compression by the name and so refuses two files that are fine; each has its twin.
    let twins = [
        ("nifti/anat_gz_named_nii.nii", "nifti/anat_float32.nii.gz"),
        ("nifti/anat_notgz.nii.gz", "nifti/anat_float32.nii.gz"),
    ];
    let mut tested = 0;
    for (path, expected) in &expectations {
        let is_volume = path.contains(".nii") || path.ends_with(".hdr");
        if !is_volume || path.starts_with("nifti_bad/") && !path.ends_with("zero_pixdim.nii") {
            continue;
        }
        let twin = twins.iter().find(|(name, _)| name == path);
        let expected = twin.map_or(expected, |(_, twin)| &expectations[*twin]);
        let found = summed(path);

        let shape: Vec<usize> = found.dimensions.iter().map(|&size| size as usize).collect();
        assert_eq!(Some(&shape), expected.shape.as_ref(), "{path}");
        let [planes, rows, columns] = found.shape;
        assert_eq!([columns, rows, planes][..2], shape[..2], "{path}");
        assert_eq!(planes, shape.get(2).copied().unwrap_or(1), "{path}");
        let dtype = expected.dtype.as_deref().map(type_name);
        assert_eq!(Some(found.value_type.as_str()), dtype, "{path}");
        let dtype = expected.header_dtype.as_deref().map(type_name);
        assert_eq!(Some(found.dtype.as_str()), dtype, "{path}");
        if expected.sha1_le.is_some() {
            assert_eq!(
                (found.min, found.max),
                (expected.min, expected.max),
                "{path}"
            );
            let difference = found.mean.unwrap() - expected.mean.unwrap();
            assert!(difference.abs() < 1e-5, "{path}: {:?}", found.mean);
            assert_eq!(Some(found.non_finite), expected.nonfinite, "{path}");
            assert_eq!(Some(&found.sha1), expected.sha1_le.as_ref(), "{path}");
        }
        let codes = found.orientation.unwrap().to_string();
        assert_eq!(Some(codes), expected.axcodes, "{path}");
        let affine = found.affine.unwrap();
        let wanted = expected.affine.as_ref().unwrap();
        for (a, b) in affine.iter().flatten().zip(wanted.iter().flatten()) {
            assert!((a - b).abs() < 1e-5, "{path}: {affine:?}");
        }
        let mut spacing = found.spacing.unwrap();
        spacing.reverse();
        for (a, b) in spacing.iter().zip(expected.zooms.as_ref().unwrap()) {
            assert!((a - b).abs() < 1e-5, "{path}: {spacing:?}");
        }
        tested += 1;
    }
    assert!(tested >= 38, "only {tested} files were compared");
}

/// The table's first values run along the last axis.
#[test_data::test("samples")]
fn voxels_are_the_scaled_samples() {
    let expectations = common::expectations();
    for name in [
        "anat_RAS.nii.gz",
        "anatomical.nii",
        "anat_int8.nii.gz",
        "anat_slope001.nii.gz",
        "anat_float64.nii.gz",
    ] {
        let path = format!("nifti/{name}");
        let found = open_sample(&path);
        let [_, rows, columns] = found.shape;
        let along_planes = found.voxels.iter().step_by(rows * columns);
        let first = expectations[&path].first5.as_ref().unwrap();
        assert_eq!(first.len(), 5);
        for (voxel, value) in along_planes.zip(first) {
            let value = value.as_f64().unwrap();
            assert!(
                (f64::from(*voxel) - value).abs() < 1e-5,
                "{name}: {voxel} {value}"
            );
        }
    }
    let series = open_sample("nifti/functional.nii");
    assert_eq!(series.shape, [3, 21, 17]);
    assert!((f64::from(series.voxels[0]) - 4004.137202501297).abs() < 1e-3);
}

#[test_data::test("samples")]
fn all_orientations_of_one_anatomy_are_the_same_volume() {
    let reference = open_sample("nifti/anat_RAS.nii.gz");
    let grid = reference.grid().unwrap().unwrap();
    for name in ["LPS", "PIR", "SAR", "IPL"] {
        let volume = open_sample(&format!("nifti/anat_{name}.nii.gz"));
        let own = volume.grid().unwrap().unwrap();
        assert_eq!(own.orientation().to_string(), name);
        let way = Reorientation::to(&own, AxisCodes::RAS);
        assert!(way.to_grid().is_close_to(&grid), "{name}");
        assert_eq!(
            way.apply(&volume.voxels).unwrap(),
            reference.voxels,
            "{name}"
        );
        assert_eq!(
            way.undo(&reference.voxels).unwrap(),
            volume.voxels,
            "{name}"
        );
    }
}

#[test_data::test("samples")]
fn what_the_geometry_comes_from_is_said() {
    for (name, source, sentence) in [
        (
            "anat_RAS.nii.gz",
            GeometrySource::Sform { code: 2 },
            "sform (code 2, aligned to another image) of the NIfTI header",
        ),
        (
            "anat_qform_only.nii.gz",
            GeometrySource::Qform { code: 1 },
            "qform (code 1, scanner coordinates) of the NIfTI header",
        ),
        (
            "anat_no_form.nii.gz",
            GeometrySource::VoxelSizes,
            "voxel sizes alone, so left and right are an assumption (the header has neither sform nor qform)",
        ),
    ] {
        let found = open_sample(&format!("nifti/{name}"));
        assert_eq!(found.geometry.source, Some(source), "{name}");
        assert_eq!(source.description(), sentence);
        assert_eq!(
            found.provenance.notes.is_empty(),
            source.tells_left_from_right()
        );
    }
}

#[test_data::test("samples")]
fn series_colours_and_odd_values_are_noted() {
    for (path, description, notes) in [
        (
            "nifti/example4d.nii.gz",
            "NIfTI, 16-bit signed grey",
            &["The file has 2 time points; the first is shown."][..],
        ),
        ("nifti/anat_rgb24.nii.gz", "NIfTI, 8-bit RGB", &[]),
        (
            "nifti/anat_nan_inf.nii.gz",
            "NIfTI, 32-bit float grey",
            &["2 values are not finite numbers; they count as the mean."],
        ),
        (
            "nifti_bad/zero_pixdim.nii",
            "NIfTI, 32-bit float grey",
            &[
                "The header gives no voxel size along some axis; 1 mm was taken.",
                "The header does not say how the patient lies; columns were taken to run to the left, rows to anterior, planes to superior, but left and right may be the other way round.",
            ],
        ),
        ("nifti/anat_2d.nii.gz", "NIfTI, 16-bit signed grey", &[]),
        ("nifti/constant.nii.gz", "NIfTI, 16-bit signed grey", &[]),
    ] {
        let found = open_sample(path);
        assert_eq!(found.provenance.description(), description, "{path}");
        assert_eq!(found.provenance.notes, notes, "{path}");
    }
}

#[test_data::test("samples")]
fn bad_samples_give_one_clear_sentence() {
    for (name, sentence) in [
        (
            "analyze.hdr",
            "this is one half of a NIfTI or Analyze pair; choose the .hdr file and the .img file of the same name together",
        ),
        (
            "bad_magic.nii",
            "the NIfTI file is damaged (its signature is neither n+1 nor ni1); copy or download it again",
        ),
        (
            "huge_dims.nii",
            "the image has 30000 x 30000 pixels in 30000 planes (27000000000000 in all), more than the 67108864 that can be opened; crop it or reduce its size",
        ),
        (
            "negative_dim.nii",
            "the NIfTI file is damaged (dim[1], a size, is -5); copy or download it again",
        ),
        (
            "nifti1.hdr",
            "this is one half of a NIfTI or Analyze pair; choose the .hdr file and the .img file of the same name together",
        ),
        (
            "nifti2.hdr",
            "this is one half of a NIfTI or Analyze pair; choose the .hdr file and the .img file of the same name together",
        ),
        (
            "short_data.nii",
            "the NIfTI file ends after 90434 bytes, before the image is complete; copy or download it again",
        ),
        (
            "truncated.nii.gz",
            "the NIfTI file ends after 48844 bytes, before the image is complete; copy or download it again",
        ),
        (
            "unknown_datatype.nii",
            "this NIfTI file has voxels of the unknown datatype 999, which is not supported; save it again with integers of 8 to 64 bits or 32-bit floats as voxels",
        ),
        (
            "vox_offset_far.nii",
            "the NIfTI file is damaged (vox_offset, the start of its voxels, is 1000000000); copy or download it again",
        ),
    ] {
        let bytes = common::file(&format!("nifti_bad/{name}"));
        let error = open(&bytes, name, &LIMITS).unwrap_err();
        assert_eq!(error.to_string(), sentence, "{name}");
        assert_eq!(open_labels(&bytes, name, &LIMITS, 2).unwrap_err(), error);
        assert_eq!(summarise(&bytes, name, &LIMITS).unwrap_err(), error);
    }
    let half = common::file("nifti/anat_pair.img");
    assert_eq!(
        open(&half, "anat_pair.img", &LIMITS),
        Err(Error::HalfOfPair)
    );
}

#[test_data::test("samples")]
fn labels_are_class_ids_in_their_own_place() {
    let (bytes, expectations) = (
        common::file("nifti/example_seg.nii.gz"),
        common::expectations(),
    );
    let labels = open_labels(&bytes, "a.nii.gz", &LIMITS, 118).unwrap();
    let image = open_sample("nifti/example_ct_sm.nii.gz");
    assert_eq!(labels.shape, image.shape);
    assert_eq!(labels.geometry.affine, image.geometry.affine);
    assert_eq!(labels.ids.iter().max(), Some(&117));
    let expected = &expectations["nifti/example_seg.nii.gz"];
    let mean = labels.ids.iter().map(|&id| f64::from(id)).sum::<f64>() / labels.ids.len() as f64;
    assert!((mean - expected.mean.unwrap()).abs() < 1e-5);
    assert_eq!(
        open_labels(&bytes, "a", &LIMITS, 100),
        Err(Error::UnknownLabel {
            id: "100".into(),
            classes: 100
        })
    );
    for (name, is_inexact) in [
        ("anat_float64.nii.gz", true),
        ("anat_rgb24.nii.gz", true),
        ("anat_RAS.nii.gz", false),
    ] {
        let bytes = common::file(&format!("nifti/{name}"));
        let error = open_labels(&bytes, name, &LIMITS, 4).unwrap_err();
        assert_eq!(
            matches!(error, Error::InexactLabels { .. }),
            is_inexact,
            "{name}: {error}"
        );
    }
}

#[test_data::test("samples")]
fn pairs_open_from_their_two_files() {
    let (header, image) = (
        common::file("nifti/anat_pair.hdr"),
        common::file("nifti/anat_pair.img"),
    );
    let found = open_nifti_pair(&header, &image, &LIMITS).unwrap();
    let single = open_sample("nifti/anat_nifti2.nii");
    assert_eq!(
        (&found.voxels, &found.geometry),
        (&single.voxels, &single.geometry)
    );
    assert_eq!(found.provenance.format, Format::Nifti);
    let zipped = open_nifti_pair(&gzip(&header), &gzip(&image), &LIMITS).unwrap();
    assert_eq!(zipped.voxels, found.voxels);
    assert!(open_nifti_pair_labels(&header, &image, &LIMITS, 2).is_err());
    assert!(matches!(
        open_nifti_pair(&header, &image[..67_000], &LIMITS),
        Err(Error::Truncated { bytes: 67_000, .. })
    ));
    let nii = common::file("nifti/anatomical.nii");
    assert!(matches!(
        open_nifti_pair(&nii, &image, &LIMITS),
        Err(Error::Damaged { .. })
    ));
    assert_eq!(
        open(&header, "anat_pair.hdr", &LIMITS),
        Err(Error::HalfOfPair)
    );
}

#[test_data::test("samples")]
fn both_versions_keep_their_header() {
    for (name, version) in [
        ("anatomical.nii", NiftiVersion::One),
        ("anat_nifti2.nii", NiftiVersion::Two),
    ] {
        let found = open_sample(&format!("nifti/{name}"));
        let header = kept(&found);
        assert_eq!((header.version, header.single_file), (version, true));
        assert_eq!(header.dimensions, [33, 41, 25]);
    }
}
