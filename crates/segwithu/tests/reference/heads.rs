//! Heads on given taps.

use burn::tensor::Device;
use pollster::block_on;
use segwithu::conformance::{self, Difference, compare_maps, compare_output, number, stored};
use segwithu::head::Head;
use segwithu::weights::Weights;
use serde_json::Value;

use super::HEAD_TOLERANCE;
use crate::support::{Golden, judge};

fn head_on_taps<const D: usize>(
    config: &Value,
    file: &Weights<'_>,
    device: &Device,
) -> Vec<Difference> {
    let head: Head<D> = conformance::head_config(config)
        .unwrap()
        .init(device)
        .unwrap();
    // The head stands at the top here, so its path lacks the `head` that a whole model has; the names agree.
    let head = file.load(head, "", device).unwrap();
    let taps = (0..config["taps"].as_array().unwrap().len())
        .map(|index| stored::<D>(file, &format!("in/tap{index}"), device).unwrap())
        .collect::<Vec<_>>();
    let logits = stored::<D>(file, "in/logits", device).unwrap();
    let mut differences = Vec::new();
    block_on(async {
        compare_output(
            &head.fuse(&taps).unwrap(),
            file,
            "mid/fused",
            &mut differences,
        )
        .await
        .unwrap();
        let maps = head.forward(logits.clone(), &taps).unwrap();
        compare_maps(&logits, &maps, file, &mut differences)
            .await
            .unwrap();
    });
    differences
}

/// Heads with stored weights on stored taps.
pub fn heads_on_given_taps(golden: &Golden, label: &str, device: &Device) {
    for name in golden.names("head") {
        let config = conformance::configuration(&golden.file(&format!("{name}.json"))).unwrap();
        let bytes = golden.file(&format!("{name}.safetensors"));
        let file = Weights::from_bytes(&bytes).unwrap();
        let differences = if number(&config, "spatial_dims").unwrap() == 3 {
            head_on_taps::<5>(&config, &file, device)
        } else {
            head_on_taps::<4>(&config, &file, device)
        };
        judge(&format!("{name} on {label}"), &differences, HEAD_TOLERANCE);
    }
}
