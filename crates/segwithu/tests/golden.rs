//! The reference implementation's numbers, on every device at hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use burn::tensor::Tensor;
use pollster::block_on;
use segwithu::SegWithU;
use segwithu::conformance::{self, Difference, compare_maps, compare_output, number, stored};
use segwithu::head::Head;
use segwithu::head::sign_patterns;
use segwithu::ops::{
    ConvolutionShape, convolve, convolve_transposed, gelu, instance_norm, leaky_relu, read_back,
    resize_linear, resize_nearest, softplus,
};
use segwithu::sliding_window::{WindowAggregator, WindowGrid, compute_gaussian, compute_steps};
use segwithu::weights::Weights;
use serde_json::Value;
use support::{Golden, judge};

/// Bound for heads on given taps, relative to each map's maximum.
const HEAD_TOLERANCE: f64 = 1e-5;
/// Bound for whole networks.
const NETWORK_TOLERANCE: f64 = 1e-4;

/// The devices that the golden tests run on: the CPU, and burn-wgpu where the build has it and the machine an adapter.
fn devices() -> Vec<(&'static str, burn::tensor::Device)> {
    #[allow(unused_mut)]
    let mut devices = vec![("cpu", burn::tensor::Device::flex())];
    #[cfg(feature = "gpu")]
    match burn::tensor::Device::wgpu_options().init() {
        Ok(device) => devices.push(("wgpu", device)),
        Err(error)
            if format!("{error:?}").contains("already")
                || format!("{error:?}").contains("Already") =>
        {
            devices.push(("wgpu", burn::tensor::Device::wgpu(Default::default())));
        }
        Err(error) => eprintln!(
            "SKIPPED: golden tests on burn-wgpu, no adapter ({error:?}); install mesa-vulkan-drivers"
        ),
    }
    devices
}

fn head_on_taps<const D: usize>(
    config: &Value,
    file: &Weights<'_>,
    device: &burn::tensor::Device,
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

fn heads_on_given_taps(golden: &Golden) {
    for name in golden.names("head") {
        let config = conformance::configuration(&golden.file(&format!("{name}.json"))).unwrap();
        let bytes = golden.file(&format!("{name}.safetensors"));
        let file = Weights::from_bytes(&bytes).unwrap();
        for (label, device) in devices() {
            let differences = if number(&config, "spatial_dims").unwrap() == 3 {
                head_on_taps::<5>(&config, &file, &device)
            } else {
                head_on_taps::<4>(&config, &file, &device)
            };
            judge(&format!("{name} on {label}"), &differences, HEAD_TOLERANCE);
        }
    }
}

fn whole_networks(golden: &Golden) {
    for name in golden.names("swu") {
        let description = golden.file(&format!("{name}.json"));
        let bytes = golden.file(&format!("{name}.safetensors"));
        for (label, device) in devices() {
            let differences =
                block_on(conformance::compare_network(&description, &bytes, &device)).unwrap();
            judge(
                &format!("{name} on {label}"),
                &differences,
                NETWORK_TOLERANCE,
            );
        }
    }
}

fn official_checkpoint_with_aliases(golden: &Golden) {
    let config = conformance::configuration(&golden.file("official2d.json")).unwrap();
    let checkpoint = golden.file("official2d_ckpt.safetensors");
    let pair = golden.file("official2d.safetensors");
    let weights = Weights::from_bytes(&checkpoint).unwrap();
    let pair = Weights::from_bytes(&pair).unwrap();
    for (label, device) in devices() {
        let differences = block_on(conformance::compare_rank::<4>(
            &config, &weights, &pair, &device,
        ))
        .unwrap();
        judge(
            &format!("official2d on {label}"),
            &differences,
            NETWORK_TOLERANCE,
        );
    }
}

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
fn every_second(values: &[f32], channels: usize, size: &[usize]) -> Vec<f32> {
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

fn sliding_case<const D: usize>(golden: &Golden, name: &str, config: &Value, file: &Weights<'_>) {
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
    for (label, device) in devices() {
        let model: SegWithU<D> = weights
            .load(network.init(&device).unwrap(), "", &device)
            .unwrap();
        let image = stored::<D>(file, "in/image", &device).unwrap();
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
        judge(
            &format!("{name} on {label}"),
            &differences,
            NETWORK_TOLERANCE,
        );
    }
}

fn sliding_windows(golden: &Golden) {
    for name in golden.names("sliding") {
        let config = conformance::configuration(&golden.file(&format!("{name}.json"))).unwrap();
        let bytes = golden.file(&format!("{name}.safetensors"));
        let file = Weights::from_bytes(&bytes).unwrap();
        if config["roi"].as_array().unwrap().len() == 3 {
            sliding_case::<5>(golden, &name, &config, &file);
        } else {
            sliding_case::<4>(golden, &name, &config, &file);
        }
    }
}

fn operator<const D: usize>(
    name: &str,
    config: &Value,
    file: &Weights<'_>,
    device: &burn::tensor::Device,
) -> Option<Tensor<D>> {
    let input = || stored::<D>(file, &format!("op/{name}/in"), device).unwrap();
    let kernel = || stored::<D>(file, &format!("op/{name}/weight"), device).unwrap();
    let vector = |part: &str| stored::<1>(file, &format!("op/{name}/{part}"), device).unwrap();
    let size = || {
        config["size"]
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v.as_u64().unwrap() as usize)
            .collect::<Vec<_>>()
    };
    let kind = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    Some(if name.starts_with("instance_norm") {
        instance_norm(
            input(),
            vector("weight"),
            vector("bias"),
            config["eps"].as_f64().unwrap(),
        )
    } else if name.starts_with("conv_transpose") {
        convolve_transposed(input(), kernel(), number(config, "stride").unwrap())
    } else if name.starts_with("conv") {
        let (stride, padding) = (
            number(config, "stride").unwrap(),
            number(config, "padding").unwrap(),
        );
        convolve(
            input(),
            kernel(),
            None,
            ConvolutionShape { stride, padding },
        )
    } else if kind.starts_with("resize_nearest") {
        resize_nearest(input(), &size())
    } else if kind.starts_with("resize") {
        resize_linear(input(), &size())
    } else if name == "gelu" {
        gelu(input())
    } else if name == "softplus" {
        softplus(input())
    } else if name == "leaky_relu" {
        leaky_relu(input(), config["slope"].as_f64().unwrap())
    } else {
        return None;
    })
}

fn single_operators(golden: &Golden) {
    let config = conformance::configuration(&golden.file("ops.json")).unwrap();
    let bytes = golden.file("ops.safetensors");
    let file = Weights::from_bytes(&bytes).unwrap();
    for (label, device) in devices() {
        let mut differences = Vec::new();
        for (name, config) in config.as_object().unwrap() {
            let (shape, expected) = file.tensor(&format!("op/{name}/out")).unwrap_or_default();
            let found = match file
                .tensor(&format!("op/{name}/in"))
                .map(|(shape, _)| shape.len())
            {
                Ok(1) => operator::<1>(name, config, &file, &device)
                    .map(|found| block_on(read_back(found)).unwrap()),
                Ok(2) => operator::<2>(name, config, &file, &device)
                    .map(|found| block_on(read_back(found)).unwrap()),
                Ok(4) => operator::<4>(name, config, &file, &device)
                    .map(|found| block_on(read_back(found)).unwrap()),
                Ok(5) => operator::<5>(name, config, &file, &device)
                    .map(|found| block_on(read_back(found)).unwrap()),
                _ => None,
            };
            if let Some(found) = found {
                assert_eq!(found.len(), shape.iter().product::<usize>(), "{name}");
                let relative = conformance::relative_difference(&found, &expected);
                differences.push(Difference {
                    name: name.clone(),
                    relative,
                });
            }
        }
        assert!(
            differences.len() > 25,
            "only {} operators were compared",
            differences.len()
        );
        judge(
            &format!("operators on {label}"),
            &differences,
            HEAD_TOLERANCE,
        );
    }
}

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
    judge("window weights", &differences, HEAD_TOLERANCE);
}

mod committed {
    use super::Golden;

    #[test]
    fn heads_on_given_taps() {
        super::heads_on_given_taps(&Golden::committed());
    }

    #[test]
    fn official_checkpoint_with_aliases() {
        super::official_checkpoint_with_aliases(&Golden::committed());
    }

    #[test]
    fn single_operators() {
        super::single_operators(&Golden::committed());
    }

    #[test]
    fn windows_patterns_and_weights() {
        super::windows_patterns_and_weights(&Golden::committed());
    }
}

mod shared {
    use super::Golden;

    #[test_data::test("golden/head3d_small.json")]
    fn heads_on_given_taps() {
        super::heads_on_given_taps(&Golden::shared());
    }

    #[test_data::test("golden/swu2d.json", "golden/swu3d.json")]
    fn whole_networks() {
        super::whole_networks(&Golden::shared());
    }

    #[test_data::test("golden/official2d.json")]
    fn official_checkpoint_with_aliases() {
        super::official_checkpoint_with_aliases(&Golden::shared());
    }

    #[test_data::test("golden/sliding2d.json", "golden/swu2d.json")]
    fn sliding_windows() {
        super::sliding_windows(&Golden::shared());
    }

    #[test_data::test("golden/ops.json")]
    fn single_operators() {
        super::single_operators(&Golden::shared());
    }

    #[test_data::test("golden/ops.json")]
    fn windows_patterns_and_weights() {
        super::windows_patterns_and_weights(&Golden::shared());
    }
}
