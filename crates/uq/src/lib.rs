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
//! | where a mask may be wrong | [`ExpectedError`], [`error_regions`], [`ImageSummary`], [`contours`] |
//! | whether that was so | [`ErrorAgreement`], [`ErrorCalibration`], [`FreeResponse`] |
//! | an image without labels | [`uncertain_regions`], [`slice_uncertainty`], [`ImageStatistics`], [`DiceEstimator`] |

mod argmax;
mod border_shift;
mod bounds;
mod calibration;
mod components;
mod contour;
mod correlation;
mod displacement;
mod distance;
mod error;
mod error_calibration;
mod error_regions;
mod expected_error;
mod free_response;
mod histogram;
mod image_score;
mod image_summary;
mod logit_differences;
mod logit_scaling;
mod margin_coefficient;
mod minimise;
mod near_mask;
mod necks;
mod overlap;
mod ranking;
mod replicates;
mod resampling;
mod scores;
mod selective;
mod sparse_voxels;
mod surface;
mod temperature;
mod uncertain_regions;
mod voxel_set;

pub use argmax::argmax;
pub use bounds::{Bound, RankingBounds};
pub use calibration::{Calibration, Layout, Probabilities, ReliabilityBin};
pub use contour::{Contour, contours, svg_path};
pub use correlation::{spearman, weighted_spearman};
pub use displacement::{Displacement, DisplacementSearch};
pub use distance::distance_to;
pub use error::Error;
pub use error_calibration::{ErrorAgreement, ErrorCalibration, ErrorCase};
pub use error_regions::{
    BoundingBox, ErrorRegion, MaskUncertainty, RegionKind, RegionSettings, error_regions,
};
pub use expected_error::{ClassExpectedError, ErrorProbability, ExpectedError};
pub use free_response::{FreeResponse, thick_errors};
pub use histogram::ScoreHistogram;
pub use image_score::{DiceEstimator, ImageStatistics};
pub use image_summary::{ImageSummary, places_holding, relative_entropy, relative_error};
pub use logit_scaling::{FittedLogitScaling, LogitScaling, LogitScalingCase, LogitScalingFit};
pub use margin_coefficient::{
    FittedMarginCoefficient, MarginCoefficientCase, MarginCoefficientFit,
};
pub use near_mask::{NEAR_RADIUS, near_mask};
pub use overlap::{dice_per_class, error_map};
pub use ranking::{Ranking, RankingMetrics};
pub use replicates::{CalibrationReplicates, RankingReplicates};
pub use resampling::{Interval, Resampling, quantile};
pub use scores::{LogitScore, entropy, softmax};
pub use selective::{CurvePoint, aurc_optimal, aurc_stable};
pub use surface::hausdorff95;
pub use temperature::{Temperature, TemperatureFit};
pub use uncertain_regions::{UncertaintyThreshold, slice_uncertainty, uncertain_regions};
pub use vocabulary::UncertainRegion;
pub use voxel_set::{Run, StructuringElement, VoxelSet};
