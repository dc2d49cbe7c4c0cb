//! The errors of this coding.

use crate::{Error, Format};

pub(super) fn damaged(detail: &str) -> Error {
    Error::damaged(Format::Jpeg, detail)
}

/// What is said of a stream that ends early.
pub(crate) const CUT_SHORT: &str = "it ends before the image is complete";

pub(super) fn cut_short() -> Error {
    damaged(CUT_SHORT)
}
