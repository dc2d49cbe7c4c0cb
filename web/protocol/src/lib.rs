//! The messages between the page and its worker.
//!
//! Every message is a JavaScript object `{ message, buffers }`: `message` is one of the enums of this crate
//! (through serde-wasm-bindgen), `buffers` an array of `ArrayBuffer`s that are transferred, not copied. Which
//! buffers belong to which message is said at each variant; [`Request::buffers`] counts those of a request.
//!
//! A job begins with a request that the page numbers, and ends with exactly one of [`Response::Done`],
//! [`Response::Exported`], [`Response::Checked`], [`Response::Described`], [`Response::Conformed`],
//! [`Response::Cancelled`], [`Response::Failed`] and [`Response::DeviceLost`], which leaves the worker of no more use.
//! A [`Request::Load`] ends with [`Response::Ready`] or [`Response::NotLoaded`], or with nothing where a newer one came
//! meanwhile. Between all this come [`Response::Progress`] and, about once a second, [`Response::Alive`].
//! [`Request::Cancel`], [`Request::Map`] and [`Request::Probability`] overtake what waits; all others are answered in their order.
//!
//! ```
//! use protocol::{BackendChoice, Request, VERSION};
//!
//! let load = Request::Load {
//!     version: VERSION,
//!     model: "nuclei".to_owned(),
//!     models_url: "https://example.org/models/".to_owned(),
//!     backend: BackendChoice::Auto,
//! };
//! let text = serde_json::to_string(&load)?;
//! assert!(text.starts_with(r#"{"type":"load""#));
//! assert_eq!(serde_json::from_str::<Request>(&text)?, load);
//! # Ok::<(), serde_json::Error>(())
//! ```

mod description;
mod region_voxels;
mod request;
mod response;

pub use description::{
    ImageInfo, MapInfo, ModelInfo, PartInfo, PlacesInfo, ResultInfo, Scores, SelfTest, SeriesInfo,
};
pub use region_voxels::{RegionRun, decode_region_voxels, encode_region_voxels};
pub use request::{BackendChoice, Exported, PartChoice, Request};
pub use response::{Backend, Cause, Response, Stage};
pub use vocabulary::{
    BoundingBox, ClassExpectation, ClassInfo, CurvePoint, ExpectedWrong, ExportFormat, ImageScore,
    Interval, MapSummary, Region, RegionKind, SliceUncertainty, VoxelSize, WindowSize,
};

/// Version of the messages. Page and worker are built together; a mismatch means a stale cached file, and both
/// sides refuse it.
pub const VERSION: u32 = 8;
