//! Channels of an image with a border of zeros, as the fused network keeps them.
//!
//! Rows lie one number further apart than they are long, planes one row, and zeros lie before the first and behind the last
//! voxel. So every tap of a kernel of 3 is a fixed distance away, also across the ends of rows, and a convolution runs
//! over a whole channel without a copy and without a special case at the border. What it computes for the border itself is
//! overwritten with zeros by the normalisation that follows.

use std::ops::Range;

use crate::buffer::Buffer;
use crate::parallel::for_each;
use crate::tile::{SLACK, Source};

/// Where the voxels of a channel lie. Three spatial axes: depth, height, width; the depth is 1 in 2D.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    size: [usize; 3],
    planar: bool,
}

impl Grid {
    /// A grid of `size`; `planar` where the depth is no axis of the network.
    #[must_use]
    pub const fn new(size: [usize; 3], planar: bool) -> Self {
        Self { size, planar }
    }

    /// Depth, height and width.
    #[must_use]
    pub const fn size(&self) -> [usize; 3] {
        self.size
    }

    /// Voxels of a channel, border left out.
    #[must_use]
    pub const fn voxels(&self) -> usize {
        self.size[0] * self.size[1] * self.size[2]
    }

    /// Half as large along every axis of the network, rounded up as a convolution with stride 2 does.
    pub(crate) fn halved(self) -> Self {
        let [depth, height, width] = self.size;
        let depth = if self.planar { 1 } else { depth.div_ceil(2) };
        Self::new([depth, height.div_ceil(2), width.div_ceil(2)], self.planar)
    }

    pub(crate) const fn planar(&self) -> bool {
        self.planar
    }

    /// Distance between rows.
    pub(crate) const fn row(&self) -> usize {
        self.size[2] + 1
    }

    /// Distance between planes.
    pub(crate) const fn plane(&self) -> usize {
        (self.size[1] + 1) * self.row()
    }

    /// Distance from a voxel to the furthest of its 9 or 27 neighbours.
    const fn reach(&self) -> usize {
        self.row() + 1 + if self.planar { 0 } else { self.plane() }
    }

    /// Zeros before the first voxel, so many that it begins a cache line where the channel does.
    pub(crate) const fn lead(&self) -> usize {
        self.reach().next_multiple_of(SLACK)
    }

    /// Numbers from the first voxel to the last one.
    pub(crate) const fn span(&self) -> usize {
        (self.size[0] - 1) * self.plane() + (self.size[1] - 1) * self.row() + self.size[2]
    }

    /// Distance between channels.
    pub(crate) const fn channel(&self) -> usize {
        (self.lead() + self.span() + self.reach() + SLACK).next_multiple_of(SLACK)
    }

    /// Where the row of a plane begins in a channel.
    pub(crate) const fn place(&self, plane: usize, row: usize) -> usize {
        self.lead() + plane * self.plane() + row * self.row()
    }

    /// The place of every row. An iterator, not a visitor: the code of a closure is not compiled for the caller's vectors.
    #[inline(always)]
    pub(crate) fn rows(self) -> impl Iterator<Item = usize> {
        (0..self.size[0])
            .flat_map(move |plane| (0..self.size[1]).map(move |row| self.place(plane, row)))
    }

    /// Sets all of a channel's border to zero.
    pub(crate) fn clear_border(&self, channel: &mut [f32]) {
        channel[..self.lead()].fill(0.0);
        let mut end = self.lead();
        for place in self.rows() {
            channel[end..place].fill(0.0);
            end = place + self.size[2];
        }
        channel[end..].fill(0.0);
    }

    /// Taps of a kernel of 3 with padding 1, in the order of its weights.
    fn neighbours(&self) -> Vec<usize> {
        let axis = [0, 1, 2];
        let depths: &[usize] = if self.planar { &[1] } else { &axis };
        let mut offsets = Vec::with_capacity(27);
        for depth in depths {
            for height in axis {
                for width in axis {
                    let forward = depth * self.plane() + height * self.row() + width;
                    offsets.push(self.lead() + forward - self.plane() - self.row() - 1);
                }
            }
        }
        offsets
    }
}

/// Channels on one grid.
#[derive(Debug, Clone)]
pub struct Planes {
    grid: Grid,
    values: Buffer,
}

impl Planes {
    /// Channels whose numbers are still to be written, border included.
    pub(crate) fn new(grid: Grid, channels: usize) -> Self {
        Self {
            grid,
            values: Buffer::new(channels * grid.channel() + SLACK),
        }
    }

    /// A copy of `[channels, spatial..]`.
    #[must_use]
    pub fn from_image(grid: Grid, image: &[f32]) -> Self {
        let channels = image.len() / grid.voxels().max(1);
        let mut planes = Self::new(grid, channels);
        let [_, _, width] = grid.size;
        for (from, to) in image
            .chunks_exact(grid.voxels())
            .zip(planes.values.chunks_exact_mut(grid.channel()))
        {
            grid.clear_border(to);
            for (place, row) in grid.rows().zip(from.chunks_exact(width)) {
                to[place..place + width].copy_from_slice(row);
            }
        }
        planes
    }

    /// Channels without their border, `[channels, spatial..]`.
    #[must_use]
    pub fn to_image(&self, channels: Range<usize>) -> Vec<f32> {
        let [_, _, width] = self.grid.size;
        let mut image = Vec::with_capacity(channels.len() * self.grid.voxels());
        for channel in channels {
            let values = self.channel(channel);
            for place in self.grid.rows() {
                image.extend_from_slice(&values[place..place + width]);
            }
        }
        image
    }

    /// The grid of every channel.
    #[must_use]
    pub fn grid(&self) -> Grid {
        self.grid
    }

    /// Channels.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.values.len() / self.grid.channel()
    }

    pub(crate) fn channel(&self, channel: usize) -> &[f32] {
        &self.values[channel * self.grid.channel()..][..self.grid.channel()]
    }

    /// Some channels, to be written.
    pub(crate) fn channels_mut(&mut self, range: Range<usize>) -> Vec<&mut [f32]> {
        let channel = self.grid.channel();
        self.values[range.start * channel..range.end * channel]
            .chunks_exact_mut(channel)
            .collect()
    }

    /// What a convolution with kernel 3, stride 1 and padding 1 reads of some channels.
    pub(crate) fn neighbourhoods(&self, first: usize) -> Source<'_> {
        Source {
            values: &self.values[first * self.grid.channel()..],
            channel: self.grid.channel(),
            offsets: self.grid.neighbours(),
        }
    }

    /// What a convolution with kernel 1 and stride 1 reads.
    pub(crate) fn points(&self, first: usize) -> Source<'_> {
        Source {
            values: &self.values[first * self.grid.channel()..],
            channel: self.grid.channel(),
            offsets: vec![self.grid.lead()],
        }
    }
}

/// Channels split by the place of a voxel modulo 2 on every axis, for convolutions with stride 2.
///
/// Such a convolution is a sum of convolutions without a stride, each over one of these phases, which have the rows and
/// planes of the output's grid.
#[derive(Debug)]
pub(crate) struct Phases {
    values: Buffer,
    phase: usize,
    count: usize,
    output: Grid,
}

impl Phases {
    pub fn new(planes: &Planes, channels: Range<usize>) -> Self {
        let (grid, output) = (planes.grid, planes.grid.halved());
        let [depth, height, width] = grid.size;
        let axes: usize = if grid.planar { 2 } else { 3 };
        let depths = output.size[0] + usize::from(!grid.planar);
        let phase = (depths * output.plane()).next_multiple_of(SLACK);
        let count = 1 << axes;
        let mut values = Buffer::new(channels.len() * count * phase + SLACK);
        let tasks = channels
            .zip(values.chunks_exact_mut(count * phase))
            .collect();
        for_each(tasks, |(channel, to): (usize, &mut [f32])| {
            let from = planes.channel(channel);
            to.fill(0.0);
            for d in 0..depth {
                // Padded by one voxel; in 2D the depth is no axis.
                let (depth_phase, depth_index) = if grid.planar {
                    (0, 0)
                } else {
                    ((d + 1) % 2, d.div_ceil(2))
                };
                for h in 0..height {
                    let row = &from[grid.place(d, h)..][..width];
                    let phase_row = (depth_phase * 2 + (h + 1) % 2) * 2;
                    let inside = depth_index * output.plane() + h.div_ceil(2) * output.row();
                    let (even, odd) = to[phase_row * phase..][..2 * phase].split_at_mut(phase);
                    // Voxels 1, 3, ... have an even place in the padded row and begin behind its border.
                    let even = &mut even[inside + 1..][..width / 2];
                    let odd = &mut odd[inside..][..width.div_ceil(2)];
                    let (pairs, rest) = row.as_chunks::<2>();
                    for ((pair, even), odd) in pairs.iter().zip(even).zip(&mut *odd) {
                        *odd = pair[0];
                        *even = pair[1];
                    }
                    if let (&[last], Some(odd)) = (rest, odd.last_mut()) {
                        *odd = last;
                    }
                }
            }
        });
        Self {
            values,
            phase,
            count,
            output,
        }
    }

    fn offset(&self, tap: [usize; 3]) -> usize {
        let [depth, height, width] = tap;
        let phase = ((depth % 2) * 2 + height % 2) * 2 + width % 2;
        phase * self.phase
            + depth / 2 * self.output.plane()
            + height / 2 * self.output.row()
            + width / 2
    }

    fn source(&self, offsets: Vec<usize>) -> Source<'_> {
        Source {
            values: &self.values,
            channel: self.count * self.phase,
            offsets,
        }
    }

    /// What a convolution with kernel 3, stride 2 and padding 1 reads.
    pub fn neighbourhoods(&self) -> Source<'_> {
        let depths = if self.output.planar { 1 } else { 3 };
        let mut offsets = Vec::with_capacity(27);
        for depth in 0..depths {
            for height in 0..3 {
                for width in 0..3 {
                    offsets.push(self.offset([depth, height, width]));
                }
            }
        }
        self.source(offsets)
    }

    /// What a convolution with kernel 1 and stride 2 reads: the tap in the middle of a kernel of 3.
    pub fn points(&self) -> Source<'_> {
        let depth = usize::from(!self.output.planar);
        self.source(vec![self.offset([depth, 1, 1])])
    }
}
