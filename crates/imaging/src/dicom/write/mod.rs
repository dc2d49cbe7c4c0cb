//! Results as DICOM objects that refer to the series they were computed from.
//!
//! [`segmentation`] writes a mask as a DICOM Segmentation (PS3.3 section A.51), [`parametric_map`] a map of real numbers
//! as a DICOM Parametric Map (PS3.3 section A.75). Both belong to the patient, the study and the frame of reference of
//! the source and form a series of their own. Equal input gives equal bytes: unique identifiers are made from the
//! content, and the date is the caller's.

mod colour;
mod data_set;
mod description;
mod file;
mod frames;
mod image_planes;
mod parametric_map;
mod referenced_series;
mod segmentation;
mod uid;

pub(super) use colour::rgb_of_cielab;
pub use description::{AlgorithmType, Code, Creator, Moment, Quantity, Segment};
pub use parametric_map::parametric_map;
pub use referenced_series::source_series;
pub use segmentation::segmentation;
