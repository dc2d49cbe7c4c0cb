//! Gradients of a convolution with respect to its weights and to its input.

use super::direct::convolve;
use super::sizes::{Phases, SLACK, Sizes};
use crate::parallel::for_each;
use crate::vector::{Task, Vector, multiply_add, vectorised};

/// Output channels whose sums are taken together.
const CHANNELS: usize = 4;

/// Gradient of a convolution for its weights. `input` `[batch, in, spatial..]`, `gradient` of the output `[batch, out, spatial..]`; the result `[out, in, kernel..]`.
///
/// Sums run over all voxels of the batch: vectors collect a plane in 32 bits, planes are added in 64.
#[must_use]
pub fn weight_gradient(input: &[f32], gradient: &[f32], sizes: &Sizes) -> Vec<f32> {
    let voxels = sizes.output_voxels();
    let samples: Vec<Sample> = input
        .chunks_exact((sizes.channels_in * sizes.input_voxels()).max(1))
        .zip(gradient.chunks_exact((sizes.channels_out * voxels).max(1)))
        .map(|(input, gradient)| {
            let input = Phases::new(input, sizes);
            let gradient = Rows::new(gradient, sizes, input.row);
            Sample { input, gradient }
        })
        .collect();
    let taps = sizes.taps();
    let mut output = vec![0.0; sizes.channels_out * sizes.channels_in * taps];
    let mut tasks: Vec<Sums<'_>> = Vec::new();
    for (block, channels) in output
        .chunks_mut(CHANNELS * sizes.channels_in * taps)
        .enumerate()
    {
        let first = tasks.len();
        for of_output in channels.chunks_exact_mut(sizes.channels_in * taps) {
            for (channel_in, weights) in of_output.chunks_exact_mut(taps).enumerate() {
                if let Some(task) = tasks.get_mut(first + channel_in) {
                    task.output.push(weights);
                } else {
                    tasks.push(Sums {
                        samples: &samples,
                        sizes,
                        block,
                        channel_in,
                        output: vec![weights],
                    });
                }
            }
        }
    }
    for_each(tasks, vectorised);
    output
}

/// Gradient of the output of a sample in rows as long as the input's, zeros between them, so that one run over a plane
/// meets the right voxel of the input everywhere.
struct Rows {
    /// `[channel, depth, plane]`.
    values: Vec<f32>,
    channel: usize,
    plane: usize,
}

impl Rows {
    fn new(gradient: &[f32], sizes: &Sizes, row: usize) -> Self {
        let [depth, rows, columns] = sizes.output();
        // Whole vectors, and not more than the slack behind a plane of the input.
        let plane = (rows * row).next_multiple_of(SLACK);
        let channel = depth * plane;
        let mut values = vec![0.0; sizes.channels_out * channel];
        let planes = gradient
            .chunks_exact((rows * columns).max(1))
            .zip(values.chunks_exact_mut(plane.max(1)))
            .collect();
        for_each(planes, |(from, to): (&[f32], &mut [f32])| {
            for (from, to) in from.chunks_exact(columns).zip(to.chunks_mut(row)) {
                to[..columns].copy_from_slice(from);
            }
        });
        Self {
            values,
            channel,
            plane,
        }
    }
}

struct Sample {
    input: Phases,
    gradient: Rows,
}

/// The weights between one input channel and up to [`CHANNELS`] output channels.
struct Sums<'a> {
    samples: &'a [Sample],
    sizes: &'a Sizes,
    block: usize,
    channel_in: usize,
    output: Vec<&'a mut [f32]>,
}

impl Task for Sums<'_> {
    #[inline(always)]
    fn run<V: Vector, const N: usize, const FUSED: bool>(self) {
        // One vector each: three taps times four channels fill the registers.
        match self.sizes.kernel[2] {
            3 => self.taps::<8, 3, FUSED>(),
            2 => self.taps::<8, 2, FUSED>(),
            _ => self.taps::<16, 1, FUSED>(),
        }
    }
}

impl Sums<'_> {
    /// `TAPS` neighbouring taps share the loads of the gradient.
    #[inline(always)]
    fn taps<const LANES: usize, const TAPS: usize, const FUSED: bool>(mut self) {
        let planes = self.sizes.output()[0];
        let mut totals = vec![[0.0_f64; CHANNELS]; self.sizes.taps()];
        for Sample { input, gradient } in self.samples {
            let image = &input.values[self.channel_in * input.channel..][..input.channel];
            for plane in 0..planes {
                let of_channel = |index: usize| {
                    let channel = (self.block * CHANNELS + index).min(self.sizes.channels_out - 1);
                    &gradient.values[channel * gradient.channel + plane * gradient.plane..]
                        [..gradient.plane]
                };
                let gradients: [&[f32]; CHANNELS] = std::array::from_fn(of_channel);
                for (offsets, totals) in input
                    .offsets
                    .chunks_exact(TAPS)
                    .zip(totals.chunks_exact_mut(TAPS))
                {
                    let images: [&[f32]; TAPS] = std::array::from_fn(|tap| {
                        let start = (plane * input.plane + offsets[tap]).min(image.len());
                        &image[start..]
                    });
                    let sums = dot_products::<LANES, TAPS, FUSED>(&gradients, &images);
                    for (totals, sums) in totals.iter_mut().zip(&sums) {
                        for (total, sum) in totals.iter_mut().zip(sums) {
                            *total += sum;
                        }
                    }
                }
            }
        }
        for (channel, output) in self.output.iter_mut().enumerate() {
            for (weight, totals) in output.iter_mut().zip(&totals) {
                *weight = totals[channel] as f32;
            }
        }
    }
}

/// The vector at a place; zeros behind the end.
#[inline(always)]
fn vector<const LANES: usize>(values: &[f32], place: usize) -> [f32; LANES] {
    let found = values
        .get(place..)
        .and_then(|values| values.first_chunk::<LANES>());
    found.copied().unwrap_or([0.0; LANES])
}

/// Products of `CHANNELS` gradients with `TAPS` shifted images, summed. An image may be shorter than the gradients by
/// what they have as zeros at their end.
#[inline(always)]
fn dot_products<const LANES: usize, const TAPS: usize, const FUSED: bool>(
    gradients: &[&[f32]; CHANNELS],
    images: &[&[f32]; TAPS],
) -> [[f64; CHANNELS]; TAPS] {
    let length = images
        .iter()
        .chain(gradients)
        .map(|values| values.len())
        .min()
        .unwrap_or(0);
    let whole = length / LANES * LANES;
    let mut sums = [[[0.0_f32; LANES]; CHANNELS]; TAPS];
    for index in (0..whole).step_by(LANES) {
        let mut values = [[0.0_f32; LANES]; CHANNELS];
        for channel in 0..CHANNELS {
            values[channel] = vector(gradients[channel], index);
        }
        for tap in 0..TAPS {
            let image: [f32; LANES] = vector(images[tap], index);
            for channel in 0..CHANNELS {
                for lane in 0..LANES {
                    let sum = sums[tap][channel][lane];
                    sums[tap][channel][lane] =
                        multiply_add::<FUSED>(image[lane], values[channel][lane], sum);
                }
            }
        }
    }
    let mut output = [[0.0_f64; CHANNELS]; TAPS];
    for (tap, image) in images.iter().enumerate() {
        for (channel, gradient) in gradients.iter().enumerate() {
            let rest = image
                .iter()
                .zip(*gradient)
                .skip(whole)
                .map(|(&image, &gradient)| f64::from(image) * f64::from(gradient));
            output[tap][channel] = sums[tap][channel]
                .iter()
                .copied()
                .map(f64::from)
                .sum::<f64>()
                + rest.sum::<f64>();
        }
    }
    output
}

/// Gradient of a convolution for its input. `gradient` of the output `[batch, out, spatial..]`, `weight` `[out, in, kernel..]`; the result `[batch, in, spatial..]`.
///
/// A voxel of the input meets the taps that have its own place modulo the stride. So for every such place the gradient
/// is convolved with the mirrored kernel of these taps, without a stride.
#[must_use]
pub fn input_gradient(gradient: &[f32], weight: &[f32], sizes: &Sizes) -> Vec<f32> {
    let mut result = vec![0.0; sizes.batch * sizes.channels_in * sizes.input_voxels()];
    let [stride_d, stride_h, stride_w] = sizes.stride;
    for place in 0..stride_d * stride_h * stride_w {
        let place = [
            place / (stride_h * stride_w),
            place / stride_w % stride_h,
            place % stride_w,
        ];
        let taps: [usize; 3] = std::array::from_fn(|axis| {
            sizes.kernel[axis]
                .saturating_sub(place[axis])
                .div_ceil(sizes.stride[axis])
        });
        if taps.contains(&0) {
            continue;
        }
        let part = Sizes {
            batch: sizes.batch,
            channels_in: sizes.channels_out,
            channels_out: sizes.channels_in,
            input: sizes.output(),
            kernel: taps,
            stride: [1; 3],
            padding: taps.map(|taps| taps - 1),
        };
        let mirrored = mirrored(weight, sizes, place, taps);
        let values = convolve(gradient, &mirrored, &part);
        let channels = values
            .chunks_exact(part.output_voxels().max(1))
            .zip(result.chunks_exact_mut(sizes.input_voxels().max(1)))
            .collect();
        for_each(channels, |(from, to): (&[f32], &mut [f32])| {
            spread(from, part.output(), to, sizes, place);
        });
    }
    result
}

/// The taps at a place modulo the stride, in reverse order, input and output channels exchanged: `[in, out, taps..]`.
fn mirrored(weight: &[f32], sizes: &Sizes, place: [usize; 3], taps: [usize; 3]) -> Vec<f32> {
    let count = taps.iter().product::<usize>();
    let mut result = vec![0.0; sizes.channels_in * sizes.channels_out * count];
    let kernels = weight.chunks_exact(sizes.taps().max(1)).enumerate();
    for (index, kernel) in kernels {
        let (channel_out, channel_in) = (index / sizes.channels_in, index % sizes.channels_in);
        let start = (channel_in * sizes.channels_out + channel_out) * count;
        for (tap, to) in result[start..start + count].iter_mut().rev().enumerate() {
            let tap = [
                tap / (taps[1] * taps[2]),
                tap / taps[2] % taps[1],
                tap % taps[2],
            ];
            let [d, h, w]: [usize; 3] =
                std::array::from_fn(|axis| place[axis] + tap[axis] * sizes.stride[axis]);
            *to = kernel[(d * sizes.kernel[1] + h) * sizes.kernel[2] + w];
        }
    }
    result
}

/// Puts the values of one place modulo the stride where they belong in the input's gradient.
fn spread(from: &[f32], size: [usize; 3], to: &mut [f32], sizes: &Sizes, place: [usize; 3]) {
    // First value that lies in the image, and where it lies there.
    let first: [[usize; 2]; 3] = std::array::from_fn(|axis| {
        let (stride, padding) = (sizes.stride[axis], sizes.padding[axis]);
        let skipped = padding.saturating_sub(place[axis]).div_ceil(stride);
        [skipped, skipped * stride + place[axis] - padding]
    });
    for d in first[0][0]..size[0] {
        let depth = first[0][1] + (d - first[0][0]) * sizes.stride[0];
        for h in first[1][0]..size[1] {
            let height = first[1][1] + (h - first[1][0]) * sizes.stride[1];
            if depth >= sizes.input[0] || height >= sizes.input[1] {
                continue;
            }
            let source = (d * size[1] + h) * size[2];
            let target = (depth * sizes.input[1] + height) * sizes.input[2];
            let values = &from[source + first[2][0]..source + size[2]];
            let line = &mut to[target + first[2][1]..target + sizes.input[2]];
            for (to, from) in line.iter_mut().step_by(sizes.stride[2]).zip(values) {
                *to = *from;
            }
        }
    }
}
