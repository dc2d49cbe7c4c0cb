//! How good a segmentation and its uncertainty are, in numbers: ranking, selective prediction, calibration, overlap.
//!
//! Pure functions of slices; sums run in 64 bits. A figure that is undefined for the data (AUROC without errors, say) is
//! `None`, never a stand-in. Definitions and their sources are given at each item; all are checked against golden
//! vectors.

mod calibration;
mod error;
mod overlap;
mod ranking;
mod region;
mod selective;

pub use calibration::{Calibration, Layout, Probabilities};
pub use error::Error;
pub use overlap::{dice_per_class, error_map};
pub use ranking::{Ranking, RankingFigures};
pub use region::{NEAR_RADIUS, near_mask};
pub use selective::{CurvePoint, aurc_optimal, aurc_stable};
