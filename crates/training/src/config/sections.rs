//! The sections of a training run's configuration.

use std::path::PathBuf;

use engine::Preprocessing;
use imaging::normalise::Normalisation;
use segwithu::train::HeadLossWeights;
use serde::{Deserialize, Serialize};

use crate::config::augmentation::Augmentation;

/// Everything that a run depends on, beside the data and the code. Unknown keys are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// Data set in nnU-Net layout (`dataset.json`, `splits.json`, `images/`, `labels/`), relative to the configuration file.
    pub data: PathBuf,
    /// Seed of initial weights, patches, augmentation and pairs.
    pub seed: u64,
    /// The network.
    pub model: ModelSection,
    /// What is done to an image before the network.
    pub preprocessing: PreprocessingSection,
    /// Training of the backbone.
    pub backbone: BackboneSection,
    /// Training of the uncertainty head. What is left out is the reference's recipe.
    pub head: HeadSection,
    /// What the bundle says about itself.
    pub bundle: BundleSection,
    /// Other ways to train the head on the same backbone, by name: keys that replace those of `head`. `reference` always
    /// exists.
    #[serde(default, skip_serializing)]
    pub recipes: toml::Table,
}

/// Size of the network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSection {
    /// Spatial axes: 2 for pictures, 3 for volumes.
    pub spatial_dims: usize,
    /// Channels of the image that the network takes: 1 or 3.
    pub in_channels: usize,
    /// Channels of the five levels.
    pub filters: [usize; 5],
}

/// Geometry, normalisation and the window of inference. Window and patches are rows and columns in 2D, planes, rows and
/// columns in 3D.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreprocessingSection {
    /// Orientation that volumes are brought to, such as `RAS`; left out: as they are stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orientation: Option<String>,
    /// Spacing that volumes are resampled to, in millimetres; left out: as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spacing: Option<Vec<f64>>,
    /// Pixels that the longer side of pictures is brought to; left out: as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_side: Option<usize>,
    /// Intensity normalisation.
    pub normalisation: NormalisationChoice,
    /// Window at inference, multiples of 16.
    pub window: Vec<usize>,
    /// Share of a window that its neighbour repeats, 0 to under 1.
    #[serde(default = "half")]
    pub overlap: f64,
}

const fn half() -> f64 {
    0.5
}

/// Where the numbers of the normalisation come from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum NormalisationChoice {
    /// Every image by its own mean and standard deviation.
    ZScore,
    /// Measured on all voxels of the training split whose label is not 0, all channels pooled: the reference's way.
    TrainingForeground,
    /// Given, or measured by an earlier run.
    Dataset {
        /// Percentile 0.5.
        percentile_00_5: f64,
        /// Percentile 99.5.
        percentile_99_5: f64,
        /// Mean.
        mean: f64,
        /// Standard deviation.
        std: f64,
    },
}

impl NormalisationChoice {
    /// The normalisation with its numbers; none where they are still to be measured.
    pub const fn known(self) -> Option<Normalisation> {
        match self {
            Self::ZScore => Some(Normalisation::ZScore),
            Self::TrainingForeground => None,
            Self::Dataset {
                percentile_00_5,
                percentile_99_5,
                mean,
                std,
            } => Some(Normalisation::Dataset {
                percentile_00_5,
                percentile_99_5,
                mean,
                std,
            }),
        }
    }
}

/// Where patches lie.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sampling {
    /// The reference's: of every round of cases those whose index modulo the batch size is at least
    /// `round(0.67 batch)` are centred on a voxel of a random foreground class, the others lie at random; zeros beyond
    /// the image.
    #[default]
    Reference,
    /// This share of the patches is centred on a voxel of a random foreground class, the others lie at random; no
    /// patch reaches farther beyond the image than it must.
    ForegroundShare(f64),
}

/// What a validation looks at.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValidationView {
    /// Whole images, by the sliding window of inference.
    #[default]
    Whole,
    /// That many patches, drawn once.
    Patches(usize),
}

/// How the backbone's weights follow the gradient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackboneOptimiser {
    /// Nesterov momentum of 0.99 and coupled weight decay of 3e-5: the reference's, made for many thousand steps.
    #[default]
    Sgd,
    /// AdamW with the head's decoupled weight decay of 0.01, which gets farther in a short schedule.
    AdamW,
}

impl BackboneOptimiser {
    /// First learning rate where the configuration names none: the reference's for SGD.
    pub const fn usual_rate(self) -> f64 {
        match self {
            Self::Sgd => 0.01,
            Self::AdamW => 2e-3,
        }
    }
}

/// Training on Dice and cross-entropy. What is left out is the reference's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackboneSection {
    /// Optimiser steps.
    pub steps: usize,
    /// Patches in a step.
    pub batch: usize,
    /// Size of a patch, multiples of 16.
    pub patch: Vec<usize>,
    /// How the weights follow the gradient.
    #[serde(default)]
    pub optimiser: BackboneOptimiser,
    /// First learning rate of the polynomial schedule; the optimiser's usual one by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// Where patches lie.
    #[serde(default)]
    pub sampling: Sampling,
    /// Random changes of the patches; none by default.
    #[serde(default)]
    pub augmentation: Augmentation,
    /// Steps between two validations.
    pub validate_every: usize,
    /// What the score, mean Dice over cases and foreground classes, is taken from.
    #[serde(default)]
    pub validation: ValidationView,
    /// Validations without a better score after which training ends; never by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<usize>,
    /// Probability with which channels of the deep levels are dropped in training, for Monte-Carlo dropout; none by
    /// default.
    #[serde(default)]
    pub dropout: f64,
    /// Share, 0 to under 1, of the mean of the weights that a step keeps, where the mean is what is validated and stored
    /// ([`segwithu::train::WeightAverage`]); the last weights themselves by default.
    #[serde(default)]
    pub average: f64,
    /// Share of the training cases, by whole groups, that the backbone does not see, so that the head can
    /// (`head.cases = "held_out"`).
    #[serde(default)]
    pub held_out: f64,
    /// Share of the steps after which fold backbones branch off the whole one: 0 trains each from the initial weights,
    /// 0.5 costs half and keeps the meaning of the features, but the fold's own cases were seen early.
    #[serde(default)]
    pub fold_start: f64,
}

impl BackboneSection {
    /// First learning rate.
    pub fn first_rate(&self) -> f64 {
        self.rate.unwrap_or(self.optimiser.usual_rate())
    }
}

/// Which cases the head is fitted on.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeadCases {
    /// All training cases, which the backbone was trained on too: the reference's way.
    #[default]
    Training,
    /// Those that `backbone.held_out` kept from the backbone.
    HeldOut,
    /// All training cases, each through the backbone of the fold that it was kept from (`train backbone --fold i/k`).
    Folds(usize),
}

/// Shares, 0 to 1, of the terms of the loss that are taken within the band near the objects: label or prediction grown
/// by 2 voxels. All 0: the reference.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BandShares {
    /// Pairs whose correct voxel is drawn within the band.
    pub pairs: f64,
    /// The tail term.
    pub tail: f64,
    /// The negative log-likelihood.
    pub nll: f64,
    /// The error term.
    pub error: f64,
}

/// What makes a checkpoint of the head the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeadScore {
    /// The smallest total loss on validation patches: the reference's.
    #[default]
    Loss,
    /// The largest mean of AUROC over all voxels and over those near the objects.
    Auroc,
}

/// What is fitted on validation images as a temperature is, when a bundle is made: one of both at least.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refit {
    /// Weights and bias of the calibration layer, four numbers: the share, 0 to 1, of the likelihood that is taken near
    /// the objects; the rest is taken everywhere. Not fitted where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near: Option<f64>,
    /// Whether the share of the margin in the ranking map is fitted, by the mean of AUROC over all voxels and over those
    /// near the objects.
    #[serde(default)]
    pub ranking: bool,
}

/// AdamW on the seven terms of the head's loss. What is left out is the reference's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadSection {
    /// Optimiser steps.
    pub steps: usize,
    /// Patches in a step.
    pub batch: usize,
    /// Size of a patch, multiples of 16.
    pub patch: Vec<usize>,
    /// Probes of the head.
    #[serde(default = "probes")]
    pub num_probes: usize,
    /// First and last learning rate of the cosine schedule.
    #[serde(default = "head_rates")]
    pub rates: [f64; 2],
    /// Where patches lie.
    #[serde(default)]
    pub sampling: Sampling,
    /// Random changes of the patches; none by default.
    #[serde(default)]
    pub augmentation: Augmentation,
    /// Weights of the terms.
    #[serde(default)]
    pub loss: HeadLossWeights,
    /// Shares of the terms within the band near the objects.
    #[serde(default)]
    pub band: BandShares,
    /// Whether false positives, false negatives and confusions count alike in pairs and tail, however many voxels each
    /// has.
    #[serde(default)]
    pub balance: bool,
    /// Which cases the head is fitted on.
    #[serde(default)]
    pub cases: HeadCases,
    /// Steps between two validations.
    pub validate_every: usize,
    /// What AUROC and AURC of a validation are taken from; the loss is always that of patches.
    #[serde(default)]
    pub validation: ValidationView,
    /// What makes a checkpoint the best.
    #[serde(default)]
    pub best_by: HeadScore,
    /// What is fitted once more, on the validation images, when a bundle is made; nothing by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refit: Option<Refit>,
    /// Validations without a better score after which training ends; never by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<usize>,
}

const fn probes() -> usize {
    8
}

const fn head_rates() -> [f64; 2] {
    [1e-3, 3e-4]
}

/// Texts for the bundle that no data set holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleSection {
    /// Folder name under `web/models/`.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Red, green and blue of each class, background first.
    pub colours: Vec<[u8; 3]>,
    /// What limits the model, for the card; one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<String>,
}

impl RunConfig {
    /// Rank of the network's tensors: batch, channels and the spatial axes.
    pub const fn rank(&self) -> usize {
        self.model.spatial_dims + 2
    }

    /// What a bundle says about the way from an image to the network's input.
    pub fn preparation(&self, normalisation: Normalisation) -> Preprocessing {
        Preprocessing {
            orientation: self.preprocessing.orientation.clone(),
            spacing: self.preprocessing.spacing.clone(),
            longest_side: self.preprocessing.longest_side,
            normalisation,
            patch: self.preprocessing.window.clone(),
            overlap: self.preprocessing.overlap,
        }
    }
}

/// A size with three axes: pictures get a single plane.
pub(crate) fn three_axes(size: &[usize]) -> [usize; 3] {
    match *size {
        [planes, rows, columns] => [planes, rows, columns],
        [rows, columns] => [1, rows, columns],
        _ => [0; 3],
    }
}
