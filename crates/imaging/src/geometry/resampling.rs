//! Another voxel size on the same field of view, planned once, there and back.

use super::affine::Affine;
use super::grid::{Grid, VOXEL_SIZES};
use super::resample::{resample_along, resample_area, resample_nearest};
use crate::{Error, Limits};

/// From this ratio of the largest to the smallest spacing on, nnU-Net handles the coarse axis apart
/// (`ANISO_THRESHOLD`).
const ANISOTROPY_THRESHOLD: f64 = 3.0;

/// A way from a grid to one with other voxel sizes on the same field of view, as nnU-Net's preprocessing does it
/// (`resample_data_or_seg_to_spacing` of nnunetv2, with linear interpolation for images).
///
/// The new number of voxels along an axis is `round(old * old spacing / new spacing)`, so that the new spacing is the
/// wanted one as nearly as whole voxels allow. Where one axis is more than 3 times as coarse as the finest, images are
/// interpolated within the planes across that axis only, and along it the nearest plane is taken: interpolating
/// between planes so far apart would invent anatomy. The axis is that of the grid it starts from, if it has one, else
/// that of the spacing wanted; it is the same on the way back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resampling {
    from: Grid,
    to: Grid,
    coarse_axis: Option<usize>,
    means: bool,
}

impl Resampling {
    /// Plans the way from `grid` to voxels of `spacing` (planes, rows, columns; millimetres).
    ///
    /// # Errors
    /// [`Error::VoxelSize`] for sizes that are not from 1e-6 to 1e6 mm; [`Error::TooFine`] where the result would have
    /// more than [`Limits::max_pixels`] voxels.
    pub fn plan(grid: &Grid, spacing: [f64; 3], limits: &Limits) -> Result<Self, Error> {
        if let Some(size) = spacing.iter().find(|size| !VOXEL_SIZES.contains(size)) {
            return Err(Error::VoxelSize {
                size: size.to_string(),
            });
        }
        let (old_shape, old_spacing) = (grid.shape(), grid.spacing());
        let length = |old: usize, old_size: f64, new_size: f64| {
            // Half to even, as Python rounds; `as` saturates where a number is too large for any memory.
            let length = old as f64 * (old_size / new_size);
            (length.round_ties_even() as u64).max(1)
        };
        let [old_planes, old_rows, old_columns] = old_shape;
        let [[old_plane, old_row, old_column], [plane, row, column]] = [old_spacing, spacing];
        let [planes, rows, columns] = [
            length(old_planes, old_plane, plane),
            length(old_rows, old_row, row),
            length(old_columns, old_column, column),
        ];
        let voxels = planes.saturating_mul(rows).saturating_mul(columns);
        let too_fine = Error::TooFine {
            planes,
            rows,
            columns,
            limit: limits.max_pixels,
        };
        let shape = [planes, rows, columns].map(usize::try_from);
        let [Ok(planes), Ok(rows), Ok(columns)] = shape else {
            return Err(too_fine);
        };
        if voxels > limits.max_pixels || voxels > isize::MAX as u64 / 16 {
            return Err(too_fine);
        }
        let shape = [planes, rows, columns];
        Ok(Self {
            from: *grid,
            to: Grid::derived(shape, same_field_of_view(grid, shape)),
            coarse_axis: coarse_axis(old_spacing).unwrap_or_else(|| coarse_axis(spacing).flatten()),
            means: false,
        })
    }

    /// Plans the way to pictures whose longer side has `longest_side` pixels, the other in proportion, plane by plane.
    /// For pictures that do not say how large a pixel is: what they show then has about the same size in each.
    ///
    /// Images are brought there by means over the new pixels, see [`resample_area`](super::resample_area).
    ///
    /// # Errors
    /// [`Error::TooFine`] where the result would have more than [`Limits::max_pixels`] pixels.
    pub fn plan_longest_side(
        grid: &Grid,
        longest_side: usize,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let [planes, rows, columns] = grid.shape();
        let longest = rows.max(columns) as f64;
        let length =
            |old: usize| ((old as f64 * longest_side as f64 / longest).round() as usize).max(1);
        let shape = [planes, length(rows), length(columns)];
        let [planes, rows, columns] = shape.map(|length| length as u64);
        let voxels = planes.saturating_mul(rows).saturating_mul(columns);
        if voxels > limits.max_pixels || voxels > isize::MAX as u64 / 16 {
            return Err(Error::TooFine {
                planes,
                rows,
                columns,
                limit: limits.max_pixels,
            });
        }
        Ok(Self {
            from: *grid,
            to: Grid::derived(shape, same_field_of_view(grid, shape)),
            coarse_axis: None,
            means: true,
        })
    }

    /// The grid it starts from.
    pub fn from_grid(&self) -> &Grid {
        &self.from
    }

    /// The grid it leads to, on the same field of view.
    pub fn to_grid(&self) -> &Grid {
        &self.to
    }

    /// The axis (0 planes, 1 rows, 2 columns) along which the nearest voxel is taken, also for images.
    pub fn coarse_axis(&self) -> Option<usize> {
        self.coarse_axis
    }

    /// Resamples an image. `values` is `[channels, planes, rows, columns]` of the grid it starts from.
    ///
    /// # Errors
    /// [`Error::WrongLength`] unless `values` holds whole channels of the grid; [`Error::OutOfMemory`].
    pub fn forward(&self, values: &[f32]) -> Result<Vec<f32>, Error> {
        if self.means {
            return resample_area(values, self.from.shape(), self.to.shape());
        }
        resample_along(values, self.from.shape(), self.to.shape(), self.coarse_axis)
    }

    /// Resamples maps back to the grid it starts from. `values` is `[channels, planes, rows, columns]` of the grid it
    /// leads to.
    ///
    /// # Errors
    /// As [`Resampling::forward`].
    pub fn backward(&self, values: &[f32]) -> Result<Vec<f32>, Error> {
        resample_along(values, self.to.shape(), self.from.shape(), self.coarse_axis)
    }

    /// Resamples labels, or anything that must not be mixed.
    ///
    /// # Errors
    /// As [`Resampling::forward`].
    pub fn forward_nearest<T: Copy>(&self, values: &[T]) -> Result<Vec<T>, Error> {
        resample_nearest(values, self.from.shape(), self.to.shape())
    }

    /// Resamples labels back to the grid it starts from.
    ///
    /// # Errors
    /// As [`Resampling::forward`].
    pub fn backward_nearest<T: Copy>(&self, values: &[T]) -> Result<Vec<T>, Error> {
        resample_nearest(values, self.to.shape(), self.from.shape())
    }
}

/// The affine matrix of `shape` voxels on the field of view of `grid`: outer faces stay where they are.
fn same_field_of_view(grid: &Grid, shape: [usize; 3]) -> Affine {
    let [[old_planes, old_rows, old_columns], [planes, rows, columns]] = [grid.shape(), shape];
    let ratio = |old: usize, new: usize| old as f64 / new as f64;
    // Columns of the matrix are columns, rows, planes.
    let ratios = [
        ratio(old_columns, columns),
        ratio(old_rows, rows),
        ratio(old_planes, planes),
    ];
    let [x, y, z, last] = grid.affine();
    let [x, y, z] = [x, y, z].map(|[column, row, plane, mut offset]| {
        for (step, ratio) in [column, row, plane].into_iter().zip(ratios) {
            offset += step * (0.5 * ratio - 0.5);
        }
        let [of_columns, of_rows, of_planes] = ratios;
        [
            column * of_columns,
            row * of_rows,
            plane * of_planes,
            offset,
        ]
    });
    [x, y, z, last]
}

/// nnU-Net's `determine_do_sep_z_and_axis`: `None` where the spacings are alike; else the one axis that is coarsest, or
/// none where two axes are equally coarse.
fn coarse_axis(spacing: [f64; 3]) -> Option<Option<usize>> {
    let largest = spacing.into_iter().fold(0.0, f64::max);
    let smallest = spacing.into_iter().fold(f64::INFINITY, f64::min);
    if largest / smallest <= ANISOTROPY_THRESHOLD {
        return None;
    }
    let mut coarsest = spacing
        .iter()
        .enumerate()
        .filter(|&(_, &size)| size == largest);
    match (coarsest.next(), coarsest.next()) {
        (Some((axis, _)), None) => Some(Some(axis)),
        _ => Some(None),
    }
}
