//! The work list: places to look at, worst first, and planes.

use protocol::{ClassInfo, Region, RegionKind, SliceUncertainty, VoxelSize};

use super::amount::{Element, amount, length};
use super::outcome::Outcome;
use crate::numbers::number;
use crate::view::shape::{Voxel, index};

/// Tolerances to choose from, in voxels.
pub const TOLERANCES: [u32; 6] = [0, 1, 2, 3, 5, 8];

/// A tolerance in words, with its length where the image tells it. `spacing` is that of planes, rows and columns, in
/// millimetres; along the longest of them the tolerance is longest, but in a picture there is only one plane.
#[must_use]
pub fn tolerance(voxels: u32, element: Element, spacing: Option<[f64; 3]>) -> String {
    let words = match voxels {
        1 => format!("1 {}", element.one()),
        _ => format!("{voxels} {}", element.many()),
    };
    let Some([plane, row, column]) = spacing.filter(|_| voxels > 0) else {
        return words;
    };
    let within = row.max(column);
    let longest = match element {
        Element::Pixel => within,
        Element::Voxel => within.max(plane),
    };
    format!("{words} ({} mm)", number(f64::from(voxels) * longest, 2))
}

/// A place in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionText {
    /// What it is, and what it might be instead.
    pub title: String,
    /// Expected wrong area or volume, and how far the border could move.
    pub detail: String,
}

/// A region in words. `spaced` says whether the image tells how large its voxels are.
#[must_use]
pub fn describe(
    region: &Region,
    classes: &[ClassInfo],
    size: VoxelSize,
    element: Element,
    spaced: bool,
) -> RegionText {
    let name = |id: u8| {
        let class = classes.iter().find(|class| class.id == id);
        class.map_or_else(|| format!("class {id}"), |class| class.name.clone())
    };
    let (class, instead) = (name(region.class), name(region.instead));
    let title = match region.kind {
        RegionKind::Border if region.class == 0 => format!("Background, or {instead}?"),
        RegionKind::Border => format!("{}, or {instead}?", capital(&class)),
        // Most of its error may lie on the unmarked side; what may not exist is the object all the same.
        RegionKind::FalseObject if region.class == 0 => {
            format!("{}, or nothing at all?", capital(&instead))
        }
        RegionKind::FalseObject => format!("{}, or nothing at all?", capital(&class)),
        RegionKind::MissedObject => format!("{} missed?", capital(&instead)),
    };
    let wrong = amount(region.expected_wrong, size, element);
    let shift = length(region.max_shift, element, spaced);
    let detail = match region.kind {
        RegionKind::MissedObject => format!("About {wrong} may be missing"),
        RegionKind::FalseObject => format!("About {wrong} may be too much"),
        // A place of an unusual shape may hold no voxel beyond the border itself.
        RegionKind::Border if region.max_shift <= 0.0 => format!("About {wrong} may be wrong"),
        RegionKind::Border => {
            format!("About {wrong} may be wrong; border could move {shift}")
        }
    };
    RegionText { title, detail }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The most doubtful voxel of a region: where the mask's class is the least probable; of equals the one nearest to the
/// middle of the region's box.
#[must_use]
pub fn peak(region: &Region, outcome: &Outcome) -> Voxel {
    let (first, last) = (region.bounding_box.first, region.bounding_box.last);
    let middle = [0, 1, 2].map(|axis: usize| {
        let ends = first.get(axis).zip(last.get(axis));
        ends.map_or(0, |(first, last)| usize::midpoint(*first, *last))
    });
    let mut best = (f32::INFINITY, usize::MAX, middle);
    for plane in first[2]..=last[2] {
        for row in first[1]..=last[1] {
            for column in first[0]..=last[0] {
                let voxel = [column, row, plane];
                let sure = index(outcome.info.shape, voxel);
                let Some(sure) = sure.and_then(|at| outcome.probability.get(at)) else {
                    continue;
                };
                let away = voxel.into_iter().zip(middle);
                let away = away.map(|(at, middle)| at.abs_diff(middle).pow(2)).sum();
                if (*sure, away) < (best.0, best.1) {
                    best = (*sure, away, voxel);
                }
            }
        }
    }
    best.2
}

/// A plane in the list of the worst.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// The plane, from 0.
    pub plane: usize,
    /// Expected wrong voxels.
    pub wrong: f64,
    /// Length of the bar, 0..=1: 1 for the most doubtful plane.
    pub length: f64,
    /// Whether the mask has anything on this plane.
    pub has_object: bool,
}

/// The planes with the most expected wrong voxels, worst first, at most `most`.
#[must_use]
pub fn worst(slices: &[SliceUncertainty], most: usize) -> Vec<Bar> {
    let largest = slices
        .iter()
        .map(|slice| slice.expected_wrong)
        .fold(0.0, f64::max);
    let mut bars: Vec<Bar> = slices
        .iter()
        .map(|slice| Bar {
            plane: slice.plane,
            wrong: slice.expected_wrong,
            length: if largest > 0.0 {
                (slice.expected_wrong / largest).clamp(0.0, 1.0)
            } else {
                0.0
            },
            has_object: slice.object_voxels > 0,
        })
        .collect();
    bars.sort_by(|one, other| other.wrong.total_cmp(&one.wrong));
    bars.truncate(most);
    bars
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::outcome::tests::{model, region, two_classes};

    fn text(region: &Region, size: VoxelSize, spaced: bool) -> (String, String) {
        let text = describe(region, &model().classes, size, Element::Pixel, spaced);
        (text.title, text.detail)
    }

    #[test]
    fn a_region_says_what_may_be_wrong() {
        let mut place = region([0, 0, 0], [3, 3, 0]);
        let (title, detail) = text(&place, VoxelSize::Unknown, false);
        assert_eq!(title, "Nucleus, or background?");
        assert_eq!(
            detail,
            "About 4 pixels may be wrong; border could move 2.5 pixels"
        );
        let (_, detail) = text(&place, VoxelSize::SquareMillimetres(0.5), true);
        assert_eq!(detail, "About 2 mm² may be wrong; border could move 2.5 mm");
        place.max_shift = 0.0;
        let (_, detail) = text(&place, VoxelSize::Unknown, false);
        assert_eq!(detail, "About 4 pixels may be wrong");
        place.kind = RegionKind::FalseObject;
        assert_eq!(
            text(&place, VoxelSize::Unknown, false).0,
            "Nucleus, or nothing at all?"
        );
        (place.class, place.instead) = (0, 1);
        assert_eq!(
            text(&place, VoxelSize::Unknown, false).0,
            "Nucleus, or nothing at all?"
        );
        (place.kind, place.class, place.instead) = (RegionKind::MissedObject, 0, 1);
        let (title, detail) = text(&place, VoxelSize::Unknown, false);
        assert_eq!(title, "Nucleus missed?");
        assert!(detail.ends_with("may be missing"));
    }

    #[test]
    fn a_tolerance_says_how_long_it_is_where_that_is_known() {
        assert_eq!(tolerance(2, Element::Pixel, None), "2 pixels");
        let spacing = Some([8.0, 1.5, 1.25]);
        assert_eq!(tolerance(1, Element::Pixel, spacing), "1 pixel (1.5 mm)");
        assert_eq!(tolerance(1, Element::Voxel, spacing), "1 voxel (8 mm)");
        assert_eq!(tolerance(0, Element::Voxel, spacing), "0 voxels");
    }

    #[test]
    fn the_peak_is_the_voxel_that_is_most_likely_wrong() {
        let mut field = vec![0.0; 4 * 6];
        (field[8], field[9], field[15]) = (0.3, 0.48, 0.48);
        let found = two_classes([1, 4, 6], &field);
        // Of two equals the one nearer to the middle.
        assert_eq!(peak(&region([1, 1, 0], [4, 2, 0]), &found), [3, 1, 0]);
        assert_eq!(peak(&region([2, 2, 0], [4, 3, 0]), &found), [3, 2, 0]);
        assert_eq!(peak(&region([0, 3, 0], [4, 3, 0]), &found), [2, 3, 0]);
    }

    #[test]
    fn the_worst_planes_come_first() {
        let slice = |plane: usize, expected_wrong| SliceUncertainty {
            plane,
            doubt: 0.0,
            object_voxels: plane as u64,
            expected_wrong,
        };
        let slices = [slice(0, 1.0), slice(1, 8.0), slice(2, 4.0)];
        let bars = worst(&slices, 2);
        let planes: Vec<(usize, f64)> = bars.iter().map(|bar| (bar.plane, bar.length)).collect();
        assert_eq!(planes, [(1, 1.0), (2, 0.5)]);
        assert!(bars.iter().all(|bar| bar.has_object) && worst(&[], 3).is_empty());
    }
}
