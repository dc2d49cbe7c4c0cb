//! Real files of every kind, against what other readers found in them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use imaging::{Error, Format, Limits, SampleType, Summary, Volume, open, open_labels, summary};

fn open_sample(path: &str) -> Volume {
    open(&common::file(path), path, &Limits::default())
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn summed(path: &str) -> Summary {
    summary(&open_sample(path))
}

/// The exact files: numbers and hash equal those of the other readers, which keep `[planes,] rows, columns [, channels]`.
#[test_data::test("samples")]
fn exact_formats_agree_with_other_readers() {
    let expectations = common::expectations();
    // These modes differ from ours: alpha kept, palette indices in place of colours, channels first. Each has its own
    // test below.
    let elsewhere = [
        "grey_alpha.png",
        "rgba.png",
        "palette64.png",
        "label_palette.png",
        "grey.gif",
        "rgb_planar.tif",
    ];
    let mut tested = 0;
    for (path, expected) in &expectations {
        let Some(name) = path.strip_prefix("raster/") else {
            continue;
        };
        let volume = open_sample(path);
        if elsewhere.contains(&name) || volume.provenance.format == Format::Jpeg {
            continue;
        }
        let found = summary(&volume);
        let mut shape = found.shape.to_vec();
        if found.shape[0] == 1 {
            shape.remove(0);
        }
        if found.channels == 3 {
            shape.push(3);
        }
        assert_eq!(Some(shape), expected.shape, "{path}");
        assert_eq!(
            Some(found.dtype.as_str()),
            expected.dtype.as_deref(),
            "{path}"
        );
        assert_eq!(
            (found.min, found.max),
            (expected.min, expected.max),
            "{path}"
        );
        assert!(
            (found.mean.unwrap() - expected.mean.unwrap()).abs() < 1e-5,
            "{path}: {:?}",
            found.mean
        );
        assert_eq!(Some(&found.sha1), expected.sha1_le.as_ref(), "{path}");
        tested += 1;
    }
    assert!(tested >= 20, "only {tested} files were compared");
}

/// JPEG decoders differ in their inverse transform and in how they enlarge chroma.
#[test_data::test("samples")]
fn jpeg_agrees_with_another_decoder_but_for_rounding() {
    let expectations = common::expectations();
    let mut tested = 0;
    for (path, expected) in &expectations {
        if !path.starts_with("raster/") || expected.mode.as_deref() == Some("CMYK") {
            continue;
        }
        let found = summed(path);
        if found.format != Format::Jpeg {
            continue;
        }
        let mean = found.mean.unwrap();
        assert!(
            (mean - expected.mean.unwrap()).abs() < 0.25,
            "{path}: mean {mean}"
        );
        assert!(
            (found.max.unwrap() - expected.max.unwrap()).abs() <= 4.0,
            "{path}: {:?}",
            found.max
        );
        assert!(
            (found.min.unwrap() - expected.min.unwrap()).abs() <= 4.0,
            "{path}: {:?}",
            found.min
        );
        tested += 1;
    }
    assert!(tested >= 8, "only {tested} files were compared");
}

#[test_data::test("samples")]
fn jpeg_is_close_to_its_lossless_original() {
    let original = open_sample("raster/rgb8.png");
    for path in [
        "raster/rgb.jpg",
        "raster/rgb_progressive.jpg",
        "raster/cmyk.jpg",
        "raster/jpeg_named.png",
    ] {
        let found = open_sample(path);
        assert_eq!((found.channels, found.shape), (3, original.shape), "{path}");
        let difference = mean_difference(&found.voxels, &original.voxels);
        assert!(difference < 4.0, "{path}: mean difference {difference}");
    }
    let grey = open_sample("raster/grey.jpg");
    let original = open_sample("raster/grey8.png");
    assert_eq!((grey.channels, grey.shape), (1, original.shape));
    assert!(mean_difference(&grey.voxels, &original.voxels) < 2.0);
}

/// Orientation 1, 3, 6 and 8: each, upright, is the first 200 rows of one picture.
#[test_data::test("samples")]
fn exif_orientation_is_applied() {
    let original = open_sample("raster/rgb8.png");
    let [_, rows, columns] = original.shape;
    let top: Vec<f32> = original
        .voxels
        .chunks_exact(rows * columns)
        .flat_map(|channel| channel.iter().take(200 * columns).copied())
        .collect();
    for orientation in [1, 3, 6, 8] {
        let path = format!("raster/exif_orient{orientation}.jpg");
        let found = open_sample(&path);
        assert_eq!(found.shape, [1, 200, columns], "{path}");
        let difference = mean_difference(&found.voxels, &top);
        assert!(difference < 4.0, "{path}: mean difference {difference}");
        assert_eq!(
            found.provenance.notes.is_empty(),
            orientation == 1,
            "{path}: {:?}",
            found.provenance.notes
        );
    }
}

fn mean_difference(left: &[f32], right: &[f32]) -> f64 {
    assert_eq!(left.len(), right.len());
    left.iter()
        .zip(right)
        .map(|(a, b)| f64::from((a - b).abs()))
        .sum::<f64>()
        / left.len() as f64
}

#[test_data::test("samples")]
fn alpha_is_dropped_and_said_so() {
    for (with, without) in [("rgba.png", "rgb8.png"), ("grey_alpha.png", "grey8.png")] {
        let with = open_sample(&format!("raster/{with}"));
        let without = open_sample(&format!("raster/{without}"));
        assert_eq!(with.voxels, without.voxels);
        assert_eq!(
            with.provenance.notes,
            ["The alpha (transparency) channel was left out."]
        );
        assert!(without.provenance.notes.is_empty());
    }
}

#[test_data::test("samples")]
fn planar_samples_equal_interleaved_ones() {
    let (planar, expectations) = (summed("raster/rgb_planar.tif"), common::expectations());
    assert_eq!(
        Some(&planar.sha1),
        expectations["raster/rgb8.png"].sha1_le.as_ref()
    );
}

/// The stored samples are those of grey8.png, but the file says that 0 is white.
#[test_data::test("samples")]
fn white_is_zero_is_inverted() {
    let found = open_sample("raster/miniswhite.tif");
    let original = open_sample("raster/grey8.png");
    let inverted: Vec<f32> = original.voxels.iter().map(|voxel| 255.0 - voxel).collect();
    assert_eq!(found.voxels, inverted);
    assert_eq!(
        found.provenance.notes,
        ["The grey scale was inverted, because the file says that 0 is white."]
    );
    // Class ids are what is stored, as with palettes.
    let bytes = common::file("raster/miniswhite.tif");
    let ids = open_labels(&bytes, "a", &Limits::default(), 255).unwrap_err();
    assert_eq!(
        ids,
        Error::UnknownLabel {
            id: "255".into(),
            classes: 255
        }
    );
}

#[test_data::test("samples")]
fn palettes_become_colours_or_grey() {
    let colours = open_sample("raster/palette64.png");
    assert_eq!((colours.channels, colours.shape), (3, [1, 256, 320]));
    assert_eq!(colours.provenance.description(), "PNG, 8-bit palette");
    let original = open_sample("raster/rgb8.png");
    let difference = mean_difference(&colours.voxels, &original.voxels);
    assert!(
        difference < 12.0,
        "64 colours stand for all: mean difference {difference}"
    );

    let grey = open_sample("raster/grey.gif");
    assert_eq!((grey.channels, grey.shape), (1, [1, 256, 256]));
}

#[test_data::test("samples")]
fn names_decide_nothing_but_are_noticed() {
    let found = open_sample("raster/jpeg_named.png");
    assert_eq!(found.provenance.format, Format::Jpeg);
    assert_eq!(
        found.provenance.notes,
        ["The name says PNG, the content is JPEG."]
    );
    assert_eq!(found.voxels, open_sample("raster/rgb.jpg").voxels);
}

#[test_data::test("samples")]
fn descriptions_and_display_ranges() {
    for (name, description, range) in [
        ("grey8.png", "PNG, 8-bit grey", [0.0, 255.0]),
        ("grey1.png", "PNG, 1-bit grey", [0.0, 1.0]),
        ("grey4.png", "PNG, 4-bit grey", [0.0, 15.0]),
        ("grey16.png", "PNG, 16-bit grey", [0.0, 57680.0]),
        ("rgb8.png", "PNG, 8-bit RGB", [0.0, 255.0]),
        ("rgb.jpg", "JPEG, 8-bit RGB", [0.0, 255.0]),
        ("float32.tif", "TIFF, 32-bit float grey", [0.0, 1.0]),
        ("stack5.tif", "TIFF, 16-bit grey", [0.0, 57680.0]),
        ("rgb.webp", "WebP, 8-bit RGB", [0.0, 255.0]),
    ] {
        let found = open_sample(&format!("raster/{name}"));
        assert_eq!(found.provenance.description(), description);
        assert_eq!(found.provenance.display_range(), range, "{name}");
    }
}

#[test_data::test("samples")]
fn the_sample_types_of_the_samples() {
    for (name, expected) in [
        ("grey16_be.tif", SampleType::Uint16),
        ("float32.tif", SampleType::Float32),
        ("bigtiff.tif", SampleType::Uint8),
    ] {
        let found = open_sample(&format!("raster/{name}"));
        assert_eq!(found.provenance.sample_type, expected);
    }
}
