//! Order and geometry of images that have a place in the patient (PS3.3 section C.7.6.2.1).
//!
//! Planes are ordered along their normal, by Image Position (Patient) and nothing else: neither names, nor instance
//! numbers, nor Slice Location can be relied on. The step from plane to plane is that of the positions, not Slice
//! Thickness, and may lean (gantry tilt).
//!
//! Uneven steps: positions within 1 % of the step of where even ones would be count as even; within 10 %, or within what
//! positions written with one decimal err, the volume takes the mean step, and a note says by how much it errs; beyond,
//! the series falls apart into evenly spaced volumes at its gaps, each in its right place. A series that would fall into
//! crumbs is brought onto the finest regular grid, planes between its images interpolated, and a note says so; where
//! that would invent most of the volume, it is refused.

use super::plane_image::Image;
use super::scan::normal;
use crate::Error;
use crate::geometry::{Affine, Grid};

/// Positions closer than this, in millimetres along the normal, are the same.
const SAME_POSITION: f64 = 0.01;
/// Deviation from even spacing, as a part of the step, that is rounding.
const EVEN: f64 = 0.01;
/// Deviation that a mean step may hide, if a note says so.
const NEARLY_EVEN: f64 = 0.1;
/// Deviation in millimetres that positions written with one decimal have; it counts only below `ROUNDED_PART` of the step.
const ROUNDED: f64 = 0.1;
const ROUNDED_PART: f64 = 0.25;
/// Most planes of a regular grid for each image.
const MAX_PLANES_PER_IMAGE: usize = 2;
/// Difference of two gaps, as a part of the smaller, that makes them equal.
const EQUAL_GAPS: f64 = 0.05;

type Vector = [f64; 3];

/// Images in order, with their geometry.
pub(super) struct Placed<'s> {
    pub images: Vec<Image<'s>>,
    pub affine: Option<Affine>,
    pub normal: Option<Vector>,
    /// Between which two images each plane of a regular grid lies, and the second one's weight.
    pub resampling: Option<Vec<(usize, f64)>>,
    pub notes: Vec<String>,
}

fn dot(a: Vector, b: Vector) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn length(vector: Vector) -> f64 {
    dot(vector, vector).sqrt()
}

/// Applies a function to two vectors' components.
fn zip(a: Vector, b: Vector, mut with: impl FnMut(f64, f64) -> f64) -> Vector {
    let ([a0, a1, a2], [b0, b1, b2]) = (a, b);
    [with(a0, b0), with(a1, b1), with(a2, b2)]
}

fn common_normal(images: &[Image<'_>]) -> Option<Vector> {
    images
        .first()
        .and_then(|image| image.geometry().orientation)
        .map(|orientation| normal(&orientation))
}

fn position(image: &Image<'_>) -> Vector {
    image.geometry().position.unwrap_or_default()
}

/// Images with their distance along the normal, ascending; those at one position in the order given.
fn by_distance<'s>(images: &[Image<'s>]) -> Vec<(f64, Image<'s>)> {
    let normal = common_normal(images).unwrap_or_default();
    let mut sorted: Vec<(f64, Image<'s>)> = images
        .iter()
        .map(|image| (dot(position(image), normal), *image))
        .collect();
    sorted.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    sorted
}

/// For each image, in order of position: how many images before it share its position.
pub(super) fn repeat_indices<'s>(images: &[Image<'s>]) -> Vec<(usize, Image<'s>)> {
    let mut repeat_index = 0;
    let mut last: Option<f64> = None;
    by_distance(images)
        .into_iter()
        .map(|(distance, image)| {
            repeat_index = match last {
                Some(last) if distance - last < SAME_POSITION => repeat_index + 1,
                _ => 0,
            };
            last = Some(distance);
            (repeat_index, image)
        })
        .collect()
}

/// The largest number of images that share a position.
pub(super) fn most_at_one_position(images: &[Image<'_>]) -> usize {
    repeat_indices(images)
        .iter()
        .map(|(repeat_index, _)| repeat_index + 1)
        .max()
        .unwrap_or(0)
}

/// Orders images of one direction, no two of them at one position.
pub(super) fn place<'s>(images: &[Image<'s>]) -> Result<Vec<Placed<'s>>, Error> {
    let sorted = by_distance(images);
    let mut ordered: Vec<Image<'s>> = sorted.iter().map(|(_, image)| *image).collect();
    keep_the_order_of_frames(&mut ordered);
    let deviation = deviation(&ordered);
    if is_nearly_even(&ordered, deviation) {
        let mut notes = Vec::new();
        if deviation > EVEN {
            let (smallest, largest) = gap_range(&ordered);
            notes.push(format!(
                "The images lie {} to {} mm apart; their mean is used, so that some planes lie up to {} mm from where they were taken.",
                in_mm(smallest), in_mm(largest), in_mm(deviation * length(step(&ordered)))
            ));
        }
        return Ok(vec![finish(ordered, notes)]);
    }
    let runs = even_runs(&ordered);
    let (smallest, largest) = gap_range(&ordered);
    let is_crumbs = runs.len() > (ordered.len() / 8).max(2);
    if is_crumbs || runs.iter().any(|run| self::deviation(run) > NEARLY_EVEN) {
        if let Some(placed) = regular_grid(&ordered) {
            return Ok(vec![placed]);
        }
        return Err(Error::UnevenSpacing {
            smallest: in_mm(smallest),
            largest: in_mm(largest),
        });
    }
    let count = runs.len();
    Ok(runs
        .into_iter()
        .enumerate()
        .map(|(index, run)| {
            let note = format!(
                "The images lie {} to {} mm apart, as if some were missing; this is part {} of {count} that are evenly spaced.",
                in_mm(smallest), in_mm(largest), index + 1
            );
            finish(run, vec![note])
        })
        .collect())
}

fn is_nearly_even(ordered: &[Image<'_>], deviation: f64) -> bool {
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

/// Uneven images on the finest regular grid, if that takes not too many planes.
fn regular_grid<'s>(ordered: &[Image<'s>]) -> Option<Placed<'s>> {
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
    let mut placed = finish(ordered.to_vec(), vec![note]);
    // The affine's third column is the mean step between images; that between planes is shorter.
    let scale = (ordered.len() - 1) as f64 / steps;
    if let Some(affine) = &mut placed.affine {
        for row in affine.iter_mut().take(3) {
            let [_, _, along_planes, _] = row;
            *along_planes *= scale;
        }
    }
    placed.resampling = Some(resampling);
    Some(placed)
}

/// Frames of one file that already are in order, but against the normal, stay as they are.
fn keep_the_order_of_frames(ordered: &mut [Image<'_>]) {
    let is_reversed = ordered.len() > 1
        && ordered.windows(2).all(|pair| match pair {
            [a, b] => a.file.file == b.file.file && a.plane.frame > b.plane.frame,
            _ => false,
        });
    if is_reversed {
        ordered.reverse();
    }
}

/// The mean vector from plane to plane.
fn step(ordered: &[Image<'_>]) -> Vector {
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
fn deviation(ordered: &[Image<'_>]) -> f64 {
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

fn gaps(ordered: &[Image<'_>]) -> Vec<f64> {
    ordered
        .windows(2)
        .map(|pair| match pair {
            [a, b] => length(zip(position(b), position(a), |b, a| b - a)),
            _ => 0.0,
        })
        .collect()
}

fn gap_range(ordered: &[Image<'_>]) -> (f64, f64) {
    let gaps = gaps(ordered);
    (
        gaps.iter().copied().fold(f64::INFINITY, f64::min),
        gaps.iter().copied().fold(0.0, f64::max),
    )
}

/// The longest runs of equal gaps, in order.
fn even_runs<'s>(ordered: &[Image<'s>]) -> Vec<Vec<Image<'s>>> {
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
fn in_mm(length: f64) -> String {
    let rounded = (length * 1000.0).round() / 1000.0;
    format!("{rounded}")
}

/// The matrix from voxel (column, row, plane) to RAS+, or a note that says why there is none.
fn finish<'s>(images: Vec<Image<'s>>, mut notes: Vec<String>) -> Placed<'s> {
    let normal = common_normal(&images);
    let affine = match affine(&images, &mut notes) {
        Some(affine) => Some(affine),
        None => {
            notes.push(
                "The image's position or orientation in the patient cannot be used, so it has no geometry."
                    .to_owned(),
            );
            None
        }
    };
    Placed {
        images,
        affine,
        normal: normal.filter(|_| affine.is_some()),
        resampling: None,
        notes,
    }
}

/// A stack whose step is less along the normal leans (a quarter of a degree).
const LEANING_COSINE: f64 = 0.999_99;
/// Direction cosines that differ by more from exact ones are said to be rounded.
const ROUNDED_COSINE: f64 = 1e-3;

/// Two directions of unit length, the second at a right angle to the first.
fn at_right_angles([first, second]: [Vector; 2]) -> [Vector; 2] {
    let unit = |vector: Vector| {
        let length = length(vector);
        vector.map(|part| part / length)
    };
    let first = unit(first);
    let along = dot(first, second);
    let second = unit(zip(second, first, |second, first| second - along * first));
    [first, second]
}

fn affine(images: &[Image<'_>], notes: &mut Vec<String>) -> Option<Affine> {
    let first = images.first()?;
    let geometry = first.geometry();
    let ([along_row, along_column], [between_rows, between_columns]) =
        (geometry.orientation?, geometry.spacing?);
    let stated = [along_row, along_column];
    // Direction cosines as written have six digits or so.
    let is_unit = |vector: Vector| (length(vector) - 1.0).abs() < 1e-2;
    if !is_unit(along_row) || !is_unit(along_column) || dot(along_row, along_column).abs() > 1e-2 {
        return None;
    }
    let [along_row, along_column] = at_right_angles(stated);
    let is_rounded = stated
        .iter()
        .flatten()
        .zip([along_row, along_column].iter().flatten())
        .any(|(stated, exact)| (stated - exact).abs() > ROUNDED_COSINE);
    let [along_row, along_column] = if is_rounded {
        notes.push(
            "The directions of rows and columns are rounded; they were brought to unit length and a right angle."
                .to_owned(),
        );
        [along_row, along_column]
    } else {
        stated
    };
    let plane_step = if images.len() > 1 {
        let step = step(images);
        let normal = normal(&[along_row, along_column]);
        let along = dot(step, normal).abs() / length(step);
        if along < LEANING_COSINE {
            notes.push(format!(
                "The stack leans by {:.1} degrees, as with a tilted gantry; programs built on ITK do not open a mask of it saved as NIfTI, but do as NRRD.",
                along.acos().to_degrees()
            ));
        }
        step
    } else {
        let thickness = geometry.thickness.unwrap_or_else(|| {
            notes.push("The thickness of the image is not given; 1 mm is assumed.".to_owned());
            1.0
        });
        normal(&[along_row, along_column]).map(|part| part * thickness)
    };
    // LPS+ to RAS+.
    let row = |axis: usize, sign: f64| -> Option<[f64; 4]> {
        Some([
            sign * along_row.get(axis)? * between_columns,
            sign * along_column.get(axis)? * between_rows,
            sign * plane_step.get(axis)?,
            sign * position(first).get(axis)?,
        ])
    };
    let affine = [
        row(0, -1.0)?,
        row(1, -1.0)?,
        row(2, 1.0)?,
        [0.0, 0.0, 0.0, 1.0],
    ];
    // -0 would look odd wherever the matrix is shown.
    let affine = affine.map(|row| row.map(|value| value + 0.0));
    let rows_and_columns = first.file.pixel;
    let shape = [
        images.len(),
        rows_and_columns.rows,
        rows_and_columns.columns,
    ];
    Grid::new(shape, affine).is_ok().then_some(affine)
}
