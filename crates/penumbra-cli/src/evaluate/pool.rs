//! What is pooled over cases for one method, in memory that does not grow with them.

use std::collections::BTreeMap;

use uq::{
    Calibration, CalibrationReplicates, Layout, Probabilities, RankingBounds, RankingMetrics,
    RankingReplicates, Resampling, ScoreHistogram,
};

use super::figures::{Difference, Disagreement, Figure, Figures, Masked, MethodFigures, Referral};
use super::methods::Method;
use crate::Error;

/// Points of a stored risk-coverage curve.
const CURVE_POINTS: usize = 101;
/// Points of the curve that thresholds are taken from: one for each half per cent.
const THRESHOLD_POINTS: usize = 200;
/// Kept points of that curve: 1, 2, 5, 10, 20 and 50 % referred.
const REFERRED: [usize; 6] = [2, 4, 10, 20, 40, 100];

/// What a method says about a case.
#[derive(Debug)]
pub struct Judgement {
    /// Larger means more doubtful, `[voxels]`.
    pub scores: Vec<f32>,
    /// `[classes, voxels]`.
    pub probabilities: Vec<f32>,
    /// The method's own mask, where it is not the model's.
    pub own_mask: Option<Vec<u8>>,
    pub milliseconds: f64,
}

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
struct MaskPool {
    histogram: ScoreHistogram,
    calibration: Calibration,
    ranking_replicates: RankingReplicates,
    calibration_replicates: CalibrationReplicates,
}

impl MaskPool {
    fn add(
        &mut self,
        judgement: &Judgement,
        truth: &Truth<'_>,
        include: Option<&[bool]>,
        resampling: &Resampling,
        case: usize,
    ) -> Result<(), Error> {
        let mut histogram = ScoreHistogram::default();
        histogram.add(&judgement.scores, truth.errors, include)?;
        let mut calibration = Calibration::default();
        let probabilities = Probabilities {
            values: &judgement.probabilities,
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
pub struct Pool {
    pub method: Method,
    masks: Masked<MaskPool>,
    disagreement: Option<Masked<ScoreHistogram>>,
    own_dice: Vec<BTreeMap<String, f64>>,
    milliseconds: f64,
    cases: usize,
}

impl Pool {
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
        judgement: &Judgement,
        truth: &Truth<'_>,
        resampling: &Resampling,
    ) -> Result<(), Error> {
        let case = self.cases;
        self.masks
            .all
            .add(judgement, truth, None, resampling, case)?;
        let near = Some(truth.near);
        self.masks
            .near
            .add(judgement, truth, near, resampling, case)?;
        if let Some(disagreement) = truth.disagreement {
            let histograms = self.disagreement.get_or_insert_default();
            histograms.all.add(&judgement.scores, disagreement, None)?;
            histograms.near.add(&judgement.scores, disagreement, near)?;
        }
        if let Some(mask) = &judgement.own_mask {
            let dice = uq::dice_per_class(mask, truth.labels, truth.classes.len())?;
            let named = truth.classes.iter().cloned().zip(dice).skip(1);
            self.own_dice.push(named.collect());
        }
        self.milliseconds += judgement.milliseconds;
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
        let all = FinishedMask::new(self.masks.all, resampling)?;
        let near = FinishedMask::new(self.masks.near, resampling)?;
        let masks = Masked { all, near };
        let figures = MethodFigures {
            figures: Figures::from_each(|figure| masks.map(|mask| mask.figure(figure))),
            ms_per_case: self.milliseconds / self.cases.max(1) as f64,
            intervals: Figures::from_each(|figure| {
                masks.map(|mask| {
                    let replicates = mask.replicates(figure);
                    resampling.interval(&replicates, mask.figure(figure))
                })
            }),
            error_bounds: Figures::from_each(|figure| masks.map(|mask| figure.bound(&mask.bounds))),
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
            figures,
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

/// Means per class; `None` without cases.
pub fn mean_dice(cases: &[BTreeMap<String, f64>]) -> Option<BTreeMap<String, f64>> {
    let mut sums = BTreeMap::new();
    for (class, dice) in cases.iter().flatten() {
        *sums.entry(class.clone()).or_insert(0.0) += dice / cases.len() as f64;
    }
    (!cases.is_empty()).then_some(sums)
}

/// One mask of a method when all cases are in.
#[derive(Debug)]
struct FinishedMask {
    ranking: uq::Ranking,
    figures: RankingMetrics,
    bounds: RankingBounds,
    calibration: Calibration,
    ranking_replicates: Vec<RankingMetrics>,
    calibration_replicates: CalibrationReplicates,
}

impl FinishedMask {
    fn new(pool: MaskPool, resampling: &Resampling) -> Result<Self, Error> {
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

    fn figure(&self, figure: Figure) -> Option<f64> {
        figure.of(&self.figures, &self.calibration)
    }

    /// The figure in the sample itself, then in the replicates.
    fn replicates(&self, figure: Figure) -> Vec<Option<f64>> {
        let none = RankingMetrics::default();
        match figure {
            Figure::Nll | Figure::Brier | Figure::Ece => self
                .calibration_replicates
                .metrics(|sums| figure.of(&none, sums)),
            _ => {
                let sums = Calibration::default();
                let replicates = self.ranking_replicates.iter();
                replicates
                    .map(|ranking| figure.of(ranking, &sums))
                    .collect()
            }
        }
    }
}

/// A method when all cases are in.
#[derive(Debug)]
pub struct FinishedMethod {
    pub method: Method,
    pub figures: MethodFigures,
    masks: Masked<FinishedMask>,
}

impl FinishedMethod {
    /// How this method's figures differ from another's, on the same resampled cases.
    pub fn versus(&self, other: &Self, resampling: &Resampling) -> Figures<Difference> {
        let difference = |figure: Figure, ours: &FinishedMask, theirs: &FinishedMask| {
            let value = ours.figure(figure)? - theirs.figure(figure)?;
            let pairs = ours
                .replicates(figure)
                .into_iter()
                .zip(theirs.replicates(figure));
            let differences: Vec<Option<f64>> =
                pairs.map(|(ours, theirs)| Some(ours? - theirs?)).collect();
            let interval = resampling.interval(&differences, Some(value))?;
            Some(Difference {
                difference: value,
                low: interval.low,
                high: interval.high,
            })
        };
        Figures::from_each(|figure| Masked {
            all: difference(figure, &self.masks.all, &other.masks.all),
            near: difference(figure, &self.masks.near, &other.masks.near),
        })
    }
}
