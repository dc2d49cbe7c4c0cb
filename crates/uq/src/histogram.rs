//! Scores counted in bins: ranking metrics over any number of voxels in bounded memory.

use std::collections::BTreeMap;

use crate::error::{check_length, check_numbers};
use crate::ranking::{key, score_of};
use crate::tie_group::TieGroup;
use crate::{Error, Ranking, RankingBounds, RankingMetrics};

/// Bits of the mantissa that tell bins apart.
const MANTISSA_BITS: u32 = 12;
/// Bits of a key that a bin leaves out.
const SHIFT: u32 = 23 - MANTISSA_BITS;
/// Bins of a page.
const PAGE: usize = 512;

/// Voxels of a bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Bin {
    count: u64,
    errors: u64,
}

/// Scores and errors of any number of voxels, counted in bins.
///
/// A bin holds the scores whose sign, exponent and first 12 bits of the mantissa agree, so that the 2,097,152 bins keep
/// the order of the scores and each is at most [`ScoreHistogram::RELATIVE_WIDTH`] wide relative to its scores (scores
/// below 1.2e-38 in size: 2^-138 wide). Only pages of 512 bins that have been hit take memory, 8 KiB each: 64 KiB for
/// every factor of two that the scores span, 32 MiB at the very most, whatever the number of voxels.
///
/// The metrics treat the scores of one bin as equal. [`ScoreHistogram::bounds`] says for certain how far the metrics of
/// the exact scores can be from that; where no bin has both wrong and right voxels, they are exact.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScoreHistogram {
    pages: BTreeMap<u32, Box<[Bin]>>,
    /// Key of the largest score.
    largest: u32,
}

impl ScoreHistogram {
    /// Width of a bin relative to its scores: 2^-12.
    pub const RELATIVE_WIDTH: f64 = 1.0 / (1 << MANTISSA_BITS) as f64;

    /// Adds voxels: `errors[i]` says whether the voxel with `scores[i]` is wrong. With `include`, only voxels whose entry
    /// is true count.
    ///
    /// # Errors
    /// [`Error::Length`] if the slices differ in length, [`Error::NotANumber`] for a score that is not a number. Nothing
    /// is added then.
    pub fn add(
        &mut self,
        scores: &[f32],
        errors: &[bool],
        include: Option<&[bool]>,
    ) -> Result<(), Error> {
        check_length("the error map", errors.len(), scores.len())?;
        if let Some(include) = include {
            check_length("the region", include.len(), scores.len())?;
        }
        check_numbers("the scores", scores)?;
        let included =
            |index: usize| include.is_none_or(|include| include.get(index) == Some(&true));
        for (index, (&score, &error)) in scores.iter().zip(errors).enumerate() {
            if included(index) {
                self.count(key(score), 1, u64::from(error));
            }
        }
        Ok(())
    }

    /// Adds all voxels of another histogram.
    pub fn merge(&mut self, other: &Self) {
        self.largest = self.largest.max(other.largest);
        for (&number, theirs) in &other.pages {
            let ours = self.page(number);
            for (bin, more) in ours.iter_mut().zip(theirs.iter()) {
                bin.count += more.count;
                bin.errors += more.errors;
            }
        }
    }

    fn count(&mut self, key: u32, count: u64, errors: u64) {
        self.largest = self.largest.max(key);
        let index = key >> SHIFT;
        let page = self.page(index / PAGE as u32);
        if let Some(bin) = page.get_mut(index as usize % PAGE) {
            bin.count += count;
            bin.errors += errors;
        }
    }

    fn page(&mut self, number: u32) -> &mut [Bin] {
        self.pages
            .entry(number)
            .or_insert_with(|| vec![Bin::default(); PAGE].into_boxed_slice())
    }

    /// The bins that hold voxels, ascending: number, voxels, wrong voxels.
    pub(crate) fn bins(&self) -> impl Iterator<Item = (u32, u64, u64)> {
        self.pages.iter().flat_map(|(&page, bins)| {
            bins.iter()
                .enumerate()
                .filter(|(_, bin)| bin.count > 0)
                .map(move |(index, bin)| (page * PAGE as u32 + index as u32, bin.count, bin.errors))
        })
    }

    /// The ranking in which the scores of a bin are equal: to the largest score that the bin can hold, or to the largest
    /// that was added.
    pub fn ranking(&self) -> Ranking {
        let upper = |bin: u32| {
            let edge = (bin << SHIFT) | ((1 << SHIFT) - 1);
            score_of(edge.min(self.largest))
        };
        let group = |(bin, count, errors)| TieGroup {
            score: upper(bin),
            count,
            errors,
        };
        Ranking::from_groups(self.bins().map(group).collect())
    }

    /// The ranking metrics.
    pub fn metrics(&self) -> RankingMetrics {
        self.ranking().metrics()
    }

    /// Intervals that hold the metrics of the exact scores for certain.
    pub fn bounds(&self) -> RankingBounds {
        self.ranking().bounds()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::ScoreHistogram;
    use crate::{Error, Ranking};

    fn histogram(scores: &[f32], errors: &[bool]) -> ScoreHistogram {
        let mut histogram = ScoreHistogram::default();
        histogram.add(scores, errors, None).unwrap();
        histogram
    }

    #[test]
    fn distinct_bins_give_the_exact_figures() {
        let scores = [
            f32::NEG_INFINITY,
            -3.5,
            -0.25,
            0.0,
            0.5,
            0.75,
            17.0,
            f32::INFINITY,
        ];
        let errors = [false, true, false, false, true, false, true, true];
        let histogram = histogram(&scores, &errors);
        let exact = Ranking::new(&scores, &errors).unwrap();
        assert_eq!(histogram.metrics(), exact.metrics());
        let bounds = histogram.bounds();
        let auroc = bounds.auroc.unwrap();
        assert_eq!(
            (auroc.low, auroc.high),
            (exact.auroc().unwrap(), exact.auroc().unwrap())
        );
        assert!(bounds.aurc.unwrap().distance(exact.aurc().unwrap()) < 1e-15);
    }

    #[test]
    fn scores_within_the_relative_width_share_a_bin_and_others_do_not() {
        let close = [1.0, 1.0 + 0.9 * ScoreHistogram::RELATIVE_WIDTH as f32];
        assert_eq!(histogram(&close, &[false, true]).metrics().auroc, Some(0.5));
        let apart = [1.0, 1.0 + 1.1 * ScoreHistogram::RELATIVE_WIDTH as f32];
        assert_eq!(histogram(&apart, &[false, true]).metrics().auroc, Some(1.0));
        let negative = [-1.1, -1.0];
        assert_eq!(
            histogram(&negative, &[false, true]).metrics().auroc,
            Some(1.0)
        );
    }

    #[test]
    fn thresholds_are_scores() {
        let histogram = histogram(&[-1.0, 0.3, f32::INFINITY], &[false; 3]);
        let curve = histogram.ranking().risk_coverage(3);
        assert!(curve[0].threshold >= -1.0 && curve[0].threshold < -0.999);
        assert!(curve[1].threshold >= 0.3 && curve[1].threshold < 0.3003);
        assert_eq!(curve[2].threshold, f32::INFINITY);
    }

    #[test]
    fn a_region_leaves_voxels_out_and_faults_add_nothing() {
        let mut histogram = ScoreHistogram::default();
        histogram
            .add(&[0.1, 0.2], &[true, false], Some(&[true, false]))
            .unwrap();
        assert_eq!(
            (histogram.ranking().count(), histogram.ranking().errors()),
            (1, 1)
        );
        let before = histogram.clone();
        assert!(matches!(
            histogram.add(&[0.1, f32::NAN], &[true, false], None),
            Err(Error::NotANumber { index: 1, .. })
        ));
        assert!(matches!(
            histogram.add(&[0.1], &[true, false], None),
            Err(Error::Length { .. })
        ));
        assert_eq!(histogram, before);
    }
}
