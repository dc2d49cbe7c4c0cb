//! What is drawn as lines, smooth at every zoom: the penumbra, borders of mask and labels, and what is referred.

use protocol::{Region, RegionKind};
use uq::Contour;

use super::compose::{MaskShown, Mode, Style};
use super::detail::Detail;
use super::penumbra::{Penumbra, mask_outline, outline_of, penumbra};
use super::slice_plane::SlicePlane;
use crate::errors::Error;
use crate::results::outcome::{Comparison, Outcome};
use crate::results::referral::holds;

/// Doubt from which a voxel of a referred place is marked: that of the places themselves.
const MIN_WRONG: f32 = 0.1;

/// Lines of a plane. Points are (x, y) in pixels of the plane, the first one covering 0 to 1.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lines {
    /// The penumbra, where it is shown and its probabilities are here.
    pub penumbra: Option<Penumbra>,
    /// Borders of the mask, each class with its colour.
    pub outlines: Vec<([u8; 3], Vec<Contour>)>,
    /// Borders of the model's own mask, beside a corrected one.
    pub model: Vec<Contour>,
    /// Borders of the labels, of every class.
    pub labels: Vec<Contour>,
    /// Around what is referred.
    pub referred: Vec<Contour>,
    /// Around the place that is being visited.
    pub visited: Vec<Contour>,
}

impl Lines {
    /// The lines of a part of a picture, where they lie in the whole of it.
    #[must_use]
    pub fn placed(mut self, detail: &Detail) -> Self {
        let own = [&mut self.labels, &mut self.referred, &mut self.visited].into_iter();
        let outlines = self.outlines.iter_mut().map(|(_, lines)| lines);
        let classes = self.penumbra.iter_mut().flat_map(|all| &mut all.classes);
        let (mut inner, mut outer) = (Vec::new(), Vec::new());
        for class in classes {
            inner.push(&mut class.inner);
            outer.push(&mut class.outer);
        }
        let lines = own.chain(outlines).chain(inner).flatten();
        let outer = outer.into_iter().flatten().map(|(line, _)| line);
        for line in lines.chain(outer) {
            for point in &mut line.points {
                *point = detail.placed(*point);
            }
        }
        self
    }
}

/// The lines of a plane in a style, and those of a comparison with labels.
///
/// # Errors
/// [`Error::Draw`] for arrays that do not fit and probabilities that are not numbers.
pub fn lines(
    outcome: &Outcome,
    comparison: Option<&Comparison>,
    style: &Style,
) -> Result<Lines, Error> {
    let (plane, slice) = (&style.slice_plane, style.slice);
    let mut found = Lines::default();
    if style.mode == Mode::Penumbra {
        found.penumbra = penumbra(outcome, plane, slice, style.sure)?;
    }
    let outlined = match style.mask_shown {
        MaskShown::Model => {
            found.penumbra.is_none() && (style.outline || style.mode == Mode::Penumbra)
        }
        MaskShown::Corrected => false,
        MaskShown::Both => true,
    };
    let objects = outcome.model.classes.iter().filter(|class| class.id != 0);
    for class in objects.filter(|_| outlined) {
        let outline = mask_outline(outcome, class.id, plane, slice)?;
        if style.mask_shown == MaskShown::Model {
            found.outlines.push((class.colour, outline));
        } else {
            found.model.extend(outline);
        }
    }
    if let Some(comparison) = comparison {
        let shape = outcome.info.shape;
        let labels = plane.extract(&comparison.labels, shape, slice);
        for class in outcome.model.classes.iter().filter(|class| class.id != 0) {
            let of_class = labels.iter().map(|label| *label == class.id);
            let outline = outline_of(of_class, plane.size(shape))?;
            found.labels.extend(outline);
        }
    }
    let regions = &outcome.info.regions;
    let referred = regions.get(..style.referred).unwrap_or(regions);
    found.referred = places(outcome, plane, slice, referred)?;
    if let Some(visited) = style.visited.and_then(|place| regions.get(place)) {
        found.visited = places(outcome, plane, slice, std::slice::from_ref(visited))?;
    }
    Ok(found)
}

/// Around the doubtful voxels of places, and around all of an object that may not exist.
fn places(
    outcome: &Outcome,
    plane: &SlicePlane,
    slice: usize,
    regions: &[Region],
) -> Result<Vec<Contour>, Error> {
    let shape = outcome.info.shape;
    let size = plane.size(shape);
    let on_plane: Vec<_> = regions
        .iter()
        .filter(|region| {
            let first = plane.slice(region.bounding_box.first);
            let last = plane.slice(region.bounding_box.last);
            (first..=last).contains(&slice)
        })
        .collect();
    if on_plane.is_empty() {
        return Ok(Vec::new());
    }
    let own = plane.extract(&outcome.probability, shape, slice);
    let columns = size[1].max(1);
    let marked = own.iter().enumerate().map(|(at, sure)| {
        let voxel = plane.voxel(shape, slice, [at / columns, at % columns]);
        on_plane.iter().any(|region| {
            let doubtful = 1.0 - sure > MIN_WRONG || region.kind == RegionKind::FalseObject;
            doubtful && holds(region, voxel)
        })
    });
    outline_of(marked, size)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use imaging::render::ColourMap;
    use protocol::Scores;

    use super::*;
    use crate::results::outcome::tests::{region, two_classes};

    const SHAPE: [usize; 3] = [1, 12, 16];

    fn style(mode: Mode) -> Style {
        Style {
            window: [0.0, 1.0],
            slice_plane: SlicePlane::STORED,
            slice: 0,
            mode,
            sure: 0.9,
            mask_opacity: 0.3,
            outline: true,
            map: "ranking".into(),
            map_opacity: 0.8,
            fade: true,
            colours: ColourMap::Magma,
            referred: 0,
            visited: None,
            mask_shown: MaskShown::Model,
        }
    }

    /// A square that is sure inside and doubtful along its border, and nothing elsewhere.
    fn square() -> Outcome {
        let p = |row: usize, column: usize| match (row.abs_diff(5), column.abs_diff(7)) {
            (0..=2, 0..=2) => 0.99,
            (0..=3, 0..=3) => 0.6,
            _ => 0.01,
        };
        let field: Vec<f32> = (0..12 * 16).map(|at| p(at / 16, at % 16)).collect();
        two_classes(SHAPE, &field)
    }

    #[test]
    fn the_penumbra_takes_the_place_of_the_outline() {
        let found = lines(&square(), None, &style(Mode::Penumbra)).unwrap();
        assert!(found.penumbra.is_some() && found.outlines.is_empty());
        let found = lines(&square(), None, &style(Mode::Map)).unwrap();
        assert!(found.penumbra.is_none());
        assert_eq!(found.outlines.len(), 1);
        assert_eq!(
            found.outlines.first().map(|(_, lines)| lines.len()),
            Some(1)
        );
        let filled = Style {
            outline: false,
            ..style(Mode::Mask)
        };
        assert_eq!(lines(&square(), None, &filled).unwrap(), Lines::default());
    }

    #[test]
    fn the_models_own_border_is_drawn_beside_a_corrected_mask_on_wish() {
        let with = |mask_shown, mode| {
            let style = Style {
                mask_shown,
                ..style(mode)
            };
            let found = lines(&square(), None, &style).unwrap();
            assert_eq!(found.penumbra.is_some(), mode == Mode::Penumbra);
            (found.outlines.len(), found.model.len())
        };
        assert_eq!(with(MaskShown::Model, Mode::Mask), (1, 0));
        for mode in [Mode::Penumbra, Mode::Mask] {
            assert_eq!(with(MaskShown::Corrected, mode), (0, 0));
            assert_eq!(with(MaskShown::Both, mode), (0, 1));
        }
    }

    #[test]
    fn labels_are_outlined_class_by_class() {
        let outcome = square();
        let mut labels = outcome.mask.to_vec();
        // A labelled pixel that the mask misses, far from it.
        *labels.last_mut().unwrap() = 1;
        let scores = Scores {
            dice: vec![],
            error_rate: 0.0,
            methods: vec![],
            notes: vec![],
        };
        let comparison = Comparison::new(&outcome.mask, scores, labels).unwrap();
        assert_eq!(
            comparison.errors.iter().map(|e| u32::from(*e)).sum::<u32>(),
            1
        );
        let found = lines(&outcome, Some(&comparison), &style(Mode::Penumbra)).unwrap();
        let area: f64 = found.labels.iter().map(Contour::signed_area).sum();
        assert_eq!(found.labels.len(), 2);
        assert!((46.0..50.0).contains(&area), "{area}");
    }

    #[test]
    fn what_is_referred_is_outlined_where_it_is_doubtful() {
        let mut outcome = square();
        outcome.info.regions = vec![region([3, 2, 0], [10, 4, 0]), region([0, 0, 0], [1, 1, 0])];
        let area = |outcome: &Outcome, referred| {
            let style = Style {
                referred,
                ..style(Mode::Mask)
            };
            let found = lines(outcome, None, &style).unwrap().referred;
            found.iter().map(Contour::signed_area).sum::<f64>()
        };
        assert_eq!(area(&outcome, 0), 0.0);
        // The upper side of the border, seven pixels long, and two ends of two.
        let found = area(&outcome, 1);
        assert!((8.0..11.0).contains(&found), "{found}");
        assert_eq!(area(&outcome, 2), found);
        if let Some(first) = outcome.info.regions.first_mut() {
            first.kind = RegionKind::FalseObject;
        }
        assert!(area(&outcome, 1) > 20.0);
        let style = Style {
            visited: Some(0),
            ..style(Mode::Penumbra)
        };
        let found = lines(&outcome, None, &style).unwrap();
        assert!(found.referred.is_empty() && found.visited.len() == 1);
    }

    #[test]
    fn the_lines_of_what_is_drawn_lie_where_those_of_the_whole_lie() {
        let whole = square();
        let detail = Detail::whole([12, 16]);
        for mode in [Mode::Penumbra, Mode::Mask] {
            let expected = lines(&whole, None, &style(mode)).unwrap();
            let drawn = whole.drawn(&detail, "ranking");
            let found = lines(&drawn, None, &style(mode)).unwrap().placed(&detail);
            assert_eq!(found, expected);
        }
    }
}
