//! How far a border could move inside a region.

use std::collections::VecDeque;

use crate::Run;
use crate::sparse_voxels::{FACES, NEIGHBOURS, SparseVoxels, stepped};
use crate::voxel_set::at;

/// The largest distance of a voxel of a region to the nearest voxel that is marked as another class, centre to centre, in
/// the unit of `spacing`; 0 where the region touches no other class.
pub(crate) fn max_shift(runs: &[Run], mask: &[u8], shape: [usize; 3], spacing: [f64; 3]) -> f64 {
    let class = |place: [u32; 3]| at(mask, index_of(place, shape));
    let voxels = SparseVoxels::new(runs.to_vec());
    let classes: Vec<u8> = voxels.places().map(class).collect();
    let is_source = |here: usize, _, there: [u32; 3]| class(there) != at(&classes, here);
    let sources = nearest_sources(&voxels, shape, spacing, is_source);
    largest_distance(&voxels, spacing, sources, |here, there| {
        at(&classes, here) != at(&classes, there)
    })
}

/// The largest distance of a voxel of a region to the nearest voxel outside it: half its thickness.
pub(crate) fn thickness(runs: &[Run], shape: [usize; 3], spacing: [f64; 3]) -> f64 {
    let voxels = SparseVoxels::new(runs.to_vec());
    let is_source = |_, inside: bool, _| !inside;
    let sources = nearest_sources(&voxels, shape, spacing, is_source);
    largest_distance(&voxels, spacing, sources, |_, _| false)
}

fn index_of([plane, row, column]: [u32; 3], [_, rows, columns]: [usize; 3]) -> usize {
    (plane as usize * rows + row as usize) * columns + column as usize
}

fn square(from: [u32; 3], to: [u32; 3], spacing: [f64; 3]) -> f64 {
    (0..3)
        .map(|axis| (f64::from(from[axis].abs_diff(to[axis])) * spacing[axis]).powi(2))
        .sum()
}

/// For every voxel the nearest source with which it shares a face, if it has one; `is_source(number of the voxel, whether the
/// other is in the region, place of the other)`.
fn nearest_sources(
    voxels: &SparseVoxels,
    shape: [usize; 3],
    spacing: [f64; 3],
    is_source: impl Fn(usize, bool, [u32; 3]) -> bool,
) -> Vec<Option<[u32; 3]>> {
    let offsets = voxels.offsets(&FACES);
    let of_voxel = |(number, place): (usize, [u32; 3])| {
        let others = FACES.iter().zip(offsets).filter_map(|(&step, offset)| {
            let other = stepped(place, step, shape)?;
            let inside = voxels.neighbour(number, offset).is_some();
            is_source(number, inside, other).then_some(other)
        });
        others.min_by(|&a, &b| square(place, a, spacing).total_cmp(&square(place, b, spacing)))
    };
    voxels.places().enumerate().map(of_voxel).collect()
}

/// The largest distance of voxels of the region to their nearest sources. These are handed on from neighbour to neighbour
/// (Danielsson, Computer Graphics and Image Processing 14, 1980), never between two voxels that are `apart`, in time that grows
/// with the region and not with the box around it.
fn largest_distance(
    voxels: &SparseVoxels,
    spacing: [f64; 3],
    mut nearest: Vec<Option<[u32; 3]>>,
    apart: impl Fn(usize, usize) -> bool,
) -> f64 {
    let places: Vec<[u32; 3]> = voxels.places().collect();
    let sourced = nearest.iter().enumerate();
    let mut waiting: VecDeque<usize> = sourced
        .filter(|(_, source)| source.is_some())
        .map(|(number, _)| number)
        .collect();
    let offsets = voxels.offsets(&NEIGHBOURS);
    while let Some(number) = waiting.pop_front() {
        let Some(source) = nearest.get(number).copied().flatten() else {
            continue;
        };
        for offset in offsets {
            let Some(neighbour) = voxels.neighbour(number, offset) else {
                continue;
            };
            if apart(number, neighbour) {
                continue;
            }
            let other = at(&places, neighbour);
            if let Some(known) = nearest.get_mut(neighbour)
                && known.is_none_or(|known| {
                    known != source
                        && square(other, source, spacing) < square(other, known, spacing)
                })
            {
                *known = Some(source);
                waiting.push_back(neighbour);
            }
        }
    }
    places
        .into_iter()
        .zip(nearest)
        .filter_map(|(place, source)| Some(square(place, source?, spacing)))
        .fold(0.0, f64::max)
        .sqrt()
}

#[cfg(test)]
mod tests {
    use super::{max_shift, thickness};
    use crate::Run;

    fn rows(from: u32, to: u32, first: u32, last: u32) -> Vec<Run> {
        let run = |row| Run {
            plane: 0,
            row,
            first,
            last,
        };
        (from..=to).map(run).collect()
    }

    #[test]
    fn a_border_moves_as_far_as_the_region_reaches() {
        // Marked on the left half of 6 x 10 pixels; in doubt from two columns inside to three outside.
        let shape = [1, 6, 10];
        let mask: Vec<u8> = (0..60).map(|index| u8::from(index % 10 < 5)).collect();
        let region = rows(0, 5, 3, 7);
        assert_eq!(max_shift(&region, &mask, shape, [1.0, 1.0, 0.5]), 1.5);
        assert_eq!(max_shift(&rows(0, 5, 3, 4), &mask, shape, [1.0; 3]), 2.0);
        // Nothing else is marked within reach.
        assert_eq!(max_shift(&rows(0, 5, 8, 9), &mask, shape, [1.0; 3]), 0.0);
    }

    #[test]
    fn around_a_corner_the_straight_way_counts() {
        // One marked pixel in the middle of 7 x 7, all in doubt: the corners are three rows and three columns away.
        let mut mask = [0; 49];
        mask[24] = 1;
        let found = max_shift(&rows(0, 6, 0, 6), &mask, [1, 7, 7], [1.0; 3]);
        assert!((found - 18.0_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_missed_object_is_half_as_thick_as_wide() {
        assert_eq!(thickness(&rows(2, 6, 2, 6), [1, 9, 9], [1.0; 3]), 3.0);
        assert_eq!(thickness(&rows(0, 1, 0, 1), [1, 2, 2], [1.0; 3]), 0.0);
    }
}
