//! Small pictures of places to look at.

use imaging::render;
use protocol::Region;

use super::penumbra::DOUBT;
use super::picture::Picture;
use super::shape::index;
use crate::errors::Error;
use crate::results::outcome::Outcome;

/// Most pixels along a side.
const MAX_SIDE: usize = 64;
/// Fewest pixels of the image along a side.
const MIN_SIDE: usize = 12;
/// Doubt from which a pixel is tinted, and the opacity of the tint where the mask is as likely wrong as right.
const MIN_WRONG: f32 = 0.1;
const OPACITY: f32 = 0.55;

/// A small picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Thumbnail {
    /// `[rows, columns, 4]`, red, green, blue and alpha.
    pub rgba: Vec<u8>,
    /// Rows and columns.
    pub size: [usize; 2],
}

/// The surroundings of a region on its middle plane, three times its size where the image is large enough, with the
/// doubtful pixels tinted.
///
/// # Errors
/// [`Error::Draw`] for an image with a number of channels that cannot be drawn.
pub fn thumbnail(
    picture: &Picture,
    outcome: &Outcome,
    region: &Region,
    window: [f32; 2],
) -> Result<Thumbnail, Error> {
    let shape = picture.info.shape;
    let [_, rows, columns] = shape;
    let (first, last) = (region.bounding_box.first, region.bounding_box.last);
    let plane = usize::midpoint(first[2], last[2]);
    let span = |axis: usize| {
        let (first, last) = (first.get(axis), last.get(axis));
        let (first, last) = first.zip(last).unwrap_or((&0, &0));
        (*first, last.saturating_sub(*first) + 1)
    };
    let ((left, width), (top, height)) = (span(0), span(1));
    let side = (3 * width.max(height)).max(MIN_SIDE);
    let range = |start: usize, length: usize, whole: usize| {
        let side = side.min(whole);
        let middle = start + length / 2;
        let from = middle.saturating_sub(side / 2).min(whole - side);
        from..from + side
    };
    let (across, down) = (range(left, width, columns), range(top, height, rows));
    let step = across.len().max(down.len()).div_ceil(MAX_SIDE).max(1);
    let (across, down): (Vec<usize>, Vec<usize>) =
        (across.step_by(step).collect(), down.step_by(step).collect());
    let size = [down.len(), across.len()];
    let places = || {
        let across = &across;
        down.iter()
            .flat_map(move |row| across.iter().map(move |column| [*column, *row, plane]))
    };
    let voxels: Vec<f32> = (0..picture.info.channels)
        .flat_map(|channel| {
            places().map(move |place| {
                let value = picture.values(place).get(channel).copied();
                value.unwrap_or_default()
            })
        })
        .collect();
    let rgba = render::windowed(&voxels, picture.info.channels, window);
    let mut rgba = rgba.map_err(|error| Error::Draw {
        fault: error.to_string(),
    })?;
    for (pixel, place) in rgba.chunks_exact_mut(4).zip(places()) {
        let sure = index(shape, place).and_then(|at| outcome.probability.get(at));
        let wrong = 1.0 - sure.copied().unwrap_or(1.0);
        if wrong < MIN_WRONG {
            continue;
        }
        let opacity = OPACITY * (wrong / 0.5).min(1.0);
        for (channel, tint) in pixel.iter_mut().zip(DOUBT) {
            let mixed = f32::from(*channel) * (1.0 - opacity) + f32::from(tint) * opacity;
            *channel = mixed.round() as u8;
        }
    }
    Ok(Thumbnail { rgba, size })
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )]
    use super::*;
    use crate::results::outcome::tests::{region, two_classes};
    use crate::view::picture::tests::sized;

    #[test]
    fn a_region_is_shown_with_its_surroundings_and_its_doubt() {
        let shape = [1, 50, 80];
        let picture = sized(1, shape);
        let mut field = vec![0.0; 50 * 80];
        field[20 * 80 + 30] = 0.4;
        let outcome = two_classes(shape, &field);
        let place = region([28, 18, 0], [32, 22, 0]);
        let small = thumbnail(&picture, &outcome, &place, [0.0, 4000.0]).unwrap();
        assert_eq!(small.size, [15, 15]);
        let tinted = |pixel: &[u8]| pixel[0] != pixel[1];
        let found: Vec<usize> = (0..15 * 15)
            .filter(|at| tinted(&small.rgba[4 * at..4 * at + 4]))
            .collect();
        // Row 20 and column 30, from row 13 and column 23 on.
        assert_eq!(found, [7 * 15 + 7]);
    }

    #[test]
    fn places_at_the_edge_and_large_ones_fit() {
        let shape = [3, 200, 10];
        let picture = sized(3, shape);
        let outcome = two_classes(shape, &vec![0.0; 3 * 200 * 10]);
        for (first, last) in [([0, 0, 0], [0, 0, 0]), ([9, 199, 2], [9, 199, 2])] {
            let small = thumbnail(&picture, &outcome, &region(first, last), [0.0, 1.0]).unwrap();
            assert_eq!(small.size, [12, 10]);
        }
        let whole = region([0, 0, 0], [9, 199, 2]);
        let small = thumbnail(&picture, &outcome, &whole, [0.0, 1.0]).unwrap();
        assert!(small.size[0] <= MAX_SIDE && small.rgba.len() == 4 * small.size[0] * small.size[1]);
    }
}
