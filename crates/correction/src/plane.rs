//! Planes of a volume, in any of its three directions.

use uq::Run;

/// The axis that a plane stands across.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// From plane to plane: the planes as they are stored.
    Plane,
    /// From row to row.
    Row,
    /// From column to column.
    Column,
}

impl Axis {
    /// All of them, in the order of a shape.
    pub const ALL: [Self; 3] = [Self::Plane, Self::Row, Self::Column];

    /// Its place in a shape of planes, rows and columns.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Plane => 0,
            Self::Row => 1,
            Self::Column => 2,
        }
    }

    /// The entry of a triple in the order of a shape.
    #[must_use]
    pub const fn of<T: Copy>(self, [plane, row, column]: [T; 3]) -> T {
        match self {
            Self::Plane => plane,
            Self::Row => row,
            Self::Column => column,
        }
    }

    /// The two entries of a triple that are not of this axis, in the order of a shape.
    #[must_use]
    pub const fn others<T: Copy>(self, [plane, row, column]: [T; 3]) -> [T; 2] {
        match self {
            Self::Plane => [row, column],
            Self::Row => [plane, column],
            Self::Column => [plane, row],
        }
    }
}

/// One plane: those voxels whose place on an axis is `at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plane {
    /// The axis that it stands across.
    pub across: Axis,
    /// Its place on that axis, from 0.
    pub at: usize,
}

impl Plane {
    /// Lengths of its two axes in a volume of `shape`, in the order of the shape.
    #[must_use]
    pub const fn size(&self, shape: [usize; 3]) -> [usize; 2] {
        self.across.others(shape)
    }

    /// The voxel (plane, row, column) at a place on its two axes.
    #[must_use]
    pub const fn voxel(&self, [slow, fast]: [usize; 2]) -> [usize; 3] {
        match self.across {
            Axis::Plane => [self.at, slow, fast],
            Axis::Row => [slow, self.at, fast],
            Axis::Column => [slow, fast, self.at],
        }
    }

    /// Along which axes one can go without leaving it.
    #[must_use]
    pub const fn directions(&self) -> [bool; 3] {
        match self.across {
            Axis::Plane => [false, true, true],
            Axis::Row => [true, false, true],
            Axis::Column => [true, true, false],
        }
    }

    /// Adds the voxels from `first` to `last` of its fast axis, ends included, as runs.
    pub(crate) fn push(&self, slow: usize, first: usize, last: usize, runs: &mut Vec<Run>) {
        match self.across {
            Axis::Plane | Axis::Row => {
                let [plane, row, _] = self.voxel([slow, first]);
                runs.push(run([plane, row], first, last));
            }
            Axis::Column => {
                runs.extend((first..=last).map(|row| run([slow, row], self.at, self.at)));
            }
        }
    }
}

/// A run of a row. Places fit 32 bits because masks are refused that do not.
pub(crate) const fn run([plane, row]: [usize; 2], first: usize, last: usize) -> Run {
    Run {
        plane: plane as u32,
        row: row as u32,
        first: first as u32,
        last: last as u32,
    }
}
