//! Direct convolution: a few output channels and neighbouring voxels stay in registers while all taps are summed.

use super::parallel::{Vectorised, for_each, vectorised};
use super::sizes::{Phases, Sizes};

/// Output channels that are computed together.
const CHANNELS: usize = 4;
/// Voxels of an output band, about: small enough to share out the work, large enough to be worth a task.
const BAND: usize = 4096;

/// `input` `[batch, in, spatial..]`, `weight` `[out, in, kernel..]`, the result `[batch, out, spatial..]`.
pub(crate) fn convolve(input: &[f32], weight: &[f32], sizes: &Sizes) -> Vec<f32> {
    let weights = Packed::new(weight, sizes);
    let voxels = sizes.output_voxels();
    let [_, rows, columns] = sizes.output();
    let mut output = vec![0.0; sizes.batch * sizes.channels_out * voxels];
    let band = BAND.div_ceil(columns.max(1)).clamp(1, rows.max(1));
    let samples = input
        .chunks_exact((sizes.channels_in * sizes.input_voxels()).max(1))
        .zip(output.chunks_exact_mut((sizes.channels_out * voxels).max(1)));
    for (input, output) in samples {
        let input = Phases::new(input, sizes);
        let mut tasks: Vec<Band<'_>> = Vec::new();
        for (block, channels) in output.chunks_mut(CHANNELS * voxels).enumerate() {
            let first = tasks.len();
            for channel in channels.chunks_exact_mut(voxels) {
                let mut task = first;
                for (plane, values) in channel.chunks_exact_mut(rows * columns).enumerate() {
                    for (index, rows) in values.chunks_mut(band * columns).enumerate() {
                        if let Some(known) = tasks.get_mut(task) {
                            known.output.push(rows);
                        } else {
                            tasks.push(Band {
                                input: &input,
                                weights: &weights,
                                sizes,
                                block,
                                plane,
                                first_row: index * band,
                                output: vec![rows],
                            });
                        }
                        task += 1;
                    }
                }
            }
        }
        for_each(tasks, vectorised);
    }
    output
}

/// Weights in the order in which they are read: `[block of channels, in, tap, channel of the block]`.
struct Packed {
    values: Vec<f32>,
    block: usize,
}

impl Packed {
    fn new(weight: &[f32], sizes: &Sizes) -> Self {
        let of_channel = sizes.channels_in * sizes.taps();
        let block = of_channel * CHANNELS;
        let mut values = vec![0.0; sizes.channels_out.div_ceil(CHANNELS) * block];
        for (channel, weights) in weight.chunks_exact(of_channel.max(1)).enumerate() {
            let start = channel / CHANNELS * block + channel % CHANNELS;
            for (to, from) in values[start..].iter_mut().step_by(CHANNELS).zip(weights) {
                *to = *from;
            }
        }
        Self { values, block }
    }
}

/// Some rows of one plane of up to [`CHANNELS`] output channels.
struct Band<'a> {
    input: &'a Phases,
    weights: &'a Packed,
    sizes: &'a Sizes,
    block: usize,
    plane: usize,
    first_row: usize,
    output: Vec<&'a mut [f32]>,
}

impl Vectorised for Band<'_> {
    #[inline(always)]
    fn run<const LANES: usize, const FUSED: bool>(mut self) {
        let columns = self.sizes.output()[2];
        let row = self.input.row;
        let count = self.output.first().map_or(0, |rows| rows.len()) / columns.max(1);
        let length = count * row;
        let base = self.plane * self.input.plane + self.first_row * row;
        let weights = &self.weights.values[self.block * self.weights.block..][..self.weights.block];
        let padded = length.next_multiple_of(LANES);
        let mut flat = vec![0.0_f32; CHANNELS * padded];
        for start in (0..length).step_by(LANES) {
            let sums = neighbourhood::<LANES, FUSED>(self.input, weights, base + start);
            for (flat, sums) in flat.chunks_exact_mut(padded).zip(&sums) {
                flat[start..start + LANES].copy_from_slice(sums);
            }
        }
        for (output, flat) in self.output.iter_mut().zip(flat.chunks_exact(padded.max(1))) {
            for (to, from) in output
                .chunks_exact_mut(columns.max(1))
                .zip(flat.chunks_exact(row.max(1)))
            {
                to.copy_from_slice(&from[..columns]);
            }
        }
    }
}

/// `LANES` neighbouring voxels of [`CHANNELS`] output channels. Everything that the loop changes fits the registers.
#[inline(always)]
fn neighbourhood<const LANES: usize, const FUSED: bool>(
    input: &Phases,
    weights: &[f32],
    place: usize,
) -> [[f32; LANES]; CHANNELS] {
    let mut sums = [[0.0_f32; LANES]; CHANNELS];
    let (weights, _) = weights.as_chunks::<CHANNELS>();
    let channels = weights.chunks_exact(input.offsets.len().max(1));
    for (channel, weights) in channels.enumerate() {
        let channel = channel * input.channel + place;
        for (offset, factors) in input.offsets.iter().zip(weights) {
            // Behind the last plane lies slack, so there is always a whole vector.
            let values = input.values.get(channel + offset..);
            let Some(values) = values.and_then(|values| values.first_chunk::<LANES>()) else {
                continue;
            };
            for channel in 0..CHANNELS {
                for lane in 0..LANES {
                    sums[channel][lane] = if FUSED {
                        factors[channel].mul_add(values[lane], sums[channel][lane])
                    } else {
                        factors[channel] * values[lane] + sums[channel][lane]
                    };
                }
            }
        }
    }
    sums
}
