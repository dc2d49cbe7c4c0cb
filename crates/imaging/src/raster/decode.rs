//! From a picture file's bytes to its pages.

use super::arrange::arrange;
use super::decoded::Picture;
use super::{bmp, gif, jpeg, png, tiff, webp};
use crate::choice::Choice;
use crate::{Error, Format, Limits, Volume};

/// Decodes a picture file whose first bytes say `format`.
pub(crate) fn decode(
    format: Format,
    bytes: &[u8],
    limits: &Limits,
    choice: &Choice,
) -> Result<Picture, Error> {
    match format {
        Format::Png => png::decode(bytes, limits),
        Format::Jpeg => jpeg::decode(bytes, limits),
        Format::Tiff => tiff::decode(bytes, limits, choice),
        Format::Bmp => bmp::decode(bytes, limits),
        Format::Gif => gif::decode(bytes, limits),
        Format::WebP => webp::decode(bytes, limits),
        Format::Dicom | Format::Nifti | Format::Nrrd | Format::MetaImage | Format::Mgh => {
            Err(Error::unsupported(format, "no pages"))
        }
    }
}

/// Opens a picture file whose first bytes say `format`.
pub(crate) fn open(
    format: Format,
    bytes: &[u8],
    limits: &Limits,
    choice: &Choice,
) -> Result<Volume, Error> {
    arrange(decode(format, bytes, limits, choice)?, limits)
}
