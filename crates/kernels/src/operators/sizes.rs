//! Sizes of a convolution, and its input laid out for the kernels.

/// Sizes of a convolution over three spatial axes: depth, height, width. In 2D the depth is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Samples.
    pub batch: usize,
    /// Channels of the input.
    pub channels_in: usize,
    /// Channels of the output.
    pub channels_out: usize,
    /// Spatial size of the input.
    pub input: [usize; 3],
    /// Taps of the kernel along each axis.
    pub kernel: [usize; 3],
    /// Step between outputs, in voxels of the input.
    pub stride: [usize; 3],
    /// Zeros before and after each axis.
    pub padding: [usize; 3],
}

impl Sizes {
    /// Sizes from the shapes of tensors `[batch, in, spatial..]` and `[out, in, kernel..]` of rank 4 or 5.
    #[must_use]
    pub fn new(input: &[usize], weight: &[usize], stride: usize, padding: usize) -> Self {
        let spatial = |shape: &[usize], missing| match shape {
            [_, _, height, width] => [missing, *height, *width],
            [_, _, depth, height, width] => [*depth, *height, *width],
            _ => [missing; 3],
        };
        let planar = input.len() == 4;
        Self {
            batch: input.first().copied().unwrap_or(0),
            channels_in: input.get(1).copied().unwrap_or(0),
            channels_out: weight.first().copied().unwrap_or(0),
            input: spatial(input, 1),
            kernel: spatial(weight, 1),
            stride: [if planar { 1 } else { stride }, stride, stride],
            padding: [if planar { 0 } else { padding }, padding, padding],
        }
    }

    /// Spatial size of the output.
    #[must_use]
    pub fn output(&self) -> [usize; 3] {
        std::array::from_fn(|axis| {
            (self.input[axis] + 2 * self.padding[axis]).saturating_sub(self.kernel[axis])
                / self.stride[axis]
                + 1
        })
    }

    /// Voxels of a channel of the input.
    #[must_use]
    pub fn input_voxels(&self) -> usize {
        self.input.iter().product()
    }

    /// Voxels of a channel of the output.
    #[must_use]
    pub fn output_voxels(&self) -> usize {
        self.output().iter().product()
    }

    /// Taps of the kernel.
    #[must_use]
    pub fn taps(&self) -> usize {
        self.kernel.iter().product()
    }

    /// Rows and columns of a plane of [`Phases`], and how many planes.
    fn phase_size(&self) -> [usize; 3] {
        let output = self.output();
        std::array::from_fn(|axis| output[axis] + (self.kernel[axis] - 1) / self.stride[axis])
    }
}

/// Numbers that a kernel may read beyond a plane's end; a multiple of every vector length.
pub(crate) const SLACK: usize = 16;

/// The zero-padded input of one sample, split by the place of a voxel modulo the stride on every axis.
///
/// A convolution with a stride is a sum of convolutions without one, each over one phase. Every tap of the kernel then
/// reads a plane of its phase from some offset on, without gaps, also across the ends of rows: what is computed for
/// the padding between two rows is thrown away.
#[derive(Debug)]
pub(crate) struct Phases {
    /// `[channel, phase, depth, plane]`.
    pub values: Vec<f32>,
    /// Distance between the first voxels of two channels.
    pub channel: usize,
    /// Distance between two planes.
    pub plane: usize,
    /// Distance between two rows; the same as the row length of a padded output plane.
    pub row: usize,
    /// Where each tap begins, relative to the channel and the output's plane; taps in the order of the kernel.
    pub offsets: Vec<usize>,
}

impl Phases {
    /// `input` `[in, spatial..]`, one sample.
    pub fn new(input: &[f32], sizes: &Sizes) -> Self {
        let [depth, rows, row] = sizes.phase_size();
        let plane = rows * row + SLACK;
        let phases = sizes.stride.iter().product::<usize>();
        let channel = phases * depth * plane;
        let mut values = vec![0.0; sizes.channels_in * channel + SLACK];
        let [height_in, width_in] = [sizes.input[1], sizes.input[2]];
        let [stride_d, stride_h, stride_w] = sizes.stride;
        let fill = |(from, to): (&[f32], &mut [f32])| {
            for (index, line) in from.chunks_exact(width_in).enumerate() {
                let d = index / height_in + sizes.padding[0];
                let h = index % height_in + sizes.padding[1];
                if d / stride_d >= depth || h / stride_h >= rows {
                    continue;
                }
                for phase_w in 0..stride_w {
                    let phase = ((d % stride_d) * stride_h + h % stride_h) * stride_w + phase_w;
                    let start = (phase * depth + d / stride_d) * plane + (h / stride_h) * row;
                    // The first voxel of the line that belongs to this phase, and its place there.
                    let skip = (phase_w + stride_w - sizes.padding[2] % stride_w) % stride_w;
                    let place = (skip + sizes.padding[2]) / stride_w;
                    let target = to.get_mut(start + place..start + row).unwrap_or_default();
                    if stride_w == 1 {
                        let length = line.len().min(target.len());
                        target[..length].copy_from_slice(&line[..length]);
                    } else {
                        for (to, from) in target
                            .iter_mut()
                            .zip(line.iter().skip(skip).step_by(stride_w))
                        {
                            *to = *from;
                        }
                    }
                }
            }
        };
        let channels = input
            .chunks_exact(sizes.input_voxels())
            .zip(values.chunks_exact_mut(channel))
            .collect();
        crate::parallel::for_each(channels, fill);

        let mut offsets = Vec::with_capacity(sizes.taps());
        for d in 0..sizes.kernel[0] {
            for h in 0..sizes.kernel[1] {
                for w in 0..sizes.kernel[2] {
                    let phase =
                        ((d % stride_d) * stride_h + h % stride_h) * stride_w + w % stride_w;
                    offsets.push(
                        (phase * depth + d / stride_d) * plane
                            + (h / stride_h) * row
                            + w / stride_w,
                    );
                }
            }
        }
        Self {
            values,
            channel,
            plane,
            row,
            offsets,
        }
    }
}
