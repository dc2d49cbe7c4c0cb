//! The last finished segmentation, from which maps, files and comparisons are made.

use engine::Segmentation;
use imaging::Volume;

/// The last finished segmentation.
#[derive(Debug)]
pub(crate) struct FinishedSegmentation {
    /// Number of the job that made it.
    pub job: u32,
    pub result: Segmentation,
    /// Milliseconds that the run took.
    pub elapsed_ms: f64,
    /// The image, without its voxels.
    pub volume: Volume,
    /// Names of its files.
    pub names: Vec<String>,
}
