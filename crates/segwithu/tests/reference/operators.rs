//! Single operators.

use burn::tensor::{Device, Tensor};
use pollster::block_on;
use segwithu::conformance::{self, Difference, number, stored};
use segwithu::ops::{
    ConvolutionShape, convolve, convolve_transposed, gelu, instance_norm, leaky_relu, read_back,
    resize_linear, resize_nearest, softplus,
};
use segwithu::weights::Weights;
use serde_json::Value;

use super::HEAD_TOLERANCE;
use crate::support::{Golden, judge};

fn operator<const D: usize>(
    name: &str,
    config: &Value,
    file: &Weights<'_>,
    device: &Device,
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

/// Operators on stored tensors.
pub fn single_operators(golden: &Golden, label: &str, device: &Device) {
    let config = conformance::configuration(&golden.file("ops.json")).unwrap();
    let bytes = golden.file("ops.safetensors");
    let file = Weights::from_bytes(&bytes).unwrap();
    let mut differences = Vec::new();
    for (name, config) in config.as_object().unwrap() {
        let (shape, expected) = file.tensor(&format!("op/{name}/out")).unwrap_or_default();
        let rank = file
            .tensor(&format!("op/{name}/in"))
            .map(|(shape, _)| shape.len());
        let found = match rank {
            Ok(1) => values(operator::<1>(name, config, &file, device)),
            Ok(2) => values(operator::<2>(name, config, &file, device)),
            Ok(4) => values(operator::<4>(name, config, &file, device)),
            Ok(5) => values(operator::<5>(name, config, &file, device)),
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
    let what = format!("operators on {label}");
    judge(&what, &differences, HEAD_TOLERANCE);
}

fn values<const D: usize>(found: Option<Tensor<D>>) -> Option<Vec<f32>> {
    found.map(|found| block_on(read_back(found)).unwrap())
}
