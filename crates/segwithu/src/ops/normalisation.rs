//! Instance normalisation.

use burn::tensor::Tensor;

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
    let dims = input.dims();
    let (batch, channels) = (dims[0], dims[1]);
    let voxels = dims[2..].iter().product::<usize>();
    let flat = input.reshape([batch, channels, voxels]);
    let mean = flat.clone().mean_dim(2);
    let centred = flat - mean;
    let variance = centred.clone().square().mean_dim(2);
    let factor = variance.add_scalar(epsilon).sqrt().recip() * scale.reshape([1, channels, 1]);
    (centred * factor + shift.reshape([1, channels, 1])).reshape(dims)
}
