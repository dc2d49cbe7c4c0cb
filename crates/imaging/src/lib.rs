//! Pictures in, pictures out: decoding, geometry, intensity normalisation, rendering and encoding.
//!
//! The crate knows no tensors, no threads, no files and no browser: it takes bytes and gives numbers, natively and on
//! `wasm32-unknown-unknown` alike, and both give equal bytes for equal input. Everything that a stranger's file can
//! reach returns an [`Error`] of one sentence; nothing panics.
//!
//! ```
//! # fn main() -> Result<(), imaging::Error> {
//! let png = imaging::encode::png_mask(&[0, 1, 1, 0, 0, 1], 2, 3)?;
//! let volume = imaging::open(&png, "mask.png", &imaging::Limits::default())?;
//! assert_eq!(volume.shape, [1, 2, 3]);
//! assert_eq!(volume.provenance.description(), "PNG, 8-bit grey");
//! # Ok(())
//! # }
//! ```

mod archive;
pub mod bids;
mod decode;
pub mod dicom;
pub mod dicom_write;
pub mod encode;
mod error;
mod file_name;
mod files;
pub mod geometry;
mod labels;
mod nifti;
pub mod normalise;
mod open;
mod orientation;
mod page;
mod provenance;
pub mod render;
mod signature;
mod source;
mod stored;
mod summary;
mod volume;
mod zip;

pub use decode::nifti::{open_labels_pair as open_nifti_pair_labels, open_pair as open_nifti_pair};
pub use error::Error;
pub use file_name::{base_name, stem};
pub use files::{NamedBytes, Opened, Series, open_files};
pub use geometry::{Geometry, GeometrySource, Grid};
pub use labels::{Labels, open_labels};
pub use nifti::{NiftiHeader, NiftiVersion};
pub use open::{Limits, open};
pub use provenance::{Colour, Format, Provenance, SampleType};
pub use source::Source;
pub use summary::{Summary, summarise, summarise_nifti_pair, summary};
pub use volume::Volume;
pub use zip::zip;
