//! Random changes of patches, seeded.

mod draw;
mod intensity;
mod spatial;

pub(crate) use draw::{change_values, placement};
pub(crate) use spatial::{resample_labels, resample_values};
