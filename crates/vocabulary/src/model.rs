//! What a model is described with.

use serde::{Deserialize, Serialize};

/// A class of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassInfo {
    /// Value in the mask; 0 is the background.
    pub id: u8,
    /// Name, such as `nucleus`.
    pub name: String,
    /// Red, green and blue, 0 to 255 each.
    pub colour: [u8; 3],
}

/// A point of a risk-coverage curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Share of voxels kept, the least doubtful first, 0 to 1.
    pub coverage: f64,
    /// Share of wrong voxels among those kept, 0 to 1.
    pub risk: f64,
}

/// Which window the network runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WindowSize {
    /// The one that the model was trained on.
    #[default]
    Model,
    /// Half of it along every axis, in multiples of 16 and not under 32 (or the model's own, where that is less): what is
    /// left when memory is short. Instance normalisation sees less of the image then, so the result differs a little.
    Small,
}
