//! The picture as it is drawn: image, map, mask, referral and errors, at the image's own size.
//!
//! The pixel work is [`imaging::render`]'s, so that the overlay which the page saves and the one which the command-line
//! tool saves are made by the same code.

pub use imaging::render::ColourMap;
use imaging::render::{self, MapLayer, OverlayStyle, ReferralLayer};
use protocol::ClassInfo;

use crate::errors::Error;
use crate::results::maps;
use crate::results::outcome::{Comparison, Outcome};
use crate::view::picture::Picture;
use crate::view::slice_plane::SlicePlane;

/// Colour of pixels that are marked as another class than the labels say, drawn solid.
const WRONG: [u8; 3] = [0xd8, 0x1b, 0x60];
/// Colour of object pixels that are missed, drawn as a chequered pattern.
const MISSED: [u8; 3] = [0x1e, 0x88, 0xe5];
/// Side of a field of that pattern, in image pixels.
const FIELD: usize = 2;
/// Colour of a class that the model gives none.
const NO_COLOUR: [u8; 3] = [0xff, 0xff, 0xff];

/// How a picture is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// Values drawn black and white.
    pub window: [f32; 2],
    /// How the plane is cut out of the volume.
    pub slice_plane: SlicePlane,
    /// Which plane of that cut.
    pub slice: usize,
    /// Opacity of the mask, 0..=1.
    pub mask_opacity: f32,
    /// Outline instead of fill.
    pub outline: bool,
    /// Name of the map.
    pub map: String,
    /// Opacity of the map, 0..=1.
    pub map_opacity: f32,
    /// Whether the map fades where it is low.
    pub fade: bool,
    /// Colours of the map.
    pub colours: ColourMap,
    /// Pixels with this ranking or more are hatched.
    pub threshold: Option<f32>,
}

fn fault(error: imaging::Error) -> Error {
    Error::Draw {
        fault: error.to_string(),
    }
}

/// The image alone, RGBA, rows and columns of the cut.
///
/// # Errors
/// [`Error::Draw`] for an image with a number of channels that cannot be drawn.
pub fn image(picture: &Picture, style: &Style) -> Result<Vec<u8>, Error> {
    render::windowed(
        &picture.plane(&style.slice_plane, style.slice),
        picture.info.channels,
        style.window,
    )
    .map_err(fault)
}

/// Image, map, mask, referral and, with a comparison, errors, RGBA.
///
/// # Errors
/// [`Error::Draw`] for arrays that do not fit.
pub fn overlay(
    picture: &Picture,
    outcome: &Outcome,
    comparison: Option<&Comparison>,
    style: &Style,
) -> Result<Vec<u8>, Error> {
    let shape = outcome.info.shape;
    let [rows, columns] = style.slice_plane.size(shape);
    let mask = style.slice_plane.extract(&outcome.mask, shape, style.slice);
    let drawn = outcome.map(&style.map);
    let values = drawn.map(|(_, values)| style.slice_plane.extract(values, shape, style.slice));
    let map = drawn
        .zip(values.as_deref())
        .map(|((info, _), values)| MapLayer {
            values,
            range: maps::range(
                &info.summary.name,
                info.summary.minimum,
                info.summary.maximum,
                outcome.model.classes.len(),
            ),
            colour_map: style.colours,
            opacity: style.map_opacity,
            proportional: style.fade,
        });
    let ranking = style.threshold.zip(outcome.map("ranking"));
    let ranking = ranking.map(|(threshold, (_, values))| {
        (
            threshold,
            style.slice_plane.extract(values, shape, style.slice),
        )
    });
    let referral = ranking.as_ref().map(|(threshold, values)| ReferralLayer {
        values,
        threshold: *threshold,
    });
    let colours = class_colours(&outcome.model.classes);
    let layers = OverlayStyle {
        mask_opacity: style.mask_opacity,
        fill: !style.outline,
        outline: true,
        class_colours: &colours,
        map,
        referral,
    };
    let mut rgba =
        render::overlay(&image(picture, style)?, &mask, rows, columns, &layers).map_err(fault)?;
    if let Some(comparison) = comparison {
        let errors = style
            .slice_plane
            .extract(&comparison.errors, shape, style.slice);
        paint_errors(&mut rgba, &mask, &errors, columns);
    }
    Ok(rgba)
}

/// Image and as much of the mask as there is, RGBA.
///
/// # Errors
/// [`Error::Draw`] for arrays that do not fit.
pub fn partial(
    picture: &Picture,
    mask: &[u8],
    classes: &[ClassInfo],
    style: &Style,
) -> Result<Vec<u8>, Error> {
    let shape = picture.info.shape;
    let [rows, columns] = style.slice_plane.size(shape);
    let colours = class_colours(classes);
    let layers = OverlayStyle {
        mask_opacity: style.mask_opacity,
        fill: !style.outline,
        outline: true,
        class_colours: &colours,
        map: None,
        referral: None,
    };
    let mask = style.slice_plane.extract(mask, shape, style.slice);
    render::overlay(&image(picture, style)?, &mask, rows, columns, &layers).map_err(fault)
}

/// Colours by class identifier.
fn class_colours(classes: &[ClassInfo]) -> Vec<[u8; 3]> {
    let largest = classes.iter().map(|class| class.id).max().unwrap_or(1);
    let colour = |id: u8| {
        classes
            .iter()
            .find(|class| class.id == id)
            .map_or(NO_COLOUR, |class| class.colour)
    };
    (0..=largest).map(colour).collect()
}

/// Marks the pixels where mask and labels differ: solid where the mask says too much or another class, chequered where
/// it misses.
fn paint_errors(rgba: &mut [u8], mask: &[u8], errors: &[u8], columns: usize) {
    let pixels = rgba
        .chunks_exact_mut(4)
        .zip(mask.iter().zip(errors))
        .enumerate();
    for (index, (pixel, (class, _))) in pixels.filter(|(_, (_, (_, error)))| **error != 0) {
        let (row, column) = (index / columns.max(1), index % columns.max(1));
        let colour = match (class, (row / FIELD + column / FIELD).is_multiple_of(2)) {
            (0, true) => MISSED,
            (0, false) => continue,
            _ => WRONG,
        };
        for (channel, value) in pixel.iter_mut().zip(colour) {
            *channel = value;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use protocol::Scores;

    use super::*;
    use crate::results::outcome::tests::outcome;
    use crate::view::picture::tests::picture;
    use crate::view::slice_plane::{Axis, AxisDirection};

    fn style() -> Style {
        Style {
            window: [0.0, 5.0],
            slice_plane: SlicePlane::STORED,
            slice: 0,
            mask_opacity: 1.0,
            outline: true,
            map: "ranking".into(),
            map_opacity: 0.0,
            fade: false,
            colours: ColourMap::Grey,
            threshold: None,
        }
    }

    fn pixel(rgba: &[u8], index: usize) -> [u8; 3] {
        [rgba[4 * index], rgba[4 * index + 1], rgba[4 * index + 2]]
    }

    #[test]
    fn the_image_is_drawn_in_its_window() {
        let drawn = image(&picture(1, 1), &style()).unwrap();
        let reds: Vec<u8> = drawn.chunks_exact(4).map(|pixel| pixel[0]).collect();
        assert_eq!(reds, [0, 51, 102, 153, 204, 255]);
    }

    #[test]
    fn mask_and_map_are_drawn_over_it() {
        let found = outcome(vec![1, 0, 0, 0, 0, 0], vec![0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        let masked = overlay(&picture(1, 1), &found, None, &style()).unwrap();
        assert_eq!(
            (pixel(&masked, 0), pixel(&masked, 1)),
            ([230, 159, 0], [51; 3])
        );
        let mapped = Style {
            map_opacity: 1.0,
            mask_opacity: 0.0,
            ..style()
        };
        assert_eq!(
            pixel(&overlay(&picture(1, 1), &found, None, &mapped).unwrap(), 5),
            [255; 3]
        );
        assert_eq!(
            pixel(&overlay(&picture(1, 1), &found, None, &mapped).unwrap(), 0),
            [0; 3]
        );
    }

    #[test]
    fn referred_pixels_are_hatched() {
        let found = outcome(vec![0; 6], vec![0.9, 0.2, 0.4, 0.6, 0.8, 1.0]);
        let plain = overlay(&picture(1, 1), &found, None, &style()).unwrap();
        let hatched = overlay(
            &picture(1, 1),
            &found,
            None,
            &Style {
                threshold: Some(0.9),
                ..style()
            },
        )
        .unwrap();
        assert_ne!(pixel(&plain, 0), pixel(&hatched, 0));
        assert_eq!(pixel(&plain, 1), pixel(&hatched, 1));
    }

    #[test]
    fn a_mask_in_the_making_is_drawn_without_maps() {
        let model = crate::results::outcome::tests::model();
        let drawn = partial(
            &picture(1, 1),
            &[0, 1, 0, 0, 0, 0],
            &model.classes,
            &style(),
        );
        let drawn = drawn.unwrap();
        assert_eq!(
            (pixel(&drawn, 0), pixel(&drawn, 1)),
            ([0; 3], [230, 159, 0])
        );
        // Before the first window there is nothing but the image.
        assert!(partial(&picture(1, 1), &[0; 6], &model.classes, &style()).is_ok());
    }

    #[test]
    fn other_cuts_draw_image_and_mask_in_the_same_place() {
        let picture = picture(1, 2);
        let mut info = outcome(vec![0; 12], vec![0.0; 12]).info;
        info.shape = [2, 2, 3];
        let mut mask = vec![0; 12];
        // Column 2, row 1, plane 0.
        mask[5] = 1;
        let model = crate::results::outcome::tests::model();
        let found = Outcome::new(7, info, model, mask, vec![0.5; 12], vec![vec![0.0; 12]]).unwrap();
        let rows = Style {
            slice_plane: SlicePlane {
                through: Axis::Row,
                across: AxisDirection {
                    axis: Axis::Column,
                    reversed: true,
                },
                down: AxisDirection {
                    axis: Axis::Plane,
                    reversed: true,
                },
            },
            slice: 1,
            ..style()
        };
        let drawn = overlay(&picture, &found, None, &rows).unwrap();
        // Turned round both ways: plane 0 below, column 2 at the left.
        assert_eq!(pixel(&drawn, 3), [230, 159, 0]);
        assert_eq!(drawn.len(), 4 * 6);
        assert!((0..6).filter(|index| *index != 3).all(|index| {
            let [red, green, blue] = pixel(&drawn, index);
            red == green && green == blue
        }));
    }

    #[test]
    fn both_kinds_of_error_look_different() {
        let found = outcome(vec![1, 0, 0, 0, 0, 0], vec![0.0; 6]);
        let scores = Scores {
            dice: vec![],
            error_rate: 0.5,
            methods: vec![],
            notes: vec![],
        };
        let comparison = Comparison {
            scores,
            errors: vec![1, 1, 1, 0, 0, 0],
        };
        let plain = overlay(&picture(1, 1), &found, None, &style()).unwrap();
        let drawn = overlay(&picture(1, 1), &found, Some(&comparison), &style()).unwrap();
        assert_eq!((pixel(&drawn, 0), pixel(&drawn, 1)), (WRONG, MISSED));
        assert_eq!(
            (pixel(&drawn, 2), pixel(&drawn, 3)),
            (pixel(&plain, 2), pixel(&plain, 3))
        );
    }
}
