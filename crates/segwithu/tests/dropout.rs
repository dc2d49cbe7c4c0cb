//! Dropout in the deep levels: only where it is asked for.
#![allow(clippy::unwrap_used)]

use burn::tensor::{Device, Distribution, Tensor};
use segwithu::Error;
use segwithu::backbone::{DynUNet, DynUNetConfig};

fn config() -> DynUNetConfig {
    DynUNetConfig::new(2, 1, 2, [4, 4, 8, 8, 8])
}

fn values(tensor: Tensor<4>) -> Vec<f32> {
    tensor.into_data().try_into_vec().unwrap()
}

/// Passes that drop nothing may add up in another order.
fn assert_close(found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len());
    let largest = expected
        .iter()
        .fold(0.0_f32, |most, value| most.max(value.abs()));
    let apart = found
        .iter()
        .zip(expected)
        .map(|(one, other)| (one - other).abs());
    let apart = apart.fold(0.0_f32, f32::max);
    assert!(apart <= 1e-5 * largest, "{apart} of {largest}");
}

/// All in one test: the device's generator is shared by the whole process.
#[test]
fn only_stochastic_and_training_passes_drop_channels() {
    let device = Device::flex();
    device.seed(5);
    let network: DynUNet<4> = config().with_dropout(0.5).init(&device).unwrap();
    let image = Tensor::<4>::random([1, 1, 32, 48], Distribution::Default, &device);
    let stochastic = |network: &DynUNet<4>, seed| {
        device.seed(seed);
        values(network.forward_stochastic(image.clone()).unwrap().logits)
    };
    let plain = values(network.forward(image.clone()).unwrap().logits);

    assert_close(
        &values(network.forward_deep(image.clone()).unwrap().logits),
        &plain,
    );
    let sample = stochastic(&network, 1);
    assert_ne!(sample, plain);
    assert_eq!(sample, stochastic(&network, 1));
    assert_ne!(sample, stochastic(&network, 2));
    let trained = network.forward_supervised(image.clone()).unwrap();
    assert_ne!(values(trained[0].clone()), plain);
    assert_eq!(trained.len(), 3);

    let off = network.clone().with_dropout(0.0);
    assert_close(&stochastic(&off, 1), &plain);
    let supervised = off.forward_supervised(image.clone()).unwrap();
    assert_close(&values(supervised[0].clone()), &plain);
}

#[test]
fn a_probability_of_one_is_refused() {
    let error = config()
        .with_dropout(1.0)
        .init::<4>(&Device::flex())
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::Config {
                field: "dropout",
                ..
            }
        ),
        "{error}"
    );
}
