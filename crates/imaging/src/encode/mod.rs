//! Masks, overlays and maps as files. Equal arrays give equal bytes, on every machine and at every time.

mod fault;
mod nrrd;
mod png;
mod tiff;

pub use crate::nifti::{nifti_channels, nifti_map, nifti_mask};
pub use crate::space::Space;
pub use nrrd::{Segment, nrrd_segmentation};
pub use png::{png_mask, png_rgba};
pub use tiff::{tiff_f32, tiff_f32_channels, tiff_f32_pages, tiff_mask_pages};
