//! Which of burn's CPU backends trains fastest: three convolutions with leaky ReLU, forward and backward, as in the
//! second level of a network in 2D and 3D, by ndarray, by flex, and by flex with this project's kernels.
//!
//! `RAYON_NUM_THREADS=1 cargo run --release` in this folder; prints the shortest of three times.

use std::time::Instant;

use burn::tensor::module::{conv2d, conv3d};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Distribution, Tensor, activation};
use segwithu::ops::{ConvolutionShape, convolve, leaky_relu};

const RUNS: usize = 3;
const SLOPE: f64 = 0.01;
const OWN: ConvolutionShape = ConvolutionShape {
    stride: 1,
    padding: 1,
};

/// Seconds of the fastest run of three layers and their gradients; the first run, which warms up, does not count.
fn fastest<const D: usize>(
    device: &Device,
    image: [usize; D],
    weight: [usize; D],
    layer: impl Fn(Tensor<D>, Tensor<D>) -> Tensor<D>,
) -> f64 {
    let draw = |shape: [usize; D]| {
        Tensor::<D>::random(shape, Distribution::Default, device)
            .autodiff()
            .require_grad()
    };
    let (image, weight) = (draw(image), draw(weight));
    let run = || {
        let started = Instant::now();
        let mut output = image.clone();
        for _ in 0..3 {
            output = layer(output, weight.clone());
        }
        let gradients = output.mean().backward();
        let sums = [image.grad(&gradients), weight.grad(&gradients)].map(|gradient| {
            gradient.map(|gradient| gradient.sum().into_scalar::<f32>())
        });
        std::hint::black_box(sums);
        started.elapsed().as_secs_f64()
    };
    run();
    (0..RUNS).map(|_| run()).fold(f64::INFINITY, f64::min)
}

// burn calls its ndarray backend deprecated in favour of flex; here is by how much.
#[allow(deprecated)]
fn main() {
    let picture = ([2, 32, 96, 96], [32, 32, 3, 3]);
    let volume = ([2, 16, 16, 32, 32], [16, 16, 3, 3, 3]);
    for (name, device) in [("ndarray", Device::ndarray()), ("flex", Device::flex())] {
        let flat = fastest(&device, picture.0, picture.1, |input, weight| {
            let options = ConvOptions::new([1; 2], [1; 2], [1; 2], 1);
            activation::leaky_relu(conv2d(input, weight, None, options), SLOPE)
        });
        let deep = fastest(&device, volume.0, volume.1, |input, weight| {
            let options = ConvOptions::new([1; 3], [1; 3], [1; 3], 1);
            activation::leaky_relu(conv3d(input, weight, None, options), SLOPE)
        });
        println!("{name}: 2D {flat:.3} s, 3D {deep:.3} s");
    }
    let device = Device::flex();
    let flat = fastest(&device, picture.0, picture.1, |input, weight| {
        leaky_relu(convolve(input, weight, None, OWN), SLOPE)
    });
    let deep = fastest(&device, volume.0, volume.1, |input, weight| {
        leaky_relu(convolve(input, weight, None, OWN), SLOPE)
    });
    println!("flex with this project's kernels: 2D {flat:.3} s, 3D {deep:.3} s");
}
