//! Linear resize from planes to planes.

use crate::parallel::for_each;
use crate::planes::{Grid, Planes};
use crate::vector::{Task, Vector, vectorised};

/// Lower neighbour, upper neighbour and the upper one's weight for output `index`: sample points at voxel centres
/// (PyTorch's `align_corners=False`), without antialiasing.
#[must_use]
pub fn linear_point(index: usize, from: usize, to: usize) -> (usize, usize, f32) {
    let centre = (index as f64 + 0.5) * from as f64 / to as f64 - 0.5;
    let position = centre.max(0.0);
    let lower = (position.floor() as usize).min(from.saturating_sub(1));
    let upper = (lower + 1).min(from.saturating_sub(1));
    (lower, upper, (position - lower as f64) as f32)
}

/// Writes channels of `output` from `start` on.
pub(crate) fn resize_linear(input: &Planes, output: &mut Planes, start: usize) {
    let (small, large) = (input.grid(), output.grid());
    let points: [Vec<(usize, usize, f32)>; 3] = std::array::from_fn(|axis| {
        let (from, to) = (small.size()[axis], large.size()[axis]);
        (0..to).map(|index| linear_point(index, from, to)).collect()
    });
    let range = start..start + input.channels();
    let tasks = output.channels_mut(range).into_iter().enumerate().collect();
    for_each(tasks, |(channel, to): (usize, &mut [f32])| {
        large.clear_border(to);
        vectorised(Resize {
            from: input.channel(channel),
            small,
            to,
            large,
            points: &points,
        });
    });
}

struct Resize<'a> {
    from: &'a [f32],
    small: Grid,
    to: &'a mut [f32],
    large: Grid,
    points: &'a [Vec<(usize, usize, f32)>; 3],
}

/// Two products and a sum, not `low + t (high - low)`: the reference rounds this way.
#[inline(always)]
fn blend(low: f32, high: f32, fraction: f32) -> f32 {
    low * (1.0 - fraction) + high * fraction
}

impl Task for Resize<'_> {
    #[inline(always)]
    fn run<V: Vector, const N: usize, const FUSED: bool>(self) {
        let [depths, heights, widths] = self.points;
        let (short, long) = (self.small.size()[2], self.large.size()[2]);
        let row = |plane: usize, row: usize| &self.from[self.small.place(plane, row)..][..short];
        let mut rows = [vec![0.0; short], vec![0.0; short]];
        let mut blended = vec![0.0; short];
        for (plane, &(near, far, depth)) in depths.iter().enumerate() {
            for (line, &(upper, lower, height)) in heights.iter().enumerate() {
                for (rows, line) in rows.iter_mut().zip([upper, lower]) {
                    for ((to, near), far) in
                        rows.iter_mut().zip(row(near, line)).zip(row(far, line))
                    {
                        *to = blend(*near, *far, depth);
                    }
                }
                let [upper, lower] = &rows;
                for ((to, upper), lower) in blended.iter_mut().zip(upper).zip(lower) {
                    *to = blend(*upper, *lower, height);
                }
                let place = self.large.place(plane, line);
                let to = &mut self.to[place..place + long];
                for (to, &(low, high, width)) in to.iter_mut().zip(widths) {
                    *to = blend(blended[low], blended[high], width);
                }
            }
        }
    }
}
