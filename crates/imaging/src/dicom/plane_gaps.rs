//! How far apart the images of a stack lie, and which of them evenly.

use super::plane_image::Image;
use super::plane_order::{by_distance, most_at_one_position, position};
use super::vector::{Vector, length, zip};

/// Deviation from even spacing, as a part of the step, that is rounding.
pub(super) const EVEN: f64 = 0.01;
/// Deviation that a mean step may hide, if a note says so.
pub(super) const NEARLY_EVEN: f64 = 0.1;
/// Deviation in millimetres that positions written with one decimal have; it counts only below `ROUNDED_PART` of the step.
const ROUNDED: f64 = 0.1;
const ROUNDED_PART: f64 = 0.25;
/// Difference of two gaps, as a part of the smaller, that makes them equal.
const EQUAL_GAPS: f64 = 0.05;

/// The mean vector from plane to plane.
pub(super) fn step(ordered: &[Image<'_>]) -> Vector {
    match ordered {
        [first, .., last] => {
            let count = (ordered.len() - 1) as f64;
            zip(position(last), position(first), |last, first| {
                (last - first) / count
            })
        }
        _ => [0.0; 3],
    }
}

/// The largest distance of a position from where even steps would put it, as a part of the step.
pub(super) fn deviation(ordered: &[Image<'_>]) -> f64 {
    let Some(first) = ordered.first() else {
        return 0.0;
    };
    let step = step(ordered);
    let step_length = length(step);
    if ordered.len() < 3 || step_length == 0.0 {
        return 0.0;
    }
    ordered
        .iter()
        .enumerate()
        .map(|(index, image)| {
            let even = zip(position(first), step, |start, step| {
                start + index as f64 * step
            });
            length(zip(position(image), even, |found, even| found - even)) / step_length
        })
        .fold(0.0, f64::max)
}

pub(super) fn gaps(ordered: &[Image<'_>]) -> Vec<f64> {
    ordered
        .windows(2)
        .map(|pair| match pair {
            [a, b] => length(zip(position(b), position(a), |b, a| b - a)),
            _ => 0.0,
        })
        .collect()
}

pub(super) fn gap_range(ordered: &[Image<'_>]) -> (f64, f64) {
    let gaps = gaps(ordered);
    (
        gaps.iter().copied().fold(f64::INFINITY, f64::min),
        gaps.iter().copied().fold(0.0, f64::max),
    )
}

pub(super) fn is_nearly_even(ordered: &[Image<'_>], deviation: f64) -> bool {
    deviation <= NEARLY_EVEN
        || deviation <= ROUNDED_PART && deviation * length(step(ordered)) <= ROUNDED
}

/// Whether images of one direction, no two of them at one position, make one even stack.
pub(super) fn is_even(images: &[Image<'_>]) -> bool {
    let ordered: Vec<Image<'_>> = by_distance(images)
        .into_iter()
        .map(|(_, image)| image)
        .collect();
    most_at_one_position(images) == 1 && is_nearly_even(&ordered, deviation(&ordered))
}

/// The longest runs of equal gaps, in order.
pub(super) fn even_runs<'s>(ordered: &[Image<'s>]) -> Vec<Vec<Image<'s>>> {
    let gaps = gaps(ordered);
    let mut runs: Vec<Vec<Image<'s>>> = Vec::new();
    let mut run: Vec<Image<'s>> = Vec::new();
    let mut run_gap: Option<f64> = None;
    for (index, &image) in ordered.iter().enumerate() {
        let gap = index
            .checked_sub(1)
            .and_then(|index| gaps.get(index))
            .copied();
        let next_gap = gaps.get(index).copied();
        let continues = match (run_gap, gap) {
            _ if run.is_empty() => true,
            (Some(run_gap), Some(gap)) => (gap - run_gap).abs() <= EQUAL_GAPS * run_gap.min(gap),
            // The second image of a run: across a gap larger than the one that follows, it begins a run of its own.
            (None, Some(gap)) => next_gap.is_none_or(|next| gap <= next * (1.0 + EQUAL_GAPS)),
            (_, None) => true,
        };
        if continues {
            if !run.is_empty() {
                run_gap = run_gap.or(gap);
            }
        } else {
            runs.push(std::mem::take(&mut run));
            run_gap = None;
        }
        run.push(image);
    }
    runs.push(run);
    runs
}

/// Millimetres for a sentence.
pub(super) fn in_mm(length: f64) -> String {
    let rounded = (length * 1000.0).round() / 1000.0;
    format!("{rounded}")
}
