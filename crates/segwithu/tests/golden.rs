//! The reference implementation's numbers, on the CPU. `golden_gpu.rs` has those on a graphics card.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod reference;
mod support;

use burn::tensor::Device;
use segwithu::conformance::{self, Difference};
use segwithu::head::sign_patterns;
use segwithu::sliding_window::{compute_gaussian, compute_steps};
use segwithu::weights::Weights;
use serde_json::Value;

use reference::sliding::every_second;
use support::{Golden, judge};

/// Bound for the weights of windows, relative to the largest.
const WEIGHT_TOLERANCE: f64 = 1e-5;

fn windows_patterns_and_weights(golden: &Golden) {
    let json: Value = serde_json::from_slice(&golden.file("ops.json")).unwrap();
    let numbers = |value: &Value| {
        value
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v.as_u64().unwrap() as usize)
            .collect::<Vec<_>>()
    };
    for case in json["scalars"]["window_starts_overlap_0.5"]
        .as_array()
        .unwrap()
    {
        let (size, window) = (
            case["padded"].as_u64().unwrap() as usize,
            case["roi"].as_u64().unwrap() as usize,
        );
        assert_eq!(
            compute_steps(size, window, 0.5),
            numbers(&case["starts"]),
            "{case}"
        );
    }
    for (probes, rows) in json["scalars"]["probe_patterns"].as_object().unwrap() {
        let found = sign_patterns(probes.parse().unwrap());
        for (row, expected) in found.iter().zip(rows.as_array().unwrap()) {
            let row = row
                .iter()
                .map(|&sign| if sign > 0.0 { '+' } else { '-' })
                .collect::<String>();
            assert_eq!(Some(row.as_str()), expected.as_str(), "{probes} probes");
        }
        assert_eq!(found.len(), rows.as_array().unwrap().len());
    }
    let bytes = golden.file("ops.safetensors");
    let file = Weights::from_bytes(&bytes).unwrap();
    let mut differences = Vec::new();
    for (name, config) in json["config"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| name.starts_with("gauss"))
    {
        let window = numbers(&config["roi"]);
        let mut found = compute_gaussian(&window);
        if config["sub2"] == true {
            found = every_second(&found, 1, &window);
        }
        let (_, expected) = file.tensor(&format!("op/{name}/out")).unwrap();
        differences.push(Difference {
            name: name.clone(),
            relative: conformance::relative_difference(&found, &expected),
        });
    }
    judge("window weights", &differences, WEIGHT_TOLERANCE);
}

mod committed {
    use super::{Device, Golden, reference};

    #[test]
    fn heads_on_given_taps() {
        reference::heads::heads_on_given_taps(&Golden::committed(), "cpu", &Device::flex());
    }

    #[test]
    fn official_checkpoint_with_aliases() {
        let golden = Golden::committed();
        reference::networks::official_checkpoint_with_aliases(&golden, "cpu", &Device::flex());
    }

    #[test]
    fn single_operators() {
        reference::operators::single_operators(&Golden::committed(), "cpu", &Device::flex());
    }

    #[test]
    fn windows_patterns_and_weights() {
        super::windows_patterns_and_weights(&Golden::committed());
    }
}

mod shared {
    use super::{Device, Golden, reference};

    #[test_data::test("golden/head3d_small.json")]
    fn heads_on_given_taps() {
        reference::heads::heads_on_given_taps(&Golden::shared(), "cpu", &Device::flex());
    }

    #[test_data::test("golden/swu2d.json", "golden/swu3d.json")]
    fn whole_networks() {
        reference::networks::whole_networks(&Golden::shared(), "cpu", &Device::flex());
    }

    #[test_data::test("golden/official2d.json")]
    fn official_checkpoint_with_aliases() {
        let golden = Golden::shared();
        reference::networks::official_checkpoint_with_aliases(&golden, "cpu", &Device::flex());
    }

    #[test_data::test("golden/sliding2d.json", "golden/swu2d.json")]
    fn sliding_windows() {
        reference::sliding::sliding_windows(&Golden::shared(), "cpu", &Device::flex());
    }

    #[test_data::test("golden/ops.json")]
    fn single_operators() {
        reference::operators::single_operators(&Golden::shared(), "cpu", &Device::flex());
    }

    #[test_data::test("golden/ops.json")]
    fn windows_patterns_and_weights() {
        super::windows_patterns_and_weights(&Golden::shared());
    }
}
