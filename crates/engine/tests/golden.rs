//! The reference implementation's stitched volume through the whole engine.
#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::ops::ControlFlow;

use burn::tensor::Device;
use engine::{Bundle, Engine, Options};
use pollster::block_on;
use segwithu::conformance::{
    configuration, network_config, reference_map_name, relative_difference,
};
use segwithu::weights::Weights;

/// Bound for whole networks, relative to each map's maximum.
const TOLERANCE: f64 = 1e-4;

fn every_second(values: &[f32], [planes, rows, columns]: [usize; 3]) -> Vec<f32> {
    let mut kept = Vec::new();
    for channel in values.chunks_exact(planes * rows * columns) {
        for plane in (0..planes).step_by(2) {
            for row in (0..rows).step_by(2) {
                let line = (plane * rows + row) * columns;
                kept.extend(channel[line..line + columns].iter().step_by(2));
            }
        }
    }
    kept
}

#[test_data::test(
    "golden/swu3d.json",
    "golden/swu3d.safetensors",
    "golden/sliding3d.safetensors"
)]
fn a_golden_volume_comes_out_as_the_reference_stitches_it() {
    let read = |name: &str| std::fs::read(test_data::path!("golden").join(name)).unwrap();
    let (description, weights) = (read("swu3d.json"), read("swu3d.safetensors"));
    let stored = read("sliding3d.safetensors");
    let config = network_config(&configuration(&description).unwrap()).unwrap();
    let mut manifest = support::manifest(&[32, 32, 32], config.backbone.num_classes as u8);
    manifest.architecture.in_channels = config.backbone.in_channels;
    manifest.architecture.filters = config.backbone.filters;
    manifest.architecture.num_probes = config.num_probes;
    manifest.architecture.use_aleatoric = config.use_aleatoric;
    manifest.preprocessing.normalisation = support::AS_IS;

    let stored = Weights::from_bytes(&stored).unwrap();
    let (shape, image) = stored.tensor("in/image").unwrap();
    let mut volume = support::blobs([1, 1, 1]);
    volume.channels = shape[1];
    volume.shape = [shape[2], shape[3], shape[4]];
    volume.voxels = image;

    let bundle = Bundle::new(manifest, weights);
    let engine = Engine::new(&bundle, &Device::flex()).unwrap();
    let result = block_on(engine.segment(&volume, &Options::default(), async |_| {
        ControlFlow::Continue(())
    }))
    .unwrap();
    assert_eq!(result.windows, 6);

    let outputs = result
        .maps
        .iter()
        .map(|map| (reference_map_name(map.kind), &map.values))
        .chain([("logits", &result.logits)]);
    let mut compared = 0;
    for (name, values) in outputs {
        if let Ok((_, expected)) = stored.tensor(&format!("out/{name}.sub2")) {
            let difference = relative_difference(&every_second(values, volume.shape), &expected);
            assert!(difference < TOLERANCE, "{name}: {difference:e}");
            compared += 1;
        }
    }
    assert_eq!(compared, 4, "logits and three maps are stored");
}
