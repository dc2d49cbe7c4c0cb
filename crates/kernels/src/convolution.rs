//! Convolutions from planes to planes.

use std::ops::Range;

use crate::parallel::for_each;
use crate::planes::{Grid, Phases, Planes};
use crate::tile::{BLOCK, Packed, Run, Source};
use crate::vector::vectorised;

/// Numbers of the input, all channels together, that one task should touch: they stay in the second cache while every block
/// of output channels reads them.
const BAND_VALUES: usize = 1 << 17;
/// Shortest run of outputs that is worth a task.
const SHORTEST_BAND: usize = 768;
/// Tasks that are enough to keep a few processors busy to the end.
const TASKS: usize = 8;

/// A convolution's weights, packed, and its bias.
#[derive(Debug, Clone)]
pub struct Convolution {
    packed: Packed,
    bias: Option<Vec<f32>>,
}

impl Convolution {
    /// From weights `[out, in, kernel..]`, in their order in memory; the kernel has `taps` taps in all (1, 9 or 27).
    ///
    /// Missing weights count as 0.
    #[must_use]
    pub fn new(
        weight: &[f32],
        channels_out: usize,
        channels_in: usize,
        taps: usize,
        bias: Option<Vec<f32>>,
    ) -> Self {
        let packed = Packed::new([channels_out, channels_in, taps], |output, input, tap| {
            let index = (output * channels_in + input) * taps + tap;
            weight.get(index).copied().unwrap_or(0.0)
        });
        Self { packed, bias }
    }

    /// Channels that it writes.
    #[must_use]
    pub fn channels_out(&self) -> usize {
        self.packed.channels_out()
    }

    /// Reads the channels from `first` on with stride 1 and writes those from `start` on. Garbage is left in the border
    /// between the rows of the output.
    pub(crate) fn run(&self, input: &Planes, first: usize, output: &mut Planes, start: usize) {
        let source = if self.packed.taps() == 1 {
            input.points(first)
        } else {
            input.neighbourhoods(first)
        };
        self.read(&source, output, start);
    }

    /// As [`run`](Self::run), with stride 2.
    pub(crate) fn run_halving(&self, input: &Phases, output: &mut Planes) {
        let source = if self.packed.taps() == 1 {
            input.points()
        } else {
            input.neighbourhoods()
        };
        self.read(&source, output, 0);
    }

    fn read(&self, source: &Source<'_>, output: &mut Planes, start: usize) {
        let grid = output.grid();
        let range = start..start + self.packed.channels_out();
        sum_up(
            source,
            &self.packed,
            grid,
            output.channels_mut(range.clone()),
        );
        if let Some(bias) = &self.bias {
            for (channel, bias) in output.channels_mut(range).into_iter().zip(bias) {
                for value in &mut channel[grid.lead()..][..grid.span()] {
                    *value += bias;
                }
            }
        }
    }
}

/// Runs of outputs, with all channels or some, shared out.
fn sum_up(source: &Source<'_>, weights: &Packed, grid: Grid, channels: Vec<&mut [f32]>) {
    let span = grid.span();
    let band =
        (BAND_VALUES / weights.channels_in().max(1)).clamp(SHORTEST_BAND, span.max(SHORTEST_BAND));
    let bands = span.div_ceil(band);
    // Equally long.
    let band = span.div_ceil(bands);
    let blocks = weights.channels_out().div_ceil(BLOCK);
    let groups = if cfg!(target_arch = "wasm32") {
        1
    } else {
        TASKS.div_ceil(bands).clamp(1, blocks.max(1))
    };
    let group = blocks.div_ceil(groups).max(1);
    let mut tasks: Vec<Run<'_>> = Vec::with_capacity(bands * groups);
    let mut channels = channels.into_iter();
    let mut block = 0;
    while block < blocks {
        let begin = tasks.len();
        for index in 0..bands {
            tasks.push(Run {
                source,
                weights,
                block,
                first: index * band,
                output: Vec::with_capacity(group * BLOCK),
            });
        }
        for channel in channels.by_ref().take(group * BLOCK) {
            let inside = &mut channel[grid.lead()..][..span];
            for (task, values) in tasks[begin..].iter_mut().zip(inside.chunks_mut(band)) {
                task.output.push(values);
            }
        }
        block += group;
    }
    for_each(tasks, vectorised);
}

/// A transposed convolution with kernel 2 and stride 2: every voxel paints a square or cube of its own, so it is a
/// convolution with kernel 1 to four or eight times the channels, laid out anew.
#[derive(Debug, Clone)]
pub struct TransposedConvolution {
    packed: Packed,
    parts: usize,
}

impl TransposedConvolution {
    /// From weights `[in, out, kernel..]`, in their order in memory; the kernel has 4 taps in 2D and 8 in 3D. Missing
    /// weights count as 0.
    #[must_use]
    pub fn new(weight: &[f32], channels_in: usize, channels_out: usize, taps: usize) -> Self {
        let packed = Packed::new([channels_out * taps, channels_in, 1], |output, input, _| {
            let index = input * channels_out * taps + output;
            weight.get(index).copied().unwrap_or(0.0)
        });
        Self {
            packed,
            parts: taps,
        }
    }

    /// Writes channels from `start` on of an output with twice the size.
    pub(crate) fn run(&self, input: &Planes, output: &mut Planes, start: usize) {
        let (small, large) = (input.grid(), output.grid());
        let mut parts = Planes::new(small, self.packed.channels_out());
        let range = 0..self.packed.channels_out();
        sum_up(
            &input.points(0),
            &self.packed,
            small,
            parts.channels_mut(range),
        );
        let channels_out = self.packed.channels_out() / self.parts;
        let tasks = (0..channels_out)
            .zip(output.channels_mut(start..start + channels_out))
            .collect();
        for_each(tasks, |(channel, to): (usize, &mut [f32])| {
            large.clear_border(to);
            let parts_of = channel * self.parts..(channel + 1) * self.parts;
            interleave(&parts, parts_of, large, to);
        });
    }
}

/// Puts the parts of one channel where they belong.
fn interleave(parts: &Planes, range: Range<usize>, large: Grid, to: &mut [f32]) {
    let small = parts.grid();
    let [depth, height, width] = small.size();
    for (index, pair) in range.step_by(2).enumerate() {
        let (left, right) = (parts.channel(pair), parts.channel(pair + 1));
        let (below, behind) = (index % 2, index / 2);
        let step = if small.planar() { 1 } else { 2 };
        for plane in 0..depth {
            for row in 0..height {
                let from = small.place(plane, row);
                let place = large.place(plane * step + behind, 2 * row + below);
                let (pairs, _) = to[place..place + 2 * width].as_chunks_mut::<2>();
                let values = left[from..from + width]
                    .iter()
                    .zip(&right[from..from + width]);
                for (to, (left, right)) in pairs.iter_mut().zip(values) {
                    *to = [*left, *right];
                }
            }
        }
    }
}
