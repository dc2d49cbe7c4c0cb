//! The files that a visitor saves and that `penumbra predict` writes, byte for byte the same.
//!
//! [`Context`] is what they are made from; its methods make them.

mod bids;
mod context;
mod dicom;
mod file;
mod formats;
mod map_explanation;
mod nifti;
mod overlay;
mod raster;

pub use context::{Context, stem};
pub use file::OutputFile;
pub use formats::{map_formats, mask_formats, probability_formats};
pub use overlay::Overlay;
