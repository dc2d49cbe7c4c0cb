//! The configuration file of a training run.

use std::path::{Path, PathBuf};

use imaging::normalise::Normalisation;
use serde::{Deserialize, Serialize};

use crate::Error;

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
    /// Training of the uncertainty head.
    pub head: HeadSection,
    /// What the bundle says about itself.
    pub bundle: BundleSection,
}

/// Size of the network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSection {
    /// Channels of the image that the network takes: 1 or 3.
    pub in_channels: usize,
    /// Channels of the five levels.
    pub filters: [usize; 5],
    /// Probes of the head.
    pub num_probes: usize,
}

/// Normalisation and the window of inference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreprocessingSection {
    /// Intensity normalisation.
    pub normalisation: Normalisation,
    /// Rows and columns of the window at inference, multiples of 16.
    pub window: [usize; 2],
}

/// Stochastic gradient descent on Dice and cross-entropy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackboneSection {
    /// Optimiser steps.
    pub steps: usize,
    /// Patches in a step.
    pub batch: usize,
    /// Rows and columns of a patch, multiples of 16.
    pub patch: [usize; 2],
    /// First learning rate of the polynomial schedule.
    pub rate: f64,
    /// Share of patches centred on a voxel of the foreground, 0 to 1.
    pub foreground_share: f64,
    /// Steps between two validations.
    pub validate_every: usize,
    /// Random changes of the patches.
    pub augmentation: Augmentation,
}

/// AdamW on the seven terms of the head's loss.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadSection {
    /// Optimiser steps.
    pub steps: usize,
    /// Patches in a step.
    pub batch: usize,
    /// Rows and columns of a patch, multiples of 16.
    pub patch: [usize; 2],
    /// First and last learning rate of the cosine schedule.
    pub rates: [f64; 2],
    /// Share of patches centred on a voxel of the foreground, 0 to 1.
    pub foreground_share: f64,
    /// Steps between two validations.
    pub validate_every: usize,
    /// Random changes of the patches.
    pub augmentation: Augmentation,
}

/// How far patches are changed at random. All zero: not at all, but for flips.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Augmentation {
    /// Flips along both axes and exchange of the axes, each with probability 1/2.
    pub flips: bool,
    /// Largest enlargement or reduction, as a natural logarithm: 0.3 means a factor of 0.74 to 1.35.
    pub log_scale: f64,
    /// Largest change of contrast, as a natural logarithm.
    pub log_contrast: f64,
    /// Largest shift of brightness, in standard deviations of the image.
    pub brightness: f64,
    /// Largest standard deviation of added Gaussian noise, in standard deviations of the image.
    pub noise: f64,
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
}

impl RunConfig {
    /// Reads and checks a configuration; the data path becomes relative to the working directory.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::file(path, &source))?;
        let mut config: Self = toml::from_str(&text).map_err(|error| {
            let first = error
                .message()
                .lines()
                .next()
                .unwrap_or("not TOML")
                .to_owned();
            Error::Config {
                path: path.to_path_buf(),
                reason: first,
            }
        })?;
        config.data = path
            .parent()
            .unwrap_or_else(|| Path::new("."))
            .join(&config.data);
        config.check().map_err(|reason| Error::Config {
            path: path.to_path_buf(),
            reason,
        })?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        let patches = [
            ("preprocessing.window", self.preprocessing.window),
            ("backbone.patch", self.backbone.patch),
            ("head.patch", self.head.patch),
        ];
        for (name, patch) in patches {
            if patch
                .iter()
                .any(|&size| size < 32 || size % 16 != 0 || size > 4096)
            {
                return Err(format!(
                    "{name} is {patch:?}, but sizes must be multiples of 16 from 32 to 4096"
                ));
            }
        }
        if !matches!(self.model.in_channels, 1 | 3) {
            return Err(format!(
                "model.in_channels is {}, but it must be 1 or 3",
                self.model.in_channels
            ));
        }
        let counts = [
            ("backbone.steps", self.backbone.steps),
            ("backbone.batch", self.backbone.batch),
            ("backbone.validate_every", self.backbone.validate_every),
            ("head.steps", self.head.steps),
            ("head.batch", self.head.batch),
            ("head.validate_every", self.head.validate_every),
        ];
        for (name, count) in counts {
            if count == 0 {
                return Err(format!("{name} is 0, but it must be at least 1"));
            }
        }
        for (name, share) in [
            ("backbone.foreground_share", self.backbone.foreground_share),
            ("head.foreground_share", self.head.foreground_share),
        ] {
            if !(0.0..=1.0).contains(&share) {
                return Err(format!(
                    "{name} is {share}, but it must lie between 0 and 1"
                ));
            }
        }
        Ok(())
    }
}
