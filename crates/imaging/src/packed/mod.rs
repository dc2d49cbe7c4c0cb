//! Files within files: gzip, bzip2, xz and Zstandard around one file, tar and ZIP around several.

mod document;
mod stream;
mod tar;
mod unpack;

pub(crate) use stream::unwrapped;
pub(crate) use unpack::{Unpacked, unpacked};
