//! What several crates speak of, said once: classes, points of curves, regions, scores, formats, window sizes.
//!
//! Plain data with serde, and nothing else: no numbers are computed here and no tensors are known, so that the metrics,
//! the engine, the messages between page and worker, the page and the command line can all use the same types. Field
//! names are those of `model.json`, of reports and of messages.
//!
//! | module | has | is written to |
//! |---|---|---|
//! | `model` | [`ClassInfo`], [`CurvePoint`], [`WindowSize`] | `model.json`, messages |
//! | `format` | [`ExportFormat`] | messages |
//! | `expected_error` | [`VoxelSize`], [`ExpectedWrong`], [`ClassExpectation`], [`Region`] | reports, messages |
//! | `promise` | [`Promise`], [`ImageScoreKind`] | `model.json`, site files |
//! | `uncertainty` | [`SliceUncertainty`], [`ImageScore`], [`MapSummary`] | reports, messages |
//!
//! ```
//! use vocabulary::{CurvePoint, ExportFormat};
//!
//! let point: CurvePoint = serde_json::from_str(r#"{"coverage": 0.9, "risk": 0.01}"#)?;
//! assert_eq!(point.risk, 0.01);
//! assert_eq!(ExportFormat::Nifti.media_type(), "application/gzip");
//! # Ok::<(), serde_json::Error>(())
//! ```

mod expected_error;
mod format;
mod model;
mod promise;
mod uncertainty;

pub use expected_error::{
    BoundingBox, ClassExpectation, ExpectedWrong, Interval, Region, RegionKind, VoxelSize,
};
pub use format::ExportFormat;
pub use model::{ClassInfo, CurvePoint, WindowSize};
pub use promise::{ImageScoreKind, Promise, PromiseKind};
pub use uncertainty::{ImageScore, MapSummary, SliceUncertainty};
