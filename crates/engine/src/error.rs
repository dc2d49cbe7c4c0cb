//! What can go wrong between a file and its segmentation.

/// Errors of the engine, one sentence each.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A bundle's `model.json` is no JSON of the right form.
    #[error("model.json cannot be read ({0}); pack the model again")]
    Manifest(String),
    /// A bundle's format is newer or older than this program.
    #[error(
        "the model has format version {found}, but this program reads version {expected}; pack the model again"
    )]
    Version {
        /// Version of the bundle.
        found: u32,
        /// Version of this program.
        expected: u32,
    },
    /// A field of `model.json` has a value that cannot be.
    #[error("{field} in model.json is {value}, but it must be {requirement}; pack the model again")]
    Field {
        /// The field.
        field: &'static str,
        /// Its value.
        value: String,
        /// What would be right.
        requirement: &'static str,
    },
    /// The weights are not the ones that `model.json` describes.
    #[error(
        "the weights have the SHA-256 {found}, but model.json says {expected}; download the model again"
    )]
    Checksum {
        /// Digest of the file, hexadecimal.
        found: String,
        /// Digest in `model.json`.
        expected: String,
    },
    /// The picture has several planes and the model takes one.
    #[error(
        "the image has {0} planes, but this model takes single pictures; save the plane you need as an image of its own"
    )]
    Planes(usize),
    /// The picture has too few pixels to hold anything.
    #[error(
        "the image has {columns} x {rows} pixels, too few to segment; choose one of at least {least} x {least}"
    )]
    TooSmall {
        /// Columns of the image.
        columns: usize,
        /// Rows of the image.
        rows: usize,
        /// Fewest pixels along each side.
        least: usize,
    },
    /// The picture is too large for memory.
    #[error(
        "the image has {columns} x {rows} pixels, more than the {limit} that can be segmented at once; crop it or reduce its size"
    )]
    TooLarge {
        /// Columns of the image.
        columns: usize,
        /// Rows of the image.
        rows: usize,
        /// Most pixels.
        limit: usize,
    },
    /// The picture has nothing to see.
    #[error(
        "the image has the same value everywhere, so there is nothing to segment; choose another image"
    )]
    Constant,
    /// A result is not a number: the device failed.
    #[error("the device gave a result that is not a number; use the CPU")]
    NotFinite,
    /// The work was given up.
    #[error("the work was cancelled")]
    Cancelled,
    /// Decoding or encoding.
    #[error(transparent)]
    Image(#[from] imaging::Error),
    /// The network.
    #[error(transparent)]
    Method(#[from] segwithu::Error),
}
