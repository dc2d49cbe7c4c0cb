//! Picture files, one module for each format. A decoder checks the header against the limits before it allocates, and
//! hands over pages of samples as stored ([`decoded`]); [`arrange`] makes a volume of them.

mod arrange;
mod bmp;
mod decode;
pub(crate) mod decoded;
mod exif_orientation;
mod gif;
mod jpeg;
mod png;
mod tiff;
mod unpack;
mod webp;

pub(crate) use decode::{decode, open};
