//! How good a segmentation and its uncertainty are, in numbers.
//!
//! A network says for every voxel what it is; an uncertainty map says where that may be wrong. This crate measures both:
//! whether the map ranks wrong voxels above right ones, what error rate is left when the least certain are referred to a
//! person, whether probabilities are frequencies, how far masks and labels overlap, and, for an image without labels,
//! where to look first and how much is likely to be wrong.
//!
//! ```
//! use uq::{LogitScore, Ranking, argmax, error_map};
//!
//! # fn main() -> Result<(), uq::Error> {
//! // Logits of two classes and five voxels, `[classes, voxels]`, and the true classes.
//! let logits = [2.0, 1.5, 0.2, -3.0, 0.1, /* */ -2.0, -1.0, 0.1, 3.0, 0.4];
//! let labels = [0, 0, 1, 1, 1];
//!
//! let mask = argmax(&logits, 2, 5);
//! let errors = error_map(&mask, &labels)?;
//! let entropy = LogitScore::Entropy.of(&logits, 2)?;
//!
//! let ranking = Ranking::new(&entropy, &errors)?;
//! assert_eq!(ranking.errors(), 1);
//! // The one wrong voxel has the highest entropy.
//! assert_eq!(ranking.auroc(), Some(1.0));
//! // Without the least certain fifth of the voxels no error is left.
//! let kept = ranking.risk_coverage(5)[3];
//! assert_eq!((kept.coverage, kept.risk), (0.8, 0.0));
//! # Ok(())
//! # }
//! ```
//!
//! Everything is a pure function of slices, computed in 64 bits, without threads, files or unsafe code, and compiles for
//! WebAssembly. Arrays are row-major; volumes are `[planes, rows, columns]`, a picture has one plane, and class scores
//! are `[classes, voxels]` unless an item says otherwise. Scores are larger where there is more doubt. A metric that is
//! undefined for the data (AUROC without errors, say) is `None`, never a stand-in. Arrays that do not fit each other and
//! values that are not numbers are refused by [`Error`].
//!
//! Each item names its definition and source. Golden vectors of an independent implementation, scikit-learn and scipy
//! check them in the tests.
//!
//! | for | are |
//! |---|---|
//! | one case in memory | [`argmax`], [`Ranking`], [`Calibration`], [`dice_per_class`], [`hausdorff95`] |
//! | any number of cases | [`ScoreHistogram`] with its certain bounds, [`Calibration`] |
//! | intervals over cases | [`Resampling`], [`RankingReplicates`], [`CalibrationReplicates`] |
//! | baselines from logits alone | [`LogitScore`], [`softmax`], [`entropy`], [`TemperatureFit`] |
//! | what is fitted without training | [`LogitScalingFit`], [`MarginCoefficientFit`] |
//! | promises that hold for a new patient | [`conformal_quantile`], [`risk_controlling_setting`] |
//! | order of whole images | [`CaseRanking`] |
//! | labels in the wrong place | [`DisplacementSearch`] |
//! | where a mask may be wrong | [`ExpectedError`], [`error_regions`], [`ImageSummary`], [`contours`] |
//! | whether that was so | [`ErrorAgreement`], [`ErrorCalibration`], [`FreeResponse`] |
//! | an image without labels | [`uncertain_regions`], [`slice_uncertainty`], [`ImageStatistics`], [`DiceEstimator`], [`prediction_limit`] |

mod argmax;
mod border_faces;
mod border_shift;
mod bounds;
mod calibration;
mod case_ranking;
mod certainty_counts;
mod components;
mod conformal;
mod contour;
mod correlation;
mod displacement;
mod distance;
mod error;
mod error_calibration;
mod error_law;
mod error_regions;
mod expected_error;
mod free_response;
mod histogram;
mod image_score;
mod image_summary;
mod least_squares;
mod logit_differences;
mod logit_scaling;
mod margin_coefficient;
mod minimise;
mod near_mask;
mod necks;
mod overlap;
mod prediction_limit;
mod quantile;
mod ranking;
mod ranking_metrics;
mod replicates;
mod resampling;
mod scores;
mod selective;
mod sparse_voxels;
mod surface;
mod temperature;
mod tie_group;
mod uncertain_regions;
mod voxel_set;

pub use argmax::argmax;
pub use border_faces::border_faces;
pub use bounds::{Bound, RankingBounds};
pub use calibration::{Calibration, Layout, Probabilities, ReliabilityBin};
pub use case_ranking::CaseRanking;
pub use certainty_counts::{CertaintyBin, CertaintyCounts};
pub use components::connected_pieces;
pub use conformal::{conformal_quantile, groups_needed, risk_controlling_setting};
pub use contour::{Contour, contours, svg_path};
pub use correlation::{spearman, weighted_spearman};
pub use displacement::{Displacement, DisplacementSearch};
pub use distance::distance_to;
pub use error::Error;
pub use error_calibration::{ErrorAgreement, ErrorCalibration, ErrorCase};
pub use error_regions::{ErrorRegion, MaskUncertainty, RegionSettings, error_regions};
pub use expected_error::{ClassExpectedError, ErrorProbability, ExpectedError};
pub use free_response::{FreeResponse, regions_above, thick_errors};
pub use histogram::ScoreHistogram;
pub use image_score::{DiceEstimator, ImageStatistics, mean_within};
pub use image_summary::{ImageSummary, places_holding, relative_entropy, relative_error};
pub use logit_scaling::{FittedLogitScaling, LogitScaling, LogitScalingCase, LogitScalingFit};
pub use margin_coefficient::{
    FittedMarginCoefficient, MarginCoefficientCase, MarginCoefficientFit,
};
pub use near_mask::{NEAR_RADIUS, near_mask};
pub use overlap::{dice_per_class, error_map};
pub use prediction_limit::prediction_limit;
pub use quantile::quantile;
pub use ranking::Ranking;
pub use ranking_metrics::RankingMetrics;
pub use replicates::{CalibrationReplicates, RankingReplicates};
pub use resampling::{Resampling, Shuffle};
pub use scores::{LogitScore, entropy, softmax};
pub use selective::{CurvePoint, aurc_optimal, aurc_stable};
pub use surface::hausdorff95;
pub use temperature::{Temperature, TemperatureFit};
pub use uncertain_regions::{
    UncertainRegion, UncertaintyThreshold, slice_uncertainty, uncertain_regions,
};
pub use vocabulary::{BoundingBox, Interval, RegionKind};
pub use voxel_set::{Run, StructuringElement, VoxelSet};
