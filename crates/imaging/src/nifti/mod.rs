//! NIfTI-1 (nifti1.h, header of 348 bytes) and NIfTI-2 (nifti2.h, 540 bytes), as published at nifti.nimh.nih.gov.
//!
//! No crate serves: `nifti` reads and writes NIfTI-1 only and takes the sizes that a header claims for granted; here they are
//! checked before memory is asked for, and the header is kept so that results lie where the image does.

mod data_type;
mod forms;
mod header;
mod parse_header;
mod placed;
mod read;
mod samples;
mod statistics;
mod version;
mod write;
mod write_header;

pub use header::NiftiHeader;
pub(crate) use read::{NiftiFile, open, open_labels, open_pair_part};
pub use read::{open_labels_pair, open_pair};
pub use version::NiftiVersion;
pub(crate) use version::{Kind, MAX_HEADER_BYTES, kind};
pub use write::{nifti_channels, nifti_map, nifti_mask};
