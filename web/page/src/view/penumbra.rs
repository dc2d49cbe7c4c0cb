//! The penumbra view: what surely is an object, and how far its border could lie elsewhere.
//!
//! Of every class, the tempered probability p on a plane is cut at two levels. Inside the inner line, at the level that
//! the visitor asks for, the model is surely right; outside the outer one, at one minus that level, there surely is none;
//! between them lies the band, which fades outwards. What has no core on its plane may not exist, and what the mask does not
//! mark at all may have been missed.
//!
//! A network of transposed convolutions leaves a pattern of two pixels in its probabilities (Odena, Dumoulin and Olah,
//! "Deconvolution and checkerboard artifacts", Distill 2016), which hardly moves a mask but frays a contour at 0.1 or 0.9. Of
//! pictures the lines are drawn on the probabilities after a binomial filter [1 2 1] / 4 along rows and columns: of all
//! filters of three taps the one that removes exactly that frequency. What is read out, saved and counted is not filtered.

use protocol::RegionKind;
use uq::{Contour, contours};

use super::slice_plane::SlicePlane;
use crate::errors::Error;
use crate::results::outcome::Outcome;

/// The one colour of doubt: no model's class has it, and it stands out from tissue, from scans and from both themes.
pub const DOUBT: [u8; 3] = [0xff, 0x2f, 0xd0];

/// Opacity of the band at its inner and at its outer line, 0 to 1.
const OPACITY: [f32; 2] = [0.75, 0.2];

/// Smallest area, in square pixels, of something that may have been missed in a picture; less is noise.
const MIN_MISSED_AREA: f64 = 4.0;

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
    /// Every class but the background.
    pub classes: Vec<ClassPenumbra>,
    /// The doubt colour with the band's opacity, RGBA, rows and columns of the plane; to be clipped between the lines.
    pub band: Vec<u8>,
}

/// The penumbra of a plane at a level, `sure`, from 0.5 to below 1.
///
/// None while the probabilities of a class are not here.
///
/// # Errors
/// [`Error::Draw`] for probabilities that are not numbers.
pub fn penumbra(
    outcome: &Outcome,
    plane: &SlicePlane,
    slice: usize,
    sure: f32,
) -> Result<Option<Penumbra>, Error> {
    let shape = outcome.info.shape;
    let size = plane.size(shape);
    let picture = shape.contains(&1);
    let inner = sure.clamp(0.5, 0.999);
    let outer = 1.0 - inner;
    let mask = plane.extract(&outcome.mask, shape, slice);
    let mut classes = Vec::new();
    let mut opacity = vec![0.0_f32; mask.len()];
    for class in outcome.model.classes.iter().filter(|class| class.id != 0) {
        let Some(values) = outcome.class_plane(class.id, plane, slice) else {
            return Ok(None);
        };
        let field = if picture {
            smoothed(&values, size)
        } else {
            values
        };
        for (opacity, p) in opacity.iter_mut().zip(&field) {
            let span = (inner - outer).max(f32::EPSILON);
            let along = ((p - outer) / span).clamp(0.0, 1.0);
            *opacity = opacity.max(OPACITY[1] + along * (OPACITY[0] - OPACITY[1]));
        }
        let boxes = boxes(outcome, plane, slice);
        let place = Places::new(&field, &mask, size, class.id, [inner, outer]);
        let lines = contours(&field, size, outer).map_err(fault)?.into_iter();
        let lines = lines.map(|line| {
            let existence = place.existence(&line, if picture { None } else { Some(&boxes) });
            (line, existence)
        });
        let seen = |(line, existence): &(Contour, Existence)| {
            *existence != Existence::Missed
                || !picture
                || line.signed_area().abs() >= MIN_MISSED_AREA
        };
        classes.push(ClassPenumbra {
            class: class.id,
            colour: class.colour,
            inner: contours(&field, size, inner).map_err(fault)?,
            outer: lines.filter(seen).collect(),
        });
    }
    let [red, green, blue] = DOUBT;
    let band = opacity
        .into_iter()
        .flat_map(|opacity| [red, green, blue, (255.0 * opacity).round() as u8]);
    Ok(Some(Penumbra {
        classes,
        band: band.collect(),
    }))
}

/// The lines along which a class of the mask ends: where it stops being the most probable one. Without probabilities, the
/// edge of its pixels.
///
/// # Errors
/// [`Error::Draw`] for probabilities that are not numbers.
pub fn mask_outline(
    outcome: &Outcome,
    class: u8,
    plane: &SlicePlane,
    slice: usize,
) -> Result<Vec<Contour>, Error> {
    let shape = outcome.info.shape;
    let size = plane.size(shape);
    let others: Option<Vec<Vec<f32>>> = outcome
        .model
        .classes
        .iter()
        .filter(|other| other.id != 0)
        .map(|other| outcome.class_plane(other.id, plane, slice))
        .collect();
    let Some(fields) = others else {
        let mask = plane.extract(&outcome.mask, shape, slice);
        return outline_of(mask.iter().map(|found| *found == class), size);
    };
    let objects = outcome.model.classes.iter().filter(|other| other.id != 0);
    let place = objects.clone().position(|other| other.id == class);
    let length = fields.first().map_or(0, Vec::len);
    let margin = (0..length).map(|at| {
        let of = |field: &Vec<f32>| field.get(at).copied().unwrap_or_default();
        let own = place.and_then(|place| fields.get(place)).map_or(0.0, of);
        let background = 1.0 - fields.iter().map(of).sum::<f32>();
        let rival = fields.iter().enumerate();
        let rival = rival.filter(|(other, _)| Some(*other) != place);
        let rival = rival.map(|(_, field)| of(field)).fold(background, f32::max);
        own - rival
    });
    let margin: Vec<f32> = margin.collect();
    contours(&margin, size, 0.0).map_err(fault)
}

/// The lines around pixels, along their edges but for cut corners.
///
/// # Errors
/// [`Error::Draw`] for pixels that do not fill the size.
pub fn outline_of(
    pixels: impl Iterator<Item = bool>,
    size: [usize; 2],
) -> Result<Vec<Contour>, Error> {
    let field: Vec<f32> = pixels.map(|inside| f32::from(u8::from(inside))).collect();
    contours(&field, size, 0.5).map_err(fault)
}

fn fault(error: uq::Error) -> Error {
    Error::Draw {
        fault: error.to_string(),
    }
}

/// A binomial filter of three taps along rows and columns; beyond the edge the last value goes on.
fn smoothed(values: &[f32], [rows, columns]: [usize; 2]) -> Vec<f32> {
    if values.len() != rows.saturating_mul(columns) || values.is_empty() {
        return values.to_vec();
    }
    let filtered = |values: &[f32], step: usize, length: usize| -> Vec<f32> {
        let place = |index: usize| (index / step) % length;
        let of = |index: usize| values.get(index).copied().unwrap_or_default();
        (0..values.len())
            .map(|index| {
                let here = of(index);
                let before = if place(index) == 0 {
                    here
                } else {
                    of(index - step)
                };
                let after = if place(index) + 1 == length {
                    here
                } else {
                    of(index + step)
                };
                0.25 * before + 0.5 * here + 0.25 * after
            })
            .collect()
    };
    filtered(&filtered(values, 1, columns), columns, rows)
}

/// A rectangle on a plane, first and last row and column, in which a region of a kind lies.
struct PlaneBox {
    kind: RegionKind,
    rows: [usize; 2],
    columns: [usize; 2],
}

/// The regions that a plane goes through.
fn boxes(outcome: &Outcome, plane: &SlicePlane, slice: usize) -> Vec<PlaneBox> {
    let shape = outcome.info.shape;
    let through = |region: &&protocol::Region| {
        let first = plane.slice(region.bounding_box.first);
        let last = plane.slice(region.bounding_box.last);
        (first..=last).contains(&slice)
    };
    let regions = outcome.info.regions.iter().filter(through);
    regions
        .map(|region| {
            let [row, column] = plane.pixel(shape, region.bounding_box.first);
            let [other_row, other_column] = plane.pixel(shape, region.bounding_box.last);
            PlaneBox {
                kind: region.kind,
                rows: [row.min(other_row), row.max(other_row)],
                columns: [column.min(other_column), column.max(other_column)],
            }
        })
        .collect()
}

/// The connected places of a plane that could be of a class, and what is in each.
struct Places {
    size: [usize; 2],
    /// Number of the place of every pixel, from 1; 0 for pixels of none.
    labels: Vec<u32>,
    /// Whether each place, by its number, has a sure pixel, and a marked one.
    contents: Vec<[bool; 2]>,
}

impl Places {
    fn new(
        field: &[f32],
        mask: &[u8],
        size: [usize; 2],
        class: u8,
        [inner, outer]: [f32; 2],
    ) -> Self {
        let [rows, columns] = size;
        let mut found = Self {
            size,
            labels: vec![0; field.len()],
            contents: vec![[false; 2]],
        };
        let mut open = Vec::new();
        for start in 0..field.len() {
            let free = |labels: &[u32], at: usize| {
                labels.get(at) == Some(&0) && field.get(at).is_some_and(|p| *p >= outer)
            };
            if !free(&found.labels, start) {
                continue;
            }
            let number = u32::try_from(found.contents.len()).unwrap_or(u32::MAX);
            let mut contents = [false; 2];
            open.push(start);
            if let Some(label) = found.labels.get_mut(start) {
                *label = number;
            }
            while let Some(at) = open.pop() {
                contents[0] |= field.get(at).is_some_and(|p| *p >= inner);
                contents[1] |= mask.get(at) == Some(&class);
                let (row, column) = (at / columns.max(1), at % columns.max(1));
                let neighbours = [
                    (row > 0).then(|| at - columns),
                    (row + 1 < rows).then(|| at + columns),
                    (column > 0).then(|| at - 1),
                    (column + 1 < columns).then(|| at + 1),
                ];
                for next in neighbours.into_iter().flatten() {
                    if free(&found.labels, next) {
                        if let Some(label) = found.labels.get_mut(next) {
                            *label = number;
                        }
                        open.push(next);
                    }
                }
            }
            found.contents.push(contents);
        }
        found
    }

    /// What a line surrounds. In a volume a place is only called unsure or missed where a region says so: on another plane
    /// there may be more of it.
    fn existence(&self, line: &Contour, boxes: Option<&[PlaneBox]>) -> Existence {
        let [mut sure, mut marked] = [false; 2];
        for point in &line.points {
            for label in self.around(*point) {
                let contents = usize::try_from(label).ok();
                let contents = contents.and_then(|label| self.contents.get(label));
                if let Some([core, mask]) = contents {
                    (sure, marked) = (sure || *core, marked || *mask);
                }
            }
        }
        let meets = |kind| boxes.is_none_or(|boxes| touches(line, boxes, kind));
        match (sure, marked) {
            (false, true) if meets(RegionKind::FalseObject) => Existence::Unsure,
            (_, false) if meets(RegionKind::MissedObject) => Existence::Missed,
            _ => Existence::Sure,
        }
    }

    /// The places of the pixels whose centres are nearest to a point.
    fn around(&self, [x, y]: [f32; 2]) -> impl Iterator<Item = u32> + '_ {
        let [rows, columns] = self.size;
        let near = |place: f32, length: usize| {
            let at = (place - 0.5).max(0.0);
            let last = length.saturating_sub(1);
            [
                (at.floor() as usize).min(last),
                (at.ceil() as usize).min(last),
            ]
        };
        let (near_rows, near_columns) = (near(y, rows), near(x, columns));
        near_rows.into_iter().flat_map(move |row| {
            near_columns
                .into_iter()
                .filter_map(move |column| self.labels.get(row * columns + column).copied())
                .filter(|label| *label != 0)
        })
    }
}

/// Whether a line has a point in a box of a kind.
fn touches(line: &Contour, boxes: &[PlaneBox], kind: RegionKind) -> bool {
    boxes
        .iter()
        .filter(|found| found.kind == kind)
        .any(|found| {
            let within = |place: f32, [first, last]: [usize; 2]| {
                (first as f32 - 0.5..=last as f32 + 1.5).contains(&place)
            };
            let mut points = line.points.iter();
            points.any(|[x, y]| within(*y, found.rows) && within(*x, found.columns))
        })
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
    use crate::results::outcome::tests::two_classes;

    const SIZE: [usize; 2] = [24, 40];

    /// Probability of a disc that falls off over two pixels.
    fn disc(field: &mut [f32], [row, column]: [f32; 2], radius: f32, peak: f32) {
        for (index, p) in field.iter_mut().enumerate() {
            let (y, x) = ((index / SIZE[1]) as f32, (index % SIZE[1]) as f32);
            let inside = radius - (y - row).hypot(x - column);
            *p = p.max(peak * (0.5 + inside / 4.0).clamp(0.0, 1.0));
        }
    }

    fn view(field: &[f32], sure: f32) -> Penumbra {
        let outcome = two_classes([1, SIZE[0], SIZE[1]], field);
        penumbra(&outcome, &SlicePlane::STORED, 0, sure)
            .unwrap()
            .unwrap()
    }

    #[test]
    fn a_sure_object_has_a_core_inside_its_band() {
        let mut field = vec![0.01; SIZE[0] * SIZE[1]];
        disc(&mut field, [12.0, 12.0], 7.0, 1.0);
        let drawn = view(&field, 0.9);
        let class = &drawn.classes[0];
        assert_eq!((class.inner.len(), class.outer.len()), (1, 1));
        let (outer, existence) = &class.outer[0];
        assert_eq!(*existence, Existence::Sure);
        let [inside, outside] = [class.inner[0].signed_area(), outer.signed_area()];
        // Radii of about 7 minus and plus 1.6 pixels.
        assert!((70.0..110.0).contains(&inside), "{inside}");
        assert!((205.0..265.0).contains(&outside), "{outside}");
        // A wider claim of certainty makes a wider band.
        let wider = view(&field, 0.97);
        assert!(wider.classes[0].inner[0].signed_area() < inside);
        assert!(wider.classes[0].outer[0].0.signed_area() > outside);
        assert_eq!(drawn.band.len(), 4 * field.len());
        assert!(drawn.band.chunks_exact(4).all(|pixel| pixel[..3] == DOUBT));
        let opacity = |row: usize, column: usize| drawn.band[4 * (row * SIZE[1] + column) + 3];
        assert!(opacity(12, 12) > opacity(12, 19) && opacity(12, 19) > opacity(12, 21));
    }

    #[test]
    fn what_may_not_exist_and_what_may_be_missed_are_told_apart() {
        let mut field = vec![0.01; SIZE[0] * SIZE[1]];
        disc(&mut field, [12.0, 8.0], 5.0, 0.7);
        disc(&mut field, [12.0, 28.0], 5.0, 0.35);
        field[0] = 0.3;
        let drawn = view(&field, 0.9);
        assert!(drawn.classes[0].inner.is_empty());
        let mut kinds: Vec<(Existence, bool)> = drawn.classes[0]
            .outer
            .iter()
            .map(|(line, existence)| (*existence, line.points[0][0] < 20.0))
            .collect();
        kinds.sort_by_key(|(_, left)| !left);
        // The speck in the corner is too small to speak of.
        assert_eq!(
            kinds,
            [(Existence::Unsure, true), (Existence::Missed, false)]
        );
    }

    #[test]
    fn a_pattern_of_two_pixels_leaves_no_trace_in_a_picture() {
        let mut field = vec![0.02; SIZE[0] * SIZE[1]];
        disc(&mut field, [12.0, 12.0], 7.0, 0.98);
        let mut patterned = field.clone();
        for (index, p) in patterned.iter_mut().enumerate() {
            let odd = (index / SIZE[1] + index % SIZE[1]) % 2 == 1;
            *p += if odd { 0.012 } else { -0.012 };
        }
        let inside = [1, 1, SIZE[0] - 1, SIZE[1] - 1];
        let (plain, filtered) = (smoothed(&field, SIZE), smoothed(&patterned, SIZE));
        for row in inside[0]..inside[2] {
            for column in inside[1]..inside[3] {
                let at = row * SIZE[1] + column;
                assert!((plain[at] - filtered[at]).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn the_mask_ends_where_its_class_stops_being_the_most_probable() {
        let mut field = vec![0.01; SIZE[0] * SIZE[1]];
        disc(&mut field, [12.0, 12.0], 7.0, 1.0);
        let outcome = two_classes([1, SIZE[0], SIZE[1]], &field);
        let lines = mask_outline(&outcome, 1, &SlicePlane::STORED, 0).unwrap();
        assert_eq!(lines.len(), 1);
        let area = lines[0].signed_area();
        assert!((140.0..168.0).contains(&area), "{area}");
        assert!(
            mask_outline(&outcome, 2, &SlicePlane::STORED, 0)
                .unwrap()
                .is_empty()
        );
    }
}
