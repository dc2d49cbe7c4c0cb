//! Mask, map and referral drawn over a picture.

use super::colour_map::ColourMap;
use super::fraction::fraction;
use crate::Error;

/// How a mask, a map and the referred pixels are drawn. Every array is `[rows, columns]` of the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct OverlayStyle<'a> {
    /// Opacity of the mask's fill, 0 to 1. The outline is twice as opaque, at most 1.
    pub mask_opacity: f32,
    /// Whether the area of each class is filled.
    pub fill: bool,
    /// Whether the border of each class is drawn, so that colour is not the only sign.
    pub outline: bool,
    /// Colour of each class; the first, background, is never drawn. A class without a colour takes the last one.
    pub class_colours: &'a [[u8; 3]],
    /// A map under the mask.
    pub map: Option<MapLayer<'a>>,
    /// Pixels for a human to look at, hatched above all else.
    pub referral: Option<ReferralLayer<'a>>,
}

impl Default for OverlayStyle<'_> {
    fn default() -> Self {
        Self {
            mask_opacity: 0.4,
            fill: true,
            outline: true,
            class_colours: &[],
            map: None,
            referral: None,
        }
    }
}

/// A map as a layer of colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapLayer<'a> {
    /// The map, `[rows, columns]`. Values that are not a number are not drawn.
    pub values: &'a [f32],
    /// The values shown in the colour map's first and last colour.
    pub range: [f32; 2],
    /// The colours.
    pub colour_map: ColourMap,
    /// Opacity, 0 to 1.
    pub opacity: f32,
    /// Whether opacity grows with the value, from none at the low end of the range: where there is no doubt, the
    /// picture stays as it is.
    pub proportional: bool,
}

/// The pixels that are referred to a human.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReferralLayer<'a> {
    /// The ranking map, `[rows, columns]`.
    pub values: &'a [f32],
    /// Pixels with this value or more are hatched, and those that are not a number.
    pub threshold: f32,
}

/// Distance of the hatch's lines along a row or a column, in pixels.
const HATCH_PERIOD: usize = 4;
const HATCH_OPACITY: f32 = 0.85;

/// Draws over `base` in the order map, fill, outline, hatch. The base's alpha is kept.
///
/// `base` is `[rows, columns, 4]` RGBA, `labels` is `[rows, columns]` class ids or empty for no mask.
///
/// The outline runs inside each class, one pixel wide: pixels of a class other than background with a neighbour (up,
/// down, left, right) of another class. The hatch is made of diagonal lines, white beside black, which show on any
/// colour.
///
/// # Errors
/// [`Error::WrongLength`] for an array that does not fit `rows` x `columns`.
pub fn overlay(
    base: &[u8],
    labels: &[u8],
    rows: usize,
    columns: usize,
    style: &OverlayStyle<'_>,
) -> Result<Vec<u8>, Error> {
    let pixels = rows.saturating_mul(columns);
    check("the picture", base.len(), pixels.saturating_mul(4))?;
    if !labels.is_empty() {
        check("the mask", labels.len(), pixels)?;
    }
    let mut picture = base.to_vec();
    if let Some(map) = &style.map {
        check("the map", map.values.len(), pixels)?;
        draw_map(&mut picture, map);
    }
    if !labels.is_empty() {
        draw_mask(&mut picture, labels, columns, style);
    }
    if let Some(referral) = &style.referral {
        check("the ranking map", referral.values.len(), pixels)?;
        draw_hatch(&mut picture, referral, columns);
    }
    Ok(picture)
}

fn check(what: &'static str, found: usize, expected: usize) -> Result<(), Error> {
    if found == expected {
        Ok(())
    } else {
        Err(Error::WrongLength {
            what,
            found,
            expected,
        })
    }
}

/// Mixes a colour into a pixel; `opacity` is 0 to 1.
#[inline]
fn blend(pixel: &mut [u8], colour: [u8; 3], opacity: f32) {
    for (channel, target) in pixel.iter_mut().zip(colour) {
        let from = f32::from(*channel);
        *channel = (from + (f32::from(target) - from) * opacity).round() as u8;
    }
}

fn draw_map(picture: &mut [u8], map: &MapLayer<'_>) {
    let opacity = fraction(map.opacity, [0.0, 1.0]);
    for (pixel, &value) in picture.chunks_exact_mut(4).zip(map.values) {
        if value.is_nan() {
            continue;
        }
        let strength = if map.proportional {
            fraction(value, map.range)
        } else {
            1.0
        };
        blend(
            pixel,
            map.colour_map.colour(value, map.range),
            opacity * strength,
        );
    }
}

fn draw_mask(picture: &mut [u8], labels: &[u8], columns: usize, style: &OverlayStyle<'_>) {
    let Some(&last) = style.class_colours.last() else {
        return;
    };
    let fill = if style.fill {
        fraction(style.mask_opacity, [0.0, 1.0])
    } else {
        0.0
    };
    let outline = fraction(2.0 * style.mask_opacity, [0.0, 1.0]);
    for (index, (pixel, &class)) in picture.chunks_exact_mut(4).zip(labels).enumerate() {
        if class == 0 {
            continue;
        }
        let colour = style
            .class_colours
            .get(usize::from(class))
            .copied()
            .unwrap_or(last);
        let on_border = style.outline && is_border(labels, index, columns);
        blend(pixel, colour, if on_border { outline } else { fill });
    }
}

/// Whether a neighbour within the picture has another class.
fn is_border(labels: &[u8], index: usize, columns: usize) -> bool {
    let class = labels.get(index);
    let differs = |neighbour: Option<usize>| {
        neighbour
            .and_then(|neighbour| labels.get(neighbour))
            .is_some_and(|other| Some(other) != class)
    };
    let column = index % columns.max(1);
    differs(index.checked_sub(columns))
        || differs(index.checked_add(columns))
        || (column > 0 && differs(index.checked_sub(1)))
        || (column + 1 < columns && differs(index.checked_add(1)))
}

fn draw_hatch(picture: &mut [u8], referral: &ReferralLayer<'_>, columns: usize) {
    for (index, (pixel, &value)) in picture.chunks_exact_mut(4).zip(referral.values).enumerate() {
        if !(value >= referral.threshold || value.is_nan()) {
            continue;
        }
        let diagonal = index / columns.max(1) + index % columns.max(1);
        match diagonal % HATCH_PERIOD {
            0 => blend(pixel, [255; 3], HATCH_OPACITY),
            1 => blend(pixel, [0; 3], HATCH_OPACITY),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{MapLayer, OverlayStyle, ReferralLayer, overlay};
    use crate::Error;
    use crate::render::ColourMap;

    const COLOURS: [[u8; 3]; 2] = [[0; 3], [200, 100, 0]];

    fn red(picture: &[u8]) -> Vec<u8> {
        picture.chunks_exact(4).map(|pixel| pixel[0]).collect()
    }

    #[test]
    fn the_outline_is_the_inner_border() {
        let mut labels = [0_u8; 36];
        for row in 1..5 {
            labels[row * 6 + 1..row * 6 + 5].fill(1);
        }
        let style = OverlayStyle {
            mask_opacity: 0.5,
            fill: false,
            class_colours: &COLOURS,
            ..Default::default()
        };
        let drawn = overlay(&[0; 144], &labels, 6, 6, &style).unwrap();
        let expected: Vec<u8> = (0..36)
            .map(|index| {
                let (row, column) = (index / 6, index % 6);
                let inside = (1..5).contains(&row) && (1..5).contains(&column);
                let core = (2..4).contains(&row) && (2..4).contains(&column);
                if inside && !core { 200 } else { 0 }
            })
            .collect();
        assert_eq!(red(&drawn), expected);
        // A mask that fills the picture has no border in it.
        assert_eq!(
            red(&overlay(&[0; 144], &[1; 36], 6, 6, &style).unwrap()),
            [0; 36]
        );
    }

    #[test]
    fn the_fill_mixes_by_its_opacity_and_leaves_background_and_alpha() {
        let style = OverlayStyle {
            mask_opacity: 0.25,
            outline: false,
            class_colours: &COLOURS,
            ..Default::default()
        };
        let drawn = overlay(&[40, 40, 40, 7, 40, 40, 40, 7], &[1, 0], 1, 2, &style).unwrap();
        assert_eq!(drawn, [80, 55, 30, 7, 40, 40, 40, 7]);
    }

    #[test]
    fn a_proportional_map_is_clear_where_it_is_low() {
        let values = [0.0, 0.5, 1.0, f32::NAN];
        let layer = MapLayer {
            values: &values,
            range: [0.0, 1.0],
            colour_map: ColourMap::Grey,
            opacity: 1.0,
            proportional: true,
        };
        let style = OverlayStyle {
            map: Some(layer),
            ..Default::default()
        };
        assert_eq!(
            red(&overlay(&[100; 16], &[], 1, 4, &style).unwrap()),
            [100, 114, 255, 100]
        );
        let flat = OverlayStyle {
            map: Some(MapLayer {
                proportional: false,
                ..layer
            }),
            ..Default::default()
        };
        assert_eq!(
            red(&overlay(&[100; 16], &[], 1, 4, &flat).unwrap()),
            [0, 128, 255, 100]
        );
    }

    #[test]
    fn referred_pixels_are_hatched_diagonally() {
        let mut values = [1.0; 64];
        values[0] = 0.4;
        values[63] = f32::NAN;
        let referral = ReferralLayer {
            values: &values,
            threshold: 0.5,
        };
        let style = OverlayStyle {
            referral: Some(referral),
            ..Default::default()
        };
        let drawn = red(&overlay(&[100; 256], &[], 8, 8, &style).unwrap());
        for (index, &value) in drawn.iter().enumerate() {
            let expected = match (index, (index / 8 + index % 8) % 4) {
                (0, _) => 100,
                (_, 0) => 232,
                (_, 1) => 15,
                _ => 100,
            };
            assert_eq!(value, expected, "pixel {index}");
        }
    }

    #[test]
    fn arrays_that_do_not_fit_are_named() {
        let style = OverlayStyle::default();
        let wrong =
            |what: &str, error: Error| assert!(error.to_string().starts_with(what), "{error}");
        wrong(
            "the picture has 3 values where 16 are needed",
            overlay(&[0; 3], &[], 2, 2, &style).unwrap_err(),
        );
        wrong(
            "the mask has 3 values",
            overlay(&[0; 16], &[0; 3], 2, 2, &style).unwrap_err(),
        );
        let referral = Some(ReferralLayer {
            values: &[],
            threshold: 0.0,
        });
        let style = OverlayStyle { referral, ..style };
        wrong(
            "the ranking map has 0 values",
            overlay(&[0; 16], &[], 2, 2, &style).unwrap_err(),
        );
    }
}
