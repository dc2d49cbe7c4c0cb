//! The errors of other crates' encoders.

use crate::{Error, Format};

/// What an encoder says, as an error of this crate.
pub(super) fn encode_fault(format: Format, error: &dyn std::fmt::Display) -> Error {
    Error::Encode {
        format,
        detail: error.to_string(),
    }
}
