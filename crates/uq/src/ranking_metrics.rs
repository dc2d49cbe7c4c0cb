//! All metrics of a ranking together.

use serde::{Deserialize, Serialize};

use crate::Ranking;

/// The ranking metrics of the evaluation's JSON.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct RankingMetrics {
    /// See [`Ranking::auroc`].
    pub auroc: Option<f64>,
    /// See [`Ranking::auprc`].
    pub auprc: Option<f64>,
    /// See [`Ranking::aurc`].
    pub aurc: Option<f64>,
    /// See [`Ranking::eaurc`].
    pub eaurc: Option<f64>,
    /// See [`Ranking::fpr95`].
    pub fpr95: Option<f64>,
    /// See [`Ranking::augrc`]; none in evaluations from before it.
    #[serde(default)]
    pub augrc: Option<f64>,
}

impl Ranking {
    /// All metrics at once.
    pub fn metrics(&self) -> RankingMetrics {
        RankingMetrics {
            auroc: self.auroc(),
            auprc: self.auprc(),
            aurc: self.aurc(),
            eaurc: self.eaurc(),
            fpr95: self.fpr95(),
            augrc: self.augrc(),
        }
    }
}
