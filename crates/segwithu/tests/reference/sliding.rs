//! Networks over images by sliding windows.

use burn::tensor::{Device, Tensor};
use pollster::block_on;
use segwithu::SegWithU;
use segwithu::conformance::{self, Difference, stored};
use segwithu::ops::read_back;
use segwithu::sliding_window::{WindowAggregator, WindowGrid};
use segwithu::weights::Weights;
use serde_json::Value;

use super::NETWORK_TOLERANCE;
use crate::support::{Golden, judge};

/// Logits and every map, stitched as the reference does.
fn stitched<const D: usize>(
    model: &SegWithU<D>,
    image: &Tensor<D>,
    window: &[usize],
) -> Vec<(String, usize, Vec<f32>)> {
    let device = image.device();
    let dims = image.dims();
    let plan = WindowGrid::new(&dims[2..], window, 0.5).unwrap();
    let image = block_on(read_back(image.clone())).unwrap();
    let mut aggregators: Vec<(String, usize, WindowAggregator)> = Vec::new();
    for position in plan.positions() {
        let patch = plan.extract(&image, position);
        let mut shape = [1; D];
        shape[1] = dims[1];
        shape[2..].copy_from_slice(window);
        let output = model
            .forward(Tensor::from_data(
                burn::tensor::TensorData::new(patch, shape),
                &device,
            ))
            .unwrap();
        let mut maps = vec![
            ("logits".to_owned(), output.logits.clone()),
            ("v".to_owned(), output.maps.v.clone()),
            ("delta_logits".to_owned(), output.maps.delta.clone()),
        ];
        for kind in segwithu::head::MapKind::ALL {
            maps.push((
                conformance::reference_map_name(kind).to_owned(),
                output.maps.get(kind).unwrap().clone(),
            ));
        }
        for (index, (name, map)) in maps.into_iter().enumerate() {
            let channels = map.dims()[1];
            if aggregators.len() <= index {
                aggregators.push((name, channels, WindowAggregator::new(&plan, &[channels])));
            }
            aggregators[index]
                .2
                .add(position, &block_on(read_back(map)).unwrap());
        }
    }
    aggregators
        .into_iter()
        .map(|(name, channels, aggregator)| (name, channels, aggregator.finish().concat()))
        .collect()
}

/// Every second voxel of every axis, as the large golden volumes are stored.
pub fn every_second(values: &[f32], channels: usize, size: &[usize]) -> Vec<f32> {
    let voxels = size.iter().product::<usize>();
    let mut kept = Vec::new();
    for channel in 0..channels {
        for voxel in 0..voxels {
            let (mut rest, mut even) = (voxel, true);
            for &length in size.iter().rev() {
                even &= (rest % length).is_multiple_of(2);
                rest /= length;
            }
            if even {
                kept.push(values[channel * voxels + voxel]);
            }
        }
    }
    kept
}

fn sliding_case<const D: usize>(
    golden: &Golden,
    config: &Value,
    file: &Weights<'_>,
    device: &Device,
) -> Vec<Difference> {
    let source = config["weights"].as_str().unwrap();
    let weight_bytes = golden.file(source);
    let weights = Weights::from_bytes(&weight_bytes).unwrap();
    let network = golden.file(&source.replace(".safetensors", ".json"));
    let network =
        conformance::network_config(&conformance::configuration(&network).unwrap()).unwrap();
    let window = config["roi"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_u64().unwrap() as usize)
        .collect::<Vec<_>>();
    let model: SegWithU<D> = weights
        .load(network.init(device).unwrap(), "", device)
        .unwrap();
    let image = stored::<D>(file, "in/image", device).unwrap();
    let size = image.dims()[2..].to_vec();
    let mut differences = Vec::new();
    for (map, channels, found) in stitched(&model, &image, &window) {
        let whole = format!("out/{map}");
        let halved = format!("out/{map}.sub2");
        if let Ok((_, expected)) = file.tensor(&whole) {
            differences.push(Difference {
                name: whole,
                relative: conformance::relative_difference(&found, &expected),
            });
        } else if let Ok((_, expected)) = file.tensor(&halved) {
            let found = every_second(&found, channels, &size);
            differences.push(Difference {
                name: halved,
                relative: conformance::relative_difference(&found, &expected),
            });
        }
    }
    differences
}

/// Logits and maps of images larger than the window.
pub fn sliding_windows(golden: &Golden, label: &str, device: &Device) {
    for name in golden.names("sliding") {
        let config = conformance::configuration(&golden.file(&format!("{name}.json"))).unwrap();
        let bytes = golden.file(&format!("{name}.safetensors"));
        let file = Weights::from_bytes(&bytes).unwrap();
        let differences = if config["roi"].as_array().unwrap().len() == 3 {
            sliding_case::<5>(golden, &config, &file, device)
        } else {
            sliding_case::<4>(golden, &config, &file, device)
        };
        let what = format!("{name} on {label}");
        judge(&what, &differences, NETWORK_TOLERANCE);
    }
}
