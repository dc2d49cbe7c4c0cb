//! Blocks of the backbone. Field names are the PyTorch reference's, so that a parameter's path is its name there.

use burn::module::{Module, Param};
use burn::tensor::{Device, Distribution, Tensor};

use crate::ops::{ConvolutionShape, convolve, convolve_transposed, instance_norm, leaky_relu};

/// Slope of every leaky ReLU of the network.
pub(crate) const SLOPE: f64 = 0.01;
/// Added to the variance in every instance normalisation.
pub(crate) const NORM_EPSILON: f64 = 1e-5;

/// A convolution's parameters.
#[derive(Module, Debug)]
pub struct Kernel<const D: usize> {
    /// `[out, in, kernel..]`, for a transposed convolution `[in, out, kernel..]`.
    pub weight: Param<Tensor<D>>,
    /// `[out]`.
    pub bias: Option<Param<Tensor<1>>>,
}

impl<const D: usize> Kernel<D> {
    /// Kaiming normal weights with slope 0.01 and fan-in, bias 0: MONAI's initialisation.
    pub(crate) fn kaiming(shape: [usize; D], bias: Option<usize>, device: &Device) -> Self {
        // PyTorch's fan-in is the second size times the kernel, for a transposed convolution too.
        let fan_in = shape[1..].iter().product::<usize>() as f64;
        let deviation = (2.0 / ((1.0 + SLOPE * SLOPE) * fan_in)).sqrt();
        Self {
            weight: Param::from_tensor(Tensor::random(
                shape,
                Distribution::Normal(0.0, deviation),
                device,
            )),
            bias: bias.map(|length| Param::from_tensor(Tensor::zeros([length], device))),
        }
    }
}

/// Shape of a kernel `[first, second, size..]`.
pub(crate) fn kernel_shape<const D: usize>(first: usize, second: usize, size: usize) -> [usize; D] {
    let mut shape = [size; D];
    shape[0] = first;
    shape[1] = second;
    shape
}

/// A convolution under MONAI's wrapper, whose parameters are named `conv.weight` and `conv.bias`.
#[derive(Module, Debug)]
pub struct Convolution<const D: usize> {
    /// The parameters.
    pub conv: Kernel<D>,
}

impl<const D: usize> Convolution<D> {
    fn new(channels_in: usize, channels_out: usize, size: usize, device: &Device) -> Self {
        Self {
            conv: Kernel::kaiming(kernel_shape(channels_out, channels_in, size), None, device),
        }
    }

    fn forward(&self, input: Tensor<D>, stride: usize) -> Tensor<D> {
        let weight = self.conv.weight.val();
        let padding = weight.dims()[2] / 2;
        let bias = self.conv.bias.as_ref().map(Param::val);
        convolve(input, weight, bias, ConvolutionShape { stride, padding })
    }
}

/// Scale and shift of an instance normalisation.
#[derive(Module, Debug)]
pub struct Norm {
    /// Scale, `[channels]`.
    pub weight: Param<Tensor<1>>,
    /// Shift, `[channels]`.
    pub bias: Param<Tensor<1>>,
}

impl Norm {
    pub(crate) fn new(channels: usize, device: &Device) -> Self {
        Self {
            weight: Param::from_tensor(Tensor::ones([channels], device)),
            bias: Param::from_tensor(Tensor::zeros([channels], device)),
        }
    }

    pub(crate) fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        instance_norm(input, self.weight.val(), self.bias.val(), NORM_EPSILON)
    }
}

/// Residual block of the encoder.
#[derive(Module, Debug)]
pub struct ResidualBlock<const D: usize> {
    /// First convolution, kernel 3, carries the block's stride.
    pub conv1: Convolution<D>,
    /// Second convolution, kernel 3.
    pub conv2: Convolution<D>,
    /// Shortcut, kernel 1, where channels or size change.
    pub conv3: Option<Convolution<D>>,
    /// After `conv1`.
    pub norm1: Norm,
    /// After `conv2`.
    pub norm2: Norm,
    /// After `conv3`.
    pub norm3: Option<Norm>,
    #[module(skip)]
    stride: usize,
}

impl<const D: usize> ResidualBlock<D> {
    pub(crate) fn new(
        channels_in: usize,
        channels_out: usize,
        stride: usize,
        device: &Device,
    ) -> Self {
        let shortcut = channels_in != channels_out || stride != 1;
        Self {
            conv1: Convolution::new(channels_in, channels_out, 3, device),
            conv2: Convolution::new(channels_out, channels_out, 3, device),
            conv3: shortcut.then(|| Convolution::new(channels_in, channels_out, 1, device)),
            norm1: Norm::new(channels_out, device),
            norm2: Norm::new(channels_out, device),
            norm3: shortcut.then(|| Norm::new(channels_out, device)),
            stride,
        }
    }

    /// Stride of the first convolution and of the shortcut.
    pub(crate) const fn stride(&self) -> usize {
        self.stride
    }

    /// `[batch, in, size..]` to `[batch, out, size / stride..]`.
    pub fn forward(&self, input: Tensor<D>) -> Tensor<D> {
        let shortcut = match (&self.conv3, &self.norm3) {
            (Some(conv), Some(norm)) => norm.forward(conv.forward(input.clone(), self.stride)),
            _ => input.clone(),
        };
        let hidden = leaky_relu(
            self.norm1.forward(self.conv1.forward(input, self.stride)),
            SLOPE,
        );
        let hidden = self.norm2.forward(self.conv2.forward(hidden, 1));
        leaky_relu(hidden + shortcut, SLOPE)
    }
}

/// Two convolutions of the decoder, without a shortcut.
#[derive(Module, Debug)]
pub struct PlainBlock<const D: usize> {
    /// First convolution, kernel 3.
    pub conv1: Convolution<D>,
    /// Second convolution, kernel 3.
    pub conv2: Convolution<D>,
    /// After `conv1`.
    pub norm1: Norm,
    /// After `conv2`.
    pub norm2: Norm,
}

impl<const D: usize> PlainBlock<D> {
    fn new(channels_in: usize, channels_out: usize, device: &Device) -> Self {
        Self {
            conv1: Convolution::new(channels_in, channels_out, 3, device),
            conv2: Convolution::new(channels_out, channels_out, 3, device),
            norm1: Norm::new(channels_out, device),
            norm2: Norm::new(channels_out, device),
        }
    }

    fn forward(&self, input: Tensor<D>) -> Tensor<D> {
        let hidden = leaky_relu(self.norm1.forward(self.conv1.forward(input, 1)), SLOPE);
        leaky_relu(self.norm2.forward(self.conv2.forward(hidden, 1)), SLOPE)
    }
}

/// One level of the decoder: upsample, concatenate the skip, two convolutions.
#[derive(Module, Debug)]
pub struct UpBlock<const D: usize> {
    /// Transposed convolution, kernel 2, stride 2.
    pub transp_conv: Convolution<D>,
    /// The two convolutions.
    pub conv_block: PlainBlock<D>,
}

impl<const D: usize> UpBlock<D> {
    pub(crate) fn new(channels_in: usize, channels_out: usize, device: &Device) -> Self {
        let shape = kernel_shape(channels_in, channels_out, 2);
        Self {
            transp_conv: Convolution {
                conv: Kernel::kaiming(shape, None, device),
            },
            conv_block: PlainBlock::new(2 * channels_out, channels_out, device),
        }
    }

    /// The block's concatenated input (a tap) and its output.
    ///
    /// `input` `[batch, in, size..]`, `skip` `[batch, out, 2 size..]`.
    pub fn forward(&self, input: Tensor<D>, skip: Tensor<D>) -> (Tensor<D>, Tensor<D>) {
        let enlarged = convolve_transposed(input, self.transp_conv.conv.weight.val(), 2);
        // Upsampled first, skip second: the order of the reference's weights.
        let joined = Tensor::cat(vec![enlarged, skip], 1);
        (joined.clone(), self.conv_block.forward(joined))
    }
}

/// A 1x1 convolution with bias under two of MONAI's wrappers: `conv.conv.weight`.
#[derive(Module, Debug)]
pub struct OutputBlock<const D: usize> {
    /// The wrapped convolution.
    pub conv: Convolution<D>,
}

impl<const D: usize> OutputBlock<D> {
    pub(crate) fn new(channels_in: usize, channels_out: usize, device: &Device) -> Self {
        let kernel = Kernel::kaiming(
            kernel_shape(channels_out, channels_in, 1),
            Some(channels_out),
            device,
        );
        Self {
            conv: Convolution { conv: kernel },
        }
    }

    /// `[batch, in, size..]` to `[batch, out, size..]`.
    pub fn forward(&self, input: Tensor<D>) -> Tensor<D> {
        self.conv.forward(input, 1)
    }
}
