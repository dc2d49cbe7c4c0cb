//! Voxels of runs counted through, with their neighbours: work on a region takes memory for its voxels alone.

use crate::Run;
use crate::components::RunIndex;

/// The voxels of runs, counted from 0 in the order of planes, rows and columns.
#[derive(Debug)]
pub(crate) struct SparseVoxels {
    index: RunIndex,
    /// The number of every run's first voxel, and at the end the number of voxels.
    bases: Vec<usize>,
}

/// Steps to neighbours across faces, along planes, rows and columns.
pub(crate) const FACES: [[i32; 3]; 6] = [
    [-1, 0, 0],
    [0, -1, 0],
    [0, 0, -1],
    [0, 0, 1],
    [0, 1, 0],
    [1, 0, 0],
];

/// Steps to neighbours across faces, edges and corners, nearest first.
pub(crate) const NEIGHBOURS: [[i32; 3]; 26] = neighbours();

const fn neighbours() -> [[i32; 3]; 26] {
    let mut steps = [[0; 3]; 26];
    let mut number = 0;
    // Across faces one place changes, across edges two, across corners three.
    let mut changed = 1;
    while changed < 4 {
        let mut place = 0;
        while place < 27 {
            let step = [place / 9 - 1, place / 3 % 3 - 1, place % 3 - 1];
            if step[0] * step[0] + step[1] * step[1] + step[2] * step[2] == changed {
                steps[number] = step;
                number += 1;
            }
            place += 1;
        }
        changed += 1;
    }
    steps
}

impl SparseVoxels {
    /// Of runs in the order of planes, rows and columns that do not overlap.
    pub fn new(runs: Vec<Run>) -> Self {
        let mut bases = Vec::with_capacity(runs.len() + 1);
        let mut base = 0;
        for run in &runs {
            bases.push(base);
            base += run.voxels() as usize;
        }
        bases.push(base);
        Self {
            index: RunIndex::new(runs),
            bases,
        }
    }

    /// Number of voxels.
    pub fn len(&self) -> usize {
        self.bases.last().copied().unwrap_or(0)
    }

    /// Plane, row and column of every voxel.
    pub fn places(&self) -> impl Iterator<Item = [u32; 3]> {
        self.index.runs().iter().flat_map(|run| {
            let Run { plane, row, .. } = *run;
            (run.first..=run.last).map(move |column| [plane, row, column])
        })
    }

    /// The number of the voxel at a place, if it is one of them.
    pub fn number_at(&self, [plane, row, column]: [u32; 3]) -> Option<usize> {
        let run = self.index.run_at(plane, row, column)?;
        let first = self.index.runs().get(run)?.first;
        Some(self.bases.get(run)? + (column - first) as usize)
    }
}

/// The place a step away, if it lies in an image of this shape.
pub(crate) fn stepped(place: [u32; 3], step: [i32; 3], shape: [usize; 3]) -> Option<[u32; 3]> {
    let mut moved = place;
    for axis in 0..3 {
        moved[axis] = place[axis]
            .checked_add_signed(step[axis])
            .filter(|&there| (there as usize) < shape[axis])?;
    }
    Some(moved)
}
