//! The kernels against the definitions.

use proptest::prelude::*;

use super::sizes::Sizes;
use super::{direct, gradient, pointwise};

/// Convolution as the definition says it, in 64 bits.
fn by_definition(input: &[f32], weight: &[f32], sizes: &Sizes) -> Vec<f64> {
    let (output, taps) = (sizes.output(), sizes.taps());
    let mut result = Vec::new();
    for sample in input.chunks_exact(sizes.channels_in * sizes.input_voxels()) {
        for weight in weight.chunks_exact(sizes.channels_in * taps) {
            for place in 0..sizes.output_voxels() {
                let place = unflatten(place, output);
                let mut sum = 0.0;
                for (channel, weight) in sample
                    .chunks_exact(sizes.input_voxels())
                    .zip(weight.chunks_exact(taps))
                {
                    for (tap, weight) in weight.iter().enumerate() {
                        let tap = unflatten(tap, sizes.kernel);
                        let at: [Option<usize>; 3] = std::array::from_fn(|axis| {
                            (place[axis] * sizes.stride[axis] + tap[axis])
                                .checked_sub(sizes.padding[axis])
                                .filter(|&at| at < sizes.input[axis])
                        });
                        if let [Some(d), Some(h), Some(w)] = at {
                            let index = (d * sizes.input[1] + h) * sizes.input[2] + w;
                            sum += f64::from(channel[index]) * f64::from(*weight);
                        }
                    }
                }
                result.push(sum);
            }
        }
    }
    result
}

fn unflatten(index: usize, size: [usize; 3]) -> [usize; 3] {
    [
        index / (size[1] * size[2]),
        index / size[2] % size[1],
        index % size[2],
    ]
}

/// Numbers between -1 and 1 that look random.
fn numbers(length: usize, seed: u32) -> Vec<f32> {
    (0..length as u32)
        .map(|index| {
            let mixed = (index.wrapping_add(seed.wrapping_mul(7919))).wrapping_mul(2_654_435_761);
            (mixed >> 8) as f32 / 8_388_608.0 - 1.0
        })
        .collect()
}

fn dot(left: &[f32], right: &[f32]) -> f64 {
    assert_eq!(left.len(), right.len());
    left.iter()
        .zip(right)
        .map(|(&a, &b)| f64::from(a) * f64::from(b))
        .sum()
}

/// Every convolution of the network, at sizes that fit no vector: kernel 3 and 1 with stride 1 and 2, kernel 2 with stride 2.
fn sizes() -> impl Strategy<Value = Sizes> {
    let kinds = prop_oneof![
        Just((3, 1, 1)),
        Just((3, 2, 1)),
        Just((1, 1, 0)),
        Just((1, 2, 0)),
        Just((2, 2, 0)),
    ];
    (
        1..3_usize,
        1..6_usize,
        1..10_usize,
        [1..5_usize, 1..7, 1..14],
        kinds,
        any::<bool>(),
    )
        .prop_map(
            |(batch, channels_in, channels_out, [d, h, w], (kernel, stride, padding), planar)| {
                let even = |size: usize| size * 2;
                let (input, kernel_shape) = if planar {
                    (
                        vec![batch, channels_in, even(h), even(w)],
                        vec![channels_out, channels_in, kernel, kernel],
                    )
                } else {
                    (
                        vec![batch, channels_in, even(d), even(h), even(w)],
                        vec![channels_out, channels_in, kernel, kernel, kernel],
                    )
                };
                Sizes::new(&input, &kernel_shape, stride, padding)
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn convolution_is_what_the_definition_says(sizes in sizes()) {
        let input = numbers(sizes.batch * sizes.channels_in * sizes.input_voxels(), 1);
        let weight = numbers(sizes.channels_out * sizes.channels_in * sizes.taps(), 2);
        let expected = by_definition(&input, &weight, &sizes);
        let found = direct::convolve(&input, &weight, &sizes);
        prop_assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            prop_assert!((f64::from(*found) - expected).abs() < 1e-4, "{} {}", found, expected);
        }
    }

    /// The convolution is linear in the input and in the weights, so its gradients are its adjoints.
    #[test]
    fn gradients_are_adjoint_to_the_convolution(sizes in sizes()) {
        let input = numbers(sizes.batch * sizes.channels_in * sizes.input_voxels(), 3);
        let weight = numbers(sizes.channels_out * sizes.channels_in * sizes.taps(), 4);
        let gradient = numbers(sizes.batch * sizes.channels_out * sizes.output_voxels(), 5);
        let output = direct::convolve(&input, &weight, &sizes);
        let expected = dot(&output, &gradient);
        let of_input = gradient::input_gradient(&gradient, &weight, &sizes);
        let of_weight = gradient::weight_gradient(&input, &gradient, &sizes);
        let scale = 1e-5 * (output.len() as f64).max(10.0);
        prop_assert!((dot(&of_input, &input) - expected).abs() < scale);
        prop_assert!((dot(&of_weight, &weight) - expected).abs() < scale);
    }
}

#[test]
fn instance_norm_gives_scale_and_shift() {
    let input = numbers(2 * 3 * 101, 6);
    let output = pointwise::instance_norm(&input, &[1.0, 2.0, 0.5], &[0.0, 1.0, -1.0], 101, 0.0);
    for (index, channel) in output.chunks_exact(101).enumerate() {
        let mean = channel.iter().copied().map(f64::from).sum::<f64>() / 101.0;
        let variance = channel
            .iter()
            .map(|&v| (f64::from(v) - mean).powi(2))
            .sum::<f64>()
            / 101.0;
        let (scale, shift) = [(1.0, 0.0), (2.0, 1.0), (0.5, -1.0)][index % 3];
        assert!((mean - shift).abs() < 1e-5 && (variance.sqrt() - scale).abs() < 1e-5);
    }
}

/// Against differences of the function itself.
#[test]
fn instance_norm_gradients_are_slopes() {
    let (voxels, epsilon) = (37, 1e-5);
    let (input, scale, shift) = (numbers(2 * 2 * voxels, 7), [1.5, -0.5], [0.3, 0.1]);
    let gradient = numbers(input.len(), 8);
    let value = |input: &[f32], scale: &[f32], shift: &[f32]| {
        dot(
            &pointwise::instance_norm(input, scale, shift, voxels, epsilon),
            &gradient,
        )
    };
    let (of_input, of_scale, of_shift) =
        pointwise::instance_norm_gradients(&input, &scale, &gradient, voxels, epsilon);
    let step = 1e-2_f32;
    let slope =
        |change: &dyn Fn(f32) -> f64| (change(step) - change(-step)) / (2.0 * f64::from(step));
    for index in [0, 20, voxels, 3 * voxels + 5] {
        let found = slope(&|step| {
            let mut moved = input.clone();
            moved[index] += step;
            value(&moved, &scale, &shift)
        });
        assert!(
            (found - f64::from(of_input[index])).abs() < 2e-3,
            "{found} {}",
            of_input[index]
        );
    }
    for channel in 0..2 {
        let found = slope(&|step| {
            let mut moved = scale;
            moved[channel] += step;
            value(&input, &moved, &shift)
        });
        assert!((found - f64::from(of_scale[channel])).abs() < 2e-3);
        let found = slope(&|step| {
            let mut moved = shift;
            moved[channel] += step;
            value(&input, &scale, &moved)
        });
        assert!((found - f64::from(of_shift[channel])).abs() < 2e-3);
    }
}

#[test]
fn leaky_relu_keeps_a_share_of_what_is_negative() {
    let output = pointwise::leaky_relu(&[-2.0, 0.0, 3.0], 0.01);
    assert_eq!(output, [-0.02, 0.0, 3.0]);
    assert_eq!(
        pointwise::leaky_relu_gradient(&output, &[1.0, 1.0, 1.0], 0.01),
        [0.01, 0.01, 1.0]
    );
}
