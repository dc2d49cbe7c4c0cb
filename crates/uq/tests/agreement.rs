//! Agreement with scikit-learn and scipy on random data: `agreement/generate.py` wrote the expected metrics from the same
//! draws.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use uq::{
    Calibration, Layout, Probabilities, Ranking, ScoreHistogram, dice_per_class, distance_to,
    hausdorff95, spearman,
};

/// Knuth's linear congruential generator, as in the script.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / f64::from(1_u32 << 24)
    }
}

fn cases(kind: &str) -> Vec<Value> {
    let expected: Value = serde_json::from_str(include_str!("agreement/expected.json")).unwrap();
    let cases = expected[kind].as_array().unwrap().clone();
    assert!(cases.len() >= 2);
    cases
}

fn whole(case: &Value, key: &str) -> usize {
    usize::try_from(case[key].as_u64().unwrap()).unwrap()
}

fn close(case: &Value, key: &str, found: f64, tolerance: f64) {
    let expected = case[key].as_f64().unwrap();
    assert!(
        (found - expected).abs() <= tolerance,
        "{key} of seed {}: {found} is not {expected}",
        case["seed"]
    );
}

fn draws(case: &Value) -> Draws {
    Draws(case["seed"].as_u64().unwrap())
}

#[test]
fn ranking_figures_are_those_of_scikit_learn() {
    for case in cases("ranking") {
        let mut draws = draws(&case);
        let (steps, share) = (
            case["steps"].as_f64().unwrap(),
            case["share"].as_f64().unwrap(),
        );
        let mut voxel = || {
            let score = draws.next();
            let error = draws.next() < share * (0.2 + score);
            let rounded = if steps > 0.0 {
                (score * steps).floor() / steps
            } else {
                score
            };
            (rounded as f32, error)
        };
        let (scores, errors): (Vec<f32>, Vec<bool>) =
            (0..whole(&case, "count")).map(|_| voxel()).unzip();
        let ranking = Ranking::new(&scores, &errors).unwrap();
        assert_eq!(Some(ranking.errors()), case["errors"].as_u64());
        let metrics = ranking.metrics();
        close(&case, "auroc", metrics.auroc.unwrap(), 1e-12);
        close(&case, "auprc", metrics.auprc.unwrap(), 1e-12);
        close(&case, "fpr95", metrics.fpr95.unwrap(), 1e-12);

        let mut histogram = ScoreHistogram::default();
        histogram.add(&scores, &errors, None).unwrap();
        let bounds = histogram.bounds();
        for (key, bound) in [
            ("auroc", bounds.auroc),
            ("auprc", bounds.auprc),
            ("fpr95", bounds.fpr95),
        ] {
            let (bound, exact) = (bound.unwrap(), case[key].as_f64().unwrap());
            assert!(
                bound.low - 1e-12 <= exact && exact <= bound.high + 1e-12,
                "{key}"
            );
            // Scores that are equal in truth could, for all the histogram knows, be different ones.
            assert!(
                steps > 0.0 || bound.high - bound.low < 0.01,
                "{key} {bound:?}"
            );
        }
    }
}

#[test]
fn probabilities_are_judged_as_scikit_learn_does() {
    for case in cases("probabilities") {
        let mut draws = draws(&case);
        let (count, classes) = (whole(&case, "count"), whole(&case, "classes"));
        let mut values = Vec::new();
        for _ in 0..count {
            let row: Vec<f64> = (0..classes).map(|_| draws.next() + 0.01).collect();
            let total: f64 = row.iter().sum();
            values.extend(row.into_iter().map(|value| (value / total) as f32));
        }
        let labels: Vec<u8> = (0..count)
            .map(|_| (draws.next() * classes as f64) as u8)
            .collect();
        let mut sums = Calibration::default();
        let probabilities = Probabilities {
            values: &values,
            classes,
            layout: Layout::ClassLast,
        };
        sums.add(&probabilities, &labels, None).unwrap();
        close(&case, "nll", sums.nll().unwrap(), 1e-6);
        close(&case, "brier", sums.brier().unwrap(), 1e-6);
        close(&case, "accuracy", sums.accuracy().unwrap(), 1e-12);
        let largest = |row: &[f32]| {
            (1..classes).fold(
                0,
                |best, class| if row[class] > row[best] { class } else { best },
            ) as u8
        };
        let prediction: Vec<u8> = values.chunks(classes).map(largest).collect();
        let dice = dice_per_class(&prediction, &labels, classes).unwrap();
        for (found, expected) in dice.iter().zip(case["dice"].as_array().unwrap()) {
            assert!((found - expected.as_f64().unwrap()).abs() < 1e-12);
        }
    }
}

fn balls(draws: &mut Draws, [planes, rows, columns]: [usize; 3]) -> Vec<u8> {
    let mut mask = vec![0; planes * rows * columns];
    for _ in 0..3 {
        let centre = [planes, rows, columns].map(|size| draws.next() * size as f64);
        let radius = 2.0 + 6.0 * draws.next();
        for (index, voxel) in mask.iter_mut().enumerate() {
            let place = [
                index / (rows * columns),
                index / columns % rows,
                index % columns,
            ];
            let square: f64 = place
                .iter()
                .zip(centre)
                .map(|(&at, centre)| (at as f64 - centre).powi(2))
                .sum();
            *voxel |= u8::from(square <= radius * radius);
        }
    }
    mask
}

#[test]
fn surface_distances_are_those_of_scipy() {
    for case in cases("hausdorff") {
        let shape: [usize; 3] = serde_json::from_value(case["shape"].clone()).unwrap();
        let spacing: [f64; 3] = serde_json::from_value(case["spacing"].clone()).unwrap();
        let mut draws = draws(&case);
        let (first, second) = (balls(&mut draws, shape), balls(&mut draws, shape));
        let found = hausdorff95(&first, &second, 1, shape, spacing).unwrap();
        close(&case, "hd95", found, 1e-9);
        assert_eq!(
            hausdorff95(&second, &first, 1, shape, spacing).unwrap(),
            found
        );
        let object: Vec<bool> = first.iter().map(|&id| id == 1).collect();
        let distances: f64 = distance_to(&object, shape, spacing).unwrap().iter().sum();
        close(&case, "distances", distances, 1e-6);
    }
}

#[test]
fn rank_correlation_is_that_of_scipy() {
    for case in cases("correlation") {
        let (count, steps) = (whole(&case, "count"), case["steps"].as_f64().unwrap());
        let mut draws = draws(&case);
        let x: Vec<f64> = (0..count).map(|_| (draws.next() * steps).floor()).collect();
        let y: Vec<f64> = x
            .iter()
            .map(|x| x + (draws.next() * steps).floor())
            .collect();
        close(&case, "spearman", spearman(&x, &y).unwrap(), 1e-12);
    }
}
