//! The one error type of the crate.

/// Why a metric could not be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Two arrays that belong together differ in length.
    #[error(
        "{what} has {found} values where {expected} are needed; pass arrays of the same voxels"
    )]
    Length {
        /// Which array.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length needed.
        expected: usize,
    },
    /// A score or probability that is not a number.
    #[error("value {index} of {what} is not a number; exclude such voxels first")]
    NotANumber {
        /// Which array.
        what: &'static str,
        /// Where it is.
        index: usize,
    },
    /// A label beyond the number of classes.
    #[error("the label {label} is no class of {classes}; labels count from 0")]
    UnknownClass {
        /// The label.
        label: u8,
        /// Number of classes.
        classes: usize,
    },
    /// A setting that makes no sense.
    #[error("{what} is {value}, but it must be {requirement}")]
    Setting {
        /// Which one.
        what: &'static str,
        /// Its value.
        value: String,
        /// What it must be.
        requirement: &'static str,
    },
    /// Too few cases to fit something on.
    #[error("{what} needs at least {minimum} cases and got {found}; name more cases")]
    TooFewCases {
        /// What was to be fitted.
        what: &'static str,
        /// Cases given.
        found: usize,
        /// Cases needed.
        minimum: usize,
    },
}

/// Checks that scores are numbers.
pub(crate) fn check_numbers(what: &'static str, values: &[f32]) -> Result<(), Error> {
    match values.iter().position(|value| value.is_nan()) {
        Some(index) => Err(Error::NotANumber { what, index }),
        None => Ok(()),
    }
}

/// Checks that an array fits.
pub(crate) fn check_length(what: &'static str, found: usize, expected: usize) -> Result<(), Error> {
    if found == expected {
        Ok(())
    } else {
        Err(Error::Length {
            what,
            found,
            expected,
        })
    }
}
