//! ZIP archives (PKWARE's APPNOTE 6.3): folders of images come in them, and folders of results go out in them.

mod read;
mod write;

pub(crate) use read::{Unzipped, ends_as_zip, is_zip, unpack};
pub use write::zip;
