//! From any grid onto any other, through the patient's coordinates.

use super::affine::{product, transform};
use super::grid::Grid;
use super::resample::blend;
use crate::Error;
use crate::memory::reserve;

/// How far beyond the outer face of a voxel a point still counts as inside, in voxels: rounding must not cut off the
/// rim where two grids share it.
const RIM: f64 = 1e-6;

/// Brings an image of grid `from` onto grid `to` by trilinear interpolation.
///
/// `values` is `[channels, planes, rows, columns]` of `from`. A voxel of `to` whose centre is outside the outer faces of
/// `from` becomes `outside`; between those faces and the outermost centres, the outermost value goes on.
///
/// # Errors
/// [`Error::WrongLength`] unless `values` holds whole channels of `from`; [`Error::OutOfMemory`].
pub fn resample_to_grid(
    values: &[f32],
    from: &Grid,
    to: &Grid,
    outside: f32,
) -> Result<Vec<f32>, Error> {
    let shape = from.shape();
    onto_grid(values, from, to, outside, |channel, place| {
        trilinear(channel, shape, place)
    })
}

/// Brings labels of grid `from` onto grid `to`: each voxel takes the nearest one's, `outside` where its centre is
/// outside the outer faces of `from`. For the rest as [`resample_to_grid`].
///
/// # Errors
/// As [`resample_to_grid`].
pub fn labels_to_grid<T: Copy>(
    values: &[T],
    from: &Grid,
    to: &Grid,
    outside: T,
) -> Result<Vec<T>, Error> {
    let [planes, rows, columns] = from.shape();
    onto_grid(values, from, to, outside, |channel, place| {
        // Ties go up, and so do places that only rounding keeps from being ties.
        let nearest = |place: f64, length: usize| {
            ((place + 0.5 + RIM).floor().max(0.0) as usize).min(length - 1)
        };
        let [column, row, plane] = place;
        let index = (nearest(plane, planes) * rows + nearest(row, rows)) * columns;
        channel.get(index + nearest(column, columns)).copied()
    })
}

fn onto_grid<T: Copy>(
    values: &[T],
    from: &Grid,
    to: &Grid,
    outside: T,
    sample: impl Fn(&[T], [f64; 3]) -> Option<T>,
) -> Result<Vec<T>, Error> {
    let count = from.voxels();
    if !values.len().is_multiple_of(count) {
        return Err(Error::WrongLength {
            what: "the volume",
            found: values.len(),
            expected: count,
        });
    }
    let length = (values.len() / count).checked_mul(to.voxels());
    let mut result = reserve(length.ok_or(Error::OutOfMemory { bytes: u64::MAX })?)?;
    let to_source = product(&from.inverse(), &to.affine());
    let [from_planes, from_rows, from_columns] = from.shape();
    let inside =
        |place: f64, length: usize| (-0.5 - RIM..=length as f64 - 0.5 + RIM).contains(&place);
    let [planes, rows, columns] = to.shape();
    for channel in values.chunks_exact(count) {
        for plane in 0..planes {
            for row in 0..rows {
                result.extend((0..columns).map(|column| {
                    let place = transform(&to_source, [column as f64, row as f64, plane as f64]);
                    let [x, y, z] = place;
                    if inside(x, from_columns) && inside(y, from_rows) && inside(z, from_planes) {
                        sample(channel, place).unwrap_or(outside)
                    } else {
                        outside
                    }
                }));
            }
        }
    }
    Ok(result)
}

/// Trilinear interpolation at (column, row, plane), clamped to the outermost centres.
fn trilinear(channel: &[f32], [planes, rows, columns]: [usize; 3], place: [f64; 3]) -> Option<f32> {
    let [x, y, z] = place;
    let [(x0, x1, u), (y0, y1, v), (z0, z1, w)] = [
        neighbours(x, columns),
        neighbours(y, rows),
        neighbours(z, planes),
    ];
    let line = |plane: usize, row: usize| {
        let start = (plane * rows + row) * columns;
        Some(mix(*channel.get(start + x0)?, *channel.get(start + x1)?, u))
    };
    let near = mix(line(z0, y0)?, line(z0, y1)?, v);
    let far = mix(line(z1, y0)?, line(z1, y1)?, v);
    Some(mix(near, far, w))
}

/// The two voxels around a place and how much the upper one counts.
fn neighbours(place: f64, length: usize) -> (usize, usize, f64) {
    let place = place.clamp(0.0, (length - 1) as f64);
    // A place that only rounding keeps from a centre is that centre, so that equal grids give equal values.
    let whole = place.round();
    let place = if (place - whole).abs() < RIM {
        whole
    } else {
        place
    };
    let low = (place.floor() as usize).min(length - 1);
    (low, (low + 1).min(length - 1), place - low as f64)
}

/// As [`blend`], but a neighbour that does not count stays out even if it is not finite.
fn mix(low: f32, high: f32, weight: f64) -> f32 {
    if weight == 0.0 {
        low
    } else {
        blend(low, high, weight)
    }
}
