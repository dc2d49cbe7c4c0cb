//! What changes between two masks, as runs of voxels that go from one class to another.

use serde::{Deserialize, Serialize};
use uq::BoundingBox;

/// Voxels of one row that follow each other and go from one class to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedRun {
    /// Index of the first voxel in an array `[planes, rows, columns]`.
    pub start: u32,
    /// Number of voxels.
    pub length: u32,
    /// Their class before.
    pub from: u8,
    /// Their class after.
    pub to: u8,
}

impl ChangedRun {
    /// Indices of its voxels.
    #[must_use]
    pub const fn indices(&self) -> std::ops::Range<usize> {
        let start = self.start as usize;
        start..start + self.length as usize
    }
}

/// What changes between two masks of the same shape. 12 bytes for a run, whatever its length.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Difference {
    runs: Vec<ChangedRun>,
}

impl Difference {
    /// The runs, in the order in which they were changed. No voxel is in two of them.
    #[must_use]
    pub fn runs(&self) -> &[ChangedRun] {
        &self.runs
    }

    /// Whether nothing changes.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Number of voxels that change.
    #[must_use]
    pub fn voxels(&self) -> u64 {
        self.runs.iter().map(|run| u64::from(run.length)).sum()
    }

    /// Bytes that it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.runs.capacity() * size_of::<ChangedRun>()
    }

    /// Between two masks `[planes, rows, columns]`; none of unlike lengths.
    #[must_use]
    pub(crate) fn between(before: &[u8], after: &[u8], columns: usize) -> Self {
        let mut difference = Self::default();
        for (index, (&from, &to)) in before.iter().zip(after).enumerate() {
            if from != to {
                difference.push(index, from, to, columns);
            }
        }
        difference.runs.shrink_to_fit();
        difference
    }

    /// Adds a voxel; one that goes on the last run of its row, from and to the same classes, makes that longer.
    pub(crate) fn push(&mut self, index: usize, from: u8, to: u8, columns: usize) {
        // Masks whose voxels cannot be counted in 32 bits are refused.
        let index = index as u32;
        if let Some(run) = self.runs.last_mut()
            && run.start + run.length == index
            && (run.from, run.to) == (from, to)
            && !(index as usize).is_multiple_of(columns.max(1))
        {
            run.length += 1;
        } else {
            self.runs.push(ChangedRun {
                start: index,
                length: 1,
                from,
                to,
            });
        }
    }

    pub(crate) fn close(&mut self) {
        self.runs.shrink_to_fit();
    }
}

/// The box around what has changed, as it grows.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ChangedBox(Option<BoundingBox>);

impl ChangedBox {
    pub(crate) fn add(&mut self, run: &ChangedRun, [_, rows, columns]: [usize; 3]) {
        let (columns, rows) = (columns.max(1), rows.max(1));
        let start = run.start as usize;
        let (line, column) = (start / columns, start % columns);
        let first = [column, line % rows, line / rows];
        let last = [
            column + (run.length as usize).saturating_sub(1),
            first[1],
            first[2],
        ];
        self.join(Some(BoundingBox { first, last }));
    }

    pub(crate) fn join(&mut self, other: Option<BoundingBox>) {
        self.0 = joined(self.0, other);
    }

    pub(crate) const fn get(self) -> Option<BoundingBox> {
        self.0
    }
}

/// The smallest box around two.
#[must_use]
pub fn joined(one: Option<BoundingBox>, other: Option<BoundingBox>) -> Option<BoundingBox> {
    let (Some(one), Some(other)) = (one, other) else {
        return one.or(other);
    };
    let [mut first, mut last] = [one.first, one.last];
    for (at, to) in first.iter_mut().zip(other.first) {
        *at = (*at).min(to);
    }
    for (at, to) in last.iter_mut().zip(other.last) {
        *at = (*at).max(to);
    }
    Some(BoundingBox { first, last })
}
