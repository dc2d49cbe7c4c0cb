//! A brush that follows the network's own probabilities.

use uq::{Run, VoxelSet};

use crate::brush::Brush;
use crate::flood::flood;
use crate::plane::run;

/// Log odds from -8 to 8 in steps of a quarter: beyond is as good as sure.
const BINS: usize = 64;
const LIMIT: f32 = 8.0;
/// Standard deviation of the log odds under a stroke from which its voxels fall into two kinds; with less the brush has
/// nothing to follow, and paints all that it covers.
const MIN_SPREAD: f64 = 0.5;

/// A stroke within which only what the network could take for the class is painted.
///
/// Of the voxels under the stroke those are taken whose probability is above a level, and which are connected with the
/// stroke's centre line across faces. The level adapts to the stroke: it is the one that parts the voxels covered so far
/// best in two by their log odds (Otsu, IEEE Transactions on Systems, Man, and Cybernetics 9, 1979), but never above the
/// lower quartile on the centre line, because where somebody draws is what he means.
#[derive(Debug, Clone)]
pub struct SmartStroke {
    covered: [u32; BINS],
    line: [u32; BINS],
}

impl Default for SmartStroke {
    fn default() -> Self {
        Self {
            covered: [0; BINS],
            line: [0; BINS],
        }
    }
}

impl SmartStroke {
    /// Goes on from one place to another, as [`Brush::stamp`] does. `probability` of the class is asked with indices of an
    /// array `[planes, rows, columns]`.
    pub fn extend(
        &mut self,
        shape: [usize; 3],
        brush: &Brush,
        from: [f64; 3],
        to: [f64; 3],
        probability: impl Fn(usize) -> f32,
    ) -> Vec<Run> {
        let [_, rows, columns] = shape;
        let index = |[plane, row, column]: [usize; 3]| (plane * rows + row) * columns + column;
        let runs = brush.stamp(shape, from, to);
        let line = Brush {
            radius: 0.0,
            ..*brush
        };
        let steps = steps(from, to);
        let place = |step: usize| {
            let along = step as f64 / steps as f64;
            [0, 1, 2].map(|axis: usize| from[axis] + along * (to[axis] - from[axis]))
        };
        let centres = (0..=steps).flat_map(|step| line.stamp(shape, place(step), place(step)));
        let centres: Vec<[usize; 3]> = centres
            .map(|run| [run.plane, run.row, run.first].map(|at| at as usize))
            .collect();
        let Some(local) = Local::around(&runs) else {
            return Vec::new();
        };
        for run in &runs {
            for index in run.indices(shape) {
                add(&mut self.covered, bin(probability(index)));
            }
        }
        for &centre in &centres {
            add(&mut self.line, bin(probability(index(centre))));
        }
        let level = self.level();
        // Only the box around the stroke is looked at, however large the image is.
        let mut covered = VoxelSet::empty(local.shape);
        covered.insert_runs(&local.moved(&runs));
        let [_, local_rows, local_columns] = local.shape;
        let inside = |at: usize| {
            let place = [
                at / local_columns / local_rows,
                at / local_columns % local_rows,
                at % local_columns,
            ];
            covered.contains(place) && bin(probability(index(local.place(place)))) >= level
        };
        let seeds: Vec<[usize; 3]> = centres.iter().map(|&centre| local.own(centre)).collect();
        let found = flood(local.shape, &seeds, [true; 3], inside);
        local.moved_back(&found.runs())
    }

    /// The lowest bin that is painted.
    fn level(&self) -> usize {
        otsu(&self.covered).min(quartile(&self.line))
    }
}

/// How many places of the centre line are looked at: two for every voxel.
fn steps(from: [f64; 3], to: [f64; 3]) -> usize {
    let longest = from
        .iter()
        .zip(&to)
        .map(|(from, to)| (to - from).abs())
        .fold(0.0, f64::max);
    ((2.0 * longest).ceil() as usize).clamp(1, 1 << 16)
}

fn bin(probability: f32) -> usize {
    let p = probability.clamp(1e-6, 1.0 - 1e-6);
    let odds = (p / (1.0 - p)).ln().clamp(-LIMIT, LIMIT);
    let at = (odds + LIMIT) / (2.0 * LIMIT) * BINS as f32;
    // A probability that is no number counts as none.
    (at as usize).min(BINS - 1)
}

fn add(bins: &mut [u32; BINS], bin: usize) {
    if let Some(count) = bins.get_mut(bin) {
        *count = count.saturating_add(1);
    }
}

/// The first bin of the upper of two kinds; 0 where there is only one.
fn otsu(bins: &[u32; BINS]) -> usize {
    let total: f64 = bins.iter().map(|count| f64::from(*count)).sum();
    let moment = |power: i32| -> f64 {
        let bins = bins.iter().enumerate();
        bins.map(|(at, count)| f64::from(*count) * (at as f64).powi(power))
            .sum()
    };
    if total == 0.0 {
        return 0;
    }
    let (mean, square) = (moment(1) / total, moment(2) / total);
    let width = f64::from(2.0 * LIMIT) / BINS as f64;
    if (square - mean * mean).max(0.0).sqrt() * width < MIN_SPREAD {
        return 0;
    }
    let (mut below, mut sum, mut best) = (0.0, 0.0, (0.0, 0));
    for (at, count) in bins.iter().enumerate() {
        let above = total - below;
        if below > 0.0 && above > 0.0 {
            let gap = sum / below - (mean * total - sum) / above;
            let between = below * above * gap * gap;
            if between > best.0 {
                best = (between, at);
            }
        }
        below += f64::from(*count);
        sum += f64::from(*count) * at as f64;
    }
    best.1
}

/// The bin below which a quarter lies.
fn quartile(bins: &[u32; BINS]) -> usize {
    let total: u64 = bins.iter().map(|count| u64::from(*count)).sum();
    let mut below = 0;
    for (at, count) in bins.iter().enumerate() {
        below += u64::from(*count);
        if 4 * below > total {
            return at;
        }
    }
    0
}

/// A part of the image.
struct Local {
    first: [usize; 3],
    shape: [usize; 3],
}

impl Local {
    fn around(runs: &[Run]) -> Option<Self> {
        let least = |of: fn(&Run) -> u32| runs.iter().map(of).min();
        let most = |of: fn(&Run) -> u32| runs.iter().map(of).max();
        let first = [
            least(|run| run.plane)?,
            least(|run| run.row)?,
            least(|run| run.first)?,
        ];
        let last = [
            most(|run| run.plane)?,
            most(|run| run.row)?,
            most(|run| run.last)?,
        ];
        Some(Self {
            first: first.map(|at| at as usize),
            shape: [0, 1, 2].map(|axis: usize| (last[axis] - first[axis]) as usize + 1),
        })
    }

    /// A place of the image, as one of the part; one outside stays outside.
    fn own(&self, place: [usize; 3]) -> [usize; 3] {
        [0, 1, 2].map(|axis: usize| place[axis].wrapping_sub(self.first[axis]))
    }

    fn place(&self, own: [usize; 3]) -> [usize; 3] {
        [0, 1, 2].map(|axis: usize| own[axis] + self.first[axis])
    }

    fn moved(&self, runs: &[Run]) -> Vec<Run> {
        let own = |run: &Run| {
            let [plane, row, first] = [run.plane, run.row, run.first].map(|at| at as usize);
            let [plane, row, first] = self.own([plane, row, first]);
            let length = (run.last - run.first) as usize;
            self::run([plane, row], first, first + length)
        };
        runs.iter().map(own).collect()
    }

    fn moved_back(&self, runs: &[Run]) -> Vec<Run> {
        let there = |run: &Run| {
            let [plane, row, first] = [run.plane, run.row, run.first].map(|at| at as usize);
            let [plane, row, first] = self.place([plane, row, first]);
            let length = (run.last - run.first) as usize;
            self::run([plane, row], first, first + length)
        };
        runs.iter().map(there).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uq::{Run, VoxelSet};

    use super::SmartStroke;
    use crate::brush::Brush;
    use crate::plane::{Axis, Plane};

    const SHAPE: [usize; 3] = [1, 24, 30];
    const BRUSH: Brush = Brush {
        radius: 6.0,
        spacing: [1.0; 3],
        disc: Some(Plane {
            across: Axis::Plane,
            at: 0,
        }),
    };

    fn set(runs: &[Run]) -> VoxelSet {
        let mut set = VoxelSet::empty(SHAPE);
        set.insert_runs(runs);
        set
    }

    #[test]
    fn only_what_the_network_could_take_for_the_class_is_painted() {
        // An object that the network hardly believes in, in the left half, and another one apart from it.
        let probability = |index: usize| match index % 30 {
            0..=11 | 16..=17 => 0.2,
            _ => 0.001,
        };
        let mut stroke = SmartStroke::default();
        let runs = stroke.extend(
            SHAPE,
            &BRUSH,
            [0.0, 10.0, 10.0],
            [0.0, 14.0, 10.0],
            probability,
        );
        let found = set(&runs);
        assert!(found.contains([0, 12, 11]) && found.contains([0, 12, 5]));
        assert!(!found.contains([0, 12, 12]), "beyond the object's border");
        assert!(!found.contains([0, 12, 16]), "another object");
        let covered: u64 = BRUSH
            .stamp(SHAPE, [0.0, 10.0, 10.0], [0.0, 14.0, 10.0])
            .iter()
            .map(Run::voxels)
            .sum();
        assert!(found.count() > covered / 2 && found.count() < covered);
    }

    #[test]
    fn with_nothing_to_follow_it_is_a_brush() {
        let mut stroke = SmartStroke::default();
        let (from, to) = ([0.0, 10.0, 10.0], [0.0, 14.0, 20.0]);
        let runs = stroke.extend(SHAPE, &BRUSH, from, to, |_| 0.3);
        assert_eq!(set(&runs), set(&BRUSH.stamp(SHAPE, from, to)));
    }

    proptest! {
        #[test]
        fn it_never_leaves_the_stroke_and_always_paints_where_it_begins(
            values in prop::collection::vec(prop_oneof![0.0..1.0_f32, Just(f32::NAN)], 720),
            begin in (0.0..23.0_f64, 0.0..29.0_f64), end in (-5.0..30.0_f64, -5.0..35.0_f64),
        ) {
            let (from, to) = ([0.0, begin.0, begin.1], [0.0, end.0, end.1]);
            let mut stroke = SmartStroke::default();
            let first = set(&stroke.extend(SHAPE, &BRUSH, from, from, |index| values[index]));
            prop_assert!(first.contains([0, begin.0.round() as usize, begin.1.round() as usize]));
            let found = stroke.extend(SHAPE, &BRUSH, from, to, |index| values[index]);
            let covered = set(&BRUSH.stamp(SHAPE, from, to));
            prop_assert!(found.iter().all(|run| (run.first..=run.last)
                .all(|column| covered.contains([0, run.row as usize, column as usize]))));
        }
    }
}
