//! Intervals by resampling whole cases (Efron's bootstrap), in memory that does not grow with the voxels.

use serde::{Deserialize, Serialize};

use crate::ranking::TieGroup;
use crate::{Calibration, Error, Ranking, RankingFigures, ScoreHistogram};

/// Cases whose full histograms are kept until the coarse bins are chosen.
const PILOT_CASES: usize = 16;
/// A coarse bin holds about this share of the pilot's wrong voxels, or of its right ones, whichever is reached first.
const COARSE_SHARE: f64 = 1.0 / 128.0;

/// A percentile interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// How often every case is drawn in every replicate of the bootstrap.
///
/// Voxels of one image depend on each other, so whole cases are drawn, with replacement, as many as there are (Efron and
/// Tibshirani, An Introduction to the Bootstrap, 1993, chapter 8). The draws are made before the first case is seen;
/// cases then stream by. All methods of an evaluation use the same draws, so that differences between them are paired.
/// Takes two bytes for each case and replicate. Replicate 0 is the sample itself, every case once.
#[derive(Debug, Clone, PartialEq)]
pub struct Resampling {
    cases: usize,
    replicates: usize,
    /// `[cases, replicates + 1]`.
    times: Vec<u16>,
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): small, and the same everywhere.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl Resampling {
    /// Draws `replicates` times `cases` out of `cases` cases. Equal seeds give equal draws.
    pub fn new(cases: usize, replicates: usize, seed: u64) -> Self {
        let width = replicates + 1;
        let mut times = vec![0_u16; cases * width];
        let mut state = seed;
        for replicate in 1..width {
            for _ in 0..cases {
                // The high half of a 128-bit product: uniform over the cases but for 2^-64.
                let drawn = (u128::from(next(&mut state)) * cases as u128 >> 64) as usize;
                if let Some(count) = times.get_mut(drawn * width + replicate) {
                    *count = count.saturating_add(1);
                }
            }
        }
        for case in times.chunks_exact_mut(width) {
            if let Some(itself) = case.first_mut() {
                *itself = 1;
            }
        }
        Self {
            cases,
            replicates,
            times,
        }
    }

    /// Number of cases.
    pub const fn cases(&self) -> usize {
        self.cases
    }

    /// Number of replicates, the sample itself not counted.
    pub const fn replicates(&self) -> usize {
        self.replicates
    }

    /// How often a case is drawn in the sample itself (once) and in every replicate.
    fn of_case(&self, case: usize) -> Result<&[u16], Error> {
        let width = self.replicates + 1;
        self.times
            .get(case.saturating_mul(width)..case.saturating_add(1).saturating_mul(width))
            .ok_or_else(|| Error::Setting {
                what: "the number of the case",
                value: case.to_string(),
                requirement: "below the number of cases that was drawn from",
            })
    }

    /// The central 95 % of replicates, moved so that the sample itself stands at `figure`.
    ///
    /// `replicates[0]` is the sample itself as the replicates see it (in coarse bins, say); the move takes out what their
    /// coarseness does to all alike. `None` where the figure is undefined in the sample or in more than half of the
    /// replicates, or where there are fewer than two cases to draw from.
    pub fn interval(&self, replicates: &[Option<f64>], figure: Option<f64>) -> Option<Interval> {
        let (itself, rest) = replicates.split_first()?;
        let shift = figure? - (*itself)?;
        let mut values: Vec<f64> = rest.iter().filter_map(|value| *value).collect();
        if self.cases < 2 || values.is_empty() || values.len() * 2 < rest.len() {
            return None;
        }
        values.sort_by(f64::total_cmp);
        Some(Interval {
            low: quantile(&values, 0.025)? + shift,
            high: quantile(&values, 0.975)? + shift,
        })
    }

    /// Means over drawn cases of a value that every case has, or not: first of the sample itself, then of the replicates.
    ///
    /// # Errors
    /// [`Error::Length`] unless there is one value for every case.
    pub fn means(&self, values: &[Option<f64>]) -> Result<Vec<Option<f64>>, Error> {
        self.statistic(values, |drawn| {
            let (sum, count) = drawn
                .iter()
                .fold((0.0, 0_u64), |(sum, count), &(value, times)| {
                    (sum + value * f64::from(times), count + u64::from(times))
                });
            (count > 0).then(|| sum / count as f64)
        })
    }

    /// A statistic of drawn cases, given as (value, times drawn), without those that have no value: first of the sample
    /// itself, then of the replicates.
    ///
    /// # Errors
    /// [`Error::Length`] unless there is one value for every case.
    pub fn statistic<T: Copy>(
        &self,
        values: &[Option<T>],
        statistic: impl Fn(&[(T, u16)]) -> Option<f64>,
    ) -> Result<Vec<Option<f64>>, Error> {
        crate::error::check_length("the list of values", values.len(), self.cases)?;
        let width = self.replicates + 1;
        let of_replicate = |replicate: usize| {
            let drawn: Vec<(T, u16)> = values
                .iter()
                .zip(self.times.chunks_exact(width))
                .filter_map(|(value, times)| {
                    let times = times.get(replicate).copied().filter(|&times| times > 0)?;
                    value.map(|value| (value, times))
                })
                .collect();
            statistic(&drawn)
        };
        Ok((0..width).map(of_replicate).collect())
    }
}

/// The quantile of sorted values, with linear interpolation between neighbours (Hyndman and Fan, 1996, type 7; numpy's
/// default). `None` without values.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share.clamp(0.0, 1.0) * sorted.len().checked_sub(1)? as f64;
    let below = sorted.get(place.floor() as usize)?;
    let above = sorted.get(place.ceil() as usize)?;
    Some(below + (above - below) * place.fract())
}

/// Ranking figures of all replicates, from streaming cases.
///
/// Every replicate counts its cases in at most 256 coarse bins, chosen from the first 16 cases so that each holds about
/// 1/128 of their wrong or of their right voxels: 4 KiB for a replicate, whatever comes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RankingReplicates {
    /// Until the coarse bins are chosen: case numbers and their histograms.
    pilot: Vec<(usize, ScoreHistogram)>,
    /// Last fine bin of every coarse bin but the last one.
    edges: Option<Vec<u32>>,
    /// Voxels and wrong voxels, `[replicates + 1, coarse bins]`.
    counts: Vec<[u64; 2]>,
}

impl RankingReplicates {
    /// Adds the scores of a case.
    ///
    /// # Errors
    /// [`Error::Setting`] for a case that was not drawn from.
    pub fn add(
        &mut self,
        resampling: &Resampling,
        case: usize,
        histogram: ScoreHistogram,
    ) -> Result<(), Error> {
        resampling.of_case(case)?;
        if self.edges.is_some() {
            return self.count(resampling, case, &histogram);
        }
        self.pilot.push((case, histogram));
        if self.pilot.len() == PILOT_CASES {
            self.end_pilot(resampling)?;
        }
        Ok(())
    }

    fn end_pilot(&mut self, resampling: &Resampling) -> Result<(), Error> {
        let mut pooled = ScoreHistogram::default();
        for (_, histogram) in &self.pilot {
            pooled.merge(histogram);
        }
        let edges = coarse_edges(&pooled);
        self.counts = vec![[0, 0]; (edges.len() + 1) * (resampling.replicates + 1)];
        self.edges = Some(edges);
        for (case, histogram) in std::mem::take(&mut self.pilot) {
            self.count(resampling, case, &histogram)?;
        }
        Ok(())
    }

    fn count(
        &mut self,
        resampling: &Resampling,
        case: usize,
        histogram: &ScoreHistogram,
    ) -> Result<(), Error> {
        let edges = self.edges.as_deref().unwrap_or_default();
        let mut coarse = vec![[0_u64; 2]; edges.len() + 1];
        let mut place = 0;
        for (bin, count, errors) in histogram.bins() {
            while edges.get(place).is_some_and(|&edge| bin > edge) {
                place += 1;
            }
            if let Some(sums) = coarse.get_mut(place) {
                sums[0] += count;
                sums[1] += errors;
            }
        }
        let rows = self.counts.chunks_exact_mut(coarse.len());
        for (row, &times) in rows.zip(resampling.of_case(case)?) {
            if times > 0 {
                for (sums, more) in row.iter_mut().zip(&coarse) {
                    sums[0] += u64::from(times) * more[0];
                    sums[1] += u64::from(times) * more[1];
                }
            }
        }
        Ok(())
    }

    /// The figures, in coarse bins: first of the sample itself, then of the replicates. Feed them to [`Resampling::interval`].
    ///
    /// # Errors
    /// None but those of the cases added before.
    pub fn figures(mut self, resampling: &Resampling) -> Result<Vec<RankingFigures>, Error> {
        if self.edges.is_none() {
            self.end_pilot(resampling)?;
        }
        let bins = self.edges.as_ref().map_or(1, |edges| edges.len() + 1);
        let figures = |row: &[[u64; 2]]| {
            let full = row.iter().enumerate().filter(|(_, sums)| sums[0] > 0);
            let groups = full.map(|(place, &[count, errors])| TieGroup {
                score: place as f32,
                count,
                errors,
            });
            Ranking::from_groups(groups.collect()).figures()
        };
        Ok(self.counts.chunks_exact(bins).map(figures).collect())
    }
}

/// Last fine bins of the coarse ones.
fn coarse_edges(pooled: &ScoreHistogram) -> Vec<u32> {
    let (all, wrong) = pooled
        .bins()
        .fold((0, 0), |(all, wrong), (_, count, errors)| {
            (all + count, wrong + errors)
        });
    let share = |part: u64, whole: u64| {
        if whole == 0 {
            0.0
        } else {
            part as f64 / whole as f64
        }
    };
    let mut edges = Vec::new();
    let (mut right_here, mut wrong_here) = (0, 0);
    for (bin, count, errors) in pooled.bins() {
        right_here += count - errors;
        wrong_here += errors;
        if share(wrong_here, wrong) >= COARSE_SHARE
            || share(right_here, all - wrong) >= COARSE_SHARE
        {
            edges.push(bin);
            (right_here, wrong_here) = (0, 0);
        }
    }
    edges
}

/// Calibration sums of all replicates, from streaming cases. About 800 bytes for a replicate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CalibrationReplicates {
    sums: Vec<Calibration>,
}

impl CalibrationReplicates {
    /// Adds the sums of a case.
    ///
    /// # Errors
    /// [`Error::Setting`] for a case that was not drawn from.
    pub fn add(
        &mut self,
        resampling: &Resampling,
        case: usize,
        sums: &Calibration,
    ) -> Result<(), Error> {
        let times = resampling.of_case(case)?;
        self.sums.resize(times.len(), Calibration::default());
        for (replicate, &times) in self.sums.iter_mut().zip(times) {
            if times > 0 {
                replicate.merge(sums, u64::from(times));
            }
        }
        Ok(())
    }

    /// A figure of the sample itself, then of the replicates. Feed them to [`Resampling::interval`].
    pub fn figures(&self, figure: impl Fn(&Calibration) -> Option<f64>) -> Vec<Option<f64>> {
        self.sums.iter().map(figure).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{CalibrationReplicates, RankingReplicates, Resampling, quantile};
    use crate::{Calibration, Error, Layout, Probabilities, ScoreHistogram};

    #[test]
    fn every_replicate_draws_as_many_cases_as_there_are() {
        let draws = Resampling::new(7, 50, 3);
        assert_eq!(draws, Resampling::new(7, 50, 3));
        assert_ne!(draws, Resampling::new(7, 50, 4));
        for replicate in 0..=50 {
            let drawn: u16 = (0..7)
                .map(|case| draws.of_case(case).unwrap()[replicate])
                .sum();
            assert_eq!(drawn, 7);
        }
        assert!((0..7).all(|case| draws.of_case(case).unwrap()[0] == 1));
        assert!(matches!(draws.of_case(7), Err(Error::Setting { .. })));
    }

    #[test]
    fn the_interval_of_a_mean_has_the_width_that_theory_says() {
        let values: Vec<Option<f64>> = (0..100).map(|case| Some(f64::from(case) / 99.0)).collect();
        let draws = Resampling::new(100, 2000, 1);
        let found = draws
            .interval(&draws.means(&values).unwrap(), Some(0.5))
            .unwrap();
        // Standard error of the mean of a uniform distribution over 100 cases: sqrt(1/12) / 10.
        let expected = 2.0 * 1.96 * (1.0_f64 / 12.0).sqrt() / 10.0;
        assert!(((found.high - found.low) / expected - 1.0).abs() < 0.1);
        assert!(found.low < 0.5 && 0.5 < found.high);
    }

    #[test]
    fn cases_without_a_value_are_left_out() {
        let draws = Resampling::new(3, 20, 1);
        let means = draws.means(&[Some(2.0), None, Some(4.0)]).unwrap();
        assert_eq!(means[0], Some(3.0));
        assert!(
            means
                .iter()
                .flatten()
                .all(|mean| (2.0..=4.0).contains(mean))
        );
        assert!(matches!(draws.means(&[None]), Err(Error::Length { .. })));
    }

    /// Cases that are all alike leave nothing to chance.
    #[test]
    fn equal_cases_give_an_interval_without_width_around_the_exact_figure() {
        let (scores, errors) = ([0.1, 0.4, 0.35, 0.8], [false, false, true, true]);
        let draws = Resampling::new(20, 30, 9);
        let mut replicates = RankingReplicates::default();
        let mut pooled = ScoreHistogram::default();
        for case in 0..20 {
            let mut histogram = ScoreHistogram::default();
            histogram.add(&scores, &errors, None).unwrap();
            pooled.merge(&histogram);
            replicates.add(&draws, case, histogram).unwrap();
        }
        let exact = pooled.figures();
        let figures = replicates.figures(&draws).unwrap();
        assert_eq!(figures.len(), 31);
        let aurocs: Vec<_> = figures.iter().map(|figure| figure.auroc).collect();
        let found = draws.interval(&aurocs, exact.auroc).unwrap();
        assert_eq!((found.low, found.high), (0.75, 0.75));
    }

    #[test]
    fn intervals_of_calibration_hold_the_pooled_figure() {
        let draws = Resampling::new(6, 200, 5);
        let mut replicates = CalibrationReplicates::default();
        let mut pooled = Calibration::default();
        for case in 0..6_u8 {
            let right = 0.5 + f32::from(case) / 16.0;
            let mut sums = Calibration::default();
            let probabilities = Probabilities {
                values: &[right, 1.0 - right],
                classes: 2,
                layout: Layout::ClassFirst,
            };
            sums.add(&probabilities, &[case % 2], None).unwrap();
            pooled.merge(&sums, 1);
            replicates.add(&draws, usize::from(case), &sums).unwrap();
        }
        let briers = replicates.figures(Calibration::brier);
        assert_eq!(briers[0], pooled.brier());
        let found = draws.interval(&briers, pooled.brier()).unwrap();
        assert!(found.low < pooled.brier().unwrap() && pooled.brier().unwrap() < found.high);
    }

    #[test]
    fn figures_that_are_rarely_defined_have_no_interval() {
        let draws = Resampling::new(2, 3, 1);
        let values = [Some(1.0), None, None, Some(2.0)];
        assert_eq!(draws.interval(&values, Some(1.0)), None);
        assert_eq!(draws.interval(&[Some(1.0), Some(1.0)], None), None);
        assert_eq!(draws.interval(&[], Some(1.0)), None);
        let alone = Resampling::new(1, 3, 1);
        assert_eq!(alone.interval(&[Some(1.0); 4], Some(1.0)), None);
    }

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.75), Some(3.0));
        assert_eq!(quantile(&[1.0], 0.95), Some(1.0));
        assert_eq!(quantile(&[], 0.5), None);
    }
}
