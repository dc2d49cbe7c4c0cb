//! What a model promises of a case of a new patient.

use serde::{Deserialize, Serialize};

/// What is promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromiseKind {
    /// Where all voxels go to a person whose error probability is above the value, the share of the object that is missed
    /// and kept is at most `alpha` on average over cases.
    MissedShare,
    /// Where all voxels go to a person whose error probability is above the value, the wrong voxels that are kept are at
    /// most `alpha` of the object's size on average over cases, each case counting at most 1.
    WrongShare,
    /// With probability 1 - `alpha` the outer mask at the level of the value leaves out at most a twentieth of the object,
    /// and the inner mask holds at most as much that is none: the outer one is what is marked or less sure than the level,
    /// the inner one what is marked and at least as sure.
    Containment,
    /// With probability 1 - `alpha` the size of the class lies within the value times its expected wrong voxels (at least
    /// one) of its expected size.
    Volume,
    /// With probability 1 - `alpha` 1 - Dice lies within a factor of the expected one, both taken as at least 0.01: the value
    /// is the factor's natural logarithm.
    Dice,
}

/// A promise, or that there is none. It holds over draws of groups of cases, such as patients, of the kind that it was
/// calibrated on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Promise {
    /// What is promised.
    pub kind: PromiseKind,
    /// Of which class; none of the whole mask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<u8>,
    /// How often it may fail, or the share that may be lost, 0 to 1.
    pub alpha: f64,
    /// Groups that it was calibrated on.
    pub groups: usize,
    /// Groups that it needs; with fewer there is no promise.
    pub groups_needed: usize,
    /// The threshold, level or factor; none where there is no promise.
    pub value: Option<f64>,
}

/// Which number tells how doubtful an image is as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageScoreKind {
    /// Total entropy of the tempered probabilities, in nats, by the number of marked voxels, at least one.
    #[default]
    RelativeEntropy,
    /// Expected wrong voxels by the number of marked ones, at least one.
    RelativeError,
    /// 1 less the Dice coefficient that the tempered probabilities let expect, averaged over classes.
    ExpectedDiceLoss,
    /// Mean entropy over the image, in nats.
    MeanEntropy,
}

impl ImageScoreKind {
    /// All of them, the usual one first.
    pub const ALL: [Self; 4] = [
        Self::RelativeEntropy,
        Self::RelativeError,
        Self::ExpectedDiceLoss,
        Self::MeanEntropy,
    ];

    /// Name in evaluations and in `model.json`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RelativeEntropy => "relative_entropy",
            Self::RelativeError => "relative_error",
            Self::ExpectedDiceLoss => "expected_dice_loss",
            Self::MeanEntropy => "mean_entropy",
        }
    }
}
