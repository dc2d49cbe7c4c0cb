//! What is said of a result's uncertainty.

use serde::{Deserialize, Serialize};

/// How doubtful a plane is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SliceUncertainty {
    /// The plane, from 0.
    pub plane: usize,
    /// Mean ranking score in the plane's mask and up to two voxels around it; over the whole plane where it has no mask.
    pub doubt: f64,
    /// Voxels of the plane that are not background.
    pub object_voxels: u64,
    /// Expected wrong voxels of the plane.
    pub expected_wrong: f64,
}

/// How unusual an image is among the model's validation images.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ImageScore {
    /// Mean ranking score of the image, in standard deviations from the mean of the validation images.
    pub ranking_z: f64,
    /// Mean entropy of the image, in standard deviations from the mean of the validation images.
    pub entropy_z: f64,
    /// Mean logarithm of the image's entropy, in standard deviations from the mean of the validation images; none where
    /// the model does not know them. The voxels that the network is surest of count most here, which in images like its
    /// training data are nearly all, and in others are not.
    pub log_entropy_z: Option<f64>,
    /// Dice to be expected, 0 to 1, where the model can tell.
    pub expected_dice: Option<f64>,
    /// Whether one of the three lies further away than one of 370 validation images would: three standard deviations, and
    /// more where those are known from few images.
    pub unusual: bool,
}

/// Name, range and mean of a map on the image's own grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MapSummary {
    /// Name in selects, reports and file names, such as `ranking`.
    pub name: String,
    /// Smallest value.
    pub minimum: f32,
    /// Largest value.
    pub maximum: f32,
    /// Mean.
    pub mean: f64,
}
