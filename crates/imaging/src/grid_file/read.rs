//! Which of the formats a header is of.

use super::header::GridHeader;
use super::{meta_image, mgh, nrrd};
use crate::{Error, Format};

/// The format of a file with such a header, by its first bytes.
pub(crate) fn detect(bytes: &[u8]) -> Option<Format> {
    if nrrd::is_nrrd(bytes) {
        Some(Format::Nrrd)
    } else if meta_image::is_meta_image(bytes) {
        Some(Format::MetaImage)
    } else if mgh::is_mgh(bytes) {
        Some(Format::Mgh)
    } else {
        None
    }
}

/// The file that a header (`.nhdr`, `.mhd`) says its samples are in, as it names it; `None` where they are in the header's
/// own file, and for files of other formats.
pub fn samples_file(header: &[u8]) -> Option<String> {
    detect(header)?;
    read(header).ok()?.data_file
}

/// Reads a header.
pub(crate) fn read(bytes: &[u8]) -> Result<GridHeader, Error> {
    if nrrd::is_nrrd(bytes) {
        nrrd::header(bytes)
    } else if meta_image::is_meta_image(bytes) {
        meta_image::header(bytes)
    } else {
        mgh::header(bytes)
    }
}
