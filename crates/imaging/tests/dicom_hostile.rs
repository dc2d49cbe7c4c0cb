//! DICOM files and archives that were cut, changed or made up never bring the reader down.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;
#[path = "common/dicom.rs"]
mod dicom;
#[path = "common/zip.rs"]
mod zip;

use dicom::*;
use imaging::{Error, Limits, NamedBytes, open, open_files, open_labels, summary};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// Small enough that large samples are refused and small ones are decoded many times.
const LIMITS: Limits = Limits {
    max_pixels: 1 << 16,
    max_bytes: 1 << 22,
};

/// How many times the usual number of cases to try, from `PENUMBRA_FUZZ` (default 1), for a long search by hand.
fn effort() -> u32 {
    std::env::var("PENUMBRA_FUZZ")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1)
}

/// Opens bytes in every way; what opens must be whole, what does not must say so in one sentence.
fn try_to_open(bytes: &[u8]) {
    match open(bytes, "picture.dcm", &LIMITS) {
        Ok(volume) => {
            assert_eq!(
                volume.voxels.len(),
                volume.channels * volume.voxels_per_channel()
            );
            assert!(volume.voxels_per_channel() as u64 <= LIMITS.max_pixels);
            assert_eq!(summary(&volume).shape, volume.shape);
            volume.grid().unwrap();
            let [low, high] = volume.provenance.display_range();
            assert!(low < high, "{low} {high}");
        }
        Err(error) => check(&error),
    }
    if let Ok(labels) = open_labels(bytes, "picture.dcm", &LIMITS, 4) {
        assert!(labels.ids.iter().all(|&id| id < 4));
    }
    let file = NamedBytes {
        name: "picture.dcm".to_owned(),
        bytes: bytes.to_vec(),
    };
    match open_files(vec![file], &LIMITS) {
        Ok(opened) => assert!(!opened.series.is_empty()),
        Err(error) => check(&error),
    }
}

fn check(error: &Error) {
    let text = error.to_string();
    assert!(
        !text.contains('\n') && !text.contains(". ") && !text.contains("picture.dcm"),
        "{text}"
    );
}

/// Every small sample and one file of each kind that this test makes, mutated in `cases` ways each with a fixed seed.
fn for_every_file<S: Strategy>(cases: u32, strategy: &S, change: impl Fn(&mut Vec<u8>, &S::Value)) {
    let mut files = common::files_if_present("dicom");
    files.extend(common::files_if_present("dicom_bad"));
    files.retain(|(_, bytes)| bytes.len() < 60_000);
    files.push(("palette".to_owned(), palette().file()));
    files.push(("frames".to_owned(), frames().file()));
    files.push((
        "archive".to_owned(),
        zip::archive(&[("a", &palette().file()), ("b/c", &frames().file())]),
    ));
    for (name, original) in files {
        let config = Config {
            cases: cases * effort(),
            rng_seed: RngSeed::Fixed(22),
            failure_persistence: None,
            ..Config::default()
        };
        let result = TestRunner::new(config).run(strategy, |mutation| {
            let mut bytes = original.clone();
            change(&mut bytes, &mutation);
            try_to_open(&bytes);
            Ok(())
        });
        if let Err(error) = result {
            panic!("{name}: {error}");
        }
    }
}

fn palette() -> DataSet {
    let image =
        DataSet::image(4, 4, &[])
            .depth(8, 8, 7, false)
            .text(PHOTOMETRIC, "CS", "PALETTE COLOR");
    (0..3)
        .fold(image, |image, number| {
            image
                .numbers((0x0028, 0x1101 + number), &[16, 0, 16])
                .words(
                    (0x0028, 0x1221 + number),
                    &[0, 2, 1, 2, 1, 4, 40, 2, 1, 0, 0, 1, 8, 255],
                )
        })
        .bytes(PIXEL_DATA, "OB", (0..16).collect())
}

fn frames() -> DataSet {
    let frame = |z: f64| {
        let position = DataSet::new().decimals(POSITION, &[0.0, 0.0, z]);
        DataSet::new().sequence((0x0020, 0x9113), &[position])
    };
    DataSet::plane([0.0; 3], &[5; 4])
        .text(FRAMES, "IS", "3")
        .sequence((0x5200, 0x9230), &[frame(0.0), frame(2.0), frame(1.0)])
        .words(PIXEL_DATA, &[9; 12])
}

#[test]
fn a_cut_file_is_an_error_or_whole() {
    for_every_file(24, &(0.0..1.0_f64), |bytes, &part| {
        let keep = (bytes.len() as f64 * part) as usize;
        bytes.truncate(keep);
    });
}

#[test]
fn changed_bytes_anywhere() {
    let bytes = prop::collection::vec((0.0..1.0_f64, any::<u8>()), 1..6);
    for_every_file(24, &bytes, |file, changes| {
        for &(part, value) in changes {
            let place = (file.len() as f64 * part) as usize;
            if let Some(byte) = file.get_mut(place) {
                *byte = value;
            }
        }
    });
}

/// Where the image is described: the elements of group 0028, and what comes right before and after.
#[test]
fn changed_bytes_around_the_description_of_the_image() {
    let bytes = prop::collection::vec((0..700_usize, any::<u8>()), 1..5);
    for_every_file(48, &bytes, |file, changes| {
        let description = file
            .windows(4)
            .position(|window| window == [0x28, 0, 0x02, 0])
            .unwrap_or(0);
        for &(offset, value) in changes {
            if let Some(byte) = file.get_mut(description.saturating_sub(100) + offset) {
                *byte = value;
            }
        }
    });
}

/// Headers of code streams, at the start of the fragments.
#[test]
fn changed_bytes_at_the_start_of_the_pixels() {
    let bytes = prop::collection::vec((0..300_usize, any::<u8>()), 1..4);
    for_every_file(48, &bytes, |file, changes| {
        let pixels = file
            .windows(4)
            .rposition(|window| window == [0xE0, 0x7F, 0x10, 0])
            .unwrap_or(0);
        for &(offset, value) in changes {
            if let Some(byte) = file.get_mut(pixels + 12 + offset) {
                *byte = value;
            }
        }
    });
}

#[test]
fn pieces_put_together_wrongly() {
    for_every_file(16, &(0.0..1.0_f64, 0.0..1.0_f64), |bytes, &(to, from)| {
        let (to, from) = (
            (bytes.len() as f64 * to) as usize,
            (bytes.len() as f64 * from) as usize,
        );
        let tail = bytes.split_off(from);
        bytes.truncate(to);
        bytes.extend(tail);
    });
}

/// The right first bytes, then noise that often looks like elements.
#[test]
fn noise_behind_a_prefix() {
    let word = prop_oneof![
        Just(vec![0xFE, 0xFF, 0x00, 0xE0]),
        Just(vec![0xFE, 0xFF, 0x0D, 0xE0]),
        Just(vec![0xFE, 0xFF, 0xDD, 0xE0]),
        Just(vec![0xFF; 4]),
        Just(vec![0; 4]),
        Just(vec![0xE0, 0x7F, 0x10, 0x00]),
        Just(b"SQ\0\0".to_vec()),
        Just(b"OB\0\0".to_vec()),
        Just(b"UN\0\0".to_vec()),
        Just(b"US\x02\0".to_vec()),
        Just(vec![0x28, 0x00, 0x10, 0x00]),
        prop::collection::vec(any::<u8>(), 1..5),
    ];
    let config = Config {
        cases: 2000 * effort(),
        rng_seed: RngSeed::Fixed(23),
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(
            &(any::<bool>(), prop::collection::vec(word, 0..60)),
            |(bare, words)| {
                let mut bytes = if bare {
                    Vec::new()
                } else {
                    DataSet::new().file()
                };
                bytes.extend([0x08, 0x00, 0x05, 0x00]);
                bytes.extend(words.concat());
                try_to_open(&bytes);
                Ok(())
            },
        )
        .unwrap();
}

#[test]
fn sequences_nested_without_end_are_refused() {
    let mut bytes = DataSet::new().file();
    for _ in 0..200_000 {
        // A sequence of undefined length, an item of undefined length.
        bytes.extend([
            0x08, 0x00, 0x15, 0x11, b'S', b'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF,
        ]);
        bytes.extend([0xFE, 0xFF, 0x00, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF]);
    }
    let error = open(&bytes, "a.dcm", &Limits::default())
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "the DICOM file is damaged (its sequences are nested more than 32 deep); copy or download it again"
    );
}

#[test]
fn elements_without_end_are_refused() {
    let mut bytes = DataSet::new().file();
    for _ in 0..(1 << 21) + 1 {
        bytes.extend([0x08, 0x00, 0x60, 0x00, b'C', b'S', 0, 0]);
    }
    let error = open(&bytes, "a.dcm", &Limits::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("more than 2097152 elements"), "{error}");
}

#[test]
fn a_deflated_data_set_is_inflated_no_further_than_the_limit() {
    use std::io::Write as _;
    let mut deflated = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    deflated.write_all(&vec![0; 10 << 20]).unwrap();
    let mut bytes = DataSet::new().file_as("1.2.840.10008.1.2.1.99");
    bytes.extend(deflated.finish().unwrap());
    let error = open(&bytes, "a.dcm", &LIMITS).unwrap_err();
    assert_eq!(
        error,
        Error::TooManyBytes {
            bytes: LIMITS.max_bytes + 1,
            limit: LIMITS.max_bytes
        }
    );
}
