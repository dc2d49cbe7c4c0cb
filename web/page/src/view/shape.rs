//! Shapes of images: how many voxels there are, and where one stands in an array.
//!
//! A shape is planes, rows and columns, in the order in which arrays are stored; a [`Voxel`] is column, row and plane.

use crate::errors::Error;

/// A voxel: column, row and plane, counted from 0. The order is that of an affine's columns, and the reverse of a
/// shape's.
pub type Voxel = [usize; 3];

/// The lengths of the axes, in the order of a [`Voxel`], of a shape of planes, rows and columns.
#[must_use]
pub const fn lengths([planes, rows, columns]: [usize; 3]) -> [usize; 3] {
    [columns, rows, planes]
}

/// Number of voxels of a shape; `usize::MAX` when it cannot be counted, which no array will match.
#[must_use]
pub fn voxel_count(shape: [usize; 3]) -> usize {
    shape
        .iter()
        .try_fold(1_usize, |product, length| product.checked_mul(*length))
        .unwrap_or(usize::MAX)
}

/// The voxel in the middle of a shape.
#[must_use]
pub fn middle(shape: [usize; 3]) -> Voxel {
    lengths(shape).map(|length| length / 2)
}

/// Index of a voxel in an array `[planes, rows, columns]`.
#[must_use]
pub fn index(shape: [usize; 3], [column, row, plane]: Voxel) -> Option<usize> {
    let [planes, rows, columns] = shape;
    (plane < planes && row < rows && column < columns)
        .then(|| (plane * rows + row) * columns + column)
}

/// Refuses an array that holds another number of values than its shape.
pub(crate) fn check(what: &str, found: usize, expected: usize) -> Result<(), Error> {
    if found == expected {
        Ok(())
    } else {
        Err(Error::Length {
            what: what.to_owned(),
            found,
            expected,
        })
    }
}
