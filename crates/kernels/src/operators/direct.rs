//! Convolution of tensors in their usual layout: the input is copied into rows with a border, the output out of them.

use super::sizes::{Phases, Sizes};
use crate::parallel::for_each;
use crate::tile::{BLOCK, Packed, Run, Source};
use crate::vector::{Task, Vector, vectorised};

/// Voxels of an output band, about: small enough to share out the work, large enough to be worth a task.
const BAND: usize = 4096;

/// Convolution without bias. `input` `[batch, in, spatial..]`, `weight` `[out, in, kernel..]`, the result
/// `[batch, out, spatial..]`.
#[must_use]
pub fn convolve(input: &[f32], weight: &[f32], sizes: &Sizes) -> Vec<f32> {
    let (channels_in, taps) = (sizes.channels_in, sizes.taps());
    let weights = Packed::new(
        [sizes.channels_out, channels_in, taps],
        |output, input, tap| weight[(output * channels_in + input) * taps + tap],
    );
    let voxels = sizes.output_voxels();
    let [_, rows, columns] = sizes.output();
    let mut output = vec![0.0; sizes.batch * sizes.channels_out * voxels];
    let band = BAND.div_ceil(columns.max(1)).clamp(1, rows.max(1));
    let samples = input
        .chunks_exact((sizes.channels_in * sizes.input_voxels()).max(1))
        .zip(output.chunks_exact_mut((sizes.channels_out * voxels).max(1)));
    for (input, output) in samples {
        let input = Phases::new(input, sizes);
        let source = Source {
            values: &input.values,
            channel: input.channel,
            offsets: input.offsets.clone(),
        };
        let mut tasks: Vec<Band<'_>> = Vec::new();
        for (block, channels) in output.chunks_mut(BLOCK * voxels).enumerate() {
            let first = tasks.len();
            for channel in channels.chunks_exact_mut(voxels) {
                let mut task = first;
                for (plane, values) in channel.chunks_exact_mut(rows * columns).enumerate() {
                    for (index, rows) in values.chunks_mut(band * columns).enumerate() {
                        if let Some(known) = tasks.get_mut(task) {
                            known.output.push(rows);
                        } else {
                            tasks.push(Band {
                                source: &source,
                                weights: &weights,
                                block,
                                first: plane * input.plane + index * band * input.row,
                                row: input.row,
                                columns,
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

/// Some rows of one plane of up to [`BLOCK`] output channels.
struct Band<'a> {
    source: &'a Source<'a>,
    weights: &'a Packed,
    block: usize,
    /// Place of the first row's first voxel.
    first: usize,
    /// Distance between rows while they are computed.
    row: usize,
    columns: usize,
    output: Vec<&'a mut [f32]>,
}

impl Task for Band<'_> {
    #[inline(always)]
    fn run<V: Vector, const N: usize, const FUSED: bool>(mut self) {
        let count = self.output.first().map_or(0, |rows| rows.len()) / self.columns.max(1);
        let length = (count * self.row).max(1);
        let mut flat = vec![0.0_f32; self.output.len() * length];
        Run {
            source: self.source,
            weights: self.weights,
            block: self.block,
            first: self.first,
            output: flat.chunks_exact_mut(length).collect(),
        }
        .run::<V, N, FUSED>();
        for (output, flat) in self.output.iter_mut().zip(flat.chunks_exact(length)) {
            for (to, from) in output
                .chunks_exact_mut(self.columns.max(1))
                .zip(flat.chunks_exact(self.row.max(1)))
            {
                to.copy_from_slice(&from[..self.columns]);
            }
        }
    }
}
