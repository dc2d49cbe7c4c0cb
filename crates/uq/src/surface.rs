//! How far the surfaces of two segmentations lie apart.

use crate::Error;
use crate::distance::distance_to;
use crate::error::check_length;
use crate::quantile::quantile;

/// The 95th percentile Hausdorff distance of a class between a prediction and a label, in the unit of `spacing`.
///
/// The surface of an object are its voxels that have a neighbour across a face outside the object or outside the image
/// (axes of one voxel do not count). From every surface voxel of one segmentation the distance to the nearest surface
/// voxel of the other is taken, centre to centre; the metric is the larger of the two directions' 95th percentiles, with
/// linear interpolation between order statistics. This is MONAI's `HausdorffDistanceMetric(percentile=95)`
/// (Huttenlocher, Klanderman and Rucklidge, IEEE PAMI 15, 1993, for the directed distances); medpy's `hd95` takes one
/// percentile of both directions' distances together and is not larger.
///
/// Absent from both: 0. Absent from one of them: the length of the image's diagonal between its outermost voxels, the
/// largest distance that there is. `prediction` and `label` hold class ids `[planes, rows, columns]`, `spacing` is the
/// distance between planes, rows and columns.
///
/// # Errors
/// [`Error::Length`] if an array does not fit the shape, [`Error::Setting`] for a spacing that is not a positive number.
pub fn hausdorff95(
    prediction: &[u8],
    label: &[u8],
    class: u8,
    shape: [usize; 3],
    spacing: [f64; 3],
) -> Result<f64, Error> {
    let voxels = shape
        .iter()
        .fold(1_usize, |product, &length| product.saturating_mul(length));
    check_length("the prediction", prediction.len(), voxels)?;
    check_length("the label", label.len(), voxels)?;
    let found = prediction.contains(&class);
    let there = label.contains(&class);
    if !found && !there {
        return Ok(0.0);
    }
    if found != there {
        let steps = shape.iter().zip(spacing);
        let squares = steps.map(|(&length, step)| (step * length.saturating_sub(1) as f64).powi(2));
        return Ok(squares.sum::<f64>().sqrt());
    }
    // Nothing outside the box around both matters, neither for the surfaces nor for the distances.
    let bounds = bounding_box(prediction, label, class, shape);
    let sizes = bounds.map(|(first, last)| last - first + 1);
    let first = surface(&cropped(prediction, class, shape, bounds), sizes);
    let second = surface(&cropped(label, class, shape, bounds), sizes);
    let one_way = directed95(&first, &second, sizes, spacing)?;
    let other_way = directed95(&second, &first, sizes, spacing)?;
    Ok(one_way.max(other_way))
}

/// First and last index along every axis of the voxels that have the class in either array.
fn bounding_box(
    prediction: &[u8],
    label: &[u8],
    class: u8,
    shape: [usize; 3],
) -> [(usize, usize); 3] {
    let [_, rows, columns] = shape;
    let mut bounds = [(usize::MAX, 0); 3];
    for (index, (&predicted, &truth)) in prediction.iter().zip(label).enumerate() {
        if predicted == class || truth == class {
            let place = [
                index / (rows * columns),
                index / columns % rows,
                index % columns,
            ];
            for (bound, place) in bounds.iter_mut().zip(place) {
                *bound = (bound.0.min(place), bound.1.max(place));
            }
        }
    }
    bounds
}

fn cropped(ids: &[u8], class: u8, shape: [usize; 3], bounds: [(usize, usize); 3]) -> Vec<bool> {
    let [_, rows, columns] = shape;
    let [planes_in, rows_in, columns_in] = bounds;
    let mut mask = Vec::new();
    for plane in planes_in.0..=planes_in.1 {
        for row in rows_in.0..=rows_in.1 {
            let start = (plane * rows + row) * columns;
            let line = ids.get(start + columns_in.0..=start + columns_in.1);
            mask.extend(line.unwrap_or_default().iter().map(|&id| id == class));
        }
    }
    mask
}

/// The voxels of the mask with a neighbour across a face outside the mask or the array.
fn surface(mask: &[bool], shape: [usize; 3]) -> Vec<bool> {
    let [_, rows, columns] = shape;
    let strides = [rows * columns, columns, 1];
    let inner = |index: usize| {
        shape.into_iter().zip(strides).all(|(length, stride)| {
            let place = index / stride % length;
            let inside = |neighbour: Option<usize>| {
                neighbour.is_some_and(|neighbour| mask.get(neighbour) == Some(&true))
            };
            length == 1
                || (place > 0
                    && place + 1 < length
                    && inside(index.checked_sub(stride))
                    && inside(index.checked_add(stride)))
        })
    };
    mask.iter()
        .enumerate()
        .map(|(index, &object)| object && !inner(index))
        .collect()
}

fn directed95(
    from: &[bool],
    to: &[bool],
    shape: [usize; 3],
    spacing: [f64; 3],
) -> Result<f64, Error> {
    let distances = distance_to(to, shape, spacing)?;
    let mut of_surface: Vec<f64> = from
        .iter()
        .zip(distances)
        .filter_map(|(&surface, distance)| surface.then_some(distance))
        .collect();
    of_surface.sort_by(f64::total_cmp);
    Ok(quantile(&of_surface, 0.95).unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{hausdorff95, surface};
    use crate::Error;

    /// A box of class 1 in an image of zeros.
    fn cuboid(shape: [usize; 3], from: [usize; 3], to: [usize; 3]) -> Vec<u8> {
        let [planes, rows, columns] = shape;
        let mut ids = vec![0; planes * rows * columns];
        for plane in from[0]..to[0] {
            for row in from[1]..to[1] {
                for column in from[2]..to[2] {
                    ids[(plane * rows + row) * columns + column] = 1;
                }
            }
        }
        ids
    }

    #[test]
    fn equal_objects_touch_and_a_moved_one_is_as_far_as_it_moved() {
        let shape = [4, 9, 12];
        let label = cuboid(shape, [1, 2, 2], [3, 6, 7]);
        let spacing = [3.0, 1.0, 0.5];
        assert_eq!(hausdorff95(&label, &label, 1, shape, spacing).unwrap(), 0.0);
        let moved = cuboid(shape, [1, 2, 6], [3, 6, 11]);
        // Four columns of half a millimetre; the surfaces' far faces set the percentile.
        assert_eq!(hausdorff95(&moved, &label, 1, shape, spacing).unwrap(), 2.0);
        assert_eq!(hausdorff95(&label, &moved, 1, shape, spacing).unwrap(), 2.0);
    }

    #[test]
    fn a_few_stray_voxels_do_not_count_but_many_do() {
        let shape = [1, 40, 40];
        let label = cuboid(shape, [0, 5, 5], [1, 25, 25]);
        let mut stray = label.clone();
        stray[39 * 40 + 39] = 1;
        assert_eq!(
            hausdorff95(&stray, &label, 1, shape, [1.0; 3]).unwrap(),
            0.0
        );
        for column in 20..40 {
            stray[39 * 40 + column] = 1;
        }
        assert!(hausdorff95(&stray, &label, 1, shape, [1.0; 3]).unwrap() > 14.0);
    }

    #[test]
    fn absent_objects_are_nearest_or_farthest() {
        let shape = [2, 4, 5];
        let (empty, full) = ([0; 40], [1; 40]);
        let spacing = [2.0, 1.0, 1.0];
        assert_eq!(hausdorff95(&empty, &empty, 1, shape, spacing).unwrap(), 0.0);
        let diagonal = (4.0_f64 + 9.0 + 16.0).sqrt();
        assert_eq!(
            hausdorff95(&empty, &full, 1, shape, spacing).unwrap(),
            diagonal
        );
        assert_eq!(
            hausdorff95(&full, &empty, 1, shape, spacing).unwrap(),
            diagonal
        );
        assert!(matches!(
            hausdorff95(&[0], &empty, 1, shape, spacing),
            Err(Error::Length { .. })
        ));
        assert!(matches!(
            hausdorff95(&full, &full, 1, shape, [f64::NAN; 3]),
            Err(Error::Setting { .. })
        ));
    }

    #[test]
    fn a_picture_has_no_surface_in_front_of_it() {
        let ring = surface(&[true; 9], [1, 3, 3]);
        assert_eq!(ring.iter().filter(|&&voxel| voxel).count(), 8);
        let shell = surface(&[true; 27], [3, 3, 3]);
        assert_eq!(shell.iter().filter(|&&voxel| voxel).count(), 26);
    }
}
