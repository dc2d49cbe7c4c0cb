//! Files that were cut, changed or made up never bring the reader down.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::nifti::{Header, gzip};
use imaging::{Limits, open, open_labels, summary};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// Small enough that a header which a mutation made huge costs nothing.
const LIMITS: Limits = Limits {
    max_pixels: 1 << 18,
    max_bytes: 1 << 24,
};

/// How many times the usual number of cases to try, from `PENUMBRA_FUZZ` (default 1), for a long search by hand.
fn effort() -> u32 {
    std::env::var("PENUMBRA_FUZZ")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1)
}

/// Small pictures of every kind that the crate writes, so that there is something to mutate on any machine.
fn own_files() -> Vec<(String, Vec<u8>)> {
    let mask: Vec<u8> = (0..96_u8).collect();
    let rgba: Vec<u8> = (0..=255).collect();
    let map: Vec<f32> = (0..96_u8).map(|value| f32::from(value) / 7.0).collect();
    let volume = Header::new(&[4, 3, 2], 4).file(&rgba[..48]);
    vec![
        (
            "mask".into(),
            imaging::encode::png_mask(&mask, 8, 12).unwrap(),
        ),
        (
            "rgba".into(),
            imaging::encode::png_rgba(&rgba, 8, 8).unwrap(),
        ),
        (
            "map".into(),
            imaging::encode::tiff_f32(&map, 8, 12).unwrap(),
        ),
        ("volume".into(), volume.clone()),
        ("volume, compressed".into(), gzip(&volume)),
    ]
}

/// Opens bytes in both ways; what opens must be whole, what does not must say so in one sentence.
fn try_to_open(bytes: &[u8]) {
    match open(bytes, "picture.png", &LIMITS) {
        Ok(volume) => {
            assert_eq!(
                volume.voxels.len(),
                volume.channels * volume.voxels_per_channel()
            );
            assert!(volume.voxels_per_channel() as u64 <= LIMITS.max_pixels);
            assert_eq!(summary(&volume).shape, volume.shape);
            volume.to_channels(1).unwrap();
            let [low, high] = volume.provenance.display_range();
            assert!(low < high, "{low} {high}");
        }
        Err(error) => {
            let text = error.to_string();
            assert!(
                !text.contains('\n') && !text.contains(". ") && !text.contains("picture"),
                "{text}"
            );
        }
    }
    if let Ok(labels) = open_labels(bytes, "picture.png", &LIMITS, 4) {
        assert_eq!(labels.ids.len(), labels.shape.iter().product::<usize>());
        assert!(labels.ids.iter().all(|&id| id < 4));
    }
}

/// The crate's own files and every small sample, mutated in `cases` ways each with a fixed seed.
fn for_every_file<S: Strategy>(cases: u32, strategy: &S, change: impl Fn(&mut Vec<u8>, &S::Value)) {
    let files = own_files()
        .into_iter()
        .chain(common::files_if_present("raster"))
        .chain(common::files_if_present("raster_bad"))
        // Their headers have tests of their own.
        .chain(
            common::files_if_present("nifti")
                .into_iter()
                .filter(|(_, bytes)| bytes.len() < 50_000),
        );
    for (name, original) in
        files.filter(|(name, bytes)| bytes.len() < 300_000 && name != "bomb_12000.png")
    {
        let config = Config {
            cases: cases * effort(),
            rng_seed: RngSeed::Fixed(20),
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

#[test]
fn a_cut_file_is_an_error_or_whole() {
    for_every_file(12, &(0.0..1.0_f64), |bytes, &part| {
        let keep = (bytes.len() as f64 * part) as usize;
        bytes.truncate(keep);
    });
}

#[test]
fn changed_bytes_anywhere() {
    let bytes = prop::collection::vec((0.0..1.0_f64, any::<u8>()), 1..6);
    for_every_file(16, &bytes, |file, changes| {
        for &(part, value) in changes {
            let place = (file.len() as f64 * part) as usize;
            if let Some(byte) = file.get_mut(place) {
                *byte = value;
            }
        }
    });
}

/// Headers and directories, where sizes, offsets and counts stand.
#[test]
fn changed_bytes_in_the_first_and_last_half_kilobyte() {
    let bytes = prop::collection::vec((any::<bool>(), 0..512_usize, any::<u8>()), 1..5);
    for_every_file(48, &bytes, |file, changes| {
        for &(from_end, offset, value) in changes {
            let place = if from_end {
                file.len().saturating_sub(offset + 1)
            } else {
                offset
            };
            if let Some(byte) = file.get_mut(place) {
                *byte = value;
            }
        }
    });
}

#[test]
fn pieces_put_together_wrongly() {
    for_every_file(12, &(0.0..1.0_f64, 0.0..1.0_f64), |bytes, &(to, from)| {
        let (to, from) = (
            (bytes.len() as f64 * to) as usize,
            (bytes.len() as f64 * from) as usize,
        );
        let tail = bytes.split_off(from);
        bytes.truncate(to);
        bytes.extend(tail);
    });
}

/// The right first bytes, then noise.
#[test]
fn noise_behind_a_signature() {
    let signatures: [&[u8]; 9] = [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\xff\xd8\xff\xe0",
        b"\xff\xd8\xff\xe1\0\x20Exif\0\0II*\0\x08\0\0\0",
        b"II*\0\x08\0\0\0",
        b"MM\0\x2b\0\x08\0\0\0\0\0\0\0\0\0\x10",
        b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0",
        b"GIF89a",
        b"RIFF\x20\0\0\0WEBPVP8L",
        b"RIFF\x20\0\0\0WEBPVP8X",
    ];
    let config = Config {
        cases: 256 * effort(),
        rng_seed: RngSeed::Fixed(21),
        failure_persistence: None,
        ..Config::default()
    };
    let strategy = (
        0..signatures.len(),
        prop::collection::vec(any::<u8>(), 0..200),
    );
    TestRunner::new(config)
        .run(&strategy, |(signature, noise)| {
            let mut bytes = signatures[signature].to_vec();
            bytes.extend(noise);
            try_to_open(&bytes);
            Ok(())
        })
        .unwrap();
}
