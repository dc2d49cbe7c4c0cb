//! The last finished segmentation, from which maps, files and comparisons are made.

use std::rc::Rc;

use engine::Segmentation;
use imaging::Volume;

use crate::session::Loaded;

/// The last finished segmentation.
#[derive(Debug)]
pub(crate) struct FinishedSegmentation {
    /// Number of the job that made it.
    pub job: u32,
    /// The model that made it, which may not be the one that is loaded now.
    pub model: Rc<Loaded>,
    pub result: Segmentation,
    /// Milliseconds that the run took.
    pub elapsed_ms: f64,
    /// The image, without its voxels.
    pub volume: Volume,
    /// Names of its files.
    pub names: Vec<String>,
}
