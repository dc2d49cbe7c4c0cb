//! NIfTI headers of any bytes: nothing panics, nothing is allocated that the file cannot fill, and what opens is whole
//! and can be written again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::nifti::{Header, gzip};
use imaging::encode::{Space, nifti_mask};
use imaging::geometry::{AxisCodes, Reorientation, Resampling};
use imaging::{Error, Limits, open, open_labels, open_nifti_pair, summarise};
use proptest::prelude::*;

const LIMITS: Limits = Limits {
    max_pixels: 1 << 12,
    max_bytes: 1 << 16,
};

/// Opens bytes in every way; what opens must hold together, what does not must say so in one sentence.
fn try_everything(bytes: &[u8]) {
    let volume = match open(bytes, "a.nii", &LIMITS) {
        Ok(volume) => volume,
        Err(error) => {
            let text = error.to_string();
            assert!(!text.contains('\n') && !text.contains(". "), "{text}");
            assert!(text.len() < 250, "{text}");
            // Whatever the voxels are, they are no labels either.
            assert!(open_labels(bytes, "a.nii", &LIMITS, 3).is_err());
            assert!(summarise(bytes, "a.nii", &LIMITS).is_err());
            return;
        }
    };
    let count = volume.voxels_per_channel();
    assert!(count as u64 <= LIMITS.max_pixels);
    assert_eq!(volume.voxels.len(), count * volume.channels);
    if let Ok(labels) = open_labels(bytes, "a.nii", &LIMITS, 3) {
        assert_eq!((labels.shape, labels.ids.len()), (volume.shape, count));
        assert!(labels.ids.iter().all(|&id| id < 3));
        assert_eq!(labels.geometry, volume.geometry);
    }
    let summary = summarise(bytes, "a.nii", &LIMITS);
    assert!(
        matches!(summary, Ok(_) | Err(Error::TooManyBytes { .. })),
        "{summary:?}"
    );

    // A matrix, where there is one, makes a grid, and a grid makes a way there and back.
    let grid = volume.grid().unwrap();
    if let Some(grid) = grid {
        let way = Reorientation::to(&grid, AxisCodes::LPS);
        let turned = way.apply(&volume.voxels).unwrap();
        let back = way.undo(&turned).unwrap();
        assert!(
            back.iter()
                .zip(&volume.voxels)
                .all(|(a, b)| a.to_bits() == b.to_bits())
        );
        if let Ok(plan) = Resampling::plan(way.to_grid(), [1.0; 3], &LIMITS) {
            let length = plan.forward(&turned).unwrap().len();
            assert_eq!(length, plan.to_grid().voxels() * volume.channels);
        }
    }
    let mask = vec![1; count];
    let written = nifti_mask(&mask, &Space::of(&volume)).unwrap();
    let again = open(&written, "a.nii.gz", &LIMITS).unwrap();
    assert_eq!(again.shape, volume.shape);
    let kind = |source| std::mem::discriminant(&source);
    assert_eq!(
        again.geometry.source.map(kind),
        volume.geometry.source.map(kind)
    );
    if let (Some(found), Some(grid)) = (again.grid().unwrap(), grid) {
        assert!(grid.orientation() == found.orientation());
    }
}

fn config(cases: u32) -> ProptestConfig {
    let effort: u32 = std::env::var("PENUMBRA_FUZZ")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases * effort)
    }
}

/// Sizes that may fit, and numbers that no header should hold.
fn any_short() -> impl Strategy<Value = i16> {
    prop_oneof![3 => 1..9_i16, 1 => any::<i16>(), 1 => prop::sample::select(vec![0, -1, i16::MIN, i16::MAX])]
}

fn any_float() -> impl Strategy<Value = f32> {
    prop_oneof![
        3 => -4.0..4.0_f32,
        1 => any::<u32>().prop_map(f32::from_bits),
        1 => prop::sample::select(vec![0.0, -1.0, f32::NAN, f32::INFINITY, 1e38, 1e-38, -1e9]),
    ]
}

/// The types that can be read, and any number.
fn any_code() -> impl Strategy<Value = i16> {
    prop_oneof![
        4 => prop::sample::select(vec![2, 4, 8, 16, 64, 128, 256, 512, 768, 1024, 1280, 2304]),
        1 => any::<i16>(),
    ]
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn noise_with_the_right_signature(
        mut bytes in prop::collection::vec(any::<u8>(), 352..700),
        version in 0..4_usize,
        reversed in any::<bool>(),
    ) {
        let (at, magic, length): (usize, &[u8], i32) = [
            (344, &b"n+1\0"[..], 348),
            (344, &b"ni1\0"[..], 348),
            (4, &b"n+2\0\r\n\x1a\n"[..], 540),
            (4, &b"ni2\0\r\n\x1a\n"[..], 540),
        ][version];
        bytes[at..at + magic.len()].copy_from_slice(magic);
        let length = if reversed { length.to_be_bytes() } else { length.to_le_bytes() };
        bytes[..4].copy_from_slice(&length);
        try_everything(&bytes);
        let _ = open_nifti_pair(&bytes, &bytes, &LIMITS);
    }

    #[test]
    fn any_field_may_hold_anything(
        sizes in prop::collection::vec(any_short(), 1..8),
        count in prop_oneof![4 => Just(None), 1 => any_short().prop_map(Some)],
        code in any_code(),
        shorts in prop::collection::vec((prop::sample::select(vec![68, 70, 72, 252, 254]), any_short()), 0..4),
        floats in prop::collection::vec(((0..29_usize).prop_map(|index| {
            // pixdim, vox_offset, scl_slope, scl_inter, then the quaternion, the offset and the rows.
            if index < 11 { 76 + 4 * index } else { 256 + 4 * (index - 11) }
        }), any_float()), 0..8),
        big_endian in any::<bool>(),
        compressed in any::<bool>(),
        voxels in prop::collection::vec(any::<u8>(), 0..2000),
    ) {
        let mut header = Header::new(&sizes, code);
        if let Some(count) = count {
            header.short(40, count);
        }
        for (at, value) in shorts {
            header.short(at, value);
        }
        for (at, value) in floats {
            header.float(at, value);
        }
        if big_endian {
            header = header.big_endian();
        }
        let file = header.file(&voxels);
        try_everything(&if compressed { gzip(&file) } else { file });
    }

    /// Both forms given, with plausible and implausible numbers.
    #[test]
    fn any_geometry_is_used_or_passed_over(
        forms in [0..6_i16, 0..6_i16],
        units in any::<u8>(),
        floats in prop::collection::vec(any_float(), 26),
    ) {
        let mut header = Header::new(&[3, 2, 2], 2);
        header.short(252, forms[0]);
        header.short(254, forms[1]);
        header.byte(123, units);
        for (index, value) in floats.into_iter().enumerate() {
            header.float(if index < 8 { 76 + 4 * index } else { 256 + 4 * (index - 8) }, value);
        }
        let file = header.file(&[1; 12]);
        let volume = open(&file, "a.nii", &LIMITS).unwrap();
        prop_assert_eq!(volume.geometry.affine.is_some(), volume.geometry.source.is_some());
        try_everything(&file);
    }

    #[test]
    fn a_file_cut_anywhere_is_an_error(part in 0.0..1.0_f64, compressed in any::<bool>()) {
        let file = Header::new(&[6, 5, 4], 16).file(&[9; 480]);
        let file = if compressed { gzip(&file) } else { file };
        prop_assert!(open(&file, "a", &LIMITS).is_ok());
        let keep = (file.len() as f64 * part) as usize;
        prop_assert!(open(&file[..keep], "a", &LIMITS).is_err());
    }
}
