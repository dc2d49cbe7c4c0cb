//! The plots of an evaluation.

use super::verdict::Mask;
use crate::methods::Method;
use crate::metrics::{CaseMetrics, Evaluation};
use plot::{Axis, Plot, Series};

/// Methods whose curves are drawn; more would not be told apart.
const DRAWN: [Method; 5] = [
    Method::SegWithU,
    Method::Logits(uq::LogitScore::Entropy),
    Method::Logits(uq::LogitScore::Energy),
    Method::Flips,
    Method::Ensemble,
];

/// Every plot that the evaluation has data for, with a word for its file.
pub fn all(name: &str, evaluation: &Evaluation) -> Vec<(&'static str, Plot)> {
    [
        ("risk-coverage", risk_coverage(name, evaluation, Mask::Near)),
        (
            "risk-coverage-all",
            risk_coverage(name, evaluation, Mask::All),
        ),
        ("reliability", reliability(name, evaluation)),
        ("expected-dice", expected_dice(name, evaluation)),
    ]
    .into_iter()
    .filter_map(|(kind, plot)| plot.map(|plot| (kind, plot)))
    .collect()
}

/// Near the object on a linear axis; over all voxels, where risks span powers of ten, on a logarithmic one.
fn risk_coverage(name: &str, evaluation: &Evaluation, mask: Mask) -> Option<Plot> {
    let mut series = Vec::new();
    let mut told = Vec::new();
    for method in DRAWN {
        let Some(found) = evaluation.methods.get(method.name()) else {
            continue;
        };
        let curve = mask.of(&found.risk_coverage);
        let points = curve
            .iter()
            .map(|point| (point.coverage, point.risk * 100.0));
        series.push(Series::line(method.name(), points.collect()));
        if let Some(kept) = curve.iter().find(|point| point.coverage >= 0.8) {
            told.push(format!("{} {:.3} %", method.name(), kept.risk * 100.0));
        }
    }
    let y = Axis::new("error rate of what is kept, %");
    (!series.is_empty()).then(|| Plot {
        title: format!("{name}: risk over coverage, {}", mask.name()),
        description: format!(
            "Error rate of the voxels that are kept when the most doubtful are referred. At 80 % coverage: {}.",
            told.join(", ")
        ),
        x: Axis::new("share of voxels kept").between(0.0, 1.0),
        y: match mask {
            Mask::All => y.logarithmic(),
            Mask::Near => y,
        },
        series,
    })
}

fn reliability(set: &str, evaluation: &Evaluation) -> Option<Plot> {
    let mut series = vec![Series::guide(
        "as it should be",
        vec![(0.0, 0.0), (1.0, 1.0)],
    )];
    let mut told = Vec::new();
    for (method, name) in [
        ("segwithu", "tempered (segwithu)"),
        ("softmax", "softmax of the logits"),
        ("temperature", "temperature scaling"),
    ] {
        let Some(found) = evaluation.methods.get(method) else {
            continue;
        };
        let bars = &found.reliability.near;
        let points = bars.iter().map(|bar| (bar.confidence, bar.accuracy));
        series.push(Series::line(name, points.collect()));
        if let Some(ece) = found.figures.ece.near {
            told.push(format!("{name} {ece:.4}"));
        }
    }
    (series.len() > 1).then(|| Plot {
        title: format!("{set}: reliability, near the object"),
        description: format!(
            "Share of right voxels over the probability of their class, in 15 bins. Expected calibration error: {}.",
            told.join(", ")
        ),
        x: Axis::new("probability of the class").between(0.0, 1.0),
        y: Axis::new("share that is right").between(0.0, 1.0),
        series,
    })
}

fn expected_dice(name: &str, evaluation: &Evaluation) -> Option<Plot> {
    let points: Vec<(f64, f64)> = evaluation
        .per_case
        .iter()
        .filter_map(|case| Some((case.expected_dice?, CaseMetrics::mean_dice(case))))
        .collect();
    // Cases that are all expected to be alike have no correlation.
    let found = evaluation.image_level.correlation.get("expected_dice");
    let correlation = found.map_or_else(String::new, |found| {
        format!(" Spearman's correlation {:.3}.", found.spearman)
    });
    (!points.is_empty()).then(|| {
        let least = points
            .iter()
            .flat_map(|&(x, y)| [x, y])
            .fold(1.0_f64, f64::min);
        let from = (least * 10.0).floor() / 10.0;
        Plot {
            title: format!("{name}: Dice against expected Dice"),
            description: format!(
                "One dot for each of {} cases: the Dice coefficient that the maps let expect without labels, and the true one.{correlation}",
                points.len(),
            ),
            x: Axis::new("expected mean Dice, without labels").between(from, 1.0),
            y: Axis::new("true mean Dice").between(from, 1.0),
            series: vec![
                Series::guide("equal", vec![(from, from), (1.0, 1.0)]),
                Series::dots("test case", points),
            ],
        }
    })
}
