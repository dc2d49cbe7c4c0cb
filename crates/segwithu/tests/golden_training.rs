//! The reference implementation's losses and optimiser steps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use safetensors::SafeTensors;
use segwithu::backbone::{DynUNet, DynUNetConfig};
use segwithu::conformance::{self, Difference, number, relative_difference, stored};
use segwithu::head::Head;
use segwithu::train::{
    AdamW, HeadLoss, HeadLossWeights, HeadTargets, PairIndices, Sgd, backbone_loss, clip_gradients,
    cosine_rate, one_hot, polynomial_rate, trainable,
};
use segwithu::weights::{Weights, named_parameters};
use serde_json::Value;
use support::{Golden, judge};

/// Losses are means over thousands of voxels, summed in another order.
const LOSS_TOLERANCE: f64 = 1e-5;
/// Parameters after the steps, relative to each tensor's largest value.
const STEP_TOLERANCE: f64 = 1e-3;

/// Class identifiers, `[batch, 1, size..]`, stored as little-endian integers of any width.
fn labels(bytes: &[u8]) -> Vec<u8> {
    let file = SafeTensors::deserialize(bytes).unwrap();
    let view = file.tensor("in/labels").unwrap();
    let width = view.data().len() / view.shape().iter().product::<usize>();
    view.data().chunks_exact(width).map(|id| id[0]).collect()
}

fn single(tensor: &Tensor<1>) -> f32 {
    tensor.clone().into_data().try_into_vec::<f32>().unwrap()[0]
}

/// The golden files' pairs in place of random ones.
fn pairs(errors: &[bool], step: usize) -> PairIndices {
    PairIndices::sample(errors, |pair, count, of_errors| {
        if of_errors {
            (7919 * pair + 13 + 101 * step) % count
        } else {
            (104_729 * pair + 7 + 57 * step) % count
        }
    })
}

/// Where the largest logit is not the label's, row-major over `[batch, size..]`.
fn errors_of<const D: usize>(logits: &Tensor<D>, labels: &[u8]) -> Vec<bool> {
    let found = logits
        .clone()
        .argmax(1)
        .into_data()
        .convert::<i64>()
        .try_into_vec::<i64>()
        .unwrap();
    found
        .iter()
        .zip(labels)
        .map(|(&found, &label)| found != i64::from(label))
        .collect()
}

fn difference(name: &str, found: &[f32], file: &Weights<'_>) -> Difference {
    let (_, expected) = file.tensor(name).unwrap();
    Difference {
        name: name.to_owned(),
        relative: relative_difference(found, &expected),
    }
}

/// Parameters against those stored under `prefix`. The true gradient of `err_b` is 0; AdamW turns its rounding noise
/// into steps, so it is left out, as are single-channel shortcuts whose gradient is noise too.
fn parameters<M: Module>(
    module: &M,
    prefix: &str,
    file: &Weights<'_>,
    left_out: &[&str],
) -> Vec<Difference> {
    let tensors = named_parameters(module, "").unwrap();
    let kept = tensors
        .iter()
        .filter(|(name, _)| !left_out.contains(&name.as_str()));
    kept.map(|(name, (_, values))| difference(&format!("{prefix}{name}"), values, file))
        .collect()
}

fn head_case<const D: usize>(name: &str, config: &Value, bytes: &[u8]) {
    let device = Device::flex();
    let file = Weights::from_bytes(bytes).unwrap();
    let mut head: Head<D> = trainable(
        file.load(
            conformance::head_config(config)
                .unwrap()
                .init(&device)
                .unwrap(),
            "",
            &device,
        )
        .unwrap(),
    );
    let taps = (0..config["taps"].as_array().unwrap().len())
        .map(|index| stored::<D>(&file, &format!("in/tap{index}"), &device).unwrap())
        .collect::<Vec<_>>();
    let logits = stored::<D>(&file, "in/logits", &device).unwrap();
    let labels = labels(bytes);
    let errors = errors_of(&logits, &labels);
    let mut optimiser = AdamW::new(0.01);
    for step in 0..3 {
        let maps = head.forward(logits.clone(), &taps).unwrap();
        let targets = HeadTargets::new(
            &labels,
            &errors,
            pairs(&errors, step),
            logits.dims(),
            &device,
        );
        let loss = HeadLoss::new(&logits, &maps, &targets);
        let total = loss.total(&HeadLossWeights::default());
        if step == 0 {
            let terms = [
                ("nll", &loss.nll),
                ("ec", &loss.error),
                ("pairwise", &loss.pairwise),
                ("tail", &loss.tail),
                ("trust", &loss.trust),
                ("anchor", &loss.anchor),
                ("residual", &loss.residual),
                ("brier", &loss.brier),
                ("total", &total),
            ];
            let differences = terms
                .map(|(term, value)| difference(&format!("loss/{term}"), &[single(value)], &file));
            judge(&format!("{name}, losses"), &differences, LOSS_TOLERANCE);
        }
        let gradients = clip_gradients(&head, &total.backward(), 12.0).unwrap();
        let (_, norms) = file.tensor("opt/grad_norm").unwrap();
        let relative = (gradients.norm / f64::from(norms[step]) - 1.0).abs();
        judge(
            name,
            &[Difference {
                name: format!("gradient norm {step}"),
                relative,
            }],
            1e-3,
        );
        head = optimiser.step(head, &gradients, cosine_rate(step, 10, 1e-3, 3e-4));
    }
    let differences = parameters(&head, "step3/", &file, &["unc_head.err_b"]);
    judge(
        &format!("{name}, three steps"),
        &differences,
        STEP_TOLERANCE,
    );
}

fn heads_learn_as_the_reference(golden: &Golden) {
    for name in golden.names("head") {
        let config = conformance::configuration(&golden.file(&format!("{name}.json"))).unwrap();
        let bytes = golden.file(&format!("{name}.safetensors"));
        if number(&config, "spatial_dims").unwrap() == 3 {
            head_case::<5>(&name, &config, &bytes);
        } else {
            head_case::<4>(&name, &config, &bytes);
        }
    }
}

fn backbone_case<const D: usize>(name: &str, config: &Value, bytes: &[u8]) {
    let device = Device::flex();
    let file = Weights::from_bytes(bytes).unwrap();
    let filters = config["filters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_u64().unwrap() as usize);
    let filters: [usize; 5] = filters.collect::<Vec<_>>().try_into().unwrap();
    let classes = number(config, "num_classes").unwrap();
    let shape = DynUNetConfig::new(
        D - 2,
        number(config, "in_channels").unwrap(),
        classes,
        filters,
    );
    let mut network: DynUNet<D> = trainable(
        file.load(shape.init(&device).unwrap(), "", &device)
            .unwrap(),
    );
    let image = stored::<D>(&file, "in/image", &device).unwrap();
    let mut dims = image.dims();
    dims[1] = classes;
    let truth = one_hot(&labels(bytes), dims, &device);
    let (_, losses) = file.tensor("opt/loss").unwrap();
    let mut optimiser = Sgd::new(0.99, 3e-5);
    for (step, &expected) in losses.iter().enumerate() {
        let loss = backbone_loss(&network.forward_supervised(image.clone()).unwrap(), &truth);
        let relative = (f64::from(single(&loss)) / f64::from(expected) - 1.0).abs();
        judge(
            name,
            &[Difference {
                name: format!("loss {step}"),
                relative,
            }],
            LOSS_TOLERANCE,
        );
        let gradients = clip_gradients(&network, &loss.backward(), 12.0).unwrap();
        network = optimiser.step(network, &gradients, polynomial_rate(step, 100, 0.01));
    }
    // With one input channel the shortcut's scale vanishes in the normalisation: its gradient is rounding noise.
    let left_out = if image.dims()[1] == 1 {
        vec!["input_block.conv3.conv.weight"]
    } else {
        vec![]
    };
    let differences = parameters(
        &network,
        &format!("step{}/", losses.len()),
        &file,
        &left_out,
    );
    judge(
        &format!("{name}, {} steps", losses.len()),
        &differences,
        STEP_TOLERANCE,
    );
}

fn backbones_learn_as_the_reference(golden: &Golden) {
    for name in golden.names("bb_train") {
        let config = conformance::configuration(&golden.file(&format!("{name}.json"))).unwrap();
        let bytes = golden.file(&format!("{name}.safetensors"));
        if number(&config, "spatial_dims").unwrap() == 3 {
            backbone_case::<5>(&name, &config, &bytes);
        } else {
            backbone_case::<4>(&name, &config, &bytes);
        }
    }
}

mod committed {
    use super::Golden;

    #[test]
    fn heads_learn_as_the_reference() {
        super::heads_learn_as_the_reference(&Golden::committed());
    }

    #[test]
    fn backbones_learn_as_the_reference() {
        super::backbones_learn_as_the_reference(&Golden::committed());
    }
}

mod shared {
    use super::Golden;

    #[test_data::test("golden/head3d_small.json")]
    fn heads_learn_as_the_reference() {
        super::heads_learn_as_the_reference(&Golden::shared());
    }

    #[test_data::test("golden/bb_train3d.json")]
    fn backbones_learn_as_the_reference() {
        super::backbones_learn_as_the_reference(&Golden::shared());
    }
}
