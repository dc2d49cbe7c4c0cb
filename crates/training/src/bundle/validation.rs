//! What a bundle says of its validation and test cases.

use engine::{CurvePoint, InDistribution, Moments, OperatingPoint, TestFigures, Validation};
use evaluation::{CaseMetrics, Evaluation};
use uq::{DiceEstimator, Ranking};

/// Points of the validation curve.
const CURVE_POINTS: usize = 201;

pub(super) fn validation_of(validation: &Evaluation, ranking: &Ranking) -> Validation {
    let curve = ranking.risk_coverage(CURVE_POINTS);
    Validation {
        cases: validation.cases,
        risk_coverage: curve
            .iter()
            .map(|point| CurvePoint {
                coverage: point.coverage,
                risk: point.risk,
            })
            .collect(),
        thresholds: curve
            .iter()
            .map(|point| OperatingPoint {
                referred: 1.0 - point.coverage,
                ranking: f64::from(point.threshold),
            })
            .collect(),
        dice: validation.dice.values().sum::<f64>() / validation.dice.len().max(1) as f64,
        dice_estimator: dice_estimator(&validation.per_case),
        ..Validation::default()
    }
}

/// What an image's maps say about its Dice, fitted on the validation cases; none with fewer than three.
fn dice_estimator(cases: &[CaseMetrics]) -> Option<DiceEstimator> {
    let statistics: Vec<_> = cases.iter().map(|case| case.statistics).collect();
    let dice: Vec<f64> = cases.iter().map(CaseMetrics::mean_dice).collect();
    DiceEstimator::fit(&statistics, &dice).ok()
}

pub(super) fn in_distribution(validation: &Evaluation) -> InDistribution {
    let moments = |value: fn(&CaseMetrics) -> f64| {
        let values: Vec<f64> = validation.per_case.iter().map(value).collect();
        Moments::of(&values)
    };
    let ranking = moments(|case| case.mean_ranking);
    let entropy = moments(|case| case.mean_entropy);
    InDistribution {
        ranking_mean: ranking.mean,
        ranking_deviation: ranking.deviation,
        entropy_mean: entropy.mean,
        entropy_deviation: entropy.deviation,
        log_entropy: Some(moments(|case| case.mean_log_entropy)),
    }
}

pub(super) fn test_figures(test: &Evaluation) -> TestFigures {
    let mut figures = test
        .dice
        .iter()
        .map(|(class, &dice)| (format!("Dice {class}"), dice))
        .collect::<Vec<_>>();
    for (name, method) in &test.methods {
        let named = [
            ("AUROC", &method.figures.auroc),
            ("AURC", &method.figures.aurc),
            ("ECE", &method.figures.ece),
        ];
        for (figure, pair) in named {
            figures.extend(pair.all.map(|value| (format!("{figure}, {name}"), value)));
            figures.extend(
                pair.near
                    .map(|value| (format!("{figure} near, {name}"), value)),
            );
        }
    }
    TestFigures {
        cases: test.cases,
        figures,
    }
}
