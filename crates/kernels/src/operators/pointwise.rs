//! Instance normalisation and leaky ReLU, each in as few passes over memory as there can be.

use crate::parallel::for_each;

/// Sums of `f(index)` over a slice in 64 bits, by short runs in 32.
fn sum(length: usize, value: impl Fn(usize) -> f32) -> f64 {
    const RUN: usize = 64;
    const LANES: usize = 8;
    let mut total = 0.0;
    for start in (0..length).step_by(RUN) {
        let end = (start + RUN).min(length);
        let mut lanes = [0.0_f32; LANES];
        let whole = start + (end - start) / LANES * LANES;
        for first in (start..whole).step_by(LANES) {
            for (lane, sum) in lanes.iter_mut().enumerate() {
                *sum += value(first + lane);
            }
        }
        let rest: f32 = (whole..end).map(&value).sum();
        total += lanes.iter().copied().map(f64::from).sum::<f64>() + f64::from(rest);
    }
    total
}

/// Mean and reciprocal standard deviation (biased) of a channel.
fn moments(values: &[f32], epsilon: f64) -> (f32, f32) {
    let count = values.len().max(1) as f64;
    let mean = sum(values.len(), |index| values[index]) / count;
    let centre = mean as f32;
    let variance = sum(values.len(), |index| {
        let distance = values[index] - centre;
        distance * distance
    }) / count;
    (centre, (1.0 / (variance + epsilon).sqrt()) as f32)
}

/// Instance normalisation (biased variance). `input` `[batch, channels, voxels]`, `scale` and `shift` `[channels]`.
#[must_use]
pub fn instance_norm(
    input: &[f32],
    scale: &[f32],
    shift: &[f32],
    voxels: usize,
    epsilon: f64,
) -> Vec<f32> {
    let mut output = vec![0.0; input.len()];
    let channels = input
        .chunks_exact(voxels.max(1))
        .zip(output.chunks_exact_mut(voxels.max(1)))
        .zip(scale.iter().zip(shift).cycle())
        .collect();
    for_each(
        channels,
        |((from, to), (&scale, &shift)): ((&[f32], &mut [f32]), _)| {
            let (mean, factor) = moments(from, epsilon);
            for (to, from) in to.iter_mut().zip(from) {
                *to = (from - mean) * (factor * scale) + shift;
            }
        },
    );
    output
}

/// Gradients of [`instance_norm`] for its input, scale and shift.
#[must_use]
pub fn instance_norm_gradients(
    input: &[f32],
    scale: &[f32],
    gradient: &[f32],
    voxels: usize,
    epsilon: f64,
) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
    let channels = scale.len().max(1);
    let mut output = vec![0.0; input.len()];
    let mut sums = vec![[0.0_f64; 2]; input.len() / voxels.max(1)];
    let tasks = input
        .chunks_exact(voxels.max(1))
        .zip(gradient.chunks_exact(voxels.max(1)))
        .zip(output.chunks_exact_mut(voxels.max(1)))
        .zip(scale.iter().cycle())
        .zip(&mut sums)
        .map(|((((input, gradient), output), scale), sums)| (input, gradient, output, scale, sums))
        .collect();
    for_each(
        tasks,
        |(input, gradient, output, &scale, sums): (&[f32], &[f32], &mut [f32], _, _)| {
            let (mean, factor) = moments(input, epsilon);
            let of_shift = sum(voxels, |index| gradient[index]);
            let of_scale = sum(voxels, |index| {
                gradient[index] * ((input[index] - mean) * factor)
            });
            let count = voxels.max(1) as f64;
            let (level, slope) = ((of_shift / count) as f32, (of_scale / count) as f32);
            for ((output, input), gradient) in output.iter_mut().zip(input).zip(gradient) {
                let normalised = (input - mean) * factor;
                *output = scale * factor * (gradient - level - normalised * slope);
            }
            *sums = [of_scale, of_shift];
        },
    );
    let of_channel = |which: usize| {
        (0..channels)
            .map(|channel| {
                let of_samples = sums.iter().skip(channel).step_by(channels);
                of_samples.map(|sums| sums[which]).sum::<f64>() as f32
            })
            .collect()
    };
    (output, of_channel(0), of_channel(1))
}

/// Numbers that one task takes.
const RUN: usize = 1 << 15;

/// Leaky ReLU: `input` where positive, `slope * input` elsewhere.
#[must_use]
pub fn leaky_relu(input: &[f32], slope: f32) -> Vec<f32> {
    let mut output = vec![0.0; input.len()];
    let runs = input.chunks(RUN).zip(output.chunks_mut(RUN)).collect();
    for_each(runs, |(from, to): (&[f32], &mut [f32])| {
        for (to, from) in to.iter_mut().zip(from) {
            *to = if *from > 0.0 { *from } else { slope * from };
        }
    });
    output
}

/// Gradient of [`leaky_relu`] for its input, told by the sign of its output; the slope must be positive.
#[must_use]
pub fn leaky_relu_gradient(output: &[f32], gradient: &[f32], slope: f32) -> Vec<f32> {
    let mut result = vec![0.0; gradient.len()];
    let runs = output
        .chunks(RUN)
        .zip(gradient.chunks(RUN))
        .zip(result.chunks_mut(RUN))
        .collect();
    for_each(
        runs,
        |((output, gradient), to): ((&[f32], &[f32]), &mut [f32])| {
            for ((to, output), gradient) in to.iter_mut().zip(output).zip(gradient) {
                *to = if *output > 0.0 {
                    *gradient
                } else {
                    slope * gradient
                };
            }
        },
    );
    result
}
