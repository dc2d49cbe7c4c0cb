//! What can go wrong in drawing.

/// Errors of drawing, one sentence each.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Probabilities that are not numbers, or that do not fill the plane.
    #[error(transparent)]
    Contours(#[from] uq::Error),
    /// The picture cannot be encoded.
    #[error(transparent)]
    Encode(#[from] imaging::Error),
    /// An image that does not fill the plane.
    #[error(
        "the image has {found} bytes, but {rows} x {columns} pixels need {expected}; open it again"
    )]
    Image {
        /// Bytes of the image.
        found: usize,
        /// Four for every pixel.
        expected: usize,
        /// Rows of the plane.
        rows: usize,
        /// Columns of the plane.
        columns: usize,
    },
    /// A picture that is too large to be drawn, or has no pixel.
    #[error("an overlay of {columns} x {rows} pixels cannot be drawn; save the mask instead")]
    Size {
        /// Rows of the picture.
        rows: usize,
        /// Columns of the picture.
        columns: usize,
    },
}
