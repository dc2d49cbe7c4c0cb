//! How the samples that a file stores are had again from voxels.

use crate::sample::Samples;

/// The way from voxels back to stored samples.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum StoredValues {
    /// The voxels are the samples, but for an inverted scale
    /// ([`Provenance::inverted_from`](crate::Provenance::inverted_from)).
    Voxels,
    /// Slope and intercept of each plane, from sample to voxel, an inverted scale included.
    Linear(Vec<[f64; 2]>),
    /// No way back: the samples themselves, `[planes, rows, columns]`, one channel.
    Kept(Samples),
}
