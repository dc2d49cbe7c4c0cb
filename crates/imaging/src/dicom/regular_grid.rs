//! The finest regular grid of uneven images.

use super::plane_gaps::{NEARLY_EVEN, gap_range, gaps, in_mm};
use super::plane_image::Image;

/// Most planes of a regular grid for each image.
const MAX_PLANES_PER_IMAGE: usize = 2;

/// Planes at equal distances, made from images that are not.
pub(super) struct RegularGrid {
    /// Between which two images each plane lies, by the first one's place, and the second one's weight.
    pub(super) resampling: Vec<(usize, f64)>,
    /// The step from plane to plane as a part of the mean step from image to image.
    pub(super) scale: f64,
    /// What was done, as a sentence.
    pub(super) note: String,
}

/// Uneven images on the finest regular grid, if that takes not too many planes.
pub(super) fn regular_grid(ordered: &[Image<'_>]) -> Option<RegularGrid> {
    let (smallest, largest) = gap_range(ordered);
    let gaps = gaps(ordered);
    let total: f64 = gaps.iter().sum();
    let counts: Vec<f64> = gaps.iter().map(|gap| (gap / smallest).round()).collect();
    let are_multiples = gaps
        .iter()
        .zip(&counts)
        .all(|(gap, count)| (gap / smallest - count).abs() <= NEARLY_EVEN * count);
    let steps = if are_multiples {
        counts.iter().sum()
    } else {
        (total / smallest).round()
    };
    let is_sane = steps >= 2.0 && steps < (MAX_PLANES_PER_IMAGE * ordered.len()) as f64;
    if !is_sane {
        return None;
    }
    let planes = steps as usize + 1;
    let spacing = total / steps;
    let mut resampling = Vec::with_capacity(planes);
    let mut interpolated = 0;
    let (mut image, mut before) = (0, 0.0);
    for plane in 0..planes {
        let place = plane as f64 * spacing;
        while let Some(gap) = gaps.get(image).filter(|&gap| before + gap <= place) {
            before += gap;
            image += 1;
        }
        let weight = gaps.get(image).map_or(0.0, |gap| (place - before) / gap);
        // Images that lie nearly there are taken as they are.
        let off = gaps
            .get(image)
            .map_or(0.0, |gap| weight.min(1.0 - weight) * gap);
        let weight = if off <= NEARLY_EVEN * spacing {
            weight.round()
        } else {
            weight
        };
        interpolated += usize::from(weight.fract() != 0.0);
        resampling.push((image, weight));
    }
    let note = format!(
        "The images lie {} to {} mm apart{}; the volume has a plane every {} mm, {interpolated} of {planes} interpolated.",
        in_mm(smallest),
        in_mm(largest),
        if are_multiples {
            ", as if some were missing"
        } else {
            ""
        },
        in_mm(spacing),
    );
    Some(RegularGrid {
        resampling,
        // The affine's third column is the mean step between images; that between planes is shorter.
        scale: (ordered.len() - 1) as f64 / steps,
        note,
    })
}
