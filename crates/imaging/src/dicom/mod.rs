//! DICOM (PS3.3, PS3.5, PS3.10): images, multi-frame images and series.

mod source;

pub use source::{SourcePlane, SourceSeries};
