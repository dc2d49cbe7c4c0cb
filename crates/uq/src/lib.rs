//! How good a segmentation and its uncertainty are, in numbers: ranking, selective prediction, calibration, overlap.
//!
//! Pure functions of slices; sums run in 64 bits. A figure that is undefined for the data (AUROC without errors, say) is
//! `None`, never a stand-in. Definitions and their sources are given at each item; all are checked against golden
//! vectors.
//!
//! | for | are |
//! |---|---|
//! | one case in memory | [`Ranking`], [`Calibration`], [`dice_per_class`], [`hausdorff95`] |
//! | any number of cases | [`ScoreHistogram`] with its certain bounds, [`Calibration`] |
//! | intervals over cases | [`Resampling`], [`RankingReplicates`], [`CalibrationReplicates`] |
//! | rivals of the method | [`LogitScore`], [`softmax`], [`entropy`], [`TemperatureFit`] |
//! | what is fitted without training | [`SofteningFit`], [`MarginShareFit`] |
//! | labels in the wrong place | [`DisplacementSearch`] |
//! | where a mask may be wrong | [`ExpectedError`], [`uncertain_regions`], [`ImageSummary`], [`contours`] |
//! | whether that was so | [`ErrorAgreement`], [`ErrorCalibration`], [`FreeResponse`] |
//! | an image without labels | [`doubtful_regions`], [`slice_doubt`], [`ImageStatistics`], [`DiceEstimator`] |

mod border_shift;
mod bounds;
mod calibration;
mod components;
mod contour;
mod correlation;
mod displacement;
mod distance;
mod doubt;
mod error;
mod error_calibration;
mod expected_error;
mod free_response;
mod gaps;
mod histogram;
mod image_score;
mod image_summary;
mod margin_share;
mod minimise;
mod necks;
mod overlap;
mod ranking;
mod region;
mod replicates;
mod resampling;
mod scores;
mod selective;
mod softening;
mod sparse_voxels;
mod surface;
mod temperature;
mod uncertain_regions;
mod voxel_set;

pub use bounds::{Bound, RankingBounds};
pub use calibration::{Calibration, Layout, Probabilities, ReliabilityBin};
pub use contour::{Contour, contours, svg_path};
pub use correlation::{spearman, weighted_spearman};
pub use displacement::{Displacement, DisplacementSearch};
pub use distance::distance_to;
pub use doubt::{DoubtSelection, DoubtfulRegion, doubtful_regions, slice_doubt};
pub use error::Error;
pub use error_calibration::{ErrorAgreement, ErrorCalibration, ErrorCase};
pub use expected_error::{ClassExpectedError, ErrorProbability, ExpectedError};
pub use free_response::{FreeResponse, thick_errors};
pub use histogram::ScoreHistogram;
pub use image_score::{DiceEstimator, ImageStatistics};
pub use image_summary::{ImageSummary, places_holding, relative_entropy, relative_error};
pub use margin_share::{FittedMarginShare, MarginShareCase, MarginShareFit};
pub use overlap::{dice_per_class, error_map};
pub use ranking::{Ranking, RankingFigures};
pub use region::{NEAR_RADIUS, near_mask};
pub use replicates::{CalibrationReplicates, RankingReplicates};
pub use resampling::{Interval, Resampling, quantile};
pub use scores::{LogitScore, entropy, softmax};
pub use selective::{CurvePoint, aurc_optimal, aurc_stable};
pub use softening::{FittedSoftening, Softening, SofteningCase, SofteningFit};
pub use surface::hausdorff95;
pub use temperature::{Temperature, TemperatureFit};
pub use uncertain_regions::{
    BoundingBox, MaskDoubt, RegionKind, RegionSettings, UncertainRegion, uncertain_regions,
};
pub use voxel_set::{Run, StructuringElement, VoxelSet};
