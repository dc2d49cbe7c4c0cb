//! What is drawn in pixels of the image: the image itself, the map, the filled mask and the errors. What is drawn as lines,
//! [`crate::view::lines`] has.
//!
//! The pixel work is [`imaging::render`]'s, as that of the command-line tool.

pub use imaging::render::ColourMap;
use imaging::render::{self, MapLayer, OverlayStyle};
use protocol::ClassInfo;

use crate::errors::Error;
use crate::results::maps;
use crate::results::outcome::{Comparison, Outcome};
use crate::view::picture::Picture;
use crate::view::slice_plane::SlicePlane;

/// Colour of pixels that are marked as another class than the labels say, drawn solid.
pub(crate) const WRONG: [u8; 3] = [0xd8, 0x1b, 0x60];
/// Colour of object pixels that are missed, drawn as a chequered pattern.
pub(crate) const MISSED: [u8; 3] = [0x1e, 0x88, 0xe5];
/// Side of a field of that pattern, in image pixels.
pub(crate) const FIELD: usize = 2;
/// Colour of a class that the model gives none.
const NO_COLOUR: [u8; 3] = [0xff, 0xff, 0xff];

/// What is shown of the doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// A solid core, and a band as wide as the model is unsure.
    #[default]
    Penumbra,
    /// One of the method's maps.
    Map,
    /// Nothing but the mask.
    Mask,
}

/// Which masks are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MaskShown {
    /// The model's own.
    #[default]
    Model,
    /// The corrected one, which is a layer of its own ([`crate::correct::layer`]).
    Corrected,
    /// That, and the outline of the model's own.
    Both,
}

/// How a picture is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// Values drawn black and white.
    pub window: [f32; 2],
    /// How the plane is cut out of the volume.
    pub slice_plane: SlicePlane,
    /// Which plane of those.
    pub slice: usize,
    /// What is shown of the doubt.
    pub mode: Mode,
    /// How sure the core is, 0.5 to below 1.
    pub sure: f32,
    /// Opacity of the mask, 0..=1.
    pub mask_opacity: f32,
    /// Outline instead of fill.
    pub outline: bool,
    /// Name of the map.
    pub map: String,
    /// Opacity of the map, 0..=1.
    pub map_opacity: f32,
    /// Whether the map fades where there is no doubt.
    pub fade: bool,
    /// Colours of the map.
    pub colours: ColourMap,
    /// How many of the places to look at are referred.
    pub referred: usize,
    /// Which of them is being visited.
    pub visited: Option<usize>,
    /// Which masks are drawn.
    pub mask_shown: MaskShown,
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

/// Image, map, filled mask and, with a comparison, errors, RGBA.
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
    let plane = &style.slice_plane;
    let [rows, columns] = plane.size(shape);
    let mask = plane.extract(&outcome.mask, shape, style.slice);
    let drawn = outcome.map(&style.map).filter(|_| style.mode == Mode::Map);
    let reversed = maps::is_reversed(&style.map);
    let values = drawn.map(|(_, values)| {
        let mut values = plane.extract(values, shape, style.slice);
        if reversed {
            values.iter_mut().for_each(|value| *value = -*value);
        }
        values
    });
    let range = outcome.map_range(&style.map).unwrap_or([0.0, 1.0]);
    let range = if reversed {
        [-range[1], -range[0]]
    } else {
        range
    };
    let map = values.as_deref().map(|values| MapLayer {
        values,
        range,
        colour_map: style.colours,
        opacity: style.map_opacity,
        proportional: style.fade,
    });
    let colours = class_colours(&outcome.model.classes);
    let layers = OverlayStyle {
        mask_opacity: style.mask_opacity,
        fill: !style.outline
            && style.mode != Mode::Penumbra
            && style.mask_shown == MaskShown::Model,
        outline: false,
        class_colours: &colours,
        map,
        referral: None,
    };
    let mut rgba =
        render::overlay(&image(picture, style)?, &mask, rows, columns, &layers).map_err(fault)?;
    // Mistakes of a corrected mask are drawn with it.
    if let Some(comparison) = comparison.filter(|_| style.mask_shown == MaskShown::Model) {
        let errors = plane.extract(&comparison.errors, shape, style.slice);
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
            mode: Mode::Mask,
            sure: 0.9,
            mask_opacity: 1.0,
            outline: false,
            map: "ranking".into(),
            map_opacity: 0.0,
            fade: false,
            colours: ColourMap::Grey,
            referred: 0,
            visited: None,
            mask_shown: MaskShown::Model,
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
            mode: Mode::Map,
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
    fn a_map_that_runs_the_other_way_is_turned_round() {
        let mut found = outcome(vec![0; 6], vec![0.0; 6]);
        found.info.maps[0].summary.name = "margin".into();
        let values = vec![0.0, 1.0, 1.0, 1.0, 1.0, 1.0];
        let found = found.with_map("margin", values).unwrap();
        let style = Style {
            mode: Mode::Map,
            map: "margin".into(),
            map_opacity: 1.0,
            fade: true,
            ..style()
        };
        let drawn = overlay(&picture(1, 1), &found, None, &style).unwrap();
        let plain = image(&picture(1, 1), &style).unwrap();
        // No margin is doubt, bright; a full one leaves the image as it is.
        assert_eq!(
            (pixel(&drawn, 0), pixel(&drawn, 1)),
            ([255; 3], pixel(&plain, 1))
        );
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
        let comparison = Comparison::new(&found.mask, scores, vec![0, 1, 1, 0, 0, 0]).unwrap();
        let plain = overlay(&picture(1, 1), &found, None, &style()).unwrap();
        let drawn = overlay(&picture(1, 1), &found, Some(&comparison), &style()).unwrap();
        assert_eq!((pixel(&drawn, 0), pixel(&drawn, 1)), (WRONG, MISSED));
        assert_eq!(
            (pixel(&drawn, 2), pixel(&drawn, 3)),
            (pixel(&plain, 2), pixel(&plain, 3))
        );
    }
}
