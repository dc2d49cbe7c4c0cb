//! Whole networks.

use burn::tensor::Device;
use pollster::block_on;
use segwithu::conformance;
use segwithu::weights::Weights;

use super::NETWORK_TOLERANCE;
use crate::support::{Golden, judge};

/// Networks with stored weights on stored images.
pub fn whole_networks(golden: &Golden, label: &str, device: &Device) {
    for name in golden.names("swu") {
        let description = golden.file(&format!("{name}.json"));
        let bytes = golden.file(&format!("{name}.safetensors"));
        let differences =
            block_on(conformance::compare_network(&description, &bytes, device)).unwrap();
        let what = format!("{name} on {label}");
        judge(&what, &differences, NETWORK_TOLERANCE);
    }
}

/// A checkpoint of the reference's own save path, whose decoder hides under aliases.
pub fn official_checkpoint_with_aliases(golden: &Golden, label: &str, device: &Device) {
    let config = conformance::configuration(&golden.file("official2d.json")).unwrap();
    let checkpoint = golden.file("official2d_ckpt.safetensors");
    let pair = golden.file("official2d.safetensors");
    let weights = Weights::from_bytes(&checkpoint).unwrap();
    let pair = Weights::from_bytes(&pair).unwrap();
    let compared = conformance::compare_rank::<4>(&config, &weights, &pair, device);
    let what = format!("official2d on {label}");
    judge(&what, &block_on(compared).unwrap(), NETWORK_TOLERANCE);
}
