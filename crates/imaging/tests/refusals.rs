//! Files that cannot be opened: one clear sentence each, and nothing allocated that a header merely claims.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use imaging::{Error, Limits, open, open_labels};

#[test_data::test("samples")]
fn bad_files_give_one_clear_sentence() {
    let limits = Limits::default();
    for (name, sentence) in [
        (
            "empty.png",
            "the file is empty (0 bytes); choose an image file",
        ),
        (
            "text.png",
            "this is a text file, not an image that can be read; choose a PNG, JPEG, TIFF, BMP, GIF, WebP, DICOM, NIfTI, NRRD, MetaImage or MGH file",
        ),
        (
            "bomb_12000.png",
            "the image has 12000 x 12000 pixels (144000000 in all), more than the 67108864 that can be opened; crop it or reduce its size",
        ),
        (
            "huge_60000.png",
            "the image has 60000 x 60000 pixels (3600000000 in all), more than the 67108864 that can be opened; crop it or reduce its size",
        ),
        ("zero_width.png", "the PNG header gives a size of 0 x"),
        (
            "truncated.png",
            "the PNG file ends after 62313 bytes, before the image is complete; copy or download it again",
        ),
        (
            "truncated.jpg",
            "the JPEG file ends after 9881 bytes, before the image is complete; copy or download it again",
        ),
        (
            "truncated.tif",
            "the TIFF file ends after 43776 bytes, before the image is complete; copy or download it again",
        ),
        ("bad_crc.png", "the PNG file is damaged ("),
    ] {
        let bytes = common::file(&format!("raster_bad/{name}"));
        let error = open(&bytes, name, &limits).unwrap_err().to_string();
        assert!(error.starts_with(sentence), "{name}: {error}");
        assert!(
            !error.contains(name) && !error.contains('\n') && !error.contains(". "),
            "{name}: {error}"
        );
    }
}

#[test_data::test("samples")]
fn every_bad_sample_is_refused_by_both_readers() {
    for (name, bytes) in common::files("raster_bad") {
        let limits = Limits::default();
        eprintln!("{name}: {}", open(&bytes, &name, &limits).unwrap_err());
        open_labels(&bytes, &name, &limits, 2).unwrap_err();
    }
}

#[test_data::test("samples")]
fn limits_hold_for_every_format_before_decoding() {
    let small = Limits {
        max_pixels: 1000,
        max_bytes: 1 << 30,
    };
    let narrow = Limits {
        max_pixels: 1 << 30,
        max_bytes: 1000,
    };
    for (name, bytes) in common::files("raster") {
        assert!(
            matches!(open(&bytes, &name, &small), Err(Error::TooLarge { .. })),
            "{name}"
        );
        assert!(
            matches!(
                open(&bytes, &name, &narrow),
                Err(Error::TooManyBytes { .. })
            ),
            "{name}"
        );
    }
}
