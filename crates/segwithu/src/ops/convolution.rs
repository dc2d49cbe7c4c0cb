//! Convolution and transposed convolution in 2D and 3D.

use burn::tensor::Tensor;
use burn::tensor::module::{conv_transpose2d, conv_transpose3d, conv2d, conv3d};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};

/// Stride and zero padding of a convolution, the same on every spatial axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvolutionShape {
    /// Step between outputs, in voxels of the input.
    pub stride: usize,
    /// Zeros added before and after each axis.
    pub padding: usize,
}

/// The same tensor under another const rank. Costs nothing; the ranks must be equal, which every caller ensures by
/// matching on `D`.
fn same_rank<const A: usize, const B: usize>(tensor: Tensor<A>) -> Tensor<B> {
    debug_assert_eq!(A, B, "only a change of the type, never of the rank");
    Tensor::from_bridge(tensor.into_bridge())
}

/// Convolution (cross-correlation, as in PyTorch).
///
/// `input` `[batch, in, spatial..]`, `weight` `[out, in, kernel..]`, `bias` `[out]`.
#[must_use]
pub fn convolve<const D: usize>(
    input: Tensor<D>,
    weight: Tensor<D>,
    bias: Option<Tensor<1>>,
    shape: ConvolutionShape,
) -> Tensor<D> {
    let ConvolutionShape { stride, padding } = shape;
    if D == 5 {
        let options = ConvOptions::new([stride; 3], [padding; 3], [1; 3], 1);
        same_rank::<5, D>(conv3d(same_rank(input), same_rank(weight), bias, options))
    } else {
        let options = ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1);
        same_rank::<4, D>(conv2d(same_rank(input), same_rank(weight), bias, options))
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
    if D == 5 {
        let options = ConvTransposeOptions::new([stride; 3], [0; 3], [0; 3], [1; 3], 1);
        same_rank::<5, D>(conv_transpose3d(
            same_rank(input),
            same_rank(weight),
            None,
            options,
        ))
    } else {
        let options = ConvTransposeOptions::new([stride; 2], [0; 2], [0; 2], [1; 2], 1);
        same_rank::<4, D>(conv_transpose2d(
            same_rank(input),
            same_rank(weight),
            None,
            options,
        ))
    }
}
