//! Medical images as numbers with a place in the patient, and results written back beside them.
//!
//! The crate takes bytes and gives numbers. It knows no tensors, no threads, no files and no browser, natively and on
//! `wasm32-unknown-unknown` alike, and both give equal bytes for equal input.
//!
//! # Opening
//!
//! [`open`] decodes one file, [`open_files`] sorts many of them (a DICOM folder, a NIfTI pair, a ZIP archive) into
//! [`Series`] before anything is decoded. Either gives a [`Volume`]: voxels `[channels, planes, rows, columns]` in the
//! file's own units, its [`Geometry`] and its [`Provenance`].
//!
//! ```
//! # fn main() -> Result<(), imaging::Error> {
//! use imaging::encode::{Space, nifti_mask};
//! use imaging::geometry::{Axis, Orientation};
//!
//! // A mask of two planes, as this crate writes it: voxels of 1 x 1 x 5 mm, columns to the left, rows to posterior.
//! let space = Space {
//!     shape: [2, 3, 4],
//!     affine: Some([
//!         [-1.0, 0.0, 0.0, 120.0],
//!         [0.0, -1.0, 0.0, 90.0],
//!         [0.0, 0.0, 5.0, -60.0],
//!         [0.0, 0.0, 0.0, 1.0],
//!     ]),
//!     spacing: None,
//!     header: None,
//! };
//! let file = nifti_mask(&[1; 24], &space)?;
//!
//! let volume = imaging::open(&file, "mask.nii.gz", &imaging::Limits::default())?;
//! assert_eq!((volume.channels, volume.shape), (1, [2, 3, 4]));
//! assert_eq!(volume.provenance.description(), "NIfTI, 8-bit grey");
//!
//! let grid = volume.grid()?.expect("a NIfTI file has a geometry");
//! assert_eq!(grid.spacing(), [5.0, 1.0, 1.0]);
//! assert_eq!(grid.to_patient([0.0, 0.0, 1.0]), [120.0, 90.0, -55.0]);
//! let orientation = Orientation::of_grid(&grid);
//! assert_eq!(orientation.codes().to_string(), "LPS");
//! assert_eq!(orientation.end_letters(Axis::Plane), ["I", "S"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Files of strangers
//!
//! Sizes are checked against [`Limits`] before memory is asked for. Everything that a file can reach returns an
//! [`Error`] of one sentence, which names the value and says what to do; [`Error::kind`] tells the causes apart. Nothing
//! panics, and the compiler refuses index expressions.
//!
//! # Finding one's way
//!
//! | module | what |
//! | --- | --- |
//! | [`geometry`] | affine matrices, axis codes and letters, reorientation, resampling |
//! | [`normalise`] | intensities for a network |
//! | [`render`] | windows, colour maps and overlays |
//! | [`encode`] | masks, maps and pictures as PNG, TIFF, NIfTI and NRRD |
//! | [`dicom`] | what is read of DICOM; [`dicom::write`] makes Segmentations and Parametric Maps |
//! | [`bids`] | results as BIDS derivatives |

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
mod halves;
mod jpeg;
mod known_formats;
mod labels;
mod left_out;
mod limits;
mod memory;
mod named_bytes;
mod nifti;
pub mod normalise;
mod open;
mod packed;
mod provenance;
mod raster;
pub mod render;
mod sample;
mod series;
mod signature;
mod source_header;
mod space;
mod statistics;
mod stored_samples;
mod stored_values;
mod summary;
mod uneven_spacing;
mod value_range;
mod volume;
mod zip;

pub use self::zip::zip;
pub use choice::{Choice, Parts};
pub use class_ids::Labels;
pub use error::Error;
pub use error_kind::ErrorKind;
pub use file_name::{base_name, stem};
pub use files::{OpenedFiles, open_files};
pub use format::Format;
pub use geometry::{Geometry, GeometrySource, Grid};
pub use grid_file::samples_file;
pub use labels::open_labels;
pub use limits::Limits;
pub use named_bytes::NamedBytes;
pub use nifti::{NiftiHeader, NiftiVersion};
pub use nifti::{open_labels_pair as open_nifti_pair_labels, open_pair as open_nifti_pair};
pub use open::{open, open_part};
pub use provenance::{Colour, Provenance, SegmentLabel};
pub use sample::SampleType;
pub use series::Series;
pub use source_header::SourceHeader;
pub use summary::{Summary, summarise, summarise_nifti_pair, summary};
pub use uneven_spacing::UnevenSpacing;
pub use volume::Volume;
