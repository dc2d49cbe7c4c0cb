//! What can be wrong with what is asked.

/// Errors of this crate, one sentence each.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// An array that does not fill the shape.
    #[error(
        "the {what} has {found} voxels and the mask {expected}; give one value for every voxel"
    )]
    Length {
        /// Which array.
        what: &'static str,
        /// Its length.
        found: usize,
        /// Voxels of the mask.
        expected: usize,
    },
    /// A mask with more voxels than a difference can count.
    #[error("a mask of {0} voxels cannot be corrected; the largest has 4294967295")]
    TooLarge(usize),
    /// A difference that was made from another mask.
    #[error(
        "the saved correction does not fit this mask at voxel {voxel}; open the image that it was made on"
    )]
    OtherMask {
        /// The first voxel that does not fit.
        voxel: usize,
    },
    /// Nothing lies between two slices on which the class was drawn.
    #[error(
        "class {class} was drawn on {slices} slices with none left out between them; draw it on two slices that lie apart"
    )]
    NothingBetween {
        /// The class.
        class: u8,
        /// Slices on which it was drawn.
        slices: usize,
    },
    /// A number out of its range.
    #[error("{what} is {value}; give {requirement}")]
    Setting {
        /// What it is.
        what: &'static str,
        /// The number.
        value: String,
        /// What it must be.
        requirement: &'static str,
    },
    /// The measures below.
    #[error(transparent)]
    Measure(#[from] uq::Error),
}
