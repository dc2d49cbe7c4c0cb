//! The stored axes of a volume, by name.

/// An axis along which voxels are stored.
///
/// Voxels and the columns of an affine matrix come in the order column, row, plane; shapes and spacings in the reverse
/// order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Axis {
    /// Along a row, from column to column: NIfTI's i.
    Column,
    /// From row to row: j.
    Row,
    /// From plane to plane: k.
    Plane,
}

impl Axis {
    /// In the order of a voxel.
    pub const ALL: [Self; 3] = [Self::Column, Self::Row, Self::Plane];

    /// The entry of this axis in a triple in the order column, row, plane.
    pub const fn of<T: Copy>(self, [column, row, plane]: [T; 3]) -> T {
        match self {
            Self::Column => column,
            Self::Row => row,
            Self::Plane => plane,
        }
    }

    /// As [`Axis::of`], to be changed.
    pub const fn of_mut<T>(self, [column, row, plane]: &mut [T; 3]) -> &mut T {
        match self {
            Self::Column => column,
            Self::Row => row,
            Self::Plane => plane,
        }
    }
}
