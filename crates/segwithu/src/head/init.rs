//! PyTorch's default initialisation of convolutions.

use burn::module::Param;
use burn::tensor::{Device, Distribution, Tensor};

use crate::backbone::{Kernel, kernel_shape};

/// Weights, and a bias if wanted, uniform in `+-1 / sqrt(fan_in)`.
pub(super) fn uniform_kernel<const D: usize>(
    channels_out: usize,
    channels_in: usize,
    size: usize,
    bias: bool,
    device: &Device,
) -> Kernel<D> {
    let fan_in = channels_in * size.pow(D as u32 - 2);
    let bound = 1.0 / (fan_in as f64).sqrt();
    let distribution = Distribution::Uniform(-bound, bound);
    Kernel {
        weight: Param::from_tensor(Tensor::random(
            kernel_shape::<D>(channels_out, channels_in, size),
            distribution,
            device,
        )),
        bias: bias
            .then(|| Param::from_tensor(Tensor::random([channels_out], distribution, device))),
    }
}
