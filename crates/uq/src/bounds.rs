//! How far metrics may lie from those of unrounded scores.

use serde::{Deserialize, Serialize};

use crate::Ranking;
use crate::selective::{aurc_optimal, summed_risk};
use crate::tie_group::TieGroup;

/// An interval that holds a metric for certain.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// Not below this,
    pub low: f64,
    /// and not above this.
    pub high: f64,
}

impl Bound {
    /// Both ends moved.
    fn less(self, value: f64) -> Self {
        Self {
            low: self.low - value,
            high: self.high - value,
        }
    }

    /// The larger distance of an end from `value`: how far the metric can be from it.
    pub fn distance(&self, value: f64) -> f64 {
        (value - self.low).max(self.high - value)
    }
}

/// Intervals for the ranking metrics. `None` where the metric itself is undefined.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct RankingBounds {
    /// For [`Ranking::auroc`].
    pub auroc: Option<Bound>,
    /// For [`Ranking::auprc`].
    pub auprc: Option<Bound>,
    /// For [`Ranking::aurc`].
    pub aurc: Option<Bound>,
    /// For [`Ranking::eaurc`].
    pub eaurc: Option<Bound>,
    /// For [`Ranking::fpr95`].
    pub fpr95: Option<Bound>,
    /// For [`Ranking::augrc`]; none in evaluations from before it.
    #[serde(default)]
    pub augrc: Option<Bound>,
}

impl Ranking {
    /// Between which values the metrics would lie if the voxels of equal score had different scores after all: what
    /// rounding scores, or counting them in bins, may have changed.
    pub fn bounds(&self) -> RankingBounds {
        let aurc = aurc(self);
        RankingBounds {
            auroc: auroc(self),
            auprc: auprc(self),
            aurc,
            eaurc: aurc
                .zip(aurc_optimal(self.count(), self.errors()))
                .map(|(bound, optimum)| bound.less(optimum)),
            fpr95: fpr95(self),
            augrc: augrc(self),
        }
    }
}

/// Pairs of a wrong and a right voxel in one group count 1/2; in truth each counts 0, 1/2 or 1.
fn auroc(ranking: &Ranking) -> Option<Bound> {
    let value = ranking.auroc()?;
    let tied = |group: &TieGroup| group.errors as f64 * (group.count - group.errors) as f64;
    let pairs = ranking.errors() as f64 * (ranking.count() - ranking.errors()) as f64;
    let half = 0.5 * ranking.groups().iter().map(tied).sum::<f64>() / pairs;
    Some(Bound {
        low: (value - half).max(0.0),
        high: (value + half).min(1.0),
    })
}

/// A wrong voxel kept before a right one of its group counts one half of a pair; in truth none or a whole one.
fn augrc(ranking: &Ranking) -> Option<Bound> {
    let value = ranking.augrc()?;
    let tied = |group: &TieGroup| group.errors as f64 * (group.count - group.errors) as f64;
    let count = ranking.count() as f64;
    let half = 0.5 * ranking.groups().iter().map(tied).sum::<f64>() / (count * count);
    Some(Bound {
        low: (value - half).max(0.0),
        high: value + half,
    })
}

/// Best: within a group the right voxels come first, then the wrong ones. Worst: the other way round. Any order in
/// between is reached by exchanges of neighbours, each of which raises the risk.
fn aurc(ranking: &Ranking) -> Option<Bound> {
    let (mut kept, mut wrong) = (0, 0.0);
    let (mut low, mut high) = (0.0, 0.0);
    for group in ranking.groups() {
        let right = group.count - group.errors;
        let errors = group.errors as f64;
        low += summed_risk(kept, wrong, 0.0, right)
            + summed_risk(kept + right, wrong, 1.0, group.errors);
        high += summed_risk(kept, wrong, 1.0, group.errors)
            + summed_risk(kept + group.errors, wrong + errors, 0.0, right);
        kept += group.count;
        wrong += errors;
    }
    let count = ranking.count() as f64;
    (kept > 0).then(|| Bound {
        low: low / count,
        high: high / count,
    })
}

/// From the highest score. Best: a group's wrong voxels have one score above its right ones. Worst: they lie below the
/// right ones, with a score each: the precision at the i-th of them is then the least it can be, (F + i) / (G + right + i)
/// with F wrong of G flagged before.
fn auprc(ranking: &Ranking) -> Option<Bound> {
    let (mut found, mut flagged) = (0_u64, 0_u64);
    let (mut low, mut high) = (0.0, 0.0);
    for group in ranking.groups().iter().rev() {
        let right = group.count - group.errors;
        if group.errors > 0 {
            high += group.errors as f64 * (found + group.errors) as f64
                / (flagged + group.errors) as f64;
            low += summed_risk(flagged + right, found as f64, 1.0, group.errors);
        }
        found += group.errors;
        flagged += group.count;
    }
    (found > 0).then(|| Bound {
        low: low / found as f64,
        high: high / found as f64,
    })
}

/// The threshold lies somewhere in the group in which 95 % of the errors are reached.
fn fpr95(ranking: &Ranking) -> Option<Bound> {
    let high = ranking.fpr95()?;
    let right = (ranking.count() - ranking.errors()) as f64;
    let flagged = (high * right).round();
    let mut before = 0.0;
    for group in ranking.groups().iter().rev() {
        let here = (group.count - group.errors) as f64;
        if before + here >= flagged {
            break;
        }
        before += here;
    }
    Some(Bound {
        low: before / right,
        high,
    })
}
