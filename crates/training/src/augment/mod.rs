//! Random changes of patches, seeded.

mod draw;
mod intensity;
mod spatial;

pub(crate) use draw::{augment_intensities, draw_transform};
pub(crate) use spatial::{resample_labels, resample_values};
