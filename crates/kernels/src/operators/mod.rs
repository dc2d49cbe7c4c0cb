//! The operators of training, one by one, on tensors in their usual layout: convolution, instance normalisation and leaky
//! ReLU, each with its gradients.

mod direct;
mod gradient;
mod pointwise;
mod sizes;
#[cfg(test)]
mod tests;

pub use direct::convolve;
pub use gradient::{input_gradient, weight_gradient};
pub use pointwise::{instance_norm, instance_norm_gradients, leaky_relu, leaky_relu_gradient};
pub use sizes::Sizes;
