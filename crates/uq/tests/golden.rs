//! Every metric against the golden vectors, whose values come from an independent implementation.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;

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

/// The golden folder: `PENUMBRA_GOLDEN`, else `golden` in `PENUMBRA_SHARED`, else in `shared` beside the workspace.
fn golden() -> Option<Golden> {
    let shared = || {
        std::env::var_os("PENUMBRA_SHARED")
            .map(PathBuf::from)
            .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"))
    };
    let folder = std::env::var_os("PENUMBRA_GOLDEN")
        .map(PathBuf::from)
        .unwrap_or_else(|| shared().join("golden"));
    let Ok(text) = std::fs::read_to_string(folder.join("metrics.json")) else {
        eprintln!(
            "SKIPPED: {} has no metrics.json; set PENUMBRA_GOLDEN to the golden vectors",
            folder.display()
        );
        return None;
    };
    let description: Value = serde_json::from_str(&text).unwrap();
    Some(Golden {
        tensors: std::fs::read(folder.join("metrics.safetensors")).unwrap(),
        scalars: description["scalars"].as_object().unwrap().clone(),
    })
}

impl Golden {
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

#[test]
fn ranking_and_selective_figures() {
    let Some(golden) = golden() else { return };
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
    assert!(tested >= 15, "only {tested} vectors were tested");
}

#[test]
fn calibration_figures() {
    let Some(golden) = golden() else { return };
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
    assert!(tested >= 4, "only {tested} tables were tested");
}

#[test]
fn dice_figures() {
    let Some(golden) = golden() else { return };
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
    assert!(tested >= 2, "only {tested} pairs were tested");
}
