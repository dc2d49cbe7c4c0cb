//! Masks and uncertainty against true labels: SegWithU beside its rivals, on the same mask, the same voxels, the same
//! draws of cases.
//!
//! [`Evaluator`] goes over [`dataset::Cases`] one by one and gives an [`Evaluation`]: per method AUROC, AUPRC, AURC,
//! E-AURC, FPR95, NLL, Brier and ECE, each over all voxels and near the objects, with 95 % bootstrap intervals; Dice and
//! HD95; how well images are judged as a whole. [`report`] makes tables and plots of it.
//!
//! Everything works on bytes and without a file system; memory does not grow with the number of cases but for a line of
//! numbers each. The functions are asynchronous because a browser's graphics device is.
//!
//! ```no_run
//! use dataset::CaseBytes;
//! use evaluation::{Evaluator, Method};
//!
//! # async fn example(engine: &engine::Engine, cases: Vec<CaseBytes>) -> Result<(), evaluation::Error> {
//! let methods = vec![Method::SegWithU, Method::from_name("entropy")?];
//! let mut evaluator = Evaluator::new(engine, methods);
//! evaluator.replicates = evaluation::REPLICATES;
//! let (evaluation, _) = evaluator.evaluate(&cases).await?;
//! for (name, method) in &evaluation.methods {
//!     println!("{name}: AUROC {:?} near the objects", method.figures.auroc.near);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! `cargo run --release -p penumbra-evaluation --example evaluate_folder -- MODEL IMAGES LABELS` does the same for two
//! folders.

mod agreement;
mod calibrate;
mod error;
mod evaluator;
mod fit;
mod groups;
mod image_level;
mod image_scores;
mod lists;
mod methods;
mod metrics;
mod networks;
mod observers;
mod passes;
mod pooled;
mod progress;
mod promises;
pub mod report;
mod run;
mod score;
#[cfg(test)]
mod test_cases;

pub use calibrate::calibrate;
pub use error::{Error, Need};
pub use evaluator::{Evaluator, REPLICATES, SEED};
pub use fit::{Fitted, fit};
pub use methods::{Method, MethodOutput, map_of};
pub use metrics::{
    CaseMetrics, Correlation, Difference, Disagreement, Evaluation, ExpectedWrongFigures,
    GroupMetrics, ImageLevel, Masked, MethodMetrics, Metric, Metrics, Pair, PromiseCoverage,
    Protocol, Referral, RegionFigures, SecondObserver,
};
pub use networks::Networks;
pub use progress::Progress;
pub use promises::{ALPHA, coverage, promises};
pub use run::{options, segment, segment_stochastic, segment_with};
