//! Sliding windows with Gaussian blending: nnU-Net's inference, and MONAI's `sliding_window_inference` with mode
//! `gaussian`.
//!
//! The image is cut into overlapping windows, the network runs on each, and every map is put together as the weighted
//! mean of the windows that cover a voxel. Instance normalisation makes a window's result depend on its size, so the
//! window belongs to the model.

use crate::Error;

/// Standard deviation of the Gaussian in window sizes.
const SIGMA_SCALE: f64 = 0.125;
/// Smallest weight.
const MIN_WEIGHT: f64 = 1e-3;

/// How windows lie over an image. Two and three spatial axes alike; last axis fastest everywhere.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowGrid {
    image: Vec<usize>,
    window: Vec<usize>,
    /// Zeros before each axis where the image is shorter than the window.
    before: Vec<usize>,
    positions: Vec<Vec<usize>>,
}

impl WindowGrid {
    /// Lays windows of `window` over an image of `image` voxels. `overlap` is the share of a window that its neighbour
    /// repeats, 0 to under 1.
    ///
    /// # Errors
    /// [`Error::Window`] where the numbers of axes differ, a size is 0 or the overlap is out of range.
    pub fn new(image: &[usize], window: &[usize], overlap: f64) -> Result<Self, Error> {
        let sound = image.len() == window.len()
            && !image.is_empty()
            && !image.contains(&0)
            && !window.contains(&0)
            && (0.0..1.0).contains(&overlap);
        if !sound {
            return Err(Error::Window {
                window: window.to_vec(),
                image: image.to_vec(),
                overlap,
            });
        }
        let before = image
            .iter()
            .zip(window)
            .map(|(&size, &roi)| roi.saturating_sub(size) / 2)
            .collect();
        let mut positions = vec![Vec::new()];
        for (&size, &roi) in image.iter().zip(window) {
            let starts = compute_steps(size.max(roi), roi, overlap);
            positions = positions
                .into_iter()
                .flat_map(|prefix| {
                    starts.iter().map(move |&start| {
                        let mut position: Vec<usize> = prefix.clone();
                        position.push(start);
                        position
                    })
                })
                .collect();
        }
        Ok(Self {
            image: image.to_vec(),
            window: window.to_vec(),
            before,
            positions,
        })
    }

    /// Size of the image, one number per spatial axis.
    #[must_use]
    pub fn image(&self) -> &[usize] {
        &self.image
    }

    /// Size of the windows.
    #[must_use]
    pub fn window(&self) -> &[usize] {
        &self.window
    }

    /// First voxel of every window on the padded image, row-major.
    #[must_use]
    pub fn positions(&self) -> &[Vec<usize>] {
        &self.positions
    }

    /// The window at a position, zeros where it reaches beyond the image.
    ///
    /// `values` `[channels, image..]` to `[channels, window..]`.
    #[must_use]
    pub fn extract(&self, values: &[f32], position: &[usize]) -> Vec<f32> {
        let voxels = self.image.iter().product::<usize>();
        let patch = self.window.iter().product::<usize>();
        let mut output = vec![0.0; values.len().checked_div(voxels).unwrap_or(0) * patch];
        for (from, to) in values
            .chunks_exact(voxels)
            .zip(output.chunks_exact_mut(patch))
        {
            self.for_each_row(position, |image_row, window_row, length| {
                to[window_row..window_row + length]
                    .copy_from_slice(&from[image_row..image_row + length]);
            });
        }
        output
    }

    /// Calls `visit(offset in the image, offset in the window, length)` for every run of voxels along the last axis that
    /// lies both in the image and in the window at `position`.
    fn for_each_row(&self, position: &[usize], mut visit: impl FnMut(usize, usize, usize)) {
        let axes = self.image.len();
        // Per axis: first covered voxel of the image, first covered voxel of the window, how many.
        let mut spans = Vec::with_capacity(axes);
        for axis in 0..axes {
            let start = position.get(axis).copied().unwrap_or(0);
            let in_window = self.before[axis].saturating_sub(start);
            let in_image = start.saturating_sub(self.before[axis]);
            let length = (self.window[axis] - in_window.min(self.window[axis]))
                .min(self.image[axis].saturating_sub(in_image));
            if length == 0 {
                return;
            }
            spans.push((in_image, in_window, length));
        }
        let rows = spans[..axes - 1]
            .iter()
            .map(|span| span.2)
            .product::<usize>();
        let (last_image, last_window, length) = spans[axes - 1];
        for row in 0..rows {
            let (mut rest, mut image_offset, mut window_offset) = (row, 0, 0);
            let (mut image_stride, mut window_stride) =
                (self.image[axes - 1], self.window[axes - 1]);
            for axis in (0..axes - 1).rev() {
                let (in_image, in_window, count) = spans[axis];
                let index = rest % count;
                rest /= count;
                image_offset += (in_image + index) * image_stride;
                window_offset += (in_window + index) * window_stride;
                image_stride *= self.image[axis];
                window_stride *= self.window[axis];
            }
            visit(
                image_offset + last_image,
                window_offset + last_window,
                length,
            );
        }
    }
}

/// Starts of the windows along one axis (nnU-Net's `compute_steps_for_sliding_window`): multiples of `max(1, floor((1 - overlap) window))`, the last one moved back to
/// end with the axis. `size` must not be smaller than `window`.
#[must_use]
pub fn compute_steps(size: usize, window: usize, overlap: f64) -> Vec<usize> {
    if size <= window {
        return vec![0];
    }
    let step = ((window as f64 * (1.0 - overlap)) as usize).max(1);
    let mut starts = Vec::new();
    let mut start = 0;
    while start + window < size {
        starts.push(start);
        start += step;
    }
    starts.push(size - window);
    starts
}

/// Weight of every voxel of a window (nnU-Net's `compute_gaussian`, MONAI's importance map): a Gaussian around its centre with a standard deviation of an eighth of the
/// window, not below 1/1000 (or the smallest value of the Gaussian, if that is larger).
#[must_use]
pub fn compute_gaussian(window: &[usize]) -> Vec<f32> {
    let mut weights = vec![1.0_f64];
    for &size in window {
        let sigma = size as f64 * SIGMA_SCALE;
        let centre = (size as f64 - 1.0) / 2.0;
        let profile = (0..size)
            .map(|index| {
                let distance = index as f64 - centre;
                (-distance * distance / (2.0 * sigma * sigma)).exp()
            })
            .collect::<Vec<_>>();
        weights = weights
            .iter()
            .flat_map(|weight| profile.iter().map(move |value| weight * value))
            .collect();
    }
    let floor = weights
        .iter()
        .copied()
        .fold(f64::INFINITY, f64::min)
        .max(MIN_WEIGHT);
    weights
        .into_iter()
        .map(|weight| weight.max(floor) as f32)
        .collect()
}

/// Puts the windows' maps together.
///
/// Channels come in groups, such as the logits of all classes and then one map after the other. Every group is an array
/// of its own, so that it can be handed on, or dropped, without a copy.
#[derive(Debug)]
pub struct WindowAggregator {
    plan: WindowGrid,
    weights: Vec<f32>,
    /// Weighted sums, `[channels of the group, image..]` each.
    sums: Vec<Vec<f32>>,
    /// Sums of weights, `[image..]`.
    totals: Vec<f32>,
}

impl WindowAggregator {
    /// Starts with groups of that many channels each.
    #[must_use]
    pub fn new(plan: &WindowGrid, groups: &[usize]) -> Self {
        let voxels = plan.image.iter().product::<usize>();
        Self {
            plan: plan.clone(),
            weights: compute_gaussian(&plan.window),
            sums: groups
                .iter()
                .map(|channels| vec![0.0; channels * voxels])
                .collect(),
            totals: vec![0.0; voxels],
        }
    }

    /// Adds a window's maps, `[all channels, window..]`.
    pub fn add(&mut self, position: &[usize], values: &[f32]) {
        let (voxels, patch) = (self.totals.len(), self.weights.len());
        let Self {
            plan,
            weights,
            sums,
            totals,
        } = self;
        let channels = sums.iter_mut().flat_map(|sum| sum.chunks_exact_mut(voxels));
        for (sum, map) in channels.zip(values.chunks_exact(patch)) {
            plan.for_each_row(position, |image_row, window_row, length| {
                let to = &mut sum[image_row..image_row + length];
                let from = map[window_row..window_row + length]
                    .iter()
                    .zip(&weights[window_row..window_row + length]);
                for (to, (value, weight)) in to.iter_mut().zip(from) {
                    *to += value * weight;
                }
            });
        }
        plan.for_each_row(position, |image_row, window_row, length| {
            let to = &mut totals[image_row..image_row + length];
            for (to, weight) in to.iter_mut().zip(&weights[window_row..window_row + length]) {
                *to += weight;
            }
        });
    }

    /// The weighted sums of one group so far, `[channels, image..]`, not yet divided by the weights; empty where there is
    /// no such group. Which channel is largest at a voxel can be told from them as well as from the means.
    #[must_use]
    pub fn sums(&self, group: usize) -> &[f32] {
        self.sums.get(group).map_or(&[], Vec::as_slice)
    }

    /// The weighted means, `[channels, image..]` for every group; 0 where no window was added.
    #[must_use]
    pub fn finish(self) -> Vec<Vec<f32>> {
        let Self {
            mut sums, totals, ..
        } = self;
        for sum in sums
            .iter_mut()
            .flat_map(|sum| sum.chunks_exact_mut(totals.len()))
        {
            for (value, &total) in sum.iter_mut().zip(&totals) {
                *value = if total > 0.0 { *value / total } else { 0.0 };
            }
        }
        sums
    }
}
