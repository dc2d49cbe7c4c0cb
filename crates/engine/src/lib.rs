//! From a file's bytes to a segmentation with its uncertainty: open, prepare, run, restore.
//!
//! What the page's worker and the command line both call, so that both give the same result. Knows neither the browser
//! nor the file system. `cargo run --example segment_file -- web/models/dsb2018_nuclei image.png` shows it at work.
//!
//! ```no_run
//! # async fn example(model_json: Vec<u8>, weights: Vec<u8>, image: Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {
//! use std::ops::ControlFlow;
//!
//! use burn::tensor::Device;
//! use engine::{Bundle, Engine, Options, Report, UncertaintySummary};
//!
//! // Open: the model's two files, checked against each other, and the image, decoded.
//! let bundle = Bundle::from_bytes(&model_json, weights)?;
//! let volume = imaging::open(&image, "image.png", &imaging::Limits::default())?;
//!
//! // A device is used once it has passed the model's known-answer test.
//! let engine = Engine::new(&bundle, &Device::flex())?;
//! assert!(engine.self_test().await?.passed());
//!
//! // Prepare, run window by window, restore: mask and maps come back on the image's own grid.
//! let result = engine
//!     .segment(&volume, &Options::default(), async |step| {
//!         println!("{} of {} windows", step.done, step.total);
//!         ControlFlow::Continue(())
//!     })
//!     .await?;
//!
//! // What to say of it, and what to save.
//! let summary = UncertaintySummary::new(engine.manifest(), &volume, &result)?;
//! let report = Report::new(engine.manifest(), &volume, &result, &summary, "cpu", 0.0)?;
//! println!("{}", report.to_json()?);
//! # Ok(())
//! # }
//! ```
//!
//! | for | are |
//! |---|---|
//! | a model's files | [`Bundle`], [`Manifest`] |
//! | a model on a device | [`Engine`], [`Engine::self_test`] |
//! | a run | [`Engine::memory`] beforehand, [`Engine::segment`], [`Progress`], [`Segmentation`] |
//! | from an image's grid to the model's, and back | [`SpatialTransform`] |
//! | where to look first, and what the run was | [`UncertaintySummary`], [`Report`] |
//! | files | [`output`] |
//! | true labels on the image's grid | [`match_labels`] |

// A stranger's file reaches everything here.
#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

mod bundle;
mod error;
mod image_score;
mod labels;
mod manifest;
mod memory;
mod model;
mod network;
pub mod output;
mod preprocessing;
mod progress;
mod report;
mod run;
mod segmentation;
mod self_test;
mod sentence;
mod site_calibration;
mod spatial_transform;
mod table;
mod text;
mod uncertainty;
mod voxel_size;
mod window;

pub use bundle::Bundle;
pub use error::Error;
pub use image_score::{image_score, mean_log_entropy};
pub use labels::{MatchedLabels, match_labels};
pub use manifest::{
    Architecture, InDistribution, KnownAnswer, Manifest, Moments, OperatingPoint, Sum, TestFigures,
    TrainingRecord, Validation, WeightsFile,
};
pub use memory::{MemoryLimits, MemoryPlan};
pub use model::Engine;
pub use network::Network;
pub use preprocessing::Preprocessing;
pub use progress::Progress;
pub use report::{
    Report, ReportClass, ReportExpectedWrong, ReportGeometry, ReportModel, ReportRegion, range,
};
pub use run::Options;
pub use segmentation::{MapResult, Segmentation};
pub use self_test::{SELF_TEST_TOLERANCE, SelfTestReport, known_answer};
pub use sentence::sentence;
pub use site_calibration::SiteCalibration;
pub use spatial_transform::SpatialTransform;
pub use uncertainty::{MAX_TOLERANCE, UncertaintySummary, region_settings, usual_tolerance};
pub use vocabulary::{
    ClassExpectation, ClassInfo, CurvePoint, ExpectedWrong, ExportFormat, ImageScore,
    ImageScoreKind, Interval, MapSummary, Promise, PromiseKind, Region, RegionKind,
    SliceUncertainty, VoxelSize, WindowSize,
};

// The tests' models and images serve the tests in `tests/` too, which know this crate by its name.
#[cfg(test)]
extern crate self as engine;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod test_support;
