//! Functions of single values.

use burn::backend::Dispatch;
use burn::tensor::{Tensor, activation};

use super::kernels::Kernels as _;

/// Leaky ReLU: `x` where positive, `slope * x` elsewhere; the slope is positive.
#[must_use]
pub fn leaky_relu<const D: usize>(input: Tensor<D>, slope: f64) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::leaky_rectifier(input.into_dispatch(), slope))
}

/// The exact GELU, `x / 2 (1 + erf(x / sqrt 2))`, not its tanh approximation.
#[must_use]
pub fn gelu<const D: usize>(input: Tensor<D>) -> Tensor<D> {
    activation::gelu(input)
}

/// `ln(1 + e^x)`, without overflow for large `x`.
///
/// Written as `max(x, 0) + ln(1 + e^-|x|)`, which equals PyTorch's rule (`x` itself above 20) to the last bit of f32.
#[must_use]
pub fn softplus<const D: usize>(input: Tensor<D>) -> Tensor<D> {
    activation::relu(input.clone()) + input.abs().neg().exp().log1p()
}
