//! Connected areas, found row by row from a place on.

use uq::VoxelSet;

use crate::plane::run;

/// The voxels that can be reached from `seeds` (plane, row, column) across faces along the axes allowed, without leaving
/// what is `inside`, which is asked with indices of an array `[planes, rows, columns]`.
///
/// Whole runs of a row are taken at once (Smith, SIGGRAPH 1979), so that the cost is a few questions for every voxel found.
pub fn flood(
    shape: [usize; 3],
    seeds: &[[usize; 3]],
    axes: [bool; 3],
    inside: impl Fn(usize) -> bool,
) -> VoxelSet {
    let [planes, rows, columns] = shape;
    let mut found = VoxelSet::empty(shape);
    let open = |found: &VoxelSet, [plane, row, column]: [usize; 3]| {
        inside((plane * rows + row) * columns + column) && !found.contains([plane, row, column])
    };
    let mut waiting: Vec<[usize; 3]> = seeds
        .iter()
        .copied()
        .filter(|[plane, row, column]| *plane < planes && *row < rows && *column < columns)
        .collect();
    while let Some([plane, row, column]) = waiting.pop() {
        if !open(&found, [plane, row, column]) {
            continue;
        }
        let (mut first, mut last) = (column, column);
        if axes[2] {
            while first > 0 && open(&found, [plane, row, first - 1]) {
                first -= 1;
            }
            while last + 1 < columns && open(&found, [plane, row, last + 1]) {
                last += 1;
            }
        }
        found.insert_runs(&[run([plane, row], first, last)]);
        let beside = [
            (axes[0] && plane > 0).then(|| [plane - 1, row]),
            (axes[0] && plane + 1 < planes).then(|| [plane + 1, row]),
            (axes[1] && row > 0).then(|| [plane, row - 1]),
            (axes[1] && row + 1 < rows).then(|| [plane, row + 1]),
        ];
        for [plane, row] in beside.into_iter().flatten() {
            let mut before = false;
            for column in first..=last {
                let here = open(&found, [plane, row, column]);
                // The first of every run is enough: the others are found from it, where columns may be walked.
                if here && !(before && axes[2]) {
                    waiting.push([plane, row, column]);
                }
                before = here;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::flood;

    const SHAPE: [usize; 3] = [3, 5, 6];

    fn one_by_one(inside: &[bool], seed: [usize; 3], axes: [bool; 3]) -> BTreeSet<[usize; 3]> {
        let index = |[plane, row, column]: [usize; 3]| (plane * 5 + row) * 6 + column;
        let mut found = BTreeSet::new();
        let mut waiting = vec![seed];
        while let Some(place) = waiting.pop() {
            if !inside[index(place)] || !found.insert(place) {
                continue;
            }
            for axis in [0, 1, 2].into_iter().filter(|&axis| axes[axis]) {
                for step in [-1_isize, 1] {
                    let mut next = place;
                    let at = place[axis] as isize + step;
                    if (0..SHAPE[axis] as isize).contains(&at) {
                        next[axis] = at as usize;
                        waiting.push(next);
                    }
                }
            }
        }
        found
    }

    proptest! {
        #[test]
        fn a_flood_reaches_what_steps_reach(
            inside in prop::collection::vec(prop::bool::weighted(0.6), 90),
            seed in (0..3_usize, 0..5_usize, 0..6_usize),
            axes in prop::array::uniform3(any::<bool>()),
        ) {
            let seed = [seed.0, seed.1, seed.2];
            let found = flood(SHAPE, &[seed], axes, |index| inside[index]);
            let expected = one_by_one(&inside, seed, axes);
            prop_assert_eq!(found.count() as usize, expected.len());
            prop_assert!(expected.iter().all(|&place| found.contains(place)));
        }
    }

    #[test]
    fn seeds_outside_reach_nothing() {
        assert!(flood(SHAPE, &[[3, 0, 0], [0, 5, 0]], [true; 3], |_| true).is_empty());
        assert_eq!(flood(SHAPE, &[[0; 3]], [true; 3], |_| true).count(), 90);
    }
}
