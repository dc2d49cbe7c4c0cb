//! The operators of the method, for any number of spatial axes.
//!
//! `D` is the rank of a tensor `[batch, channels, spatial..]`: 4 in 2D, 5 in 3D. burn has separate 2D and 3D
//! convolutions; these functions choose by `D`, so that a network is written once.

mod convolution;
mod kernels;
mod normalisation;
mod pointwise;
mod read_back;
mod resize;

pub use convolution::{ConvolutionShape, convolve, convolve_transposed};
pub use normalisation::instance_norm;
pub use pointwise::{gelu, leaky_relu, softplus};
pub use read_back::{read_back, read_back_blocking};
pub use resize::{resize_linear, resize_nearest};
