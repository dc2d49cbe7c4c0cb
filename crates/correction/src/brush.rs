//! Round brushes, drawn along the pointer's path without gaps.

use std::ops::RangeInclusive;

use uq::Run;

use crate::plane::{Axis, Plane, run};

/// A distance on the rim counts as inside in spite of rounding.
const RIM: f64 = 1.0 + 1e-9;

/// A round brush: a ball, or a disc where it stays on a plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Brush {
    /// Its radius, in the unit of the spacing.
    pub radius: f64,
    /// Distances between planes, rows and columns; ones for a radius in voxels.
    pub spacing: [f64; 3],
    /// The plane of a disc; none for a ball.
    pub disc: Option<Plane>,
}

impl Brush {
    /// The voxels whose centres are no further than the radius from the way between two places, both at (plane, row,
    /// column) with voxel centres at whole numbers: a capsule. The voxels nearest to both ends belong to it however small
    /// the brush is. On a disc's plane the places count as if they lay on it.
    ///
    /// In the order of planes, rows and columns; what lies outside of `shape` is left out. The cost grows with the voxels
    /// covered, not with the box around them.
    #[must_use]
    pub fn stamp(&self, shape: [usize; 3], from: [f64; 3], to: [f64; 3]) -> Vec<Run> {
        let usable = |value: &f64| value.is_finite();
        if !from.iter().chain(&to).all(usable) || !self.is_usable() || shape.contains(&0) {
            return Vec::new();
        }
        let (from, to) = (self.on_plane(from), self.on_plane(to));
        let capsule = Capsule::new(self, from, to);
        let ends = [nearest(from, shape), nearest(to, shape)];
        let mut runs = Vec::new();
        let planes = self.range(Axis::Plane, from, to, shape);
        let rows = self.range(Axis::Row, from, to, shape);
        let allowed = self.range(Axis::Column, from, to, shape);
        for plane in planes {
            for row in rows.clone() {
                let covered = capsule.columns([plane, row], &allowed);
                let ends = ends.iter().flatten();
                let ends = ends.filter(|end| end[0] == plane && end[1] == row);
                let ends = ends.map(|end| (end[2], end[2]));
                push_joined(covered.into_iter().chain(ends), [plane, row], &mut runs);
            }
        }
        runs
    }

    fn is_usable(&self) -> bool {
        self.radius.is_finite()
            && self.radius >= 0.0
            && self
                .spacing
                .iter()
                .all(|step| step.is_finite() && *step > 0.0)
    }

    fn on_plane(&self, place: [f64; 3]) -> [f64; 3] {
        let Some(disc) = self.disc else {
            return place;
        };
        let [slow, fast] = disc.across.others(place);
        let at = disc.at as f64;
        match disc.across {
            Axis::Plane => [at, slow, fast],
            Axis::Row => [slow, at, fast],
            Axis::Column => [slow, fast, at],
        }
    }

    /// The places on an axis that the brush can reach; an empty range outside of the image.
    fn range(
        &self,
        axis: Axis,
        from: [f64; 3],
        to: [f64; 3],
        shape: [usize; 3],
    ) -> RangeInclusive<usize> {
        const EMPTY: RangeInclusive<usize> = RangeInclusive::new(1, 0);
        let length = axis.of(shape);
        if let Some(disc) = self.disc.filter(|disc| disc.across == axis) {
            return if disc.at < length {
                disc.at..=disc.at
            } else {
                EMPTY
            };
        }
        let reach = self.radius * RIM / axis.of(self.spacing);
        let (low, high) = (
            axis.of(from).min(axis.of(to)),
            axis.of(from).max(axis.of(to)),
        );
        // The voxel nearest to an end may lie outside of a small brush.
        let first = (low - reach).ceil().min(low.round()).max(0.0);
        let last = (high + reach)
            .floor()
            .max(high.round())
            .min(length as f64 - 1.0);
        if first > last {
            EMPTY
        } else {
            first as usize..=last as usize
        }
    }
}

/// Adds pieces of a row as runs, those that touch or overlap as one.
fn push_joined(pieces: impl Iterator<Item = (usize, usize)>, row: [usize; 2], runs: &mut Vec<Run>) {
    let mut pieces: Vec<(usize, usize)> = pieces.collect();
    pieces.sort_unstable();
    let mut open: Option<(usize, usize)> = None;
    for (first, last) in pieces {
        open = Some(match open {
            Some((begin, end)) if first <= end + 1 => (begin, end.max(last)),
            Some((begin, end)) => {
                runs.push(run(row, begin, end));
                (first, last)
            }
            None => (first, last),
        });
    }
    runs.extend(open.map(|(begin, end)| run(row, begin, end)));
}

/// The voxel nearest to a place; none outside of the image.
fn nearest(place: [f64; 3], shape: [usize; 3]) -> Option<[usize; 3]> {
    let mut voxel = [0; 3];
    for axis in Axis::ALL {
        let at = axis.of(place).round();
        if !(0.0..axis.of(shape) as f64).contains(&at) {
            return None;
        }
        if let Some(entry) = voxel.get_mut(axis.index()) {
            *entry = at as usize;
        }
    }
    Some(voxel)
}

/// A way with all that is near it, in the unit of the spacing.
struct Capsule {
    start: [f64; 3],
    way: [f64; 3],
    /// Square of the way's length.
    square: f64,
    /// Square of the radius.
    reach: f64,
    spacing: [f64; 3],
}

impl Capsule {
    fn new(brush: &Brush, from: [f64; 3], to: [f64; 3]) -> Self {
        let scaled = |place: [f64; 3]| {
            let [plane, row, column] = brush.spacing;
            [place[0] * plane, place[1] * row, place[2] * column]
        };
        let (start, end) = (scaled(from), scaled(to));
        let way = [end[0] - start[0], end[1] - start[1], end[2] - start[2]];
        Self {
            start,
            way,
            square: dot(way, way),
            reach: brush.radius * brush.radius * RIM,
            spacing: brush.spacing,
        }
    }

    /// From a row's origin to the start, turned round.
    fn offset(&self, [plane, row]: [usize; 2], along: f64) -> [f64; 3] {
        [
            plane as f64 * self.spacing[0] - self.start[0],
            row as f64 * self.spacing[1] - self.start[1],
            along - self.start[2],
        ]
    }

    fn holds(&self, row: [usize; 2], column: usize) -> bool {
        let place = self.offset(row, column as f64 * self.spacing[2]);
        let along = if self.square > 0.0 {
            (dot(place, self.way) / self.square).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let away = [0, 1, 2].map(|axis: usize| place[axis] - along * self.way[axis]);
        dot(away, away) <= self.reach
    }

    /// The columns of a row that are covered, first and last, within `allowed`.
    fn columns(&self, row: [usize; 2], allowed: &RangeInclusive<usize>) -> Option<(usize, usize)> {
        let (least, most) = (*allowed.start(), *allowed.end());
        if least > most {
            return None;
        }
        let [low, high] = self.interval(row)?;
        let step = self.spacing[2];
        // One more on either side: what rounding has lost is put right by the definition itself.
        let mut first = ((low / step).floor() - 1.0).clamp(least as f64, most as f64) as usize;
        let mut last = ((high / step).ceil() + 1.0).clamp(least as f64, most as f64) as usize;
        while first <= last && !self.holds(row, first) {
            first += 1;
        }
        while last > first && !self.holds(row, last) {
            last -= 1;
        }
        (first <= last).then_some((first, last))
    }

    /// Where the line through a row enters and leaves the capsule: the two balls at the ends, and the tube between them.
    fn interval(&self, row: [usize; 2]) -> Option<[f64; 2]> {
        let base = self.offset(row, 0.0);
        let end = [0, 1, 2].map(|axis: usize| base[axis] - self.way[axis]);
        let ball = |offset: [f64; 3]| {
            let left = self.reach - offset[0] * offset[0] - offset[1] * offset[1];
            (left >= 0.0).then(|| [-offset[2] - left.sqrt(), -offset[2] + left.sqrt()])
        };
        let parts = [ball(base), ball(end), self.tube(base)];
        parts
            .into_iter()
            .flatten()
            .reduce(|one, other| [one[0].min(other[0]), one[1].max(other[1])])
    }

    fn tube(&self, base: [f64; 3]) -> Option<[f64; 2]> {
        if self.square <= 0.0 {
            return None;
        }
        let (along, slope) = (dot(base, self.way), self.way[2]);
        let between = if slope == 0.0 {
            if !(0.0..=self.square).contains(&along) {
                return None;
            }
            [f64::NEG_INFINITY, f64::INFINITY]
        } else {
            let (one, other) = (-along / slope, (self.square - along) / slope);
            [one.min(other), one.max(other)]
        };
        // The distance from the line, squared, minus that of the radius: a x^2 + 2 b x + c.
        let a = 1.0 - slope * slope / self.square;
        let b = base[2] - along * slope / self.square;
        let c = dot(base, base) - along * along / self.square - self.reach;
        let near = if a < 1e-12 {
            // Along the row: near everywhere or nowhere, and rounding is left to the definition.
            (c <= self.reach * 1e-6 + 1e-9).then_some([f64::NEG_INFINITY, f64::INFINITY])?
        } else {
            let root = b * b - a * c;
            if root < 0.0 {
                return None;
            }
            [(-b - root.sqrt()) / a, (-b + root.sqrt()) / a]
        };
        let both = [between[0].max(near[0]), between[1].min(near[1])];
        (both[0] <= both[1] && both[0].is_finite() && both[1].is_finite()).then_some(both)
    }
}

fn dot(one: [f64; 3], other: [f64; 3]) -> f64 {
    one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uq::VoxelSet;

    use super::Brush;
    use crate::plane::{Axis, Plane};

    const SHAPE: [usize; 3] = [7, 13, 17];

    /// The definition, voxel by voxel.
    fn by_definition(brush: &Brush, from: [f64; 3], to: [f64; 3]) -> VoxelSet {
        let [_, rows, columns] = SHAPE;
        VoxelSet::from_fn(SHAPE, |index| {
            let at = [
                index / columns / rows,
                index / columns % rows,
                index % columns,
            ];
            if brush.disc.is_some_and(|disc| disc.across.of(at) != disc.at) {
                return false;
            }
            let (from, to) = (brush.on_plane(from), brush.on_plane(to));
            let scaled = |axis: usize, value: f64| value * brush.spacing[axis];
            let place = [0, 1, 2].map(|axis| scaled(axis, at[axis] as f64 - from[axis]));
            let way = [0, 1, 2].map(|axis| scaled(axis, to[axis] - from[axis]));
            let square = super::dot(way, way);
            let along = if square > 0.0 {
                (super::dot(place, way) / square).clamp(0.0, 1.0)
            } else {
                0.0
            };
            let away = [0, 1, 2].map(|axis| place[axis] - along * way[axis]);
            let near = super::dot(away, away) <= brush.radius * brush.radius * super::RIM;
            let is_end = [from, to].iter().any(|end| {
                [0, 1, 2]
                    .iter()
                    .all(|&axis| end[axis].round() == at[axis] as f64)
            });
            near || is_end
        })
    }

    fn place() -> impl Strategy<Value = [f64; 3]> {
        (-3.0..9.0_f64, -3.0..16.0_f64, -3.0..20.0_f64)
            .prop_map(|(plane, row, column)| [plane, row, column])
    }

    fn whole_or_not() -> impl Strategy<Value = [f64; 3]> {
        prop_oneof![place(), place().prop_map(|place| place.map(f64::round))]
    }

    proptest! {
        #[test]
        fn a_stamp_is_what_its_definition_says(
            from in whole_or_not(), to in whole_or_not(), radius in prop_oneof![0.0..6.0_f64, Just(2.0), Just(0.5)],
            spacing in prop_oneof![Just([1.0; 3]), Just([3.0, 0.7, 1.1])],
            disc in prop_oneof![Just(None), Just(Some(Axis::Plane)), Just(Some(Axis::Row)), Just(Some(Axis::Column))],
            at in 0..8_usize,
        ) {
            let disc = disc.map(|across| Plane { across, at });
            let brush = Brush { radius, spacing, disc };
            let mut found = VoxelSet::empty(SHAPE);
            let runs = brush.stamp(SHAPE, from, to);
            found.insert_runs(&runs);
            // Runs neither overlap nor leave the image.
            prop_assert_eq!(found.count(), runs.iter().map(uq::Run::voxels).sum::<u64>());
            prop_assert_eq!(found, by_definition(&brush, from, to));
        }
    }

    #[test]
    fn the_thinnest_stroke_has_no_gap() {
        let disc = Some(Plane {
            across: Axis::Plane,
            at: 2,
        });
        let brush = Brush {
            radius: 0.5,
            spacing: [1.0; 3],
            disc,
        };
        for end in [[2.0, 12.0, 16.0], [2.0, 3.0, 16.0], [2.0, 12.0, 2.0]] {
            let runs = brush.stamp(SHAPE, [2.0, 0.0, 0.0], end);
            assert_eq!(uq::connected_pieces(runs).len(), 1, "{end:?}");
        }
    }

    #[test]
    fn what_is_no_number_draws_nothing() {
        let brush = Brush {
            radius: f64::NAN,
            spacing: [1.0; 3],
            disc: None,
        };
        assert!(brush.stamp(SHAPE, [0.0; 3], [1.0; 3]).is_empty());
        let brush = Brush {
            radius: 2.0,
            spacing: [1.0, 0.0, 1.0],
            disc: None,
        };
        assert!(brush.stamp(SHAPE, [0.0; 3], [1.0; 3]).is_empty());
        let brush = Brush {
            radius: 2.0,
            spacing: [1.0; 3],
            disc: None,
        };
        assert!(brush.stamp(SHAPE, [f64::INFINITY; 3], [1.0; 3]).is_empty());
        assert!(brush.stamp([0, 4, 4], [0.0; 3], [1.0; 3]).is_empty());
    }
}
