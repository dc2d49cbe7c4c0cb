//! Splitting a piece where it is thin.

use crate::Run;

/// The parts of a connected piece.
pub(crate) fn split_at_necks(piece: Vec<Run>, _neck: f64) -> Vec<Vec<Run>> {
    vec![piece]
}
