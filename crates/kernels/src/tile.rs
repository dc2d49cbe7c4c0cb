//! The inner loop of every convolution: a tile of output channels and neighbouring voxels stays in registers while all
//! input channels and taps are summed (implicit matrix multiplication with packed weights).
#![expect(
    unsafe_code,
    reason = "the innermost loop reads by address; its bounds are checked once per run instead of at every load"
)]

use crate::vector::{Task, Vector};

/// Output channels that are computed together.
pub(crate) const BLOCK: usize = 4;
/// Numbers that a kernel may read beyond the last voxel; at least the longest vector.
pub(crate) const SLACK: usize = 16;

/// Weights in the order in which they are read: `[block of channels, in, tap, channel of the block]`; zeros fill the last
/// block.
#[derive(Debug, Clone)]
pub(crate) struct Packed {
    values: Vec<f32>,
    channels_in: usize,
    channels_out: usize,
    taps: usize,
}

impl Packed {
    /// `weight` gives the weight of an output channel, an input channel and a tap.
    pub fn new(
        [channels_out, channels_in, taps]: [usize; 3],
        weight: impl Fn(usize, usize, usize) -> f32,
    ) -> Self {
        let mut values =
            Vec::with_capacity(channels_out.next_multiple_of(BLOCK) * channels_in * taps);
        for block in 0..channels_out.div_ceil(BLOCK) {
            for channel_in in 0..channels_in {
                for tap in 0..taps {
                    values.extend((0..BLOCK).map(|lane| {
                        let channel = block * BLOCK + lane;
                        if channel < channels_out {
                            weight(channel, channel_in, tap)
                        } else {
                            0.0
                        }
                    }));
                }
            }
        }
        Self {
            values,
            channels_in,
            channels_out,
            taps,
        }
    }

    pub fn channels_in(&self) -> usize {
        self.channels_in
    }

    pub fn channels_out(&self) -> usize {
        self.channels_out
    }

    pub fn taps(&self) -> usize {
        self.taps
    }

    fn block(&self, block: usize) -> &[f32] {
        let length = self.channels_in * self.taps * BLOCK;
        &self.values[block * length..][..length]
    }
}

/// What a convolution reads: channels at equal distances, and where each tap of output 0 lies in a channel. The taps of
/// output `i` lie `i` numbers further on.
#[derive(Debug, Clone)]
pub(crate) struct Source<'a> {
    pub values: &'a [f32],
    pub channel: usize,
    pub offsets: Vec<usize>,
}

/// A run of outputs of some channels, from `first` on.
pub(crate) struct Run<'a> {
    pub source: &'a Source<'a>,
    pub weights: &'a Packed,
    /// The block of channels that `output` begins with.
    pub block: usize,
    pub first: usize,
    /// One slice per channel, all equally long; only the last block of all channels may be incomplete.
    pub output: Vec<&'a mut [f32]>,
}

impl Task for Run<'_> {
    #[inline(always)]
    fn run<V: Vector, const N: usize, const FUSED: bool>(mut self) {
        let length = self.output.first().map_or(0, |rows| rows.len());
        let Source {
            values,
            channel,
            offsets,
        } = self.source;
        assert_eq!(offsets.len(), self.weights.taps, "an offset per tap");
        if length == 0 || offsets.is_empty() || self.weights.channels_in == 0 {
            self.output.iter_mut().for_each(|rows| rows.fill(0.0));
            return;
        }
        // Whole vectors are read, so up to a vector less one number beyond the last output.
        let furthest = offsets.iter().copied().max().unwrap_or(0);
        let end = (self.weights.channels_in - 1) * channel
            + furthest
            + self.first
            + length.next_multiple_of(V::LANES);
        assert!(
            end <= values.len(),
            "the input must hold every tap of every output and {SLACK} numbers more"
        );
        for (index, output) in self.output.chunks_mut(BLOCK).enumerate() {
            let weights = self.weights.block(self.block + index);
            let mut start = 0;
            while start + N * V::LANES <= length {
                // SAFETY: the addresses are within `values` (asserted above) and `weights` (a whole block).
                let sums =
                    unsafe { tile::<V, N>(self.source, self.first + start, self.weights, weights) };
                for (rows, sums) in output.iter_mut().zip(&sums) {
                    let rows = &mut rows[start..start + N * V::LANES];
                    for (to, sum) in rows.chunks_exact_mut(V::LANES).zip(sums) {
                        // SAFETY: `to` holds a vector.
                        unsafe { sum.store(to.as_mut_ptr()) };
                    }
                }
                start += N * V::LANES;
            }
            while start < length {
                // SAFETY: as above; the last vector ends within `length` rounded up.
                let sums =
                    unsafe { tile::<V, 1>(self.source, self.first + start, self.weights, weights) };
                let count = V::LANES.min(length - start);
                for (rows, [sum]) in output.iter_mut().zip(&sums) {
                    let mut whole = [0.0; SLACK];
                    // SAFETY: no vector is longer than `SLACK`.
                    unsafe { sum.store(whole.as_mut_ptr()) };
                    rows[start..start + count].copy_from_slice(&whole[..count]);
                }
                start += count;
            }
        }
    }
}

/// Sums of `N` vectors of neighbouring outputs from `place` on, for the channels of a block.
///
/// # Safety
/// As for [`Vector`]; every tap of these outputs lies in `source.values`, and `weights` holds a block.
#[inline(always)]
unsafe fn tile<V: Vector, const N: usize>(
    source: &Source<'_>,
    place: usize,
    packed: &Packed,
    weights: &[f32],
) -> [[V; N]; BLOCK] {
    // SAFETY: by the caller's promise all addresses lie in the two slices.
    unsafe {
        let mut sums = [[V::splat(0.0); N]; BLOCK];
        let mut weight = weights.as_ptr();
        let mut image = source.values.as_ptr().add(place);
        for _ in 0..packed.channels_in {
            for &offset in &source.offsets {
                let from = image.add(offset);
                let mut values = [V::splat(0.0); N];
                for (index, value) in values.iter_mut().enumerate() {
                    *value = V::load(from.add(index * V::LANES));
                }
                for (lane, sums) in sums.iter_mut().enumerate() {
                    let factor = V::splat(*weight.add(lane));
                    for (sum, value) in sums.iter_mut().zip(&values) {
                        *sum = value.multiply_add(factor, *sum);
                    }
                }
                weight = weight.add(BLOCK);
            }
            // One channel on; behind the last it is not read.
            image = image.wrapping_add(source.channel);
        }
        sums
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{BLOCK, Packed, Run, SLACK, Source};
    use crate::vector::{Level, vectorised_at};

    /// One channel each of 100 outputs, with 3 taps.
    fn convolve(level: Level) -> Vec<f32> {
        let values: Vec<f32> = (0..2 * 102 + SLACK)
            .map(|index| (index as f32).sin())
            .collect();
        let weights = Packed::new([BLOCK + 1, 2, 3], |output, input, tap| {
            (output * 6 + input * 3 + tap) as f32 / 7.0 - 1.5
        });
        let source = Source {
            values: &values,
            channel: 102,
            offsets: vec![0, 1, 2],
        };
        let mut output = vec![0.0; (BLOCK + 1) * 100];
        let run = Run {
            source: &source,
            weights: &weights,
            block: 0,
            first: 0,
            output: output.chunks_exact_mut(100).collect(),
        };
        vectorised_at(level, run);
        output
    }

    #[test]
    fn vectors_of_every_length_give_the_same_numbers() {
        let portable = convolve(Level::Portable);
        let short = convolve(Level::Avx2);
        assert_eq!(short, convolve(Level::Avx512), "both fuse");
        for (short, portable) in short.iter().zip(&portable) {
            assert!((short - portable).abs() < 1e-5, "{short} {portable}");
        }
    }

    #[test]
    #[should_panic(expected = "must hold every tap")]
    fn an_input_that_is_too_short_is_refused_before_it_is_read() {
        let weights = Packed::new([1, 1, 1], |_, _, _| 1.0);
        let source = Source {
            values: &[0.0; 8],
            channel: 8,
            offsets: vec![0],
        };
        let mut output = vec![0.0; 9];
        let run = Run {
            source: &source,
            weights: &weights,
            block: 0,
            first: 0,
            output: vec![&mut output],
        };
        vectorised_at(Level::Portable, run);
    }
}
