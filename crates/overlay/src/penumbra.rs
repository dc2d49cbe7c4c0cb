//! The geometry of the view.

use uq::{Contour, contours};

use crate::places::{Places, PlaneRegion};
use crate::{Error, smoothed};

/// The one colour of doubt: no model's class has it, and it stands out from tissue, from scans and from both themes.
pub const DOUBT: [u8; 3] = [0xff, 0x2f, 0xd0];

/// Opacity of the band at its inner and at its outer line, 0 to 1.
const OPACITY: [f32; 2] = [0.75, 0.2];
/// Smallest area, in square pixels, of something that may have been missed in a picture; less is noise.
const MIN_MISSED_AREA: f64 = 4.0;
/// What the level may be: below a half the lines would change places, at 1 nothing is inside.
const LEVELS: [f32; 2] = [0.5, 0.999];

/// What a line of the outer level surrounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existence {
    /// An object, of which a part is sure; or part of one on a plane of a volume.
    Sure,
    /// An object that may not be there at all.
    Unsure,
    /// Nothing that is marked: an object may have been missed.
    Missed,
}

/// A class on a plane.
#[derive(Debug, Clone, Copy)]
pub struct ClassField<'a> {
    /// The class, its value in the mask.
    pub class: u8,
    /// Its colour.
    pub colour: [u8; 3],
    /// Its tempered probability, `[rows, columns]`.
    pub probability: &'a [f32],
}

/// A plane of an image.
#[derive(Debug, Clone, Copy)]
pub struct Plane<'a> {
    /// Rows and columns.
    pub size: [usize; 2],
    /// Class of every pixel, `[rows, columns]`.
    pub mask: &'a [u8],
    /// Every class but the background.
    pub classes: &'a [ClassField<'a>],
    /// The regions on a plane of a volume. None for a picture, whose only plane shows all there is of an object, and whose
    /// probabilities are [`smoothed`].
    pub regions: Option<&'a [PlaneRegion]>,
}

/// One class on one plane.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassPenumbra {
    /// The class, its value in the mask.
    pub class: u8,
    /// Its colour.
    pub colour: [u8; 3],
    /// Lines around what surely is of the class.
    pub inner: Vec<Contour>,
    /// Lines around all that could be.
    pub outer: Vec<(Contour, Existence)>,
}

/// The classes on a plane, and the band.
#[derive(Debug, Clone, PartialEq)]
pub struct Penumbra {
    /// Rows and columns.
    pub size: [usize; 2],
    /// Every class but the background.
    pub classes: Vec<ClassPenumbra>,
    /// The doubt colour with the band's opacity, RGBA, `[rows, columns]`; to be clipped between the lines.
    pub band: Vec<u8>,
}

/// The penumbra of a plane at a level, `sure`, from 0.5 to below 1.
///
/// Of every class, the probability is cut at two levels. Inside the inner line, at `sure`, the model is surely right;
/// outside the outer one, at one minus that, there surely is none; between them lies the band, which fades outwards. What
/// has no core on its plane may not exist, and what the mask does not mark at all may have been missed.
///
/// # Errors
/// [`Error::Contours`] for probabilities that are not numbers, or do not fill the size.
pub fn penumbra(plane: &Plane<'_>, sure: f32) -> Result<Penumbra, Error> {
    let [low, high] = LEVELS;
    let inner = sure.clamp(low, high);
    let outer = 1.0 - inner;
    let mut classes = Vec::new();
    let mut opacity = vec![0.0_f32; plane.mask.len()];
    for class in plane.classes {
        let field = match plane.regions {
            None => smoothed(class.probability, plane.size),
            Some(_) => class.probability.to_vec(),
        };
        for (opacity, p) in opacity.iter_mut().zip(&field) {
            let span = (inner - outer).max(f32::EPSILON);
            let along = ((p - outer) / span).clamp(0.0, 1.0);
            *opacity = opacity.max(OPACITY[1] + along * (OPACITY[0] - OPACITY[1]));
        }
        let places = Places::new(&field, plane.mask, plane.size, class.class, [inner, outer]);
        let lines = contours(&field, plane.size, outer)?.into_iter();
        let lines = lines.map(|line| {
            let existence = places.existence(&line, plane.regions);
            (line, existence)
        });
        let is_shown = |(line, existence): &(Contour, Existence)| {
            *existence != Existence::Missed
                || plane.regions.is_some()
                || line.signed_area().abs() >= MIN_MISSED_AREA
        };
        classes.push(ClassPenumbra {
            class: class.class,
            colour: class.colour,
            inner: contours(&field, plane.size, inner)?,
            outer: lines.filter(is_shown).collect(),
        });
    }
    let [red, green, blue] = DOUBT;
    let band = opacity
        .into_iter()
        .flat_map(|opacity| [red, green, blue, (255.0 * opacity).round() as u8]);
    Ok(Penumbra {
        size: plane.size,
        classes,
        band: band.collect(),
    })
}
