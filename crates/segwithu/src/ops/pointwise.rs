//! Functions of single values.

use burn::backend::Dispatch;
use burn::tensor::{Tensor, activation};

use super::kernels::Kernels as _;

/// Leaky ReLU: `x` where positive, `slope * x` elsewhere; the slope is positive.
#[must_use]
pub fn leaky_relu<const D: usize>(input: Tensor<D>, slope: f64) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::leaky_relu_forward(input.into_dispatch(), slope))
}

/// The exact GELU, `x / 2 (1 + erf(x / sqrt 2))`, not its tanh approximation.
#[must_use]
pub fn gelu<const D: usize>(input: Tensor<D>) -> Tensor<D> {
    activation::gelu(input)
}

/// `ln(1 + e^x)`, without overflow for large `x`.
///
/// Written as `(x + |x|) / 2 + ln(1 + e^-|x|)`, which equals PyTorch's rule (`x` itself above 20) to the last bit of f32.
/// The half of `x` gives the slope at 0, where those of `|x|` and of a rectifier are taken to be 0: a parameter that
/// starts at 0, as `err_c` does, would never leave it.
#[must_use]
pub fn softplus<const D: usize>(input: Tensor<D>) -> Tensor<D> {
    let magnitude = input.clone().abs();
    let positive = (input + magnitude.clone()).mul_scalar(0.5);
    positive + magnitude.neg().exp().log1p()
}

// Gradients need automatic differentiation.
#[cfg(all(test, feature = "train"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::{Device, Tensor};

    use super::softplus;

    #[test]
    fn the_slope_of_softplus_is_the_logistic_function_at_0_too() {
        let points = [-30.0_f32, -2.0, 0.0, 2.0, 30.0];
        let input = Tensor::<1>::from_floats(points, &Device::flex());
        let input = input.autodiff().require_grad();
        let gradients = softplus(input.clone()).sum().backward();
        let slopes = input.grad(&gradients).unwrap();
        let slopes = slopes.into_data().try_into_vec::<f32>().unwrap();
        for (point, slope) in points.into_iter().zip(slopes) {
            let expected = 1.0 / (1.0 + (-point).exp());
            assert!((slope - expected).abs() < 1e-6, "{point}: {slope}");
        }
    }
}
