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
//! that would invent most of the volume, it is refused. Whoever opens the series can ask for the other way: the regular
//! grid instead of the parts, or the largest even part instead of the grid.

use super::plane_affine::affine;
use super::plane_gaps::{
    EVEN, NEARLY_EVEN, deviation, even_runs, gap_range, in_mm, is_nearly_even, step,
};
use super::plane_image::Image;
use super::plane_order::{by_distance, common_normal, keep_the_order_of_frames};
use super::regular_grid::regular_grid;
use super::vector::{Vector, length};
use crate::Error;
use crate::geometry::Affine;
use crate::uneven_spacing::UnevenSpacing;

/// Images in order, with their geometry.
#[derive(Clone)]
pub(super) struct PlacedImages<'s> {
    pub images: Vec<Image<'s>>,
    pub affine: Option<Affine>,
    pub normal: Option<Vector>,
    /// Between which two images each plane of a regular grid lies, and the second one's weight.
    pub resampling: Option<Vec<(usize, f64)>>,
    /// How uneven images became a volume; `None` for even ones.
    pub spacing: Option<UnevenSpacing>,
    /// The same images the other way, where that can be done.
    pub alternative: Option<Box<PlacedImages<'s>>>,
    pub notes: Vec<String>,
}

/// Orders images of one direction, no two of them at one position.
pub(super) fn place<'s>(images: &[Image<'s>]) -> Result<Vec<PlacedImages<'s>>, Error> {
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
    let on_grid = on_regular_grid(&ordered);
    let (smallest, largest) = gap_range(&ordered);
    let is_crumbs = runs.len() > (ordered.len() / 8).max(2);
    if is_crumbs || runs.iter().any(|run| self::deviation(run) > NEARLY_EVEN) {
        let Some(mut on_grid) = on_grid else {
            return Err(Error::UnevenSpacing {
                smallest: in_mm(smallest),
                largest: in_mm(largest),
            });
        };
        on_grid.alternative = largest_part(&ordered, runs).map(Box::new);
        return Ok(vec![on_grid]);
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
            PlacedImages {
                spacing: Some(UnevenSpacing::LargestPart),
                alternative: on_grid.clone().map(Box::new),
                ..finish(run, vec![note])
            }
        })
        .collect())
}

/// Uneven images on the finest regular grid, if that takes not too many planes.
fn on_regular_grid<'s>(ordered: &[Image<'s>]) -> Option<PlacedImages<'s>> {
    let grid = regular_grid(ordered)?;
    let mut placed = finish(ordered.to_vec(), vec![grid.note]);
    if let Some(affine) = &mut placed.affine {
        for row in affine.iter_mut().take(3) {
            let [_, _, along_planes, _] = row;
            *along_planes *= grid.scale;
        }
    }
    placed.resampling = Some(grid.resampling);
    placed.spacing = Some(UnevenSpacing::RegularGrid);
    Some(placed)
}

/// The longest evenly spaced part of uneven images, the first where several are as long.
fn largest_part<'s>(ordered: &[Image<'s>], runs: Vec<Vec<Image<'s>>>) -> Option<PlacedImages<'s>> {
    let largest = runs
        .into_iter()
        .filter(|run| run.len() > 1 && deviation(run) <= NEARLY_EVEN)
        .reduce(|first, other| {
            if other.len() > first.len() {
                other
            } else {
                first
            }
        })?;
    let (smallest, widest) = gap_range(ordered);
    let note = format!(
        "The images lie {} to {} mm apart; these are the {} of {} that make the largest evenly spaced part, the others are left out.",
        in_mm(smallest),
        in_mm(widest),
        largest.len(),
        ordered.len()
    );
    Some(PlacedImages {
        spacing: Some(UnevenSpacing::LargestPart),
        ..finish(largest, vec![note])
    })
}

/// The matrix from voxel (column, row, plane) to RAS+, or a note that says why there is none.
fn finish<'s>(images: Vec<Image<'s>>, mut notes: Vec<String>) -> PlacedImages<'s> {
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
    PlacedImages {
        images,
        affine,
        normal: normal.filter(|_| affine.is_some()),
        resampling: None,
        spacing: None,
        alternative: None,
        notes,
    }
}
