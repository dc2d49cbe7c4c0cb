//! Planes cut out of a volume: which voxel axis runs across the screen, which one down, and which one is stepped
//! through.
//!
//! A slice plane knows voxels only. Which ones belong to an image, and how they lie in the patient, [`crate::view::panes`] says.

use super::shape::{Voxel, lengths, voxel_count};

/// A voxel axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Along a row, from column to column.
    Column,
    /// From row to row.
    Row,
    /// From plane to plane.
    Plane,
}

impl Axis {
    /// In the order of a [`Voxel`].
    pub const ALL: [Self; 3] = [Self::Column, Self::Row, Self::Plane];

    /// The entry of this axis in a triple ordered as a [`Voxel`].
    #[must_use]
    pub const fn of<T: Copy>(self, [column, row, plane]: [T; 3]) -> T {
        match self {
            Self::Column => column,
            Self::Row => row,
            Self::Plane => plane,
        }
    }

    /// A voxel with another entry on this axis.
    #[must_use]
    pub const fn with(self, [column, row, plane]: Voxel, value: usize) -> Voxel {
        match self {
            Self::Column => [value, row, plane],
            Self::Row => [column, value, plane],
            Self::Plane => [column, row, value],
        }
    }
}

/// A voxel axis and the direction in which it is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AxisDirection {
    /// The axis.
    pub axis: Axis,
    /// From its last voxel to its first.
    pub reversed: bool,
}

impl AxisDirection {
    /// Along an axis, from its first voxel to its last.
    #[must_use]
    pub const fn along(axis: Axis) -> Self {
        Self {
            axis,
            reversed: false,
        }
    }

    /// The place on the axis of the `step`-th voxel of the walk, and the other way round: it is its own inverse.
    fn place(self, step: usize, length: usize) -> usize {
        if self.reversed {
            length.saturating_sub(1).saturating_sub(step)
        } else {
            step
        }
    }
}

/// How planes are cut out of a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlicePlane {
    /// The axis that is stepped through.
    pub through: Axis,
    /// From left to right on the screen.
    pub across: AxisDirection,
    /// From top to bottom on the screen.
    pub down: AxisDirection,
}

impl SlicePlane {
    /// Rows and columns as they are stored.
    pub const STORED: Self = Self {
        through: Axis::Plane,
        across: AxisDirection::along(Axis::Column),
        down: AxisDirection::along(Axis::Row),
    };

    /// Rows and columns on the screen, of a volume of `shape` (planes, rows, columns).
    #[must_use]
    pub const fn size(&self, shape: [usize; 3]) -> [usize; 2] {
        let lengths = lengths(shape);
        [self.down.axis.of(lengths), self.across.axis.of(lengths)]
    }

    /// How many planes there are to step through.
    #[must_use]
    pub const fn slices(&self, shape: [usize; 3]) -> usize {
        self.through.of(lengths(shape))
    }

    /// The slice on which a voxel lies.
    #[must_use]
    pub const fn slice(&self, voxel: Voxel) -> usize {
        self.through.of(voxel)
    }

    /// The voxel at a row and a column of the screen.
    #[must_use]
    pub fn voxel(&self, shape: [usize; 3], slice: usize, [row, column]: [usize; 2]) -> Voxel {
        let lengths = lengths(shape);
        let place = |direction: AxisDirection, step: usize| {
            direction.place(step, direction.axis.of(lengths))
        };
        let voxel = self.through.with([0; 3], slice);
        let voxel = self.down.axis.with(voxel, place(self.down, row));
        self.across.axis.with(voxel, place(self.across, column))
    }

    /// Row and column of the screen at which a voxel is seen, on its own slice.
    #[must_use]
    pub fn pixel(&self, shape: [usize; 3], voxel: Voxel) -> [usize; 2] {
        let lengths = lengths(shape);
        let step = |direction: AxisDirection| {
            direction.place(direction.axis.of(voxel), direction.axis.of(lengths))
        };
        [step(self.down), step(self.across)]
    }

    /// One plane of an array `[planes, rows, columns]`, in the order of the screen. Empty for a plane that does not exist
    /// and for an array that does not fill the shape.
    #[must_use]
    pub fn extract<T: Copy>(&self, values: &[T], shape: [usize; 3], slice: usize) -> Vec<T> {
        let lengths = lengths(shape);
        let [columns, rows, _] = lengths;
        let strides = [1, columns, rows.saturating_mul(columns)];
        if slice >= self.slices(shape) || values.len() != voxel_count(shape) {
            return Vec::new();
        }
        let from = slice * self.through.of(strides);
        let [height, width] = self.size(shape);
        let step = self.across.axis.of(strides);
        let mut plane = Vec::with_capacity(height * width);
        for row in 0..height {
            let start = from + self.down.place(row, height) * self.down.axis.of(strides);
            let line = values.get(start..).unwrap_or_default().iter().step_by(step);
            let line = line.take(width).copied();
            if self.across.reversed {
                let begin = plane.len();
                plane.extend(line);
                if let Some(turned) = plane.get_mut(begin..) {
                    turned.reverse();
                }
            } else {
                plane.extend(line);
            }
        }
        plane
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: [usize; 3] = [2, 3, 4];

    /// Every slice plane that there can be: six orders of the axes, each walked in both directions.
    fn every_slice_plane() -> Vec<SlicePlane> {
        let mut found = Vec::new();
        for through in Axis::ALL {
            for across in Axis::ALL {
                for down in Axis::ALL {
                    if through == across || across == down || down == through {
                        continue;
                    }
                    for [right, below] in [[false; 2], [true, false], [false, true], [true; 2]] {
                        found.push(SlicePlane {
                            through,
                            across: AxisDirection {
                                axis: across,
                                reversed: right,
                            },
                            down: AxisDirection {
                                axis: down,
                                reversed: below,
                            },
                        });
                    }
                }
            }
        }
        found
    }

    #[test]
    fn the_stored_slice_plane_is_a_plane_of_the_array() {
        let values: Vec<usize> = (0..24).collect();
        assert_eq!(
            SlicePlane::STORED.extract(&values, SHAPE, 1),
            (12..24).collect::<Vec<_>>()
        );
        assert_eq!(SlicePlane::STORED.size(SHAPE), [3, 4]);
        assert_eq!(SlicePlane::STORED.slices(SHAPE), 2);
    }

    #[test]
    fn every_slice_plane_shows_the_voxel_that_it_says() {
        let values: Vec<usize> = (0..24).collect();
        let every = every_slice_plane();
        assert_eq!(every.len(), 24);
        for slice_plane in every {
            let [height, width] = slice_plane.size(SHAPE);
            for slice in 0..slice_plane.slices(SHAPE) {
                let plane = slice_plane.extract(&values, SHAPE, slice);
                assert_eq!(plane.len(), height * width, "{slice_plane:?}");
                for row in 0..height {
                    for column in 0..width {
                        let voxel = slice_plane.voxel(SHAPE, slice, [row, column]);
                        let [i, j, k] = voxel;
                        assert_eq!(
                            plane[row * width + column],
                            (k * 3 + j) * 4 + i,
                            "{slice_plane:?}"
                        );
                        assert_eq!(
                            slice_plane.pixel(SHAPE, voxel),
                            [row, column],
                            "{slice_plane:?}"
                        );
                        assert_eq!(slice_plane.slice(voxel), slice, "{slice_plane:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_does_not_exist_is_empty() {
        assert!(SlicePlane::STORED.extract(&[0; 24], SHAPE, 2).is_empty());
        assert!(SlicePlane::STORED.extract(&[0; 23], SHAPE, 0).is_empty());
        assert!(
            SlicePlane::STORED
                .extract::<u8>(&[], [0, 3, 4], 0)
                .is_empty()
        );
    }
}
