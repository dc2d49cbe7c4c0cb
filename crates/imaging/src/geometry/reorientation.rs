//! Axes permuted and flipped, and back.

use super::axis::Axis;
use super::axis_codes::{AxisCodes, Direction};
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
type AxisMap = [(Axis, bool); 3];

fn axis_map(from: AxisCodes, to: AxisCodes) -> AxisMap {
    let [left_right, posterior_anterior, inferior_superior] = from.patient_axes();
    to.directions().map(|wanted| {
        let (axis, direction) = match wanted {
            Direction::Left | Direction::Right => left_right,
            Direction::Posterior | Direction::Anterior => posterior_anterior,
            Direction::Inferior | Direction::Superior => inferior_superior,
        };
        (axis, direction != wanted)
    })
}

impl Reorientation {
    /// The way to the axis codes `wanted`, from a grid that may be oblique or sheared: its axes count as the directions
    /// that they are closest to.
    pub fn to(grid: &Grid, wanted: AxisCodes) -> Self {
        let forward = axis_map(grid.orientation(), wanted);
        let backward = axis_map(wanted, grid.orientation());
        let lengths = by_axis(grid.shape());
        let [x, y, z, last] = grid.affine();
        let [x, y, z] = [x, y, z].map(|[column, row, plane, mut offset]| {
            let [column, row, plane] = forward.map(|(source, is_flipped)| {
                let step = source.of([column, row, plane]);
                if is_flipped {
                    offset += step * (source.of(lengths) - 1) as f64;
                    -step
                } else {
                    step
                }
            });
            [column, row, plane, offset]
        });
        let affine = [x, y, z, last];
        let shape = by_axis(forward.map(|(source, _)| source.of(lengths)));
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
        self.forward == Axis::ALL.map(|axis| (axis, false))
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
    let [columns, rows, _] = lengths;
    let strides = [1, columns, columns * rows];
    let [columns, rows, planes] = map.map(|(source, is_flipped)| Step {
        length: source.of(lengths),
        stride: source.of(strides),
        is_flipped,
    });
    let mut result = reserve(values.len())?;
    for channel in values.chunks_exact(count) {
        for plane in 0..planes.length {
            for row in 0..rows.length {
                let start = planes.offset(plane) + rows.offset(row);
                let line =
                    (0..columns.length).map(|column| channel.get(start + columns.offset(column)));
                result.extend(line.flatten().copied());
            }
        }
    }
    Ok(result)
}

/// An axis of the result, as it lies in the source.
struct Step {
    length: usize,
    stride: usize,
    is_flipped: bool,
}

impl Step {
    /// Where the voxel of number `index` along the axis starts in the source.
    fn offset(&self, index: usize) -> usize {
        let place = if self.is_flipped {
            self.length - 1 - index
        } else {
            index
        };
        place * self.stride
    }
}
