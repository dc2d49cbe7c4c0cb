//! Voxels that a ranking cannot tell apart.

/// Voxels with one and the same score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TieGroup {
    /// The score.
    pub score: f32,
    /// Number of voxels.
    pub count: u64,
    /// Number of wrong voxels among them.
    pub errors: u64,
}
