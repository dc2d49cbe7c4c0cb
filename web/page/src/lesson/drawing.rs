//! The small pictures of the figures: a plane of the image, of a map, of a mask with what is wrong in it.

use imaging::render::{self, ColourMap};

use crate::errors::Error;
use crate::results::maps;
use crate::results::outcome::Outcome;
use crate::view::picture::Picture;
use crate::view::shape::Voxel;
use crate::view::slice_plane::SlicePlane;

/// Colour of what is marked, of a false alarm, and of what is missed, as in the viewer.
pub const COLOURS: [[u8; 3]; 3] = [[0xe6, 0x9f, 0x00], [0xd8, 0x1b, 0x60], [0x1e, 0x88, 0xe5]];
/// How much of the image a mark covers.
const OPACITY: f32 = 0.45;
/// Side of a field of the chequered pattern, in pixels.
const FIELD: usize = 2;

/// A picture to be put on a canvas.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Drawing {
    /// `[rows, columns, 4]`, red, green, blue and alpha.
    pub rgba: Vec<u8>,
    /// Rows and columns.
    pub size: [usize; 2],
}

/// The plane of a volume that figures show: that of the crosshair, as it is stored.
#[must_use]
pub fn plane(shape: [usize; 3], crosshair: Voxel) -> usize {
    crosshair[2].min(shape[0].saturating_sub(1))
}

/// A plane of voxels `[channels, planes, rows, columns]`, between two values.
///
/// # Errors
/// [`Error::Draw`] for a number of channels that cannot be drawn.
pub fn image(
    voxels: &[f32],
    channels: usize,
    shape: [usize; 3],
    plane: usize,
    window: [f32; 2],
) -> Result<Drawing, Error> {
    let volume = crate::view::shape::voxel_count(shape).max(1);
    let channel_planes = voxels.chunks_exact(volume);
    let pixels: Vec<f32> = channel_planes
        .flat_map(|channel| SlicePlane::STORED.extract(channel, shape, plane))
        .collect();
    let rgba = render::windowed(&pixels, channels, window).map_err(|error| Error::Draw {
        fault: error.to_string(),
    })?;
    Ok(Drawing {
        rgba,
        size: SlicePlane::STORED.size(shape),
    })
}

/// A plane of an opened image.
///
/// # Errors
/// As [`image`].
pub fn picture(picture: &Picture, plane: usize, window: [f32; 2]) -> Result<Drawing, Error> {
    image(
        &picture.voxels,
        picture.info.channels,
        picture.info.shape,
        plane,
        window,
    )
}

/// A plane of a map, bright where there is doubt; none where its values are not here.
#[must_use]
pub fn map(outcome: &Outcome, name: &str, plane: usize) -> Option<Drawing> {
    let (_, values) = outcome.map(name)?;
    let range = outcome.map_range(name)?;
    let mut values = SlicePlane::STORED.extract(values, outcome.info.shape, plane);
    let mut ends = range;
    if maps::is_reversed(name) {
        values.iter_mut().for_each(|value| *value = -*value);
        ends = [-range[1], -range[0]];
    }
    Some(coloured(&values, outcome.info.shape, ends))
}

/// A plane of values of one's own, between the values that nearly all of them lie in.
#[must_use]
pub fn values(values: &[f32], shape: [usize; 3], plane: usize) -> Option<Drawing> {
    let ends = crate::view::intensity_window::usual(values, 0.01)?;
    let ends = maps::range("", ends, 2);
    let values = SlicePlane::STORED.extract(values, shape, plane);
    (!values.is_empty()).then(|| coloured(&values, shape, ends))
}

fn coloured(values: &[f32], shape: [usize; 3], ends: [f32; 2]) -> Drawing {
    Drawing {
        rgba: render::mapped(values, ends, ColourMap::Magma),
        size: SlicePlane::STORED.size(shape),
    }
}

/// Tints a plane: what is marked, and, where the truth is known, what is marked falsely (solid) and missed (chequered).
pub fn mark(drawing: &mut Drawing, marked: &[bool], truth: Option<&[bool]>) {
    let columns = drawing.size[1].max(1);
    let [mask, false_alarm, missed] = COLOURS;
    for (at, (pixel, marked)) in drawing.rgba.chunks_exact_mut(4).zip(marked).enumerate() {
        let truth = truth.and_then(|truth| truth.get(at).copied());
        let light = (at % columns / FIELD + at / columns / FIELD).is_multiple_of(2);
        let (colour, opacity) = match (*marked, truth) {
            (true, Some(false)) => (false_alarm, 0.85),
            (true, Some(true) | None) => (mask, OPACITY),
            (false, Some(true)) if light => (missed, 0.9),
            (false, Some(_) | None) => continue,
        };
        for (channel, colour) in pixel.iter_mut().zip(colour) {
            *channel =
                (f32::from(*channel) * (1.0 - opacity) + f32::from(colour) * opacity).round() as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::results::outcome::tests::outcome;

    #[test]
    fn marks_tell_right_from_wrong() {
        let mut drawing = Drawing {
            rgba: vec![0; 16],
            size: [1, 4],
        };
        mark(
            &mut drawing,
            &[true, true, false, false],
            Some(&[true, false, false, false]),
        );
        let red: Vec<u8> = drawing.rgba.chunks_exact(4).map(|pixel| pixel[0]).collect();
        assert_eq!(red, [104, 184, 0, 0]);
        let mut missed = Drawing {
            rgba: vec![0; 16],
            size: [1, 4],
        };
        mark(&mut missed, &[false; 4], Some(&[true; 4]));
        // Chequered: two pixels of four.
        let blue: Vec<bool> = missed
            .rgba
            .chunks_exact(4)
            .map(|pixel| pixel[2] > 0)
            .collect();
        assert_eq!(blue, [true, true, false, false]);
    }

    #[test]
    fn a_map_is_drawn_on_its_own_range() {
        let outcome = outcome(vec![0, 1, 0, 1], vec![0.0, 1.0, 0.0, 1.0]);
        let drawing = map(&outcome, "ranking", 0).unwrap();
        assert_eq!((drawing.size, drawing.rgba.len()), ([2, 2], 16));
        assert!(drawing.rgba[4] > 200 && drawing.rgba[0] < 10);
        assert_eq!(map(&outcome, "epistemic", 0), None);
        assert!(values(&[0.0, 1.0, 2.0, 3.0], [1, 2, 2], 0).is_some());
        assert_eq!(plane([3, 2, 2], [0, 0, 9]), 2);
    }
}
