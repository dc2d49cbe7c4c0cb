//! DICOM (PS3.3, PS3.5, PS3.10): images, multi-frame images and series.
//!
//! Read are explicit and implicit, little- and big-endian and deflated data sets, with or without preamble; pixels
//! uncompressed, run-length coded, JPEG (baseline, extended with 12 bits, progressive, lossless, arithmetic), JPEG-LS and
//! JPEG 2000; whole numbers of 1 to 32 bits and floating-point numbers; grey, colour and palette images. JPEG XL,
//! High-Throughput JPEG 2000 and video are refused by name.
//!
//! Voxels are values after the modality transformation (Hounsfield units for CT); the window, if there is one, becomes
//! the range to show. MONOCHROME1 images are inverted, unless their values are quantities with a unit. Overlays are not
//! drawn. See `placement` for how planes become volumes.

mod attributes;
mod codec;
mod colour;
mod cursor;
mod data_set;
mod decode;
mod discriminators;
mod frame_attributes;
mod grouping;
mod image_pixel;
mod lookup;
mod modality;
mod mosaic;
mod open;
mod part10;
mod placement;
mod plane;
mod plane_affine;
mod plane_gaps;
mod plane_image;
mod plane_order;
mod reader;
mod regular_grid;
mod representation;
mod scan;
mod scanned_file;
mod segmentation;
mod segments;
mod series_attributes;
mod source;
mod stack;
mod transfer_syntax;
mod vector;
mod volume_builder;
pub mod write;

pub(crate) use decode::decode;
pub(crate) use grouping::stacks;
pub(crate) use open::open;
pub use part10::is_dicom;
pub(crate) use scan::scan;
pub(crate) use scanned_file::ScannedFile;
pub use source::{SourcePlane, SourceSeries};
pub(crate) use stack::Stack;
