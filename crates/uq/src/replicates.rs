//! What the replicates of a [`Resampling`] count while cases stream by, in memory that does not grow with the cases.

use crate::tie_group::TieGroup;
use crate::{Calibration, Error, Ranking, RankingMetrics, Resampling, ScoreHistogram};

/// Cases whose full histograms are kept until the coarse bins are chosen.
const PILOT_CASES: usize = 16;
/// A coarse bin holds about this share of the pilot's wrong voxels, or of its right ones, whichever is reached first.
const COARSE_SHARE: f64 = 1.0 / 128.0;

/// Ranking metrics of all replicates, from streaming cases.
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
        self.counts = vec![[0, 0]; (edges.len() + 1) * (resampling.replicates() + 1)];
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

    /// The metrics, in coarse bins: first of the sample itself, then of the replicates. Feed them to [`Resampling::interval`].
    ///
    /// # Errors
    /// None but those of the cases added before.
    pub fn metrics(mut self, resampling: &Resampling) -> Result<Vec<RankingMetrics>, Error> {
        if self.edges.is_none() {
            self.end_pilot(resampling)?;
        }
        let bins = self.edges.as_ref().map_or(1, |edges| edges.len() + 1);
        let metrics = |row: &[[u64; 2]]| {
            let full = row.iter().enumerate().filter(|(_, sums)| sums[0] > 0);
            let groups = full.map(|(place, &[count, errors])| TieGroup {
                score: place as f32,
                count,
                errors,
            });
            Ranking::from_groups(groups.collect()).metrics()
        };
        Ok(self.counts.chunks_exact(bins).map(metrics).collect())
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

    /// A metric of the sample itself, then of the replicates. Feed them to [`Resampling::interval`].
    pub fn metrics(&self, metric: impl Fn(&Calibration) -> Option<f64>) -> Vec<Option<f64>> {
        self.sums.iter().map(metric).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{CalibrationReplicates, RankingReplicates};
    use crate::{Calibration, Layout, Probabilities, Resampling, ScoreHistogram};

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
        let exact = pooled.metrics();
        let metrics = replicates.metrics(&draws).unwrap();
        assert_eq!(metrics.len(), 31);
        let aurocs: Vec<_> = metrics.iter().map(|metric| metric.auroc).collect();
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
        let briers = replicates.metrics(Calibration::brier);
        assert_eq!(briers[0], pooled.brier());
        let found = draws.interval(&briers, pooled.brier()).unwrap();
        assert!(found.low < pooled.brier().unwrap() && pooled.brier().unwrap() < found.high);
    }
}
