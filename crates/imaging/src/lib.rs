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

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

pub mod bids;
mod byte_order;
mod choice;
mod class_ids;
pub mod dicom;
pub mod encode;
mod error;
mod error_kind;
mod file_name;
mod files;
mod format;
pub mod geometry;
mod grid_file;
mod gzip;
mod jpeg;
mod known_formats;
mod labels;
mod limits;
mod memory;
mod nifti;
pub mod normalise;
mod open;
mod packed;
mod provenance;
mod raster;
pub mod render;
mod sample;
mod signature;
mod source;
mod space;
mod statistics;
mod stored_samples;
mod stored_values;
mod summary;
mod value_range;
mod volume;
mod zip;

pub use self::zip::zip;
pub use choice::{Choice, Parts};
pub use class_ids::Labels;
pub use error::Error;
pub use error_kind::ErrorKind;
pub use file_name::{base_name, stem};
pub use files::{NamedBytes, Opened, Series, open_files};
pub use format::Format;
pub use geometry::{Geometry, GeometrySource, Grid};
pub use grid_file::samples_file;
pub use labels::open_labels;
pub use limits::Limits;
pub use nifti::{NiftiHeader, NiftiVersion};
pub use nifti::{open_labels_pair as open_nifti_pair_labels, open_pair as open_nifti_pair};
pub use open::{open, open_part};
pub use provenance::{Colour, Provenance, SegmentLabel};
pub use sample::SampleType;
pub use source::Source;
pub use summary::{Summary, summarise, summarise_nifti_pair, summary};
pub use volume::Volume;
