//! Linear and nearest resizing, one axis after the other.
//!
//! burn interpolates in 1D and 2D only. A linear resize is separable, so gathering two neighbours per axis and
//! blending them gives bilinear and trilinear alike.

use burn::tensor::{Device, Int, Tensor, TensorData};

/// Linear resize to `size`, sample points at voxel centres (PyTorch's `align_corners=False`), without antialiasing.
///
/// `input` `[batch, channels, spatial..]`; `size` has one entry per spatial axis.
#[must_use]
pub fn resize_linear<const D: usize>(input: Tensor<D>, size: &[usize]) -> Tensor<D> {
    let device = input.device();
    let mut output = input;
    for (axis, &length) in (2..D).zip(size) {
        let from = output.dims()[axis];
        if from == length {
            continue;
        }
        let points = (0..length)
            .map(|index| linear_point(index, from, length))
            .collect::<Vec<_>>();
        let lower = indices(points.iter().map(|point| point.0), &device);
        let upper = indices(points.iter().map(|point| point.1), &device);
        let mut shape = [1; D];
        shape[axis] = length;
        let fraction = Tensor::<D>::from_data(
            TensorData::new(
                points.iter().map(|point| point.2).collect::<Vec<f32>>(),
                shape,
            ),
            &device,
        );
        let low = output.clone().select(axis, lower);
        let high = output.select(axis, upper);
        // Two products and a sum, not `low + t (high - low)`: the reference rounds this way.
        output = low * fraction.clone().neg().add_scalar(1.0) + high * fraction;
    }
    output
}

/// Nearest resize to `size`, source index `floor(i n_in / n_out)` (PyTorch's legacy `nearest`).
///
/// `input` `[batch, channels, spatial..]`; `size` has one entry per spatial axis.
#[must_use]
pub fn resize_nearest<const D: usize>(input: Tensor<D>, size: &[usize]) -> Tensor<D> {
    let device = input.device();
    let mut output = input;
    for (axis, &length) in (2..D).zip(size) {
        let from = output.dims()[axis];
        if from != length {
            let source = indices((0..length).map(|index| index * from / length), &device);
            output = output.select(axis, source);
        }
    }
    output
}

/// Lower neighbour, upper neighbour and the upper one's weight for output `index`.
fn linear_point(index: usize, from: usize, to: usize) -> (usize, usize, f32) {
    let centre = (index as f64 + 0.5) * from as f64 / to as f64 - 0.5;
    let position = centre.max(0.0);
    let lower = (position.floor() as usize).min(from.saturating_sub(1));
    let upper = (lower + 1).min(from.saturating_sub(1));
    (lower, upper, (position - lower as f64) as f32)
}

fn indices(values: impl Iterator<Item = usize>, device: &Device) -> Tensor<1, Int> {
    let values = values.map(|value| value as i32).collect::<Vec<_>>();
    let length = values.len();
    Tensor::from_data(TensorData::new(values, [length]), device)
}
