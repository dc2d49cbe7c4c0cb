//! Voxels of runs counted through, with their neighbours: work on a region takes memory for its voxels, and a bit and a half
//! for every voxel of the box around them.

use crate::Run;

const BITS: usize = u64::BITS as usize;

/// The voxels of runs, counted from 0 in the order of planes, rows and columns.
///
/// A box around them, one voxel larger on every side, holds a bit for each of its voxels, so that a neighbour is found by
/// its distance in bits; how many voxels come before a word of bits gives its number (rank; Jacobson, FOCS 1989).
#[derive(Debug)]
pub(crate) struct SparseVoxels {
    runs: Vec<Run>,
    /// Place of every voxel in the box.
    positions: Vec<usize>,
    words: Vec<u64>,
    /// Voxels before every word.
    ranks: Vec<u32>,
    /// Bits from a row of the box to the next,
    row: usize,
    /// and from a plane to the next.
    plane: usize,
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

/// Distances to neighbours in a box, in bits.
pub(crate) type Offsets<const STEPS: usize> = [isize; STEPS];

impl SparseVoxels {
    /// Of runs in the order of planes, rows and columns that do not overlap.
    pub fn new(runs: Vec<Run>) -> Self {
        let ends = |run: &Run| {
            (
                [run.plane, run.row, run.first],
                [run.plane, run.row, run.last],
            )
        };
        let bounds = runs.iter().map(ends).reduce(|(first, last), (low, high)| {
            let axes = [0, 1, 2];
            (
                axes.map(|axis| first[axis].min(low[axis])),
                axes.map(|axis| last[axis].max(high[axis])),
            )
        });
        let (first, last) = bounds.unwrap_or_default();
        let [planes, rows, columns] = [0, 1, 2].map(|axis| (last[axis] - first[axis]) as usize + 3);
        let row = columns.next_multiple_of(BITS);
        let plane = rows * row;
        let mut words = vec![0_u64; planes * plane / BITS];
        let voxels = runs.iter().map(Run::voxels).sum::<u64>() as usize;
        let mut positions = Vec::with_capacity(voxels);
        for run in &runs {
            let line =
                (run.plane - first[0]) as usize * plane + (run.row - first[1]) as usize * row;
            let start = line + plane + row + 1;
            for column in run.first - first[2]..=run.last - first[2] {
                let position = start + column as usize;
                if let Some(word) = words.get_mut(position / BITS) {
                    *word |= 1 << (position % BITS);
                }
                positions.push(position);
            }
        }
        let mut before = 0;
        let ranks = words.iter().map(|word| {
            let rank = before;
            before += word.count_ones();
            rank
        });
        let ranks = ranks.collect();
        Self {
            runs,
            positions,
            words,
            ranks,
            row,
            plane,
        }
    }

    /// Plane, row and column of every voxel.
    pub fn places(&self) -> impl Iterator<Item = [u32; 3]> {
        self.runs.iter().flat_map(|run| {
            let Run { plane, row, .. } = *run;
            (run.first..=run.last).map(move |column| [plane, row, column])
        })
    }

    /// Distances in bits for steps.
    pub fn offsets<const STEPS: usize>(&self, steps: &[[i32; 3]; STEPS]) -> Offsets<STEPS> {
        let [row, plane] = [self.row, self.plane].map(|bits| bits as isize);
        steps.map(|[planes, rows, columns]| {
            planes as isize * plane + rows as isize * row + columns as isize
        })
    }

    /// The number of a voxel's neighbour, if that is one of them; `offset` is one of [`SparseVoxels::offsets`].
    pub fn neighbour(&self, number: usize, offset: isize) -> Option<usize> {
        let position = self.positions.get(number)?.checked_add_signed(offset)?;
        let word = *self.words.get(position / BITS)?;
        let bit = position % BITS;
        if word >> bit & 1 == 0 {
            return None;
        }
        let before = (word & ((1 << bit) - 1)).count_ones();
        Some((self.ranks.get(position / BITS)? + before) as usize)
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

#[cfg(test)]
mod tests {
    use super::{NEIGHBOURS, SparseVoxels, stepped};
    use crate::Run;

    #[test]
    fn neighbours_are_those_of_the_places() {
        // Rows of every length around a word, with gaps, at the edges of the image and beyond them.
        let runs: Vec<Run> = (0..3)
            .flat_map(|plane| (0..7).map(move |row| (plane, row)))
            .filter(|(plane, row)| (plane + row) % 4 != 3)
            .flat_map(|(plane, row)| {
                let run = |first, last| Run {
                    plane,
                    row,
                    first,
                    last,
                };
                [run(row, row + 2), run(row + 5, 60 + 2 * row), run(80, 129)]
            })
            .collect();
        let voxels = SparseVoxels::new(runs);
        let places: Vec<[u32; 3]> = voxels.places().collect();
        let offsets = voxels.offsets(&NEIGHBOURS);
        for (number, &place) in places.iter().enumerate() {
            for (&step, &offset) in NEIGHBOURS.iter().zip(&offsets) {
                let there = stepped(place, step, [3, 7, 130]);
                let wanted = there.and_then(|there| places.binary_search(&there).ok());
                assert_eq!(
                    voxels.neighbour(number, offset),
                    wanted,
                    "{place:?} {step:?}"
                );
            }
        }
        assert_eq!(SparseVoxels::new(Vec::new()).places().count(), 0);
    }
}
