//! NIfTI files of every kind, against what nibabel found in them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::nifti::{Header, gzip};
use imaging::geometry::{AxisCodes, Reorientation};
use imaging::{
    Colour, Error, Format, GeometrySource, Limits, NiftiHeader, NiftiVersion, SampleType, Source,
    Summary, Volume, open, open_labels, open_nifti_pair, open_nifti_pair_labels, summarise,
    summarise_nifti_pair,
};

const LIMITS: Limits = Limits {
    max_pixels: 64 << 20,
    max_bytes: 1 << 30,
};

fn open_sample(path: &str) -> Option<Volume> {
    let bytes = common::file(path)?;
    Some(open(&bytes, path, &LIMITS).unwrap_or_else(|error| panic!("{path}: {error}")))
}

/// The header that a volume keeps.
fn kept(volume: &Volume) -> &NiftiHeader {
    match &volume.source {
        Some(Source::Nifti(header)) => header,
        other => panic!("{other:?}"),
    }
}

/// The summary of a sample; that of a pair by its header.
fn summed(path: &str) -> Summary {
    let bytes = common::file(path).unwrap();
    let result = match path.strip_suffix(".hdr") {
        Some(stem) => {
            let image = common::file(&format!("{stem}.img")).unwrap();
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

#[test]
fn every_sample_agrees_with_nibabel() {
    let Some(expectations) = common::expectations() else {
        return;
    };
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
#[test]
fn voxels_are_the_scaled_samples() {
    let Some(expectations) = common::expectations() else {
        return;
    };
    for name in [
        "anat_RAS.nii.gz",
        "anatomical.nii",
        "anat_int8.nii.gz",
        "anat_slope001.nii.gz",
        "anat_float64.nii.gz",
    ] {
        let path = format!("nifti/{name}");
        let found = open_sample(&path).unwrap();
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
    let series = open_sample("nifti/functional.nii").unwrap();
    assert_eq!(series.shape, [3, 21, 17]);
    assert!((f64::from(series.voxels[0]) - 4004.137202501297).abs() < 1e-3);
}

#[test]
fn all_orientations_of_one_anatomy_are_the_same_volume() {
    let Some(reference) = open_sample("nifti/anat_RAS.nii.gz") else {
        return;
    };
    let grid = reference.grid().unwrap().unwrap();
    for name in ["LPS", "PIR", "SAR", "IPL"] {
        let volume = open_sample(&format!("nifti/anat_{name}.nii.gz")).unwrap();
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

#[test]
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
        let Some(found) = open_sample(&format!("nifti/{name}")) else {
            return;
        };
        assert_eq!(found.geometry.source, Some(source), "{name}");
        assert_eq!(source.description(), sentence);
        assert_eq!(
            found.provenance.notes.is_empty(),
            source.tells_left_from_right()
        );
    }
}

#[test]
fn series_colours_and_odd_values_are_noted() {
    for (path, description, notes) in [
        (
            "nifti/example4d.nii.gz",
            "NIfTI, 16-bit signed grey",
            &["It is a series of 2 volumes; the first one was opened."][..],
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
        let Some(found) = open_sample(path) else {
            return;
        };
        assert_eq!(found.provenance.description(), description, "{path}");
        assert_eq!(found.provenance.notes, notes, "{path}");
    }
}

#[test]
fn bad_samples_give_one_clear_sentence() {
    for (name, sentence) in [
        (
            "analyze.hdr",
            "this is an Analyze 7.5 header (which cannot tell left from right), not an image that can be read; choose a PNG, JPEG, TIFF, BMP, GIF, WebP, DICOM or NIfTI file",
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
            "this is one half of a NIfTI pair; choose the .hdr file and the .img file of the same name together",
        ),
        (
            "nifti2.hdr",
            "this is one half of a NIfTI pair; choose the .hdr file and the .img file of the same name together",
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
        let Some(bytes) = common::file(&format!("nifti_bad/{name}")) else {
            return;
        };
        let error = open(&bytes, name, &LIMITS).unwrap_err();
        assert_eq!(error.to_string(), sentence, "{name}");
        assert_eq!(open_labels(&bytes, name, &LIMITS, 2).unwrap_err(), error);
        assert_eq!(summarise(&bytes, name, &LIMITS).unwrap_err(), error);
    }
    let half = common::file("nifti/anat_pair.img").unwrap();
    assert_eq!(
        open(&half, "anat_pair.img", &LIMITS),
        Err(Error::HalfOfPair)
    );
}

#[test]
fn labels_are_class_ids_in_their_own_place() {
    let (Some(bytes), Some(expectations)) = (
        common::file("nifti/example_seg.nii.gz"),
        common::expectations(),
    ) else {
        return;
    };
    let labels = open_labels(&bytes, "a.nii.gz", &LIMITS, 118).unwrap();
    let image = open_sample("nifti/example_ct_sm.nii.gz").unwrap();
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
        let bytes = common::file(&format!("nifti/{name}")).unwrap();
        let error = open_labels(&bytes, name, &LIMITS, 4).unwrap_err();
        assert_eq!(
            matches!(error, Error::InexactLabels { .. }),
            is_inexact,
            "{name}: {error}"
        );
    }
}

/// A label file of each kind, made here.
#[test]
fn labels_of_any_type_are_ids_if_they_are_whole() {
    let ids = [0_u8, 1, 2, 3, 1, 0];
    for (code, stored) in [
        (
            16,
            ids.iter()
                .flat_map(|&id| f32::from(id).to_le_bytes())
                .collect(),
        ),
        (
            64,
            ids.iter()
                .flat_map(|&id| f64::from(id).to_le_bytes())
                .collect(),
        ),
        (
            8,
            ids.iter()
                .flat_map(|&id| i32::from(id).to_le_bytes())
                .collect(),
        ),
        (
            1280,
            ids.iter()
                .flat_map(|&id| u64::from(id).to_le_bytes())
                .collect::<Vec<u8>>(),
        ),
    ] {
        let mut header = Header::new(&[3, 2, 1], code);
        let found = open_labels(&header.file(&stored), "l.nii", &LIMITS, 4).unwrap();
        assert_eq!((found.shape, found.ids.as_slice()), ([1, 2, 3], &ids[..]));
        // Halves are no ids, twice the number are others.
        header.float(112, 0.5);
        assert!(matches!(
            open_labels(&header.file(&stored), "l.nii", &LIMITS, 4),
            Err(Error::InexactLabels { .. })
        ));
        header.float(112, 2.0);
        let doubled = open_labels(&header.file(&stored), "l.nii", &LIMITS, 7).unwrap();
        assert_eq!(doubled.ids, [0, 2, 4, 6, 2, 0]);
    }
    let mask = Header::new(&[3, 1, 1], 2).file(&[0, 255, 0]);
    assert_eq!(open_labels(&mask, "m", &LIMITS, 2).unwrap().ids, [0, 1, 0]);
    assert!(open_labels(&mask, "m", &LIMITS, 3).is_err());
}

#[test]
fn all_data_types_in_both_byte_orders() {
    let check = |code: i16, name: SampleType, stored: Vec<Vec<u8>>, expected: [f32; 2]| {
        for big_endian in [false, true] {
            let mut bytes = stored.clone();
            let mut header = Header::new(&[2, 1, 1], code);
            if big_endian {
                header = header.big_endian();
                bytes.iter_mut().for_each(|value| value.reverse());
            }
            let file = header.file(&bytes.concat());
            let found = open(&file, "v.nii", &LIMITS).unwrap();
            assert_eq!(found.voxels, expected, "{name}, big-endian: {big_endian}");
            assert_eq!(found.provenance.sample_type, name);
            assert_eq!(kept(&found).big_endian, big_endian);
            let zipped = open(&gzip(&file), "v.nii.gz", &LIMITS).unwrap();
            assert_eq!(zipped.voxels, expected);
        }
    };
    macro_rules! type_of {
        ($code:literal, $name:ident, $number:ty, $low:expr, $high:expr) => {
            let stored: Vec<Vec<u8>> = [$low as $number, $high as $number]
                .iter()
                .map(|value| value.to_le_bytes().to_vec())
                .collect();
            check(
                $code,
                SampleType::$name,
                stored,
                [$low as f32, $high as f32],
            );
        };
    }
    type_of!(2, Uint8, u8, 0, 255);
    type_of!(256, Int8, i8, -128, 127);
    type_of!(4, Int16, i16, -32768, 32767);
    type_of!(512, Uint16, u16, 1, 65535);
    type_of!(8, Int32, i32, -2147483648_i64, 65536);
    type_of!(768, Uint32, u32, 3, 4294967295_u32);
    type_of!(1024, Int64, i64, -4503599627370496_i64, 7);
    type_of!(1280, Uint64, u64, 9, 18446744073709551615_u64);
    type_of!(16, Float32, f32, -0.1, 1e30);
    type_of!(64, Float64, f64, -2.5, 1e-30);
}

#[test]
fn types_that_are_not_numbers_are_refused_with_what_to_do() {
    for (code, what) in [
        (32, "complex voxels (datatype 32; take their magnitude)"),
        (1792, "complex voxels (datatype 1792; take their magnitude)"),
        (1536, "128-bit floats (datatype 1536)"),
        (1, "one-bit voxels (datatype 1)"),
        (0, "voxels of the unknown datatype 0"),
    ] {
        let file = Header::new(&[2, 2, 2], code).file(&[0; 256]);
        let error = open(&file, "c.nii", &LIMITS).unwrap_err().to_string();
        assert_eq!(
            error,
            format!(
                "this NIfTI file has {what}, which is not supported; save it again with integers of 8 to 64 bits or 32-bit floats as voxels"
            )
        );
    }
}

#[test]
fn colours_are_channels_and_alpha_is_dropped() {
    let opaque = Header::new(&[2, 1, 1], 128).file(&[1, 2, 3, 4, 5, 6]);
    let with_alpha = Header::new(&[2, 1, 1], 2304).file(&[1, 2, 3, 255, 4, 5, 6, 0]);
    let opaque = open(&opaque, "c.nii", &LIMITS).unwrap();
    let with_alpha = open(&with_alpha, "c.nii", &LIMITS).unwrap();
    assert_eq!(opaque.voxels, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    assert_eq!(
        (opaque.channels, opaque.provenance.colour),
        (3, Colour::Rgb)
    );
    assert_eq!(with_alpha.voxels, opaque.voxels);
    assert!(
        with_alpha
            .provenance
            .notes
            .iter()
            .any(|note| note.contains("alpha"))
    );
}

#[test]
fn scaling_is_applied_where_it_is_one() {
    for (slope, intercept, expected) in [
        (0.0, 100.0, [3.0, 5.0]),
        (f32::NAN, 100.0, [3.0, 5.0]),
        (f32::INFINITY, 0.0, [3.0, 5.0]),
        (2.0, f32::NAN, [3.0, 5.0]),
        (1.0, 0.0, [3.0, 5.0]),
        (1.0, -1.0, [2.0, 4.0]),
        (-0.5, 10.0, [8.5, 7.5]),
    ] {
        let mut header = Header::new(&[2], 2);
        header.float(112, slope);
        header.float(116, intercept);
        let found = open(&header.file(&[3, 5]), "s.nii", &LIMITS).unwrap();
        assert_eq!(found.voxels, expected, "{slope} {intercept}");
        assert_eq!(found.shape, [1, 1, 2]);
    }
}

#[test]
fn forms_are_chosen_by_their_codes_and_passed_over_where_they_are_useless() {
    let mut header = Header::new(&[2, 2, 2], 2);
    let data = [0; 8];
    let source = |header: &Header| {
        let found = open(&header.file(&data), "g.nii", &LIMITS).unwrap();
        (found.geometry.source.unwrap(), found.provenance.notes)
    };
    for (axis, size) in [(80, 2.0), (84, 3.0), (88, 4.0)] {
        header.float(axis, size);
    }
    assert_eq!(source(&header).0, GeometrySource::VoxelSizes);
    header.short(252, 1);
    assert_eq!(source(&header), (GeometrySource::Qform { code: 1 }, vec![]));
    // An sform of zeros is none.
    header.short(254, 2);
    let (found, notes) = source(&header);
    assert_eq!(found, GeometrySource::Qform { code: 1 });
    assert_eq!(
        notes,
        [
            "The sform (code 2, aligned to another image) of the NIfTI header cannot be used and was passed over."
        ]
    );
    for (place, value) in [(280, 2.0), (300, 3.0), (320, 4.0)] {
        header.float(place, value);
    }
    assert_eq!(source(&header), (GeometrySource::Sform { code: 2 }, vec![]));
    // They disagree by a centimetre.
    header.float(268, 10.0);
    let (found, notes) = source(&header);
    assert_eq!(found, GeometrySource::Sform { code: 2 });
    assert_eq!(
        notes,
        ["The header's sform and qform disagree; the sform was taken."]
    );
    header.float(268, 0.0);
    // Micrometres.
    header.byte(123, 3);
    let found = open(&header.file(&data), "g.nii", &LIMITS).unwrap();
    assert_eq!(
        found.grid().unwrap().unwrap().spacing(),
        [0.004, 0.003, 0.002]
    );
    assert_eq!(
        found.provenance.notes,
        ["The header counts in micrometres; positions were converted to millimetres."]
    );
}

/// `h = nibabel.Nifti1Header(); h["pixdim"][:4] = [-1, 2, 3, 4]; h["quatern_b"] = .1; h["quatern_c"] = -.7;`
/// `h["quatern_d"] = .5; h["qform_code"] = 1; h["qoffset_x"] = 7; print(h.get_qform())`
#[test]
fn quaternions_give_the_matrix_that_nibabel_gives() {
    let mut header = Header::new(&[2, 2, 2], 2);
    for (place, value) in [
        (76, -1.0),
        (80, 2.0),
        (84, 3.0),
        (88, 4.0),
        (256, 0.1),
        (260, -0.7),
        (264, 0.5),
        (268, 7.0),
    ] {
        header.float(place, value);
    }
    header.short(252, 1);
    let found = open(&header.file(&[0; 8]), "q.nii", &LIMITS).unwrap();
    let expected: [[f64; 4]; 4] = [
        [-0.9599999, -1.92, 2.4, 7.0],
        [0.72, 1.44, 3.2, 0.0],
        [1.6, -1.7999999, -1e-7, 0.0],
        [0.0, 0.0, 0.0, 1.0],
    ];
    for (a, b) in found
        .geometry
        .affine
        .unwrap()
        .iter()
        .flatten()
        .zip(expected.as_flattened())
    {
        assert!((a - b).abs() < 2e-6, "{:?}", found.geometry.affine);
    }
}

#[test]
fn pairs_open_from_their_two_files() {
    let (Some(header), Some(image)) = (
        common::file("nifti/anat_pair.hdr"),
        common::file("nifti/anat_pair.img"),
    ) else {
        return;
    };
    let found = open_nifti_pair(&header, &image, &LIMITS).unwrap();
    let single = open_sample("nifti/anat_nifti2.nii").unwrap();
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
    let nii = common::file("nifti/anatomical.nii").unwrap();
    assert!(matches!(
        open_nifti_pair(&nii, &image, &LIMITS),
        Err(Error::Damaged { .. })
    ));
    assert_eq!(
        open(&header, "anat_pair.hdr", &LIMITS),
        Err(Error::HalfOfPair)
    );
}

#[test]
fn both_versions_keep_their_header() {
    for (name, version) in [
        ("anatomical.nii", NiftiVersion::One),
        ("anat_nifti2.nii", NiftiVersion::Two),
    ] {
        let Some(found) = open_sample(&format!("nifti/{name}")) else {
            return;
        };
        let header = kept(&found);
        assert_eq!((header.version, header.single_file), (version, true));
        assert_eq!(header.dimensions, [33, 41, 25]);
    }
}

#[test]
fn compressed_data_are_checked_to_their_end() {
    let file = Header::new(&[40, 50, 2], 2).file(&[7; 4000]);
    let zipped = gzip(&file);
    assert_eq!(open(&zipped, "z", &LIMITS).unwrap().voxels, [7.0; 4000]);
    // Several members, even empty ones, are one file; what follows them is not.
    let (head, tail) = file.split_at(1000);
    let mut members = [gzip(head), gzip(&[]), gzip(tail)].concat();
    members.extend([0; 100]);
    assert_eq!(open(&members, "z", &LIMITS).unwrap().voxels, [7.0; 4000]);
    // The checksum is the last but four of a member's bytes.
    let mut damaged = zipped.clone();
    let place = damaged.len() - 8;
    damaged[place] ^= 1;
    assert_eq!(
        open(&damaged, "z", &LIMITS).unwrap_err().to_string(),
        "the NIfTI file is damaged (its compressed data do not match their checksum); copy or download it again"
    );
    for cut in [zipped.len() - 1, zipped.len() - 9, zipped.len() / 2] {
        let error = open(&zipped[..cut], "z", &LIMITS).unwrap_err();
        assert_eq!(
            error,
            Error::Truncated {
                format: Format::Nifti,
                bytes: cut as u64
            }
        );
    }
    assert_eq!(
        open(&gzip(b"plain words"), "words.gz", &LIMITS)
            .unwrap_err()
            .to_string(),
        "this is a gzip archive of something else than a NIfTI file, not an image that can be read; choose a PNG, JPEG, TIFF, BMP, GIF, WebP, DICOM or NIfTI file"
    );
}

#[test]
fn a_bomb_stops_at_the_size_that_its_header_gives() {
    // 64 MiB of zeros behind a header that asks for 4000.
    let mut file = Header::new(&[40, 50, 2], 2).file(&[7; 4000]);
    file.resize(64 << 20, 0);
    let bomb = gzip(&file);
    assert!(bomb.len() < 1 << 20);
    let found = open(&bomb, "b.nii.gz", &LIMITS).unwrap();
    assert_eq!(found.voxels, [7.0; 4000]);
    // A header that asks for more than so few bytes can hold is refused before memory is asked for.
    let promises = gzip(&Header::new(&[32767, 2000, 1], 16).file(&[0; 4000]));
    assert!(matches!(
        open(&promises, "b", &LIMITS),
        Err(Error::Truncated { .. })
    ));
}

#[test]
fn limits_hold_before_decoding() {
    let file = Header::new(&[40, 50, 2], 2).file(&[7; 4000]);
    let limits = |max_pixels, max_bytes| Limits {
        max_pixels,
        max_bytes,
    };
    for result in [
        open(&file, "l", &limits(3999, 1 << 30)),
        open(&gzip(&file), "l", &limits(3999, 1 << 30)),
    ] {
        assert!(matches!(result, Err(Error::TooLarge { planes: 2, .. })));
    }
    assert_eq!(
        open(&file, "l", &limits(4000, 15_999)),
        Err(Error::TooManyBytes {
            bytes: 16_000,
            limit: 15_999
        })
    );
    assert!(open(&file, "l", &limits(4000, 16_000)).is_ok());
    // A long series opens at its first volume; to sum it up it must fit.
    let series = Header::new(&[4, 5, 2, 100], 2).file(&[7; 4000]);
    assert_eq!(
        open(&series, "l", &limits(40, 160)).unwrap().voxels,
        [7.0; 40]
    );
    assert!(matches!(
        summarise(&series, "l", &limits(40, 160)),
        Err(Error::TooManyBytes {
            bytes: 4000,
            limit: 160
        })
    ));
}

#[test]
fn files_of_few_dimensions_are_flat_volumes() {
    for (sizes, shape) in [
        (&[6][..], [1, 1, 6]),
        (&[3, 2], [1, 2, 3]),
        (&[3, 2, 1, 1], [1, 2, 3]),
        (&[3, 1, 2, 1, 1, 1, 1], [2, 1, 3]),
    ] {
        let file = Header::new(sizes, 2).file(&[1, 2, 3, 4, 5, 6]);
        let found = open(&file, "f.nii", &LIMITS).unwrap();
        assert_eq!(
            (found.shape, found.voxels.as_slice()),
            (shape, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0][..])
        );
        assert!(found.grid().unwrap().is_some());
    }
}
