//! Another number of voxels on the same field of view.
//!
//! Sample points are aligned by the voxels' outer faces, as in `skimage.transform.resize(mode="edge",
//! anti_aliasing=False)` and in nnU-Net's `resample_data_or_seg`: voxel `o` of `new` lies at `(o + 1/2) * old / new - 1/2`
//! of `old`, and beyond the first and last centre the outermost value goes on.

use crate::Error;
use crate::memory::reserve;

/// Two neighbours and how much the upper one counts, for one voxel of the result along one axis.
#[derive(Debug, Clone, Copy)]
struct Tap {
    low: usize,
    high: usize,
    weight: f64,
}

/// Resamples by linear interpolation along all three axes. `values` is `[channels, planes, rows, columns]` of `from`.
///
/// Values that are not finite spread to the voxels that they have a part in.
///
/// # Errors
/// [`Error::WrongLength`] unless `values` holds whole channels of `from`, and for a shape with a side of 0;
/// [`Error::OutOfMemory`].
pub fn resample_linear(
    values: &[f32],
    from: [usize; 3],
    to: [usize; 3],
) -> Result<Vec<f32>, Error> {
    resample_along(values, from, to, None)
}

/// Resamples an image so that detail finer than a new voxel does not turn into noise: along an axis that gets shorter
/// each new voxel is the mean over its extent, parts of old voxels counting as such (OpenCV's `INTER_AREA`); an axis
/// that gets longer is interpolated linearly. `values` is `[channels, planes, rows, columns]` of `from`.
///
/// # Errors
/// As [`resample_linear`].
pub fn resample_area(values: &[f32], from: [usize; 3], to: [usize; 3]) -> Result<Vec<f32>, Error> {
    check(values.len(), from, to)?;
    let mut shape = from;
    let mut current: Option<Vec<f32>> = None;
    for (axis, (old, new)) in from.into_iter().zip(to).enumerate() {
        if new < old {
            let inner: usize = shape.iter().skip(axis + 1).product();
            let source = current.as_deref().unwrap_or(values);
            current = Some(mean_along_axis(source, old, inner, new)?);
            set(&mut shape, axis, new);
        }
    }
    resample_along(current.as_deref().unwrap_or(values), shape, to, None)
}

/// As [`resample_linear`], but along axis `coarse` (0 planes, 1 rows, 2 columns) the nearest voxel's value is taken.
pub(super) fn resample_along(
    values: &[f32],
    from: [usize; 3],
    to: [usize; 3],
    coarse: Option<usize>,
) -> Result<Vec<f32>, Error> {
    check(values.len(), from, to)?;
    // Shrinking axes first: less to compute, and nothing in between is larger than both ends.
    let mut axes: Vec<(usize, (usize, usize))> = from.into_iter().zip(to).enumerate().collect();
    let growth = |(_, (old, new)): &(usize, (usize, usize))| *new as f64 / *old as f64;
    axes.sort_by(|a, b| growth(a).total_cmp(&growth(b)));
    let mut shape = from;
    let mut current: Option<Vec<f32>> = None;
    for (axis, (old, new)) in axes {
        if old != new {
            let taps = taps(old, new, coarse == Some(axis))?;
            let inner: usize = shape.iter().skip(axis + 1).product();
            let source = current.as_deref().unwrap_or(values);
            current = Some(along_axis(source, old, inner, &taps)?);
            set(&mut shape, axis, new);
        }
    }
    match current {
        Some(result) => Ok(result),
        None => copy(values),
    }
}

/// Resamples by taking the nearest voxel; where two are equally near, the upper one, as SciPy does. `values` is
/// `[channels, planes, rows, columns]` of `from`; no value arises that was not there.
///
/// # Errors
/// As [`resample_linear`].
pub fn resample_nearest<T: Copy>(
    values: &[T],
    from: [usize; 3],
    to: [usize; 3],
) -> Result<Vec<T>, Error> {
    let count = check(values.len(), from, to)?;
    let [[old_planes, old_rows, old_columns], [planes, rows, columns]] = [from, to];
    let planes = nearest(old_planes, planes)?;
    let rows = nearest(old_rows, rows)?;
    let columns = nearest(old_columns, columns)?;
    let mut result = reserve(values.len() / count * to.iter().product::<usize>())?;
    for channel in values.chunks_exact(count) {
        for plane in &planes {
            for row in &rows {
                let start = (plane * old_rows + row) * old_columns;
                let line = channel.get(start..start + old_columns).unwrap_or_default();
                result.extend(
                    columns
                        .iter()
                        .filter_map(|&column| line.get(column))
                        .copied(),
                );
            }
        }
    }
    Ok(result)
}

/// The voxels of one channel of `from`, once it is sure that all sizes that follow from it fit in memory's addresses.
fn check(found: usize, from: [usize; 3], to: [usize; 3]) -> Result<usize, Error> {
    let product = |shape: [usize; 3]| {
        shape
            .into_iter()
            .try_fold(1_usize, usize::checked_mul)
            .filter(|&count| count > 0)
    };
    let fault = Error::WrongLength {
        what: "the volume",
        found,
        expected: product(from).unwrap_or(0),
    };
    let (Some(count), Some(new)) = (product(from), product(to)) else {
        return Err(fault);
    };
    if !found.is_multiple_of(count) {
        return Err(fault);
    }
    match (found / count).checked_mul(new) {
        Some(_) => Ok(count),
        None => Err(Error::OutOfMemory { bytes: u64::MAX }),
    }
}

fn set(shape: &mut [usize; 3], axis: usize, length: usize) {
    if let Some(side) = shape.get_mut(axis) {
        *side = length;
    }
}

fn copy<T: Copy>(values: &[T]) -> Result<Vec<T>, Error> {
    let mut result = reserve(values.len())?;
    result.extend_from_slice(values);
    Ok(result)
}

/// The nearest of `old` voxels for each of `new`, in integers: a tie is a tie.
fn nearest(old: usize, new: usize) -> Result<Vec<usize>, Error> {
    let mut places = reserve(new)?;
    let (wide_old, wide_new) = (old as u128, new as u128);
    places.extend((0..wide_new).map(|index| {
        // floor(x + 1/2) for x = (index + 1/2) * old / new - 1/2; below `old` because index < new.
        ((2 * index + 1) * wide_old / (2 * wide_new)) as usize
    }));
    Ok(places)
}

fn taps(old: usize, new: usize, only_nearest: bool) -> Result<Vec<Tap>, Error> {
    let mut taps = reserve(new)?;
    if only_nearest {
        taps.extend(nearest(old, new)?.into_iter().map(|place| Tap {
            low: place,
            high: place,
            weight: 0.0,
        }));
        return Ok(taps);
    }
    let last = old - 1;
    taps.extend((0..new).map(|index| {
        let place = (index as f64 + 0.5) * old as f64 / new as f64 - 0.5;
        let place = place.clamp(0.0, last as f64);
        let low = (place.floor() as usize).min(last);
        Tap {
            low,
            high: (low + 1).min(last),
            weight: place - low as f64,
        }
    }));
    Ok(taps)
}

/// Replaces one axis, of `old` voxels with `inner` values each, by one voxel for each tap.
fn along_axis(values: &[f32], old: usize, inner: usize, taps: &[Tap]) -> Result<Vec<f32>, Error> {
    let mut result = reserve(values.len() / old * taps.len())?;
    for block in values.chunks_exact(old * inner) {
        for tap in taps {
            let line = |index: usize| {
                block
                    .get(index * inner..(index + 1) * inner)
                    .unwrap_or_default()
            };
            let low = line(tap.low);
            if tap.weight == 0.0 {
                // Not blended, so that a neighbour that is not finite stays out.
                result.extend_from_slice(low);
            } else {
                let pairs = low.iter().zip(line(tap.high));
                result.extend(pairs.map(|(&a, &b)| blend(a, b, tap.weight)));
            }
        }
    }
    Ok(result)
}

/// Replaces one axis, of `old` voxels with `inner` values each, by `new` voxels, fewer, with the means over their
/// extents; summed in 64 bits.
fn mean_along_axis(
    values: &[f32],
    old: usize,
    inner: usize,
    new: usize,
) -> Result<Vec<f32>, Error> {
    let mut result = reserve(values.len() / old * new)?;
    let mut sums: Vec<f64> = reserve(inner)?;
    for block in values.chunks_exact(old * inner) {
        for index in 0..new {
            let [start, end] = [index, index + 1].map(|edge| edge as f64 * old as f64 / new as f64);
            sums.clear();
            sums.resize(inner, 0.0);
            let voxels = start.floor() as usize..(end.ceil() as usize).min(old);
            for (voxel, line) in voxels.clone().zip(
                block
                    .chunks_exact(inner)
                    .skip(voxels.start)
                    .take(voxels.len()),
            ) {
                let part = end.min(voxel as f64 + 1.0) - start.max(voxel as f64);
                // A sliver that only rounding made has no part in it.
                if part > 1e-9 {
                    for (sum, &value) in sums.iter_mut().zip(line) {
                        *sum += part * f64::from(value);
                    }
                }
            }
            result.extend(sums.iter().map(|sum| (sum / (end - start)) as f32));
        }
    }
    Ok(result)
}

/// Linear interpolation, computed in 64 bits and rounded once.
pub(super) fn blend(low: f32, high: f32, weight: f64) -> f32 {
    (f64::from(low) * (1.0 - weight) + f64::from(high) * weight) as f32
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{resample_area, resample_linear};

    #[test]
    fn shrinking_takes_the_mean_of_what_a_voxel_covers() {
        let row = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        assert_eq!(
            resample_area(&row, [1, 1, 6], [1, 1, 3]).unwrap(),
            [1.5, 3.5, 5.5]
        );
        // Three into two: one and a half each.
        assert_eq!(
            resample_area(&[0.0, 3.0, 9.0], [1, 1, 3], [1, 1, 2]).unwrap(),
            [1.0, 7.0]
        );
        let square = [0.0, 2.0, 4.0, 6.0];
        assert_eq!(
            resample_area(&square.repeat(2), [1, 2, 2], [1, 1, 1]).unwrap(),
            [3.0, 3.0],
            "channels stay apart"
        );
    }

    #[test]
    fn stripes_finer_than_the_result_do_not_become_wider_stripes() {
        let stripes: Vec<f32> = (0..100).map(|column| (column % 2) as f32).collect();
        let grey = resample_area(&stripes, [1, 1, 100], [1, 1, 10]).unwrap();
        assert!(
            grey.iter().all(|value| (value - 0.5).abs() < 1e-6),
            "{grey:?}"
        );
    }

    #[test]
    fn what_grows_is_interpolated() {
        let values = [1.0, 5.0, 2.0, 8.0];
        assert_eq!(
            resample_area(&values, [1, 2, 2], [1, 4, 5]).unwrap(),
            resample_linear(&values, [1, 2, 2], [1, 4, 5]).unwrap()
        );
        let mixed = resample_area(&values, [1, 2, 2], [1, 1, 4]).unwrap();
        assert_eq!(
            mixed,
            resample_linear(&[1.5, 6.5], [1, 1, 2], [1, 1, 4]).unwrap()
        );
    }
}
