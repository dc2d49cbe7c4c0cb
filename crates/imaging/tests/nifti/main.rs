//! NIfTI files of every kind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;
mod geometry_and_files;
mod samples;
mod types;

use imaging::{Limits, NiftiHeader, SourceHeader, Volume, open};

const LIMITS: Limits = Limits {
    max_pixels: 64 << 20,
    max_bytes: 1 << 30,
};

fn open_sample(path: &str) -> Volume {
    open(&common::file(path), path, &LIMITS).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The header that a volume keeps.
fn kept(volume: &Volume) -> &NiftiHeader {
    match &volume.source {
        Some(SourceHeader::Nifti(header)) => header,
        other => panic!("{other:?}"),
    }
}
