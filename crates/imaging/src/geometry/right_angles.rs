//! From a sheared grid to one whose axes are at right angles.

use super::affine::{columns_norms, divide_columns, is_orthogonal, linear_part, transposed};
use super::grid::Grid;
use super::transfer::labels_to_grid;
use crate::{Error, Limits};

/// Cosine of two axes up to which they count as being at a right angle; ITK refuses NIfTI files beyond.
const RIGHT_ANGLE: f64 = 1e-4;
/// How far voxels may move, in units of the smallest side of one, where they all keep their values.
const SAME_VOXEL: f64 = 0.5;
/// Columns, rows and planes of fewer voxels than this beyond the outermost one are rounding.
const ROUNDING: f64 = 1e-3;

/// The way from a sheared grid, such as that of a tilted gantry, to one at right angles that covers it.
///
/// Columns keep their direction and size; rows and planes are turned to right angles in the plane of rows and columns and
/// along its normal, and are as far apart there as they were. A stack that leans keeps its planes, which are shifted
/// along themselves. Everything is taken from the nearest voxel, so that nothing is mixed. Where no voxel moves by more than
/// half of its smallest side, as with directions of few digits, all voxels stay and only the grid is straightened.
///
/// Programs built on ITK refuse NIfTI files whose axes are not at right angles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RightAngles {
    from: Grid,
    to: Grid,
    /// Whether each voxel of one grid is that of the same number of the other.
    keeps_voxels: bool,
}

impl RightAngles {
    /// Plans the way; `None` for a grid that is at right angles already.
    ///
    /// # Errors
    /// [`Error::Geometry`] where the axes nearly lie in one plane; [`Error::TooFine`] where the result would have more
    /// than [`Limits::max_pixels`] voxels.
    pub fn plan(grid: &Grid, limits: &Limits) -> Result<Option<Self>, Error> {
        let linear = linear_part(&grid.affine());
        let lengths = columns_norms(&linear);
        if is_orthogonal(&linear, RIGHT_ANGLE) {
            return Ok(None);
        }
        let [columns, rows, planes] = transposed(&divide_columns(&linear, lengths));
        let [column_size, row_length, plane_length] = lengths;
        let without = |vector: [f64; 3], axis: [f64; 3]| {
            let along = dot(vector, axis);
            zip(vector, axis, |part, axis| part - along * axis)
        };
        let row_part = without(rows, columns);
        let plane_part = without(without(planes, columns), unit(row_part));
        let axes = [columns, unit(row_part), unit(plane_part)];
        let sizes = [
            column_size,
            row_length * length(row_part),
            plane_length * length(plane_part),
        ];
        let [along_columns, along_rows, along_planes] = {
            let [a, b, c] = axes;
            let [x, y, z] = sizes;
            [
                a.map(|part| part * x),
                b.map(|part| part * y),
                c.map(|part| part * z),
            ]
        };
        let at_origin = |origin: [f64; 3]| {
            let row = |axis: usize| {
                // 0 is added so that none becomes -0.
                let of = |vector: [f64; 3]| vector.get(axis).copied().unwrap_or(0.0) + 0.0;
                [
                    of(along_columns),
                    of(along_rows),
                    of(along_planes),
                    of(origin),
                ]
            };
            [row(0), row(1), row(2), [0.0, 0.0, 0.0, 1.0]]
        };

        // About the same middle.
        let [plane, row, column] = grid.shape().map(|length| (length - 1) as f64 / 2.0);
        let mut start = grid.to_patient([column, row, plane]);
        for (axis, steps) in [
            (along_columns, column),
            (along_rows, row),
            (along_planes, plane),
        ] {
            start = zip(start, axis, |start, axis| start - steps * axis);
        }
        let straightened = Grid::new(grid.shape(), at_origin(start))?;
        if grid.largest_distance(&straightened) <= SAME_VOXEL {
            return Ok(Some(Self {
                from: *grid,
                to: straightened,
                keeps_voxels: true,
            }));
        }

        // Where the outermost voxels' centres lie along the new axes.
        let [own_planes, own_rows, own_columns] = grid.shape().map(|length| (length - 1) as f64);
        let mut bounds = [[f64::INFINITY, f64::NEG_INFINITY]; 3];
        for corner in 0..8_u8 {
            let at = |bit: u8, end: f64| if corner & bit == 0 { 0.0 } else { end };
            let place = grid.to_patient([at(1, own_columns), at(2, own_rows), at(4, own_planes)]);
            for (bound, axis) in bounds.iter_mut().zip(axes) {
                let along = dot(place, axis);
                let [low, high] = *bound;
                *bound = [low.min(along), high.max(along)];
            }
        }
        let mut steps = [0_u64; 3];
        let mut origin = [0.0; 3];
        for (((steps, bound), size), axis) in steps.iter_mut().zip(bounds).zip(sizes).zip(axes) {
            let [low, high] = bound;
            *steps = ((high - low) / size - ROUNDING).ceil().max(0.0) as u64;
            origin = zip(origin, axis, |origin, axis| origin + low * axis);
        }
        let [columns, rows, planes] = steps.map(|steps| steps.saturating_add(1));
        let too_fine = Error::TooFine {
            planes,
            rows,
            columns,
            limit: limits.max_pixels,
        };
        let voxels = planes.saturating_mul(rows).saturating_mul(columns);
        let shape = [planes, rows, columns].map(usize::try_from);
        let ([Ok(planes), Ok(rows), Ok(columns)], true) = (shape, voxels <= limits.max_pixels)
        else {
            return Err(too_fine);
        };
        Ok(Some(Self {
            from: *grid,
            to: Grid::new([planes, rows, columns], at_origin(origin))?,
            keeps_voxels: false,
        }))
    }

    /// The grid at right angles.
    pub fn to_grid(&self) -> &Grid {
        &self.to
    }

    /// Brings values `[channels, planes, rows, columns]` to the grid at right angles; `outside` where it covers more than
    /// the sheared one.
    ///
    /// # Errors
    /// [`Error::WrongLength`] unless `values` holds whole channels; [`Error::OutOfMemory`].
    pub fn apply<T: Copy>(&self, values: &[T], outside: T) -> Result<Vec<T>, Error> {
        // The same grid twice gives the values back, once their number is checked.
        let from = if self.keeps_voxels {
            &self.to
        } else {
            &self.from
        };
        labels_to_grid(values, from, &self.to, outside)
    }

    /// How far a voxel's value may lie from where it was, in millimetres: half the diagonal of the sheared voxel, less
    /// where planes are only shifted along themselves or voxels keep their values.
    pub fn largest_displacement(&self) -> f64 {
        if self.keeps_voxels {
            let smallest = self
                .from
                .spacing()
                .into_iter()
                .fold(f64::INFINITY, f64::min);
            return self.from.largest_distance(&self.to) * smallest;
        }
        // From every place to the nearest voxel it is half a voxel along each axis at most; along an axis whose centres
        // stay on centres it is nothing.
        let (from, to) = (self.from, self.to);
        let steps = transposed(&linear_part(&to.affine()));
        let into = linear_part(&from.inverse());
        let start = from.to_voxel(to.to_patient([0.0; 3]));
        let mut halves = [0.0; 3];
        for (axis, half) in halves.iter_mut().enumerate() {
            let row = into.get(axis).copied().unwrap_or_default();
            let is_whole = |value: f64| (value - value.round()).abs() < ROUNDING;
            let stays = steps.iter().all(|&step| is_whole(dot(row, step)))
                && is_whole(start.get(axis).copied().unwrap_or(0.5));
            *half = if stays { 0.0 } else { 0.5 };
        }
        // The longest diagonal of the cell around a centre.
        let cell = transposed(&linear_part(&from.affine()));
        let diagonal = |signs: [f64; 3]| {
            let mut sum = [0.0; 3];
            for ((axis, half), sign) in cell.iter().zip(halves).zip(signs) {
                sum = zip(sum, *axis, |sum, axis| sum + sign * half * axis);
            }
            length(sum)
        };
        [
            [1.0, 1.0, 1.0],
            [1.0, 1.0, -1.0],
            [1.0, -1.0, 1.0],
            [1.0, -1.0, -1.0],
        ]
        .map(diagonal)
        .into_iter()
        .fold(0.0, f64::max)
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn length(vector: [f64; 3]) -> f64 {
    dot(vector, vector).sqrt()
}

fn unit(vector: [f64; 3]) -> [f64; 3] {
    let length = length(vector);
    vector.map(|part| part / length)
}

fn zip(a: [f64; 3], b: [f64; 3], with: impl Fn(f64, f64) -> f64) -> [f64; 3] {
    let ([a0, a1, a2], [b0, b1, b2]) = (a, b);
    [with(a0, b0), with(a1, b1), with(a2, b2)]
}
