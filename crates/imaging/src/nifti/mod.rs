//! The NIfTI header, which reading and writing share.
//!
//! NIfTI-1 (nifti1.h, 348 bytes) and NIfTI-2 (nifti2.h, 540 bytes) as published at nifti.nimh.nih.gov.

mod data_type;
mod forms;
mod header;
mod placed;

pub(crate) use data_type::DataType;
pub(crate) use forms::geometry;
pub(crate) use header::{Kind, LONGEST_HEADER, kind};
pub use header::{NiftiHeader, NiftiVersion};
pub(crate) use placed::placed;
