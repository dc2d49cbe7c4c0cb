//! How well images are judged as a whole, without labels.

use std::collections::BTreeMap;

use engine::Segmentation;
use segwithu::head::MapKind;
use uq::{Resampling, near_mask, spearman};

use crate::Error;
use crate::fit::Fitted;
use crate::image_scores::image_scores;
use crate::methods::map_of;
use crate::metrics::{CaseMetrics, Correlation, ImageLevel};

/// How well images are judged as a whole.
pub(crate) fn image_level(
    per_case: &[CaseMetrics],
    fitted: &Fitted,
    resampling: &Resampling,
) -> Result<ImageLevel, Error> {
    type Value = fn(&CaseMetrics) -> Option<f64>;
    let values: [(&str, Value); 6] = [
        ("expected_dice", |case| case.expected_dice),
        ("claimed_dice", |case| Some(case.statistics.claimed_dice)),
        ("near_ranking", |case| Some(case.statistics.near_ranking)),
        ("near_entropy", |case| Some(case.statistics.near_entropy)),
        ("mean_ranking", |case| Some(case.mean_ranking)),
        ("mean_entropy", |case| Some(case.mean_entropy)),
    ];
    let mut correlation = BTreeMap::new();
    for (name, value) in values {
        let pairs: Vec<Option<(f64, f64)>> = per_case
            .iter()
            .map(|case| value(case).map(|value| (value, case.mean_dice())))
            .collect();
        let replicates = resampling.statistic(&pairs, |drawn| {
            let (pairs, times): (Vec<_>, Vec<_>) = drawn.iter().copied().unzip();
            uq::weighted_spearman(&pairs, &times)
        })?;
        if let Some(spearman) = replicates.first().copied().flatten() {
            let interval = resampling.interval(&replicates, Some(spearman));
            correlation.insert(name.to_owned(), Correlation { spearman, interval });
        }
    }
    let mean = |values: Vec<f64>| {
        let count = values.len();
        (count > 0).then(|| values.into_iter().sum::<f64>() / count as f64)
    };
    let errors = per_case.iter().filter_map(|case| {
        case.expected_dice
            .map(|expected| (expected - case.mean_dice()).abs())
    });
    let slices = per_case.iter().filter_map(|case| case.slice_correlation);
    Ok(ImageLevel {
        estimator: fitted.estimator,
        mean_absolute_error: mean(errors.collect()),
        correlation,
        slice_correlation: mean(slices.collect()),
        scores: image_scores(per_case)?,
    })
}

/// Rank correlation of the planes' uncertainty, known without labels, with their error rates near the object.
pub(crate) fn slice_correlation(
    result: &Segmentation,
    errors: &[bool],
    near: &[bool],
) -> Result<Option<f64>, Error> {
    let [planes, rows, columns] = result.shape;
    if planes < 2 {
        return Ok(None);
    }
    let own = near_mask(&result.labels, &result.labels, result.shape)?;
    let uncertainty = uq::slice_uncertainty(map_of(result, MapKind::Ranking)?, &own, result.shape)?;
    let plane = (rows * columns).max(1);
    let rates: Vec<Option<f64>> = errors
        .chunks(plane)
        .zip(near.chunks(plane))
        .map(|(errors, near)| {
            let inside = near.iter().filter(|&&inside| inside).count();
            let wrong = errors
                .iter()
                .zip(near)
                .filter(|&(&wrong, &inside)| wrong && inside);
            (inside > 0).then(|| wrong.count() as f64 / inside as f64)
        })
        .collect();
    let (uncertainty, rates): (Vec<f64>, Vec<f64>) = uncertainty
        .into_iter()
        .zip(rates)
        .filter_map(|(uncertainty, rate)| rate.map(|rate| (uncertainty, rate)))
        .unzip();
    Ok(spearman(&uncertainty, &rates))
}
