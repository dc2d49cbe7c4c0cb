//! From a file's bytes to a segmentation with its uncertainty: open, prepare, run, restore.
//!
//! What the page's worker and the command line both call, so that both give the same result. Knows neither the browser
//! nor the file system.
//!
//! 1. [`Bundle::from_bytes`] checks a model's files,
//! 2. [`Engine::new`] puts it on a device and [`Engine::self_test`] runs its known-answer test there,
//! 3. [`Engine::memory`] says beforehand what a run will take, [`Engine::segment`] runs it over an image, window by window,
//! 4. [`UncertaintySummary`] says where to look first, [`Report`] what the run was,
//! 5. [`output`] makes the files that a visitor saves.

mod bundle;
mod error;
mod labels;
mod manifest;
mod memory;
pub mod output;
mod placement;
mod progress;
mod report;
mod run;
mod segmentation;
mod self_test;
mod uncertainty;
mod window;

pub use bundle::Bundle;
pub use error::Error;
pub use labels::{MatchedLabels, match_labels};
pub use manifest::{
    Architecture, InDistribution, KnownAnswer, Manifest, Moments, OperatingPoint, Preprocessing,
    Sum, TestFigures, TrainingRecord, Validation, WeightsFile,
};
pub use memory::{MemoryLimits, MemoryPlan};
pub use placement::Placement;
pub use progress::Progress;
pub use report::{Report, ReportClass, ReportGeometry, ReportModel, range};
pub use run::{Engine, Network, Options};
pub use segmentation::{MapResult, Segmentation};
pub use self_test::{SELF_TEST_TOLERANCE, SelfTestReport, known_answer};
pub use uncertainty::{UncertaintySummary, mean_log_entropy};
pub use vocabulary::{
    ClassInfo, CurvePoint, ExportFormat, ImageScore, MapSummary, SliceUncertainty, UncertainRegion,
    WindowSize,
};

// The tests' models and images serve the tests in `tests/` too, which know this crate by its name.
#[cfg(test)]
extern crate self as engine;
#[cfg(test)]
#[path = "../tests/support/mod.rs"]
mod test_support;
