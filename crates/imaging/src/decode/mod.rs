//! One module for each file format. A decoder checks the header against the limits before it allocates, and hands over
//! pages of samples as stored; arranging them is [`open`](crate::open())'s work. Volumes are large, so that NIfTI's
//! decoder makes voxels of the file's bytes at once.

mod bmp;
mod gif;
mod jpeg;
pub(crate) mod nifti;
mod png;
mod tiff;
mod tiff_directory;
mod webp;

use crate::page::Picture;
use crate::{Error, Format, Limits};

/// Decodes a picture file whose first bytes say `format`.
pub(crate) fn decode(format: Format, bytes: &[u8], limits: &Limits) -> Result<Picture, Error> {
    match format {
        Format::Png => png::decode(bytes, limits),
        Format::Jpeg => jpeg::decode(bytes, limits),
        Format::Tiff => tiff::decode(bytes, limits),
        Format::Bmp => bmp::decode(bytes, limits),
        Format::Gif => gif::decode(bytes, limits),
        Format::WebP => webp::decode(bytes, limits),
        Format::Dicom | Format::Nifti | Format::Nrrd => Err(Error::unsupported(format, "no pages")),
    }
}

/// The sentence for a dropped alpha channel.
pub(crate) const ALPHA_DROPPED: &str = "The alpha (transparency) channel was left out.";
