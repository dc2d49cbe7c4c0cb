//! Networks over whole cases, by the sliding window of inference, and what a validation makes of them.

use burn::tensor::{Device, Tensor, TensorData};
use segwithu::ops::read_back_blocking;
use segwithu::sliding_window::{WindowAggregator, WindowGrid};

use crate::Error;
use crate::case::Case;
use crate::patches::dims;

/// The window of inference.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    /// Planes, rows, columns; one plane in 2D.
    pub size: [usize; 3],
    /// Share of a window that its neighbour repeats.
    pub overlap: f64,
}

/// Runs `network` over a case window by window, as the engine does. `network` takes `[1, channels, window..]` and gives
/// `[1, outputs, window..]`; the result is `[outputs, planes, rows, columns]`.
pub(crate) fn infer_case<const D: usize>(
    case: &Case,
    channels: usize,
    outputs: usize,
    window: Window,
    device: &Device,
    network: impl Fn(Tensor<D>) -> Result<Tensor<D>, Error>,
) -> Result<Vec<f32>, Error> {
    let plan = WindowGrid::new(&case.size, &window.size, window.overlap)?;
    let mut aggregator = WindowAggregator::new(&plan, &[outputs]);
    for position in plan.positions() {
        let shape = dims::<D>(1, channels, window.size);
        let values = TensorData::new(plan.extract(&case.image, position), shape);
        let output = network(Tensor::from_data(values, device))?;
        aggregator.add(position, &read_back_blocking(output)?);
    }
    Ok(aggregator.finish().concat())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::{Device, Tensor};

    use super::{Window, infer_case};
    use crate::case::Case;

    #[test]
    fn a_network_that_changes_nothing_gives_the_image_back_in_2d_and_3d() {
        let device = Device::flex();
        let case = |size: [usize; 3]| Case {
            name: "a".to_owned(),
            size,
            image: (0..2 * size.iter().product::<usize>())
                .map(|voxel| (voxel % 13) as f32)
                .collect(),
            labels: Vec::new(),
        };
        let window = |size| Window { size, overlap: 0.5 };
        let flat = case([1, 40, 21]);
        let output = infer_case::<4>(
            &flat,
            2,
            2,
            window([1, 16, 32]),
            &device,
            |image: Tensor<4>| Ok(image),
        );
        let close = |found: &[f32], expected: &[f32]| {
            assert_eq!(found.len(), expected.len());
            assert!(
                found
                    .iter()
                    .zip(expected)
                    .all(|(a, b)| (a - b).abs() < 1e-4)
            );
        };
        close(&output.unwrap(), &flat.image);
        let deep = case([10, 20, 17]);
        let output = infer_case::<5>(
            &deep,
            2,
            2,
            window([16, 16, 16]),
            &device,
            |image: Tensor<5>| Ok(image),
        );
        close(&output.unwrap(), &deep.image);
    }
}
