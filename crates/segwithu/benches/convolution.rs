//! Time of the network's convolutions on the CPU, which a pass spends nearly all its time in.
#![allow(missing_docs)]

use std::hint::black_box;

use burn::tensor::{Device, Distribution, Tensor};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use segwithu::ops::{ConvolutionShape, convolve, convolve_transposed};

const SAME: ConvolutionShape = ConvolutionShape {
    stride: 1,
    padding: 1,
};
const HALF: ConvolutionShape = ConvolutionShape {
    stride: 2,
    padding: 1,
};

/// Multiplications of a convolution with `taps` taps and `outputs` output voxels.
const fn products(
    channels_in: usize,
    channels_out: usize,
    taps: usize,
    outputs: usize,
) -> Throughput {
    Throughput::Elements((channels_in * channels_out * taps * outputs) as u64)
}

fn random<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::random(shape, Distribution::Default, device)
}

fn convolution(criterion: &mut Criterion) {
    let device = Device::flex();
    let mut group = criterion.benchmark_group("convolution");
    group.sample_size(20);

    let image: Tensor<4> = random([1, 16, 256, 256], &device);
    let weight: Tensor<4> = random([16, 16, 3, 3], &device);
    group.throughput(products(16, 16, 9, 256 * 256));
    group.bench_function("3 x 3, 16 channels, 256 x 256", |bencher| {
        bencher.iter(|| convolve(black_box(image.clone()), weight.clone(), None, SAME).into_data());
    });
    group.throughput(products(16, 16, 9, 128 * 128));
    group.bench_function("3 x 3 with stride 2", |bencher| {
        bencher.iter(|| convolve(black_box(image.clone()), weight.clone(), None, HALF).into_data());
    });

    let volume: Tensor<5> = random([1, 8, 48, 48, 48], &device);
    let weight: Tensor<5> = random([8, 8, 3, 3, 3], &device);
    group.throughput(products(8, 8, 27, 48 * 48 * 48));
    group.bench_function("3 x 3 x 3, 8 channels, 48 x 48 x 48", |bencher| {
        bencher
            .iter(|| convolve(black_box(volume.clone()), weight.clone(), None, SAME).into_data());
    });

    let weight: Tensor<5> = random([8, 8, 2, 2, 2], &device);
    group.throughput(products(8, 8, 8, 48 * 48 * 48));
    group.bench_function("transposed 2 x 2 x 2 to 96 x 96 x 96", |bencher| {
        bencher
            .iter(|| convolve_transposed(black_box(volume.clone()), weight.clone(), 2).into_data());
    });
    group.finish();
}

criterion_group!(benches, convolution);
criterion_main!(benches);
