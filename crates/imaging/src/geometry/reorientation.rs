//! Axes permuted and flipped, and back.

use super::affine::Affine;
use super::axis_codes::AxisCodes;
use super::grid::Grid;
use crate::Error;
use crate::memory::reserve;

/// A way from a grid to one whose axes run along other directions: the same voxels in another order. Nothing is
/// interpolated, so that it is undone without loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reorientation {
    from: Grid,
    to: Grid,
    forward: AxisMap,
    backward: AxisMap,
}

/// For each axis of the result, in the order columns, rows, planes: which axis of the source it is, and whether it runs
/// the other way.
#[derive(Debug, Clone, Copy, PartialEq)]
struct AxisMap {
    source: [usize; 3],
    flipped: [bool; 3],
}

impl Reorientation {
    /// The way to the axis codes `wanted`, from a grid that may be oblique or sheared: its axes count as the directions
    /// that they are closest to.
    pub fn to(grid: &Grid, wanted: AxisCodes) -> Self {
        let have = grid.orientation().directions();
        let mut forward = AxisMap {
            source: [0, 1, 2],
            flipped: [false; 3],
        };
        let mut backward = forward;
        for (axis, direction) in wanted.directions().into_iter().enumerate() {
            for (source, candidate) in have.into_iter().enumerate() {
                if candidate.axis() == direction.axis() {
                    let flipped = candidate != direction;
                    (forward.source[axis], forward.flipped[axis]) = (source, flipped);
                    (backward.source[source], backward.flipped[source]) = (axis, flipped);
                }
            }
        }

        let old = grid.affine();
        let lengths = by_axis(grid.shape());
        let mut affine: Affine = old;
        for (row, new) in affine.iter_mut().enumerate().take(3) {
            for axis in 0..3 {
                let source = forward.source[axis];
                let step = old[row][source];
                if forward.flipped[axis] {
                    new[axis] = -step;
                    new[3] += step * (lengths[source] - 1) as f64;
                } else {
                    new[axis] = step;
                }
            }
        }
        let shape = by_axis(forward.source.map(|source| lengths[source]));
        Self {
            from: *grid,
            to: Grid::derived(shape, affine),
            forward,
            backward,
        }
    }

    /// The grid it starts from.
    pub fn from_grid(&self) -> &Grid {
        &self.from
    }

    /// The grid it leads to.
    pub fn to_grid(&self) -> &Grid {
        &self.to
    }

    /// Whether nothing changes place.
    pub fn is_identity(&self) -> bool {
        self.forward.source == [0, 1, 2] && self.forward.flipped == [false; 3]
    }

    /// Brings voxels into the new order. `values` is `[channels, planes, rows, columns]` with any number of channels.
    ///
    /// # Errors
    /// [`Error::WrongLength`] unless `values` holds whole channels of the grid; [`Error::OutOfMemory`].
    pub fn apply<T: Copy>(&self, values: &[T]) -> Result<Vec<T>, Error> {
        permute(values, self.from.shape(), self.forward)
    }

    /// Brings voxels back into the order of the grid it starts from: the exact inverse of [`Reorientation::apply`].
    ///
    /// # Errors
    /// As [`Reorientation::apply`].
    pub fn undo<T: Copy>(&self, values: &[T]) -> Result<Vec<T>, Error> {
        permute(values, self.to.shape(), self.backward)
    }
}

/// Planes, rows, columns to columns, rows, planes, and the other way round.
fn by_axis([first, second, third]: [usize; 3]) -> [usize; 3] {
    [third, second, first]
}

fn permute<T: Copy>(values: &[T], shape: [usize; 3], map: AxisMap) -> Result<Vec<T>, Error> {
    let lengths = by_axis(shape);
    let count: usize = lengths.iter().product();
    if !values.len().is_multiple_of(count) {
        return Err(Error::WrongLength {
            what: "the volume",
            found: values.len(),
            expected: count,
        });
    }
    let strides = [1, lengths[0], lengths[0] * lengths[1]];
    let [columns, rows, planes] = map.source.map(|source| lengths[source]);
    // Where the voxel of number `index` along an axis of the result starts in the source.
    let offset = |axis: usize, index: usize| {
        let source = map.source[axis];
        let place = if map.flipped[axis] {
            lengths[source] - 1 - index
        } else {
            index
        };
        place * strides[source]
    };
    let mut result = reserve(values.len())?;
    for channel in values.chunks_exact(count) {
        for plane in 0..planes {
            for row in 0..rows {
                let start = offset(2, plane) + offset(1, row);
                let line = (0..columns).map(|column| channel.get(start + offset(0, column)));
                result.extend(line.flatten().copied());
            }
        }
    }
    Ok(result)
}
