//! The operators that cost the most, with kernels of our own on the CPU.
//!
//! burn's CPU backend convolves by copying every neighbourhood, and gets the gradient of the weights by a convolution whose
//! kernel is as large as the image; both are several times slower than they need be, and training on a processor lives by
//! them. [`Kernels`] extends burn's backends with the operators of the network: on the CPU they are direct
//! loops over the memory, natively and in WebAssembly; everywhere else they are what burn has. With the feature
//! `train` they have gradients.

#[cfg(feature = "train")]
mod autodiff;
mod flex;

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, TensorMetadata, backend_extension};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};

/// The operators. Tensors have rank 4 or 5: `[batch, channels, spatial..]`.
#[cfg_attr(
    feature = "train",
    backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff)
)]
#[cfg_attr(
    not(feature = "train"),
    backend_extension(Flex, Cube: cfg(feature = "gpu"))
)]
pub(crate) trait Kernels: Backend {
    /// Convolution without bias, `weight` `[out, in, kernel..]`, the same stride and padding on every axis.
    fn convolution(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        stride: usize,
        padding: usize,
    ) -> FloatTensor<Self> {
        if input.shape().num_dims() == 5 {
            Self::conv3d(input, weight, None, options(stride, padding))
        } else {
            Self::conv2d(input, weight, None, options(stride, padding))
        }
    }

    /// Gradient of [`Kernels::convolution`] for its input; `like` has the input's shape.
    #[cfg(feature = "train")]
    fn convolution_input_gradient(
        like: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        stride: usize,
        padding: usize,
    ) -> FloatTensor<Self> {
        if like.shape().num_dims() == 5 {
            Self::conv3d_x_backward(like, weight, gradient, options(stride, padding))
        } else {
            Self::conv2d_x_backward(like, weight, gradient, options(stride, padding))
        }
    }

    /// Gradient of [`Kernels::convolution`] for its weights; `like` has the weights' shape.
    #[cfg(feature = "train")]
    fn convolution_weight_gradient(
        input: FloatTensor<Self>,
        like: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        stride: usize,
        padding: usize,
    ) -> FloatTensor<Self> {
        if input.shape().num_dims() == 5 {
            Self::conv3d_weight_backward(input, like, gradient, options(stride, padding))
        } else {
            Self::conv2d_weight_backward(input, like, gradient, options(stride, padding))
        }
    }

    /// Transposed convolution whose kernel is as large as its stride, `weight` `[in, out, stride..]`.
    fn transposed_convolution(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        stride: usize,
    ) -> FloatTensor<Self> {
        if input.shape().num_dims() == 5 {
            Self::conv_transpose3d(input, weight, None, transposed_options(stride))
        } else {
            Self::conv_transpose2d(input, weight, None, transposed_options(stride))
        }
    }

    /// Instance normalisation, `scale` and `shift` `[channels]`.
    fn instance_normalisation(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        shift: FloatTensor<Self>,
        epsilon: f64,
    ) -> FloatTensor<Self> {
        let shape = input.shape();
        let [flat, per_channel] = flat_shapes(&shape);
        let flat = Self::float_reshape(input, flat);
        let mean = Self::float_mean_dim(flat.clone(), 2);
        let centred = Self::float_sub(flat, mean);
        let variance = Self::float_mean_dim(Self::float_mul(centred.clone(), centred.clone()), 2);
        let deviation = Self::float_sqrt(Self::float_add_scalar(variance, epsilon.into()));
        let factor = Self::float_mul(
            Self::float_recip(deviation),
            Self::float_reshape(scale, per_channel.clone()),
        );
        let shift = Self::float_reshape(shift, per_channel);
        Self::float_reshape(
            Self::float_add(Self::float_mul(centred, factor), shift),
            shape,
        )
    }

    /// Gradients of [`Kernels::instance_normalisation`] for its input, scale and shift.
    #[cfg(feature = "train")]
    fn instance_normalisation_gradients(
        input: FloatTensor<Self>,
        scale: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        epsilon: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let (shape, channels) = (input.shape(), scale.shape());
        let [flat_shape, per_channel] = flat_shapes(&shape);
        let flat = Self::float_reshape(input, flat_shape.clone());
        let gradient = Self::float_reshape(gradient, flat_shape);
        let mean = Self::float_mean_dim(flat.clone(), 2);
        let centred = Self::float_sub(flat, mean);
        let variance = Self::float_mean_dim(Self::float_mul(centred.clone(), centred.clone()), 2);
        let deviation = Self::float_sqrt(Self::float_add_scalar(variance, epsilon.into()));
        let factor = Self::float_recip(deviation);
        let normalised = Self::float_mul(centred, factor.clone());
        let product = Self::float_mul(gradient.clone(), normalised.clone());
        let over_samples = |sums: FloatTensor<Self>| {
            Self::float_reshape(Self::float_sum_dim(sums, 0), channels.clone())
        };
        let of_scale = over_samples(Self::float_sum_dim(product.clone(), 2));
        let of_shift = over_samples(Self::float_sum_dim(gradient.clone(), 2));
        let level = Self::float_mean_dim(gradient.clone(), 2);
        let slope = Self::float_mean_dim(product, 2);
        let inner = Self::float_sub(
            Self::float_sub(gradient, level),
            Self::float_mul(normalised, slope),
        );
        let factor = Self::float_mul(factor, Self::float_reshape(scale, per_channel));
        let of_input = Self::float_reshape(Self::float_mul(inner, factor), shape);
        (of_input, of_scale, of_shift)
    }

    /// Leaky ReLU with a positive slope.
    fn leaky_relu_forward(input: FloatTensor<Self>, slope: f64) -> FloatTensor<Self> {
        Self::leaky_relu(input, slope.into())
    }

    /// Gradient of [`Kernels::leaky_relu_forward`] for its input, told by the sign of its output.
    #[cfg(feature = "train")]
    fn leaky_relu_backward(
        output: FloatTensor<Self>,
        gradient: FloatTensor<Self>,
        slope: f64,
    ) -> FloatTensor<Self> {
        // Slope 1 where positive and `slope` elsewhere, from the sign: -1, 0 or 1.
        let positive = Self::float_clamp_min(Self::float_sign(output), 0.0_f64.into());
        let slopes = Self::float_add_scalar(
            Self::float_mul_scalar(positive, (1.0 - slope).into()),
            slope.into(),
        );
        Self::float_mul(gradient, slopes)
    }
}

#[cfg(feature = "gpu")]
impl Kernels for burn::backend::Cube {}

fn options<const AXES: usize>(stride: usize, padding: usize) -> ConvOptions<AXES> {
    ConvOptions::new([stride; AXES], [padding; AXES], [1; AXES], 1)
}

fn transposed_options<const AXES: usize>(stride: usize) -> ConvTransposeOptions<AXES> {
    ConvTransposeOptions::new([stride; AXES], [0; AXES], [0; AXES], [1; AXES], 1)
}

/// `[batch, channels, voxels]` and `[1, channels, 1]`.
fn flat_shapes(shape: &burn::tensor::Shape) -> [burn::tensor::Shape; 2] {
    let (batch, channels) = (shape[0], shape[1]);
    let voxels = (2..shape.num_dims())
        .map(|axis| shape[axis])
        .product::<usize>();
    [
        burn::tensor::Shape::new([batch, channels, voxels]),
        burn::tensor::Shape::new([1, channels, 1]),
    ]
}
