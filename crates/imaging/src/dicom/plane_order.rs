//! Images along their normal.

use super::plane::normal;
use super::plane_image::Image;
use super::vector::{Vector, dot};

/// Positions closer than this, in millimetres along the normal, are the same.
const SAME_POSITION: f64 = 0.01;

pub(super) fn common_normal(images: &[Image<'_>]) -> Option<Vector> {
    images
        .first()
        .and_then(|image| image.geometry().orientation)
        .map(|orientation| normal(&orientation))
}

pub(super) fn position(image: &Image<'_>) -> Vector {
    image.geometry().position.unwrap_or_default()
}

/// Images with their distance along the normal, ascending; those at one position in the order given.
pub(super) fn by_distance<'s>(images: &[Image<'s>]) -> Vec<(f64, Image<'s>)> {
    let normal = common_normal(images).unwrap_or_default();
    let mut sorted: Vec<(f64, Image<'s>)> = images
        .iter()
        .map(|image| (dot(position(image), normal), *image))
        .collect();
    sorted.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    sorted
}

/// For each image, in order of position: how many images before it share its position.
pub(super) fn repeat_indices<'s>(images: &[Image<'s>]) -> Vec<(usize, Image<'s>)> {
    let mut repeat_index = 0;
    let mut last: Option<f64> = None;
    by_distance(images)
        .into_iter()
        .map(|(distance, image)| {
            repeat_index = match last {
                Some(last) if distance - last < SAME_POSITION => repeat_index + 1,
                _ => 0,
            };
            last = Some(distance);
            (repeat_index, image)
        })
        .collect()
}

/// The largest number of images that share a position.
pub(super) fn most_at_one_position(images: &[Image<'_>]) -> usize {
    repeat_indices(images)
        .iter()
        .map(|(repeat_index, _)| repeat_index + 1)
        .max()
        .unwrap_or(0)
}

/// Frames of one file that already are in order, but against the normal, stay as they are.
pub(super) fn keep_the_order_of_frames(ordered: &mut [Image<'_>]) {
    let is_reversed = ordered.len() > 1
        && ordered.windows(2).all(|pair| match pair {
            [a, b] => a.file.file == b.file.file && a.plane.frame > b.plane.frame,
            _ => false,
        });
    if is_reversed {
        ordered.reverse();
    }
}
