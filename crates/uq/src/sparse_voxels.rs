//! Voxels of runs counted through, with their neighbours: work on a region takes memory for its voxels alone.

use crate::Run;
use crate::components::RunIndex;
use crate::voxel_set::voxels_of;

/// The voxels of runs, counted from 0 in the order of planes, rows and columns.
#[derive(Debug)]
pub(crate) struct SparseVoxels {
    index: RunIndex,
    /// The number of every run's first voxel, and at the end the number of voxels.
    bases: Vec<usize>,
    /// The numbers of all voxels of the box around them, where that is small enough to be worth its memory.
    numbers: Option<BoxNumbers>,
}

/// The number of every voxel of a box; [`u32::MAX`] for those that are none of the runs'.
#[derive(Debug)]
struct BoxNumbers {
    first: [u32; 3],
    shape: [usize; 3],
    numbers: Vec<u32>,
}

/// Largest box whose voxels' numbers are kept: 64 MB.
const MAX_BOX: usize = 1 << 24;

impl BoxNumbers {
    /// Of the runs of one piece; none where the box is too large.
    fn new(runs: &[Run]) -> Option<Self> {
        let ends = |run: &Run| {
            (
                [run.plane, run.row, run.first],
                [run.plane, run.row, run.last],
            )
        };
        let (first, last) = runs.iter().map(ends).reduce(|(first, last), (low, high)| {
            let axes = [0, 1, 2];
            (
                axes.map(|axis| first[axis].min(low[axis])),
                axes.map(|axis| last[axis].max(high[axis])),
            )
        })?;
        let shape = [0, 1, 2].map(|axis| (last[axis] - first[axis]) as usize + 1);
        let volume = voxels_of(shape);
        if volume > MAX_BOX {
            return None;
        }
        let mut numbers = vec![u32::MAX; volume];
        let mut next = 0;
        for run in runs {
            let plane = (run.plane - first[0]) as usize;
            let row = (run.row - first[1]) as usize;
            let start = (plane * shape[1] + row) * shape[2] + (run.first - first[2]) as usize;
            for number in numbers.iter_mut().skip(start).take(run.voxels() as usize) {
                *number = next;
                next += 1;
            }
        }
        Some(Self {
            first,
            shape,
            numbers,
        })
    }

    fn get(&self, place: [u32; 3]) -> Option<usize> {
        let mut index = 0;
        for ((place, first), length) in place.into_iter().zip(self.first).zip(self.shape) {
            // Below the first one it wraps around, and is beyond the last one.
            let offset = place.wrapping_sub(first) as usize;
            if offset >= length {
                return None;
            }
            index = index * length + offset;
        }
        let number = self.numbers.get(index).copied()?;
        (number != u32::MAX).then_some(number as usize)
    }
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
            numbers: BoxNumbers::new(&runs),
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
    pub fn number_at(&self, place: [u32; 3]) -> Option<usize> {
        if let Some(numbers) = &self.numbers {
            return numbers.get(place);
        }
        let [plane, row, column] = place;
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
