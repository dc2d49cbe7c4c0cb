//! Connected pieces of sets of voxels, found run by run: memory and time grow with the runs, not with the image.

use crate::Run;

/// Runs in the order of planes, rows and columns, with an index of their rows.
#[derive(Debug)]
pub(crate) struct RunIndex {
    runs: Vec<Run>,
    first_plane: u32,
    planes: u32,
    first_row: u32,
    rows: u32,
    /// Where the runs of every row begin, from the first row of the first plane on, and where the last one's end.
    starts: Vec<u32>,
}

impl RunIndex {
    /// Of runs in the order of planes, rows and columns that do not overlap.
    pub fn new(runs: Vec<Run>) -> Self {
        let bounds = |of: fn(&Run) -> u32| {
            let first = runs.iter().map(of).min().unwrap_or(0);
            let last = runs.iter().map(of).max().unwrap_or(0);
            (first, last - first + 1)
        };
        let (first_plane, planes) = bounds(|run| run.plane);
        let (first_row, rows) = bounds(|run| run.row);
        let mut starts = Vec::with_capacity((planes as usize) * rows as usize + 1);
        let mut next = 0;
        for plane in first_plane..first_plane + planes {
            for row in first_row..first_row + rows {
                starts.push(next as u32);
                while runs
                    .get(next)
                    .is_some_and(|run| (run.plane, run.row) == (plane, row))
                {
                    next += 1;
                }
            }
        }
        starts.push(next as u32);
        Self {
            runs,
            first_plane,
            planes,
            first_row,
            rows,
            starts,
        }
    }

    /// The numbers of the runs of a row.
    pub fn row(&self, plane: u32, row: u32) -> std::ops::Range<usize> {
        let place = plane
            .checked_sub(self.first_plane)
            .zip(row.checked_sub(self.first_row))
            .filter(|&(plane, row)| plane < self.planes && row < self.rows)
            .map(|(plane, row)| plane as usize * self.rows as usize + row as usize);
        let start = |place: usize| self.starts.get(place).map(|&start| start as usize);
        place
            .and_then(|place| Some(start(place)?..start(place + 1)?))
            .unwrap_or(0..0)
    }

    /// The numbers of the runs that hold a voxel of `run` or touch one across a face, an edge or a corner.
    pub fn touching(&self, run: &Run) -> impl Iterator<Item = usize> {
        let Run { first, last, .. } = *run;
        let around = |place: u32| place.saturating_sub(1)..=place.saturating_add(1);
        let rows = around(run.row);
        around(run.plane)
            .flat_map(move |plane| rows.clone().map(move |row| (plane, row)))
            .flat_map(move |(plane, row)| {
                let range = self.row(plane, row);
                let runs = self.runs.get(range.clone()).unwrap_or_default();
                let before = runs.partition_point(|other| other.last.saturating_add(1) < first);
                let touching = runs
                    .iter()
                    .skip(before)
                    .take_while(move |other| other.first <= last.saturating_add(1));
                (range.start + before..)
                    .zip(touching)
                    .map(|(number, _)| number)
            })
    }
}

/// Sets that are joined bit by bit (Tarjan, Journal of the ACM 22, 1975); the smallest member stands for its set.
#[derive(Debug)]
pub(crate) struct UnionFind {
    parents: Vec<u32>,
}

impl UnionFind {
    /// Sets of one member each.
    pub fn new(count: usize) -> Self {
        Self {
            parents: (0..count as u32).collect(),
        }
    }

    /// Adds a set of one new member, and says which.
    pub fn add(&mut self) -> usize {
        self.parents.push(self.parents.len() as u32);
        self.parents.len() - 1
    }

    /// The member that stands for the set of a member.
    pub fn find(&mut self, member: usize) -> usize {
        let mut here = member;
        while let Some(&parent) = self.parents.get(here)
            && parent as usize != here
        {
            // Path halving.
            let above = self.parents.get(parent as usize).copied().unwrap_or(parent);
            if let Some(entry) = self.parents.get_mut(here) {
                *entry = above;
            }
            here = above as usize;
        }
        here
    }

    /// Makes one set of two.
    pub fn join(&mut self, first: usize, second: usize) {
        let (first, second) = (self.find(first), self.find(second));
        if let Some(parent) = self.parents.get_mut(first.max(second)) {
            *parent = first.min(second) as u32;
        }
    }
}

/// The connected pieces of voxels that are given as runs, in the order of planes, rows and columns and without overlap.
/// Voxels touch across faces, edges and corners. Pieces come in the order of their first runs.
#[must_use]
pub fn connected_pieces(runs: Vec<Run>) -> Vec<Vec<Run>> {
    Pieces::of(runs).runs()
}

/// Connected pieces of a set of voxels; voxels touch across faces, edges and corners.
#[derive(Debug)]
pub(crate) struct Pieces {
    index: RunIndex,
    /// The piece of every run of the index, counted from 0 in the order of their first runs.
    numbers: Vec<u32>,
    count: usize,
}

impl Pieces {
    /// Of runs in the order of planes, rows and columns that do not overlap.
    pub fn of(runs: Vec<Run>) -> Self {
        let index = RunIndex::new(runs);
        let mut sets = UnionFind::new(index.runs.len());
        for (number, run) in index.runs.iter().enumerate() {
            for neighbour in index.touching(run) {
                if neighbour < number {
                    sets.join(number, neighbour);
                }
            }
        }
        let mut of_root = vec![u32::MAX; index.runs.len()];
        let mut count = 0;
        let mut numbers = Vec::with_capacity(index.runs.len());
        for run in 0..index.runs.len() {
            if let Some(number) = of_root.get_mut(sets.find(run)) {
                if *number == u32::MAX {
                    *number = count;
                    count += 1;
                }
                numbers.push(*number);
            }
        }
        Self {
            index,
            numbers,
            count: count as usize,
        }
    }

    /// The runs of every piece, in the order of planes, rows and columns.
    pub fn runs(&self) -> Vec<Vec<Run>> {
        let mut pieces = vec![Vec::new(); self.count];
        for (run, &number) in self.index.runs.iter().zip(&self.numbers) {
            if let Some(piece) = pieces.get_mut(number as usize) {
                piece.push(*run);
            }
        }
        pieces
    }

    /// The pieces that voxels of `runs` belong to or touch, in rising order.
    pub fn touched_by(&self, runs: &[Run]) -> Vec<usize> {
        let neighbours = runs.iter().flat_map(|run| self.index.touching(run));
        let mut touched: Vec<usize> = neighbours
            .filter_map(|neighbour| self.numbers.get(neighbour))
            .map(|&number| number as usize)
            .collect();
        touched.sort_unstable();
        touched.dedup();
        touched
    }
}
