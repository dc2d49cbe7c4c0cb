//! Pairs of an error and a correct voxel for the ranking term.

use super::VoxelOutcome;

/// Pairs of an error voxel and a correct voxel, as row-major positions in `[batch, size..]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PairIndices {
    /// The wrong voxel of each pair.
    pub errors: Vec<i32>,
    /// The correct voxel of each pair.
    pub correct: Vec<i32>,
}

/// How pairs are drawn. The default is the reference's: evenly over all errors and over all correct voxels.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PairSampling {
    /// Share of pairs whose correct voxel comes from the band near the objects, 0 to 1. Errors always lie in the band.
    pub band_share: f64,
    /// Whether the kinds of error that occur are drawn equally often, however many voxels each has.
    pub balance: bool,
}

impl PairIndices {
    /// Largest number of pairs in a step.
    pub const MAX: usize = 65_536;

    /// Pairs from the errors of a batch; `pick(pair, count, of_errors)` chooses a position below `count`, as comparisons
    /// with the reference need.
    ///
    /// There are `min(65536, errors x correct)` pairs, none where one of the lists is empty.
    #[must_use]
    pub fn sample(errors: &[bool], mut pick: impl FnMut(usize, usize, bool) -> usize) -> Self {
        let wrong = positions(errors, |&wrong| wrong);
        let right = positions(errors, |&wrong| !wrong);
        let mut pairs = Self::default();
        for pair in 0..count(&wrong, &right) {
            let (error, correct) = (
                pick(pair, wrong.len(), true),
                pick(pair, right.len(), false),
            );
            pairs.errors.extend(wrong.get(error));
            pairs.correct.extend(right.get(correct));
        }
        pairs
    }

    /// Random pairs, both voxels with replacement. `near` marks the band near the objects and `draw` gives even random
    /// numbers from 0 to under 1.
    ///
    /// There are `min(65536, errors x correct)` pairs, none where one of the lists is empty. Where the band holds no
    /// correct voxel, all of them are drawn from everywhere.
    #[must_use]
    pub fn draw(
        outcomes: &[VoxelOutcome],
        near: &[bool],
        sampling: PairSampling,
        mut draw: impl FnMut() -> f64,
    ) -> Self {
        let wrong = positions(outcomes, |outcome| outcome.is_error());
        let right = positions(outcomes, |outcome| !outcome.is_error());
        let kinds = if sampling.balance {
            let of_kind = VoxelOutcome::ERRORS
                .map(|kind| positions(outcomes, |&outcome| outcome == kind))
                .into_iter();
            of_kind.filter(|list| !list.is_empty()).collect()
        } else {
            vec![wrong.clone()]
        };
        let in_band = if sampling.band_share > 0.0 {
            let inside = |&position: &i32| near.get(position as usize) == Some(&true);
            right.iter().copied().filter(inside).collect()
        } else {
            Vec::new()
        };
        let mut pairs = Self::default();
        for _ in 0..count(&wrong, &right) {
            let kind = if kinds.len() > 1 {
                chosen(&kinds, &mut draw)
            } else {
                kinds.first()
            };
            let error = kind.and_then(|list| chosen(list, &mut draw));
            let band = !in_band.is_empty() && draw() < sampling.band_share;
            let correct = chosen(if band { &in_band } else { &right }, &mut draw);
            if let (Some(&error), Some(&correct)) = (error, correct) {
                pairs.errors.push(error);
                pairs.correct.push(correct);
            }
        }
        pairs
    }
}

fn positions<T>(values: &[T], wanted: impl Fn(&T) -> bool) -> Vec<i32> {
    let list = values.iter().enumerate().filter(|(_, value)| wanted(value));
    list.map(|(position, _)| position as i32).collect()
}

fn count(wrong: &[i32], right: &[i32]) -> usize {
    PairIndices::MAX.min(wrong.len().saturating_mul(right.len()))
}

fn chosen<'a, T>(list: &'a [T], draw: &mut impl FnMut() -> f64) -> Option<&'a T> {
    let place = (draw() * list.len() as f64) as usize;
    list.get(place.min(list.len().saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::{PairIndices, PairSampling};
    use crate::train::VoxelOutcome::{self, Confusion, Correct, FalseNegative, FalsePositive};

    /// Even numbers, always the same ones.
    fn numbers() -> impl FnMut() -> f64 {
        let mut state = 1_u64;
        move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    fn scene() -> (Vec<VoxelOutcome>, Vec<bool>) {
        let mut outcomes = vec![Correct; 1000];
        outcomes[..9].fill(FalsePositive);
        outcomes[9] = FalseNegative;
        let near = (0..1000).map(|voxel| voxel < 60).collect();
        (outcomes, near)
    }

    fn share(positions: &[i32], of: impl Fn(i32) -> bool) -> f64 {
        positions.iter().filter(|&&position| of(position)).count() as f64 / positions.len() as f64
    }

    #[test]
    fn the_reference_draws_evenly() {
        let (outcomes, near) = scene();
        let pairs = PairIndices::draw(&outcomes, &near, PairSampling::default(), numbers());
        assert_eq!(pairs.errors.len(), 10 * 990);
        assert_eq!(pairs.correct.len(), 10 * 990);
        assert!(pairs.errors.iter().all(|&position| position < 10));
        assert!(pairs.correct.iter().all(|&position| position >= 10));
        assert!((share(&pairs.errors, |position| position == 9) - 0.1).abs() < 0.02);
        assert!((share(&pairs.correct, |position| position < 60) - 50.0 / 990.0).abs() < 0.01);
    }

    #[test]
    fn a_share_of_the_correct_voxels_comes_from_the_band() {
        let (outcomes, near) = scene();
        let sampling = PairSampling {
            band_share: 0.5,
            balance: false,
        };
        let pairs = PairIndices::draw(&outcomes, &near, sampling, numbers());
        let expected = 0.5 + 0.5 * 50.0 / 990.0;
        assert!((share(&pairs.correct, |position| position < 60) - expected).abs() < 0.02);
        assert!((share(&pairs.errors, |position| position == 9) - 0.1).abs() < 0.02);
    }

    #[test]
    fn kinds_of_error_are_drawn_equally_often() {
        let (mut outcomes, near) = scene();
        let sampling = PairSampling {
            band_share: 0.0,
            balance: true,
        };
        let pairs = PairIndices::draw(&outcomes, &near, sampling, numbers());
        assert!((share(&pairs.errors, |position| position == 9) - 0.5).abs() < 0.02);
        outcomes[500] = Confusion;
        let pairs = PairIndices::draw(&outcomes, &near, sampling, numbers());
        assert!((share(&pairs.errors, |position| position == 500) - 1.0 / 3.0).abs() < 0.02);
    }

    #[test]
    fn there_are_no_pairs_without_errors_or_without_correct_voxels() {
        for outcome in [Correct, FalsePositive] {
            let sampling = PairSampling {
                band_share: 0.5,
                balance: true,
            };
            let pairs = PairIndices::draw(&[outcome; 7], &[true; 7], sampling, numbers());
            assert_eq!(pairs, PairIndices::default());
        }
    }

    #[test]
    fn an_empty_band_falls_back_to_everywhere() {
        let (outcomes, _) = scene();
        let sampling = PairSampling {
            band_share: 1.0,
            balance: false,
        };
        let pairs = PairIndices::draw(&outcomes, &[false; 1000], sampling, numbers());
        assert!(share(&pairs.correct, |position| position >= 60) > 0.9);
    }
}
