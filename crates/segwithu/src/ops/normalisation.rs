//! Instance normalisation.

use burn::backend::Dispatch;
use burn::tensor::Tensor;

use super::kernels::Kernels as _;

/// Instance normalisation with learnt scale and shift: every channel of every sample is brought to mean 0 and
/// variance 1 over its spatial axes (biased variance), then scaled and shifted.
///
/// `input` `[batch, channels, spatial..]`, `scale` and `shift` `[channels]`. No running statistics, so training and
/// inference agree.
#[must_use]
pub fn instance_norm<const D: usize>(
    input: Tensor<D>,
    scale: Tensor<1>,
    shift: Tensor<1>,
    epsilon: f64,
) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::instance_normalisation(
        input.into_dispatch(),
        scale.into_dispatch(),
        shift.into_dispatch(),
        epsilon,
    ))
}
