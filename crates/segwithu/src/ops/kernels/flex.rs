//! The operators on burn's CPU backend.

use burn::backend::ops::{FloatTensorOps, ModuleOps};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Flex, TensorMetadata};
use burn::tensor::{DType, Shape, TensorData};

use kernels::operators::{self, Sizes};

use super::{Kernels, transposed_options};

type Tensor = FloatTensor<Flex>;

fn tensor(values: Vec<f32>, shape: impl Into<Shape>) -> Tensor {
    Flex::float_from_data(TensorData::new(values, shape.into()), &Default::default())
}

fn sizes(input: &Tensor, weight: &Tensor, stride: usize, padding: usize) -> Sizes {
    Sizes::new(&input.shape(), &weight.shape(), stride, padding)
}

/// The output's shape: spatial axes as many as the input has.
fn shape(batch: usize, channels: usize, spatial: [usize; 3], rank: usize) -> Shape {
    let skipped = 5 - rank.min(5);
    let axes = [batch, channels]
        .into_iter()
        .chain(spatial.into_iter().skip(skipped));
    Shape::from(axes.collect::<Vec<_>>())
}

/// Whether the kernels, which are for 32-bit floats, can take a tensor.
fn is_f32(tensor: &Tensor) -> bool {
    TensorMetadata::dtype(tensor) == DType::F32
}

impl Kernels for Flex {
    fn convolution(input: Tensor, weight: Tensor, stride: usize, padding: usize) -> Tensor {
        debug_assert!(is_f32(&input) && is_f32(&weight), "32-bit floats");
        let (input, weight) = (input.to_contiguous(), weight.to_contiguous());
        let sizes = sizes(&input, &weight, stride, padding);
        let rank = input.shape().num_dims();
        let values = operators::convolve(input.storage(), weight.storage(), &sizes);
        tensor(
            values,
            shape(sizes.batch, sizes.channels_out, sizes.output(), rank),
        )
    }

    #[cfg(feature = "train")]
    fn convolution_input_gradient(
        like: Tensor,
        weight: Tensor,
        gradient: Tensor,
        stride: usize,
        padding: usize,
    ) -> Tensor {
        let (weight, gradient) = (weight.to_contiguous(), gradient.to_contiguous());
        let sizes = sizes(&like, &weight, stride, padding);
        let values = operators::input_gradient(gradient.storage(), weight.storage(), &sizes);
        tensor(values, like.shape())
    }

    #[cfg(feature = "train")]
    fn convolution_weight_gradient(
        input: Tensor,
        like: Tensor,
        gradient: Tensor,
        stride: usize,
        padding: usize,
    ) -> Tensor {
        let (input, gradient) = (input.to_contiguous(), gradient.to_contiguous());
        let sizes = sizes(&input, &like, stride, padding);
        let values = operators::weight_gradient(input.storage(), gradient.storage(), &sizes);
        tensor(values, like.shape())
    }

    fn transposed_convolution(input: Tensor, weight: Tensor, stride: usize) -> Tensor {
        // Not where the time goes: burn's own.
        if input.shape().num_dims() == 5 {
            Self::conv_transpose3d(input, weight, None, transposed_options(stride))
        } else {
            Self::conv_transpose2d(input, weight, None, transposed_options(stride))
        }
    }

    fn instance_normalisation(input: Tensor, scale: Tensor, shift: Tensor, epsilon: f64) -> Tensor {
        let (input, scale, shift) = (
            input.to_contiguous(),
            scale.to_contiguous(),
            shift.to_contiguous(),
        );
        let shape = input.shape();
        let values = operators::instance_norm(
            input.storage(),
            scale.storage(),
            shift.storage(),
            voxels(&shape),
            epsilon,
        );
        tensor(values, shape)
    }

    #[cfg(feature = "train")]
    fn instance_normalisation_gradients(
        input: Tensor,
        scale: Tensor,
        gradient: Tensor,
        epsilon: f64,
    ) -> (Tensor, Tensor, Tensor) {
        let (input, scale, gradient) = (
            input.to_contiguous(),
            scale.to_contiguous(),
            gradient.to_contiguous(),
        );
        let shape = input.shape();
        let (of_input, of_scale, of_shift) = operators::instance_norm_gradients(
            input.storage(),
            scale.storage(),
            gradient.storage(),
            voxels(&shape),
            epsilon,
        );
        (
            tensor(of_input, shape),
            tensor(of_scale, scale.shape()),
            tensor(of_shift, scale.shape()),
        )
    }

    fn leaky_relu_forward(input: Tensor, slope: f64) -> Tensor {
        let input = input.to_contiguous();
        let values = operators::leaky_relu(input.storage(), slope as f32);
        tensor(values, input.shape())
    }

    #[cfg(feature = "train")]
    fn leaky_relu_backward(output: Tensor, gradient: Tensor, slope: f64) -> Tensor {
        let (output, gradient) = (output.to_contiguous(), gradient.to_contiguous());
        let values =
            operators::leaky_relu_gradient(output.storage(), gradient.storage(), slope as f32);
        tensor(values, gradient.shape())
    }
}

fn voxels(shape: &Shape) -> usize {
    (2..shape.num_dims()).map(|axis| shape[axis]).product()
}
