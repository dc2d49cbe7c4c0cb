//! Convolution and transposed convolution in 2D and 3D.

use burn::backend::Dispatch;
use burn::tensor::Tensor;

use super::kernels::Kernels as _;

/// Stride and zero padding of a convolution, the same on every spatial axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvolutionShape {
    /// Step between outputs, in voxels of the input.
    pub stride: usize,
    /// Zeros added before and after each axis, fewer than the kernel has taps.
    pub padding: usize,
}

/// Convolution (cross-correlation, as in PyTorch).
///
/// `input` `[batch, in, spatial..]`, `weight` `[out, in, kernel..]`, `bias` `[out]`; two or three spatial axes.
#[must_use]
pub fn convolve<const D: usize>(
    input: Tensor<D>,
    weight: Tensor<D>,
    bias: Option<Tensor<1>>,
    shape: ConvolutionShape,
) -> Tensor<D> {
    let output = Tensor::from_dispatch(Dispatch::convolution(
        input.into_dispatch(),
        weight.into_dispatch(),
        shape.stride,
        shape.padding,
    ));
    match bias {
        Some(bias) => {
            let mut per_channel = [1; D];
            per_channel[1] = bias.dims()[0];
            output + bias.reshape(per_channel)
        }
        None => output,
    }
}

/// Transposed convolution without padding, whose kernel is as large as its stride.
///
/// `input` `[batch, in, spatial..]`, `weight` `[in, out, stride..]`; every spatial size is multiplied by `stride`.
#[must_use]
pub fn convolve_transposed<const D: usize>(
    input: Tensor<D>,
    weight: Tensor<D>,
    stride: usize,
) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::transposed_convolution(
        input.into_dispatch(),
        weight.into_dispatch(),
        stride,
    ))
}
