//! Splitting a piece of voxels where it is thin.

use std::collections::VecDeque;

use crate::Run;
use crate::components::UnionFind;
use crate::sparse_voxels::{FACES, NEIGHBOURS, Offsets, SparseVoxels, stepped};
use crate::voxel_set::at;

/// Not reached yet.
const NONE: u32 = u32::MAX;

/// The parts of a connected piece: two of its thick places belong together unless everything between them is thinner than
/// `neck` times the thinner of both, 0 to 1. With 0 nothing is split.
///
/// Thickness is a voxel's depth, the number of steps across faces to leave the piece; the image's edge is no way out. The
/// parts are the basins of a watershed on the depth, flooded from the deepest places outwards (Meyer, Signal Processing 38,
/// 1994), merged on the way where they meet deep enough. Linear in the voxels.
pub(crate) fn split_at_necks(piece: Vec<Run>, neck: f64, shape: [usize; 3]) -> Vec<Vec<Run>> {
    if neck <= 0.0 {
        return vec![piece];
    }
    let voxels = SparseVoxels::new(piece.clone());
    let places: Vec<[u32; 3]> = voxels.places().collect();
    let depths = depths(&voxels, &places, shape);
    // At a neck the depth is 1 at least, so peaks that are no deeper have none.
    if depths.iter().all(|&depth| f64::from(depth) * neck <= 1.0) {
        return vec![piece];
    }
    let mut flood = Flood {
        voxels: &voxels,
        places: &places,
        depths: &depths,
        faces: voxels.offsets(&FACES),
        around: voxels.offsets(&NEIGHBOURS),
        neck,
        labels: vec![NONE; places.len()],
        basins: UnionFind::new(0),
        peaks: Vec::new(),
    };
    for level in levels(&depths) {
        flood.level(&level);
    }
    flood.parts()
}

/// Steps across faces from every voxel to the nearest one of the image outside the piece; 0 where there is none.
fn depths(voxels: &SparseVoxels, places: &[[u32; 3]], shape: [usize; 3]) -> Vec<u32> {
    let mut depths = vec![0; places.len()];
    let mut waiting = VecDeque::new();
    let offsets = voxels.offsets(&FACES);
    for (number, &place) in places.iter().enumerate() {
        let is_border = FACES.iter().zip(offsets).any(|(&step, offset)| {
            voxels.neighbour(number, offset).is_none() && stepped(place, step, shape).is_some()
        });
        if let Some(depth) = depths.get_mut(number).filter(|_| is_border) {
            *depth = 1;
            waiting.push_back(number);
        }
    }
    while let Some(number) = waiting.pop_front() {
        let next = at(&depths, number) + 1;
        for offset in offsets {
            let Some(neighbour) = voxels.neighbour(number, offset) else {
                continue;
            };
            if let Some(depth) = depths.get_mut(neighbour).filter(|depth| **depth == 0) {
                *depth = next;
                waiting.push_back(neighbour);
            }
        }
    }
    depths
}

/// The voxels of every depth in their order, the deepest first.
fn levels(depths: &[u32]) -> Vec<Vec<u32>> {
    let deepest = depths.iter().copied().max().unwrap_or(0);
    let mut levels = vec![Vec::new(); deepest as usize + 1];
    for (number, &depth) in depths.iter().enumerate() {
        if let Some(level) = levels.get_mut((deepest - depth) as usize) {
            // Run lists count voxels in 32 bits as well.
            level.push(number as u32);
        }
    }
    levels
}

struct Flood<'a> {
    voxels: &'a SparseVoxels,
    places: &'a [[u32; 3]],
    depths: &'a [u32],
    faces: Offsets<6>,
    around: Offsets<26>,
    neck: f64,
    /// The basin of every voxel.
    labels: Vec<u32>,
    basins: UnionFind,
    /// The largest depth of every basin, kept at the one that stands for it.
    peaks: Vec<u32>,
}

impl Flood<'_> {
    /// Floods the voxels of one depth: first outwards from basins that are there, then from new ones.
    fn level(&mut self, level: &[u32]) {
        let mut waiting = VecDeque::new();
        for &number in level {
            if let Some(label) = self.labelled_neighbour(number) {
                waiting.push_back((number, label));
            }
        }
        self.spread(waiting);
        for &number in level {
            if at_label(&self.labels, number) == NONE {
                let label = self.basins.add() as u32;
                self.peaks.push(at(self.depths, number as usize));
                self.spread(VecDeque::from([(number, label)]));
            }
        }
    }

    /// The basin of a neighbour across a face. One that is only reached across an edge or a corner is met later.
    fn labelled_neighbour(&self, number: u32) -> Option<u32> {
        self.faces
            .iter()
            .filter_map(|&offset| self.voxels.neighbour(number as usize, offset))
            .map(|neighbour| at_label(&self.labels, neighbour as u32))
            .find(|&label| label != NONE)
    }

    /// Hands basins on among voxels of the same depth, nearest first, and merges those that meet.
    fn spread(&mut self, mut waiting: VecDeque<(u32, u32)>) {
        let mut met = Vec::new();
        while let Some((number, label)) = waiting.pop_front() {
            match self.labels.get_mut(number as usize) {
                Some(entry) if *entry == NONE => *entry = label,
                _ => continue,
            }
            let depth = at(self.depths, number as usize);
            for offset in self.around {
                let Some(neighbour) = self.voxels.neighbour(number as usize, offset) else {
                    continue;
                };
                let neighbour = neighbour as u32;
                match at_label(&self.labels, neighbour) {
                    NONE if at(self.depths, neighbour as usize) == depth => {
                        waiting.push_back((neighbour, label));
                    }
                    NONE => {}
                    other if other == label => {}
                    other => met.push(other),
                }
            }
            for other in met.drain(..) {
                self.meet(label, other, depth);
            }
        }
    }

    /// Merges two basins that meet at a depth, unless it is a neck.
    fn meet(&mut self, first: u32, second: u32, depth: u32) {
        let (first, second) = (
            self.basins.find(first as usize),
            self.basins.find(second as usize),
        );
        if first == second {
            return;
        }
        let peaks = [first, second].map(|basin| at(&self.peaks, basin));
        let lower = peaks.into_iter().min().unwrap_or(0);
        if f64::from(depth) >= self.neck * f64::from(lower) {
            self.basins.join(first, second);
            let joined = self.basins.find(first);
            if let Some(peak) = self.peaks.get_mut(joined) {
                *peak = peaks.into_iter().max().unwrap_or(0);
            }
        }
    }

    /// The runs of every basin, in the order of their first voxels.
    fn parts(mut self) -> Vec<Vec<Run>> {
        let mut numbers = vec![NONE; self.peaks.len()];
        let mut parts: Vec<Vec<Run>> = Vec::new();
        for (&[plane, row, column], &label) in self.places.iter().zip(&self.labels) {
            let Some(number) = numbers.get_mut(self.basins.find(label as usize)) else {
                continue;
            };
            if *number == NONE {
                *number = parts.len() as u32;
                parts.push(Vec::new());
            }
            let Some(part) = parts.get_mut(*number as usize) else {
                continue;
            };
            match part.last_mut() {
                Some(run) if (run.plane, run.row, run.last + 1) == (plane, row, column) => {
                    run.last = column;
                }
                _ => part.push(Run {
                    plane,
                    row,
                    first: column,
                    last: column,
                }),
            }
        }
        parts
    }
}

fn at_label(labels: &[u32], number: u32) -> u32 {
    labels.get(number as usize).copied().unwrap_or(NONE)
}

#[cfg(test)]
mod tests {
    use super::split_at_necks;
    use crate::Run;

    /// Two squares of 5 x 5 joined by a bar of some thickness and 6 columns.
    fn dumbbell(thickness: u32) -> Vec<Run> {
        let middle = 2 - thickness / 2..2 - thickness / 2 + thickness;
        (0..5)
            .flat_map(|row| {
                let run = |first, last| Run {
                    plane: 0,
                    row,
                    first,
                    last,
                };
                if middle.contains(&row) {
                    vec![run(0, 15)]
                } else {
                    vec![run(0, 4), run(11, 15)]
                }
            })
            .collect()
    }

    #[test]
    fn a_thin_bar_is_a_neck_and_a_thick_one_is_not() {
        let around = [1, 9, 20];
        let within = |thickness| -> Vec<Run> {
            let moved = |run: Run| Run {
                row: run.row + 2,
                first: run.first + 2,
                last: run.last + 2,
                ..run
            };
            dumbbell(thickness).into_iter().map(moved).collect()
        };
        let moved = within(1);
        let parts = split_at_necks(moved.clone(), 0.6, around);
        assert_eq!(parts.len(), 2);
        let voxels = |part: &[Run]| part.iter().map(Run::voxels).sum::<u64>();
        // The bar's six voxels are shared out, three to each side.
        assert_eq!(
            parts.iter().map(|part| voxels(part)).collect::<Vec<_>>(),
            [28, 28]
        );
        assert_eq!(split_at_necks(moved.clone(), 0.0, around), [moved]);
        assert_eq!(split_at_necks(within(3), 0.6, around).len(), 1);
        // Three rows are a neck between places of five when the least narrowing is.
        assert_eq!(split_at_necks(within(3), 1.0, around).len(), 2);
        // Where the image ends at the piece there is no way out, so that nothing is thin.
        assert_eq!(split_at_necks(dumbbell(5), 1.0, [1, 5, 16]).len(), 1);
    }

    #[test]
    fn an_even_ring_has_no_neck() {
        let ring: Vec<Run> = (0..9)
            .flat_map(|row| {
                let run = |first, last| Run {
                    plane: 0,
                    row: row + 1,
                    first,
                    last,
                };
                if (3..6).contains(&row) {
                    vec![run(1, 3), run(7, 9)]
                } else {
                    vec![run(1, 9)]
                }
            })
            .collect();
        assert_eq!(split_at_necks(ring, 0.6, [1, 11, 11]).len(), 1);
    }
}
