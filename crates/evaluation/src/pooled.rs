//! What is pooled over cases for one method, in memory that does not grow with them.

use std::collections::BTreeMap;

use uq::{
    Calibration, CalibrationReplicates, Layout, Probabilities, RankingBounds, RankingMetrics,
    RankingReplicates, Resampling, ScoreHistogram,
};

use crate::Error;
use crate::methods::{Method, MethodOutput};
use crate::metrics::{
    Difference, Disagreement, Masked, MethodMetrics, Metric, Metrics, Referral, mean_dice,
};

/// Points of a stored risk-coverage curve.
const CURVE_POINTS: usize = 101;
/// Points of the curve that thresholds are taken from: one for each half per cent.
const THRESHOLD_POINTS: usize = 200;
/// Kept points of that curve: 1, 2, 5, 10, 20 and 50 % referred.
const REFERRED: [usize; 6] = [2, 4, 10, 20, 40, 100];

/// The truth about a case.
#[derive(Debug)]
pub struct Truth<'a> {
    /// True classes.
    pub labels: &'a [u8],
    /// Which voxels of the model's mask are wrong.
    pub errors: &'a [bool],
    /// The near region.
    pub near: &'a [bool],
    /// Names of all classes, background first.
    pub classes: &'a [String],
    /// Where a second observer's labels differ from the true ones, if there is one.
    pub disagreement: Option<&'a [bool]>,
}

/// Sums over voxels of one mask.
#[derive(Debug, Default)]
struct MaskSums {
    histogram: ScoreHistogram,
    calibration: Calibration,
    ranking_replicates: RankingReplicates,
    calibration_replicates: CalibrationReplicates,
}

impl MaskSums {
    fn add(
        &mut self,
        output: &MethodOutput,
        truth: &Truth<'_>,
        include: Option<&[bool]>,
        resampling: &Resampling,
        case: usize,
    ) -> Result<(), Error> {
        let mut histogram = ScoreHistogram::default();
        histogram.add(&output.scores, truth.errors, include)?;
        let mut calibration = Calibration::default();
        let probabilities = Probabilities {
            values: &output.probabilities,
            classes: truth.classes.len(),
            layout: Layout::ClassFirst,
        };
        calibration.add(&probabilities, truth.labels, include)?;
        self.histogram.merge(&histogram);
        self.calibration.merge(&calibration, 1);
        if resampling.replicates() > 0 {
            self.calibration_replicates
                .add(resampling, case, &calibration)?;
            self.ranking_replicates.add(resampling, case, histogram)?;
        }
        Ok(())
    }
}

/// Everything that is pooled over cases for one method.
#[derive(Debug)]
pub struct PooledMetrics {
    pub method: Method,
    masks: Masked<MaskSums>,
    disagreement: Option<Masked<ScoreHistogram>>,
    own_dice: Vec<BTreeMap<String, f64>>,
    milliseconds: f64,
    cases: usize,
}

impl PooledMetrics {
    pub fn new(method: Method) -> Self {
        Self {
            method,
            masks: Masked::default(),
            disagreement: None,
            own_dice: Vec::new(),
            milliseconds: 0.0,
            cases: 0,
        }
    }

    /// Adds the next case.
    pub fn add(
        &mut self,
        output: &MethodOutput,
        truth: &Truth<'_>,
        resampling: &Resampling,
    ) -> Result<(), Error> {
        let case = self.cases;
        self.masks.all.add(output, truth, None, resampling, case)?;
        let near = Some(truth.near);
        self.masks.near.add(output, truth, near, resampling, case)?;
        if let Some(disagreement) = truth.disagreement {
            let histograms = self.disagreement.get_or_insert_default();
            histograms.all.add(&output.scores, disagreement, None)?;
            histograms.near.add(&output.scores, disagreement, near)?;
        }
        if let Some(mask) = &output.own_mask {
            let dice = uq::dice_per_class(mask, truth.labels, truth.classes.len())?;
            let named = truth.classes.iter().cloned().zip(dice).skip(1);
            self.own_dice.push(named.collect());
        }
        self.milliseconds += output.milliseconds;
        self.cases += 1;
        Ok(())
    }

    /// Voxels and wrong voxels that were added.
    pub fn counts(&self) -> [Masked<u64>; 2] {
        let rankings = self.masks.map(|pool| pool.histogram.ranking());
        [
            rankings.map(uq::Ranking::count),
            rankings.map(uq::Ranking::errors),
        ]
    }

    /// The ranking over all voxels.
    pub fn ranking(&self) -> uq::Ranking {
        self.masks.all.histogram.ranking()
    }

    /// The figures with everything that they are drawn from; still without the comparison with `segwithu`.
    pub fn finish(self, resampling: &Resampling) -> Result<FinishedMethod, Error> {
        let all = PooledMask::new(self.masks.all, resampling)?;
        let near = PooledMask::new(self.masks.near, resampling)?;
        let masks = Masked { all, near };
        let metrics = MethodMetrics {
            figures: Metrics::from_each(|metric| masks.map(|mask| mask.metric(metric))),
            ms_per_case: self.milliseconds / self.cases.max(1) as f64,
            intervals: Metrics::from_each(|metric| {
                masks.map(|mask| {
                    let replicates = mask.replicates(metric);
                    resampling.interval(&replicates, mask.metric(metric))
                })
            }),
            error_bounds: Metrics::from_each(|metric| masks.map(|mask| metric.bound(&mask.bounds))),
            ece_torchmetrics: masks.map(|mask| mask.calibration.ece15_torchmetrics()),
            versus_segwithu: None,
            thresholds: masks.map(|mask| thresholds(&mask.ranking)),
            risk_coverage: masks.map(|mask| mask.ranking.risk_coverage(CURVE_POINTS)),
            reliability: masks.map(|mask| mask.calibration.reliability()),
            observer_disagreement: self.disagreement.map(|histograms| {
                let figures = histograms.map(ScoreHistogram::metrics);
                Disagreement {
                    auroc: figures.map(|figures| figures.auroc),
                    auprc: figures.map(|figures| figures.auprc),
                }
            }),
            own_dice: mean_dice(&self.own_dice),
        };
        Ok(FinishedMethod {
            method: self.method,
            metrics,
            masks,
        })
    }
}

fn thresholds(ranking: &uq::Ranking) -> Vec<Referral> {
    let curve = ranking.risk_coverage(THRESHOLD_POINTS);
    // Fewer voxels than points have no such shares.
    let full = curve.len() == THRESHOLD_POINTS;
    REFERRED
        .iter()
        .filter(|_| full)
        .filter_map(|&referred| curve.get(THRESHOLD_POINTS - 1 - referred))
        .map(|point| Referral {
            referred: 1.0 - point.coverage,
            threshold: point.threshold,
            risk: point.risk,
        })
        .collect()
}

/// One mask of a method when all cases are in.
#[derive(Debug)]
struct PooledMask {
    ranking: uq::Ranking,
    figures: RankingMetrics,
    bounds: RankingBounds,
    calibration: Calibration,
    ranking_replicates: Vec<RankingMetrics>,
    calibration_replicates: CalibrationReplicates,
}

impl PooledMask {
    fn new(pool: MaskSums, resampling: &Resampling) -> Result<Self, Error> {
        let ranking = pool.histogram.ranking();
        Ok(Self {
            figures: ranking.metrics(),
            bounds: ranking.bounds(),
            ranking,
            calibration: pool.calibration,
            ranking_replicates: pool.ranking_replicates.metrics(resampling)?,
            calibration_replicates: pool.calibration_replicates,
        })
    }

    fn metric(&self, metric: Metric) -> Option<f64> {
        metric.of(&self.figures, &self.calibration)
    }

    /// The metric in the sample itself, then in the replicates.
    fn replicates(&self, metric: Metric) -> Vec<Option<f64>> {
        let none = RankingMetrics::default();
        match metric {
            Metric::Nll | Metric::Brier | Metric::Ece => self
                .calibration_replicates
                .metrics(|sums| metric.of(&none, sums)),
            Metric::Auroc
            | Metric::Auprc
            | Metric::Aurc
            | Metric::Eaurc
            | Metric::Augrc
            | Metric::Fpr95 => {
                let sums = Calibration::default();
                let replicates = self.ranking_replicates.iter();
                replicates
                    .map(|ranking| metric.of(ranking, &sums))
                    .collect()
            }
        }
    }
}

/// A method when all cases are in.
#[derive(Debug)]
pub struct FinishedMethod {
    pub method: Method,
    pub metrics: MethodMetrics,
    masks: Masked<PooledMask>,
}

impl FinishedMethod {
    /// How this method's figures differ from another's, on the same resampled cases.
    pub fn versus(&self, other: &Self, resampling: &Resampling) -> Metrics<Difference> {
        let difference = |metric: Metric, ours: &PooledMask, theirs: &PooledMask| {
            let value = ours.metric(metric)? - theirs.metric(metric)?;
            let pairs = ours
                .replicates(metric)
                .into_iter()
                .zip(theirs.replicates(metric));
            let differences: Vec<Option<f64>> =
                pairs.map(|(ours, theirs)| Some(ours? - theirs?)).collect();
            let interval = resampling.interval(&differences, Some(value))?;
            Some(Difference {
                difference: value,
                low: interval.low,
                high: interval.high,
            })
        };
        Metrics::from_each(|metric| Masked {
            all: difference(metric, &self.masks.all, &other.masks.all),
            near: difference(metric, &self.masks.near, &other.masks.near),
        })
    }
}
