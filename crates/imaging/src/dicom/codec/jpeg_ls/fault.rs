//! The errors of this coding.

use crate::{Error, Format};

pub(super) fn damaged(detail: &str) -> Error {
    Error::damaged(Format::Dicom, format!("its JPEG-LS data: {detail}"))
}

pub(super) fn cut_short() -> Error {
    damaged("it ends before the image is complete")
}
