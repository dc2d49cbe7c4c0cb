//! Settings of the random changes of patches.
//!
//! Each change has a probability and a range; what is left out does not happen, and without any the patches are the
//! reference's. Order and defaults in use follow nnU-Net (Isensee et al., Nature Methods 18, 2021, supplement 4).

use serde::{Deserialize, Serialize};

/// How patches are changed at random, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Augmentation {
    /// Reversal of axes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flip: Option<Flip>,
    /// Rotation about the patch's centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotation: Option<Rotation>,
    /// Enlargement by a factor in the range: 1.4 shows things 1.4 times as large.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<Chance>,
    /// Added Gaussian noise; the range is that of its standard deviation, in the units of the normalised image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise: Option<Chance>,
    /// Gaussian blur; the range is that of its standard deviation in voxels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blur: Option<Chance>,
    /// Multiplication of the normalised values by a factor in the range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brightness: Option<Chance>,
    /// Multiplication of the distances from the patch's mean by a factor in the range, within the patch's own extremes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contrast: Option<Chance>,
    /// Reduction of the resolution to a share in the range (nearest voxel), and back (linear).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low_resolution: Option<Chance>,
    /// As `gamma`, of the negative image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inverted_gamma: Option<Chance>,
    /// Power with an exponent in the range, of the values between the patch's extremes; mean and deviation are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gamma: Option<Chance>,
}

/// A change that happens with a probability, with a strength drawn from a range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chance {
    /// 0 to 1.
    pub probability: f64,
    /// Smallest and largest strength. Factors are drawn from below and above 1 equally often where the range has both.
    pub range: [f64; 2],
}

/// Probabilities, 0 to 1, that an axis is reversed.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Flip {
    /// Of volumes.
    pub planes: f64,
    /// Upside down.
    pub rows: f64,
    /// Left to right.
    pub columns: f64,
}

/// A rotation: in 2D by one angle, in 3D by one about each axis.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// 0 to 1.
    pub probability: f64,
    /// Largest angle to either side, in degrees, 0 to 180.
    pub degrees: f64,
}

impl Augmentation {
    /// Every change with a range, with its name and the limits of the range.
    pub fn chances(&self) -> [(&'static str, Option<Chance>, [f64; 2]); 8] {
        [
            ("scale", self.scale, [0.1, 10.0]),
            ("noise", self.noise, [0.0, 10.0]),
            ("blur", self.blur, [0.0, 20.0]),
            ("brightness", self.brightness, [0.01, 100.0]),
            ("contrast", self.contrast, [0.01, 100.0]),
            ("low_resolution", self.low_resolution, [0.05, 1.0]),
            ("inverted_gamma", self.inverted_gamma, [0.05, 20.0]),
            ("gamma", self.gamma, [0.05, 20.0]),
        ]
    }
}
