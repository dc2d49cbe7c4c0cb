//! Volumes that are a header of text or numbers and samples behind it or in a file beside it: NRRD, MetaImage and
//! FreeSurfer's MGH.

mod data;
mod decode;
mod header;
mod meta_image;
mod mgh;
mod nrrd;

pub(crate) use decode::{open, open_labels};
pub use header::samples_file;
pub(crate) use header::{GridHeader, detect};
