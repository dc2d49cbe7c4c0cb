//! The penumbra of a plane, and the borders of its mask.
//!
//! The geometry of the view is [`overlay`]'s, so that the page draws what the command-line tool saves; this is the way from
//! a segmentation to it.

use overlay::{ClassField, Plane, PlaneRegion};
pub use overlay::{ClassPenumbra, DOUBT, Existence, Penumbra};
use uq::{Contour, contours};

use super::slice_plane::SlicePlane;
use crate::errors::Error;
use crate::results::outcome::Outcome;

/// A model's level of certainty as the slider has it, in whole per cent from 50 to 99.
#[must_use]
pub fn sure_per_cent(level: f64) -> f64 {
    (100.0 * level).round().clamp(50.0, 99.0)
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
    let objects = || outcome.model.classes.iter().filter(|class| class.id != 0);
    let fields: Option<Vec<Vec<f32>>> = objects()
        .map(|class| outcome.class_plane(class.id, plane, slice))
        .collect();
    let Some(fields) = fields else {
        return Ok(None);
    };
    let classes: Vec<ClassField<'_>> = objects()
        .zip(&fields)
        .map(|(class, probability)| ClassField {
            class: class.id,
            colour: class.colour,
            probability,
        })
        .collect();
    let regions = regions(outcome, plane, slice);
    let volume = shape.iter().all(|length| *length > 1);
    let drawn = overlay::penumbra(
        &Plane {
            size: plane.size(shape),
            mask: &plane.extract(&outcome.mask, shape, slice),
            classes: &classes,
            regions: volume.then_some(&regions[..]),
        },
        sure,
    );
    drawn.map(Some).map_err(fault)
}

/// The regions that a plane goes through.
fn regions(outcome: &Outcome, plane: &SlicePlane, slice: usize) -> Vec<PlaneRegion> {
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
            PlaneRegion {
                kind: region.kind,
                rows: [row.min(other_row), row.max(other_row)],
                columns: [column.min(other_column), column.max(other_column)],
            }
        })
        .collect()
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

fn fault(error: impl std::fmt::Display) -> Error {
    Error::Draw {
        fault: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )]
    use protocol::RegionKind;

    use super::*;
    use crate::results::outcome::tests::{region, two_classes};

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
    fn a_level_stays_on_the_slider() {
        let shown = [0.5, 0.854, 0.99, 0.9999, 0.2].map(sure_per_cent);
        assert_eq!(shown, [50.0, 85.0, 99.0, 99.0, 50.0]);
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
    fn in_a_volume_only_a_region_makes_an_object_unsure() {
        let mut field = vec![0.01; SIZE[0] * SIZE[1]];
        disc(&mut field, [12.0, 8.0], 5.0, 0.7);
        let volume: Vec<f32> = [field.clone(), field].concat();
        let mut outcome = two_classes([2, SIZE[0], SIZE[1]], &volume);
        let existence = |outcome: &Outcome, slice| {
            let drawn = penumbra(outcome, &SlicePlane::STORED, slice, 0.9)
                .unwrap()
                .unwrap();
            drawn.classes[0].outer[0].1
        };
        assert_eq!(existence(&outcome, 0), Existence::Sure);
        outcome.info.regions = vec![region([4, 8, 1], [12, 16, 1])];
        outcome.info.regions[0].kind = RegionKind::FalseObject;
        assert_eq!(existence(&outcome, 0), Existence::Sure);
        assert_eq!(existence(&outcome, 1), Existence::Unsure);
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
