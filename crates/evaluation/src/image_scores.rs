//! One number for the doubt of a whole image, of several kinds, and how well each orders images by their Dice.

use std::collections::BTreeMap;

use uq::{CaseRanking, ErrorCase};

use crate::Error;
use crate::metrics::CaseMetrics;

type Score = fn(&CaseMetrics, &ErrorCase) -> Option<f64>;

/// Scores that are larger where there is more doubt. What is divided by the size of the marked object counts at least one
/// voxel of it, so that an empty mask in which something is expected stands behind all others.
const SCORES: [(&str, Score); 12] = [
    ("relative_entropy", |_, error| {
        Some(uq::relative_entropy(&error.expected))
    }),
    ("relative_error", |_, error| {
        Some(uq::relative_error(&error.expected))
    }),
    ("expected_dice_loss", |_, error| {
        // Nothing marked and nothing expected: no doubt.
        Some(1.0 - error.expected.expected_dice().unwrap_or(1.0))
    }),
    ("claimed_dice_loss", |case, _| {
        Some(1.0 - case.statistics.claimed_dice)
    }),
    ("estimated_dice_loss", |case, _| {
        case.expected_dice.map(|dice| 1.0 - dice)
    }),
    ("entropy_per_border", |_, error| {
        Some(error.expected.entropy / error.border.max(1) as f64)
    }),
    ("error_per_border", |_, error| {
        Some(error.expected.wrong() / error.border.max(1) as f64)
    }),
    ("mean_entropy", |case, _| Some(case.mean_entropy)),
    ("mean_log_entropy", |case, _| Some(case.mean_log_entropy)),
    ("mean_ranking", |case, _| Some(case.mean_ranking)),
    ("near_entropy", |case, _| Some(case.statistics.near_entropy)),
    ("near_ranking", |case, _| Some(case.statistics.near_ranking)),
];

/// Every score's order of the cases, by the risk 1 - Dice.
pub(crate) fn image_scores(cases: &[CaseMetrics]) -> Result<BTreeMap<String, CaseRanking>, Error> {
    let mut rankings = BTreeMap::new();
    for (name, score) in SCORES {
        let pairs: Option<Vec<(f64, f64)>> = cases
            .iter()
            .map(|case| {
                let error = case.expected_error.as_ref()?;
                Some((score(case, error)?, 1.0 - case.mean_dice()))
            })
            .collect();
        let (scores, risks): (Vec<f64>, Vec<f64>) = pairs.unwrap_or_default().into_iter().unzip();
        if let Some(ranking) = CaseRanking::of(&scores, &risks)? {
            rankings.insert(name.to_owned(), ranking);
        }
    }
    Ok(rankings)
}
