//! Every metric against the golden vectors, whose values come from an independent implementation.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use safetensors::SafeTensors;
use serde_json::Value;
use uq::{
    Calibration, Layout, Probabilities, Ranking, ScoreHistogram, aurc_optimal, aurc_stable,
    dice_per_class,
};

struct Golden {
    tensors: Vec<u8>,
    scalars: serde_json::Map<String, Value>,
}

/// The vectors in the repository: all but the two of 100,000 voxels.
fn committed() -> Golden {
    Golden::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden"))
}

/// All of them, where the shared test data is at hand.
fn shared() -> Golden {
    Golden::read(&test_data::path!("golden"))
}

impl Golden {
    fn read(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join("metrics.json")).unwrap();
        let description: Value = serde_json::from_str(&text).unwrap();
        Self {
            tensors: std::fs::read(folder.join("metrics.safetensors")).unwrap(),
            scalars: description["scalars"].as_object().unwrap().clone(),
        }
    }

    fn f32s(&self, name: &str) -> Option<Vec<f32>> {
        let tensors = SafeTensors::deserialize(&self.tensors).unwrap();
        let view = tensors.tensor(name).ok()?;
        Some(
            view.data()
                .as_chunks()
                .0
                .iter()
                .map(|&quad| f32::from_le_bytes(quad))
                .collect(),
        )
    }

    fn ids(&self, name: &str) -> Option<Vec<u8>> {
        let tensors = SafeTensors::deserialize(&self.tensors).unwrap();
        let view = tensors.tensor(name).ok()?;
        Some(
            view.data()
                .as_chunks()
                .0
                .iter()
                .map(|&quad| u8::try_from(i32::from_le_bytes(quad)).unwrap())
                .collect(),
        )
    }
}

/// Equal up to rounding; null is `None`.
fn check(case: &str, metric: &str, found: Option<f64>, expected: &Value, tolerance: f64) {
    match (found, expected.as_f64()) {
        (None, None) => assert!(expected.is_null(), "{case}: {metric} has no golden value"),
        (Some(found), Some(expected)) => {
            assert!(
                (found - expected).abs() <= tolerance,
                "{case}: {metric} is {found}, not {expected}"
            );
        }
        (found, expected) => panic!("{case}: {metric} is {found:?}, not {expected:?}"),
    }
}

fn check_ranking_and_selective_metrics(golden: &Golden, at_least: usize) {
    let mut tested = 0;
    for (case, expected) in &golden.scalars {
        let Some(scores) = golden.f32s(&format!("m/{case}/score")) else {
            continue;
        };
        let errors: Vec<bool> = golden
            .f32s(&format!("m/{case}/err"))
            .unwrap()
            .iter()
            .map(|&error| error != 0.0)
            .collect();
        let ranking = Ranking::new(&scores, &errors).unwrap();
        assert_eq!(Some(ranking.count()), expected["n"].as_u64(), "{case}");
        assert_eq!(
            Some(ranking.errors()),
            expected["errors"].as_u64(),
            "{case}"
        );
        let metrics = ranking.metrics();
        check(case, "auroc", metrics.auroc, &expected["auroc"], 1e-12);
        check(case, "auprc", metrics.auprc, &expected["auprc"], 1e-12);
        check(case, "aurc", metrics.aurc, &expected["aurc"], 1e-12);
        check(case, "e_aurc", metrics.eaurc, &expected["e_aurc"], 1e-12);
        check(
            case,
            "aurc_stable",
            aurc_stable(&scores, &errors).unwrap(),
            &expected["aurc_stable"],
            1e-12,
        );
        let optimal = aurc_optimal(ranking.count(), ranking.errors());
        check(
            case,
            "aurc_optimal",
            optimal,
            &expected["aurc_optimal"],
            1e-12,
        );
        let mut histogram = ScoreHistogram::default();
        histogram.add(&scores, &errors, None).unwrap();
        let bounds = histogram.bounds();
        for (metric, bound) in [
            ("auroc", bounds.auroc),
            ("auprc", bounds.auprc),
            ("aurc", bounds.aurc),
            ("e_aurc", bounds.eaurc),
        ] {
            let held = match (bound, expected[metric].as_f64()) {
                (None, None) => true,
                (Some(bound), Some(value)) => {
                    bound.distance(value) <= bound.high - bound.low + 1e-9
                }
                _ => false,
            };
            assert!(held, "{case}: {metric} lies outside {bound:?}");
        }
        tested += 1;
    }
    assert!(tested >= at_least, "only {tested} vectors were tested");
}

fn check_calibration(golden: &Golden, at_least: usize) {
    let mut tested = 0;
    for (case, expected) in &golden.scalars {
        let Some(values) = golden.f32s(&format!("m/{case}/prob")) else {
            continue;
        };
        let labels = golden.ids(&format!("m/{case}/label")).unwrap();
        let classes = usize::try_from(expected["classes"].as_u64().unwrap()).unwrap();
        let transposed: Vec<f32> = (0..classes)
            .flat_map(|class| values.iter().skip(class).step_by(classes).copied())
            .collect();
        for (values, layout) in [
            (&values, Layout::ClassLast),
            (&transposed, Layout::ClassFirst),
        ] {
            let mut sums = Calibration::default();
            sums.add(
                &Probabilities {
                    values,
                    classes,
                    layout,
                },
                &labels,
                None,
            )
            .unwrap();
            assert_eq!(Some(sums.count()), expected["n"].as_u64(), "{case}");
            // The probabilities are stored in 32 bits.
            check(case, "nll", sums.nll(), &expected["nll"], 1e-6);
            check(case, "brier", sums.brier(), &expected["brier"], 1e-6);
            check(case, "ece15", sums.ece15(), &expected["ece15"], 1e-6);
            check(
                case,
                "ece15_tm",
                sums.ece15_torchmetrics(),
                &expected["ece15_tm"],
                1e-6,
            );
            check(
                case,
                "accuracy",
                sums.accuracy(),
                &expected["accuracy"],
                1e-12,
            );
        }
        tested += 1;
    }
    assert!(tested >= at_least, "only {tested} tables were tested");
}

fn check_dice(golden: &Golden, at_least: usize) {
    let mut tested = 0;
    for (case, expected) in &golden.scalars {
        let Some(prediction) = golden.ids(&format!("m/{case}/pred")) else {
            continue;
        };
        let label = golden.ids(&format!("m/{case}/label")).unwrap();
        let expected = expected["dice_per_class"].as_array().unwrap();
        let found = dice_per_class(&prediction, &label, expected.len()).unwrap();
        for (class, (found, expected)) in found.iter().zip(expected).enumerate() {
            check(
                case,
                &format!("dice of class {class}"),
                Some(*found),
                expected,
                1e-12,
            );
        }
        tested += 1;
    }
    assert!(tested >= at_least, "only {tested} pairs were tested");
}

#[test]
fn ranking_and_selective_metrics() {
    check_ranking_and_selective_metrics(&committed(), 13);
}

#[test]
fn calibration() {
    check_calibration(&committed(), 4);
}

#[test]
fn dice() {
    check_dice(&committed(), 2);
}

#[test_data::test("golden/metrics.json", "golden/metrics.safetensors")]
fn all_shared_vectors() {
    let golden = shared();
    check_ranking_and_selective_metrics(&golden, 15);
    check_calibration(&golden, 4);
    check_dice(&golden, 2);
}
