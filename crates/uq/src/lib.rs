//! How good a segmentation and its uncertainty are, in numbers: ranking, selective prediction, calibration, overlap.
//!
//! Pure functions of slices; sums run in 64 bits. A metric that is undefined for the data (AUROC without errors, say) is
//! `None`, never a stand-in. Definitions and their sources are given at each item; all are checked against golden
//! vectors.
//!
//! | for | are |
//! |---|---|
//! | one case in memory | [`Ranking`], [`Calibration`], [`dice_per_class`], [`hausdorff95`] |
//! | any number of cases | [`ScoreHistogram`] with its certain bounds, [`Calibration`] |
//! | intervals over cases | [`Resampling`], [`RankingReplicates`], [`CalibrationReplicates`] |
//! | rivals of the method | [`LogitScore`], [`softmax`], [`entropy`], [`TemperatureFit`] |
//! | what is fitted without training | [`LogitScalingFit`], [`MarginCoefficientFit`] |
//! | labels in the wrong place | [`DisplacementSearch`] |
//! | an image without labels | [`uncertain_regions`], [`slice_uncertainty`], [`ImageStatistics`], [`DiceEstimator`] |

mod argmax;
mod bounds;
mod calibration;
mod correlation;
mod displacement;
mod distance;
mod error;
mod histogram;
mod image_score;
mod logit_differences;
mod logit_scaling;
mod margin_coefficient;
mod minimise;
mod near_mask;
mod overlap;
mod prediction_limit;
mod quantile;
mod ranking;
mod ranking_metrics;
mod replicates;
mod resampling;
mod scores;
mod selective;
mod surface;
mod temperature;
mod tie_group;
mod uncertain_regions;

pub use argmax::argmax;
pub use bounds::{Bound, RankingBounds};
pub use calibration::{Calibration, Layout, Probabilities, ReliabilityBin};
pub use correlation::{spearman, weighted_spearman};
pub use displacement::{Displacement, DisplacementSearch};
pub use distance::distance_to;
pub use error::Error;
pub use histogram::ScoreHistogram;
pub use image_score::{DiceEstimator, ImageStatistics};
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
pub use resampling::{Interval, Resampling};
pub use scores::{LogitScore, entropy, softmax};
pub use selective::{CurvePoint, aurc_optimal, aurc_stable};
pub use surface::hausdorff95;
pub use temperature::{Temperature, TemperatureFit};
pub use uncertain_regions::{
    UncertainRegion, UncertaintyThreshold, slice_uncertainty, uncertain_regions,
};
