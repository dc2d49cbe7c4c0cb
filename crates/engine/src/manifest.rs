//! `model.json`: everything about a model but its weights.

use segwithu::SegWithUConfig;
use segwithu::backbone::DynUNetConfig;
use serde::{Deserialize, Serialize};
use uq::{DiceEstimator, ErrorCalibration};
use vocabulary::{ClassInfo, CurvePoint, ImageScoreKind, Promise};

use crate::{Error, Preprocessing};

/// A model's description.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`Manifest::FORMAT_VERSION`].
    pub format_version: u32,
    /// Folder name under `models/`.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Modality, for people.
    pub modality: String,
    /// The network.
    pub architecture: Architecture,
    /// Classes in the order of their identifiers, background first.
    pub classes: Vec<ClassInfo>,
    /// From an image to the network's input.
    pub preprocessing: Preprocessing,
    /// The weights' file.
    pub weights: WeightsFile,
    /// What the model showed on its validation split.
    pub validation: Validation,
    /// Statistics of images like the training data.
    pub in_distribution: InDistribution,
    /// Figures on the test split.
    pub test: TestFigures,
    /// Sums that every device must reproduce.
    pub known_answer: KnownAnswer,
    /// Licence of data and weights.
    pub licence: String,
    /// Where the training data come from.
    pub source: String,
    /// How to cite the data.
    pub citation: String,
    /// How the weights were made.
    pub training: TrainingRecord,
}

/// The network's shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Architecture {
    /// Spatial axes, 2 or 3.
    pub spatial_dims: usize,
    /// Channels of the image.
    pub in_channels: usize,
    /// Channels of the five levels.
    pub filters: [usize; 5],
    /// Strides of the five levels; always 1, 2, 2, 2, 2.
    pub strides: [usize; 5],
    /// Modules whose inputs the head reads.
    pub taps: [String; 3],
    /// Probes of the head.
    pub num_probes: usize,
    /// Whether the head has an aleatoric branch.
    pub use_aleatoric: bool,
}

/// The weights' file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeightsFile {
    /// Name beside `model.json`.
    pub file: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Length in bytes.
    pub bytes: u64,
}

/// A threshold on the ranking map.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OperatingPoint {
    /// Share of voxels above the threshold on the validation split.
    pub referred: f64,
    /// The threshold.
    pub ranking: f64,
}

/// What the model showed on its validation split.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Validation {
    /// Cases.
    pub cases: usize,
    /// Risk of what is kept over coverage, for the ranking map, coverage ascending.
    pub risk_coverage: Vec<CurvePoint>,
    /// Thresholds for the referral slider.
    pub thresholds: Vec<OperatingPoint>,
    /// Mean Dice over cases and foreground classes.
    pub dice: f64,
    /// Expected Dice of an image from its maps; none where too few cases were there to fit it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dice_estimator: Option<DiceEstimator>,
    /// How far the expected wrong voxels of the validation images strayed from the true ones; none in bundles from before
    /// it, and where too few cases were there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_error: Option<ErrorCalibration>,
    /// The level of certainty, 0.5 to 1, that the penumbra is drawn at when nobody asks for another; none in bundles from
    /// before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sure_level: Option<f64>,
    /// The score of a whole image that orders the validation images best; none in bundles from before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_score: Option<ImageScoreKind>,
    /// What the model promises of a case of a new patient; none in bundles from before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Promise>,
}

impl Validation {
    /// The threshold that refers the share of voxels nearest to `share` (0 to 1) on the validation split; none where the
    /// model has no thresholds.
    #[must_use]
    pub fn threshold(&self, share: f64) -> Option<OperatingPoint> {
        let distance = |point: &&OperatingPoint| (point.referred - share).abs();
        self.thresholds
            .iter()
            .min_by(|left, right| distance(left).total_cmp(&distance(right)))
            .copied()
    }
}

/// Mean and standard deviation over the validation images of an image's own mean ranking score and mean entropy.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct InDistribution {
    /// Mean of the images' mean ranking scores.
    pub ranking_mean: f64,
    /// Standard deviation of the images' mean ranking scores.
    pub ranking_deviation: f64,
    /// Mean of the images' mean entropies, in nats.
    pub entropy_mean: f64,
    /// Standard deviation of the images' mean entropies.
    pub entropy_deviation: f64,
    /// The images' means of the logarithm of entropy, see [`crate::mean_log_entropy`]; none in bundles from before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_entropy: Option<Moments>,
}

/// Mean and standard deviation of a number over images.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Moments {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub deviation: f64,
}

impl Moments {
    /// The moments of some values; zeros of none.
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        let count = values.len().max(1) as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares = values.iter().map(|value| (value - mean).powi(2));
        Self {
            mean,
            deviation: (squares.sum::<f64>() / count).sqrt(),
        }
    }

    /// How many standard deviations a value lies above the mean; none where all values were the same.
    #[must_use]
    pub fn standing(&self, value: f64) -> Option<f64> {
        (self.deviation > 0.0).then(|| (value - self.mean) / self.deviation)
    }
}

/// Figures on the test split.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TestFigures {
    /// Cases.
    pub cases: usize,
    /// Name and value, such as `Dice` and 0.9.
    pub figures: Vec<(String, f64)>,
}

/// Sums of the outputs on the fixed input of the known-answer test, computed on the CPU.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct KnownAnswer {
    /// One entry for every output.
    pub sums: Vec<Sum>,
}

/// Sums of one output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sum {
    /// `logits` or a map's name.
    pub output: String,
    /// Sum of the values.
    pub sum: f64,
    /// Sum of the values with alternating weights, so that misplaced values show.
    pub weighted: f64,
    /// Sum of the absolute values: the scale of differences.
    pub absolute: f64,
}

/// How the weights were made.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TrainingRecord {
    /// The data set.
    pub dataset: String,
    /// The seed.
    pub seed: u64,
    /// The configuration file, beside the source.
    pub configuration: String,
}

impl Manifest {
    /// Version of the format that this program reads and writes.
    pub const FORMAT_VERSION: u32 = 1;

    /// Reads and checks a description.
    ///
    /// # Errors
    /// [`Error::Manifest`], [`Error::Version`] and [`Error::Field`], each with the offending value.
    pub fn from_json(bytes: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct OnlyVersion {
            format_version: u32,
        }
        let fault = |error: serde_json::Error| Error::Manifest(error.to_string());
        // The version first: another version may lack fields, and that should not be the message.
        let OnlyVersion {
            format_version: found,
        } = serde_json::from_slice(bytes).map_err(fault)?;
        if found != Self::FORMAT_VERSION {
            return Err(Error::Version {
                found,
                expected: Self::FORMAT_VERSION,
            });
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(fault)?;
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), Error> {
        let fault = |field, value: String, requirement| {
            Err(Error::Field {
                field,
                value,
                requirement,
            })
        };
        let shape = &self.architecture;
        shape.config().backbone.check(shape.spatial_dims + 2)?;
        shape.config().head().check()?;
        if shape.strides != [1, 2, 2, 2, 2] {
            return fault(
                "architecture.strides",
                format!("{:?}", shape.strides),
                "[1, 2, 2, 2, 2]",
            );
        }
        if shape.taps != Architecture::taps() {
            return fault(
                "architecture.taps",
                format!("{:?}", shape.taps),
                "the inputs of the last two decoder blocks and of the output",
            );
        }
        if self.classes.len() < 2 || self.classes.len() > 255 {
            return fault(
                "classes",
                format!("a list of {}", self.classes.len()),
                "a list of 2 to 255 classes",
            );
        }
        for (index, class) in self.classes.iter().enumerate() {
            if usize::from(class.id) != index {
                return fault(
                    "classes",
                    format!("a list with {} at place {index}", class.id),
                    "numbered from 0 without a gap",
                );
            }
        }
        let patch = &self.preprocessing.patch;
        let multiple = DynUNetConfig::SIZE_MULTIPLE;
        if patch.len() != shape.spatial_dims
            || patch
                .iter()
                .any(|&size| size == 0 || size % multiple != 0 || size > 4096)
            || patch.iter().all(|&size| size == multiple)
        {
            return fault(
                "preprocessing.patch",
                format!("{patch:?}"),
                "one multiple of 16 per axis, not all 16, at most 4096",
            );
        }
        self.preprocessing.axis_codes()?;
        self.preprocessing.spacing_along_axes([1.0; 3])?;
        self.preprocessing.check_longest_side(shape.spatial_dims)?;
        if !(0.0..1.0).contains(&self.preprocessing.overlap) {
            return fault(
                "preprocessing.overlap",
                self.preprocessing.overlap.to_string(),
                "0 to under 1",
            );
        }
        let plain = |character: char| {
            character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-')
        };
        if self.weights.file.is_empty()
            || !self.weights.file.chars().all(plain)
            || self.weights.file.starts_with('.')
        {
            return fault(
                "weights.file",
                format!("{:?}", self.weights.file),
                "a plain file name",
            );
        }
        Ok(())
    }

    /// The description as JSON text.
    ///
    /// # Errors
    /// [`Error::Manifest`] where a number has no JSON form.
    pub fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string_pretty(self).map_err(|error| Error::Manifest(error.to_string()))
    }
}

impl Architecture {
    /// Names of the three tapped modules.
    #[must_use]
    pub fn taps() -> [String; 3] {
        [
            "upsamples.1.conv_block",
            "upsamples.2.conv_block",
            "output_block",
        ]
        .map(str::to_owned)
    }

    /// The network's configuration. The classes are counted in the manifest, so they are given.
    #[must_use]
    pub fn config_with_classes(&self, classes: usize) -> SegWithUConfig {
        SegWithUConfig::new(DynUNetConfig::new(
            self.spatial_dims,
            self.in_channels,
            classes,
            self.filters,
        ))
        .with_num_probes(self.num_probes)
        .with_use_aleatoric(self.use_aleatoric)
    }

    fn config(&self) -> SegWithUConfig {
        self.config_with_classes(2)
    }
}
