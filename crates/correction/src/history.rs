//! Undo and redo.

use std::collections::VecDeque;

use crate::difference::Difference;

/// What a step did, for the words on a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// A stroke of the brush.
    Brush,
    /// A stroke of the eraser.
    Eraser,
    /// A stroke of the brush that follows the probabilities.
    SmartBrush,
    /// An area was filled.
    Fill,
    /// What a line surrounds was filled.
    Lasso,
    /// A region was given another class.
    Reassign,
    /// A probability was cut at a level.
    Threshold,
    /// Small pieces were removed.
    RemoveIslands,
    /// Holes were filled.
    FillHoles,
    /// All but the largest piece was removed.
    KeepLargest,
    /// Slices between drawn ones were filled in.
    Interpolate,
    /// The mask was made what it was at first.
    Restore,
}

/// A step that can be taken back.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) kind: StepKind,
    pub(crate) difference: Difference,
}

/// Steps that were done, and those that were taken back. The oldest are forgotten when all together take too much
/// memory; the last one is always kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    done: VecDeque<Step>,
    undone: Vec<Step>,
    bytes: usize,
}

/// Bytes that the steps may take together.
pub(crate) const MAX_BYTES: usize = 96 << 20;

impl History {
    /// Adds a step, after which nothing can be redone.
    pub(crate) fn push(&mut self, step: Step) {
        for step in self.undone.drain(..) {
            self.bytes = self.bytes.saturating_sub(step.difference.bytes());
        }
        self.bytes += step.difference.bytes();
        self.done.push_back(step);
        while self.bytes > MAX_BYTES && self.done.len() > 1 {
            if let Some(oldest) = self.done.pop_front() {
                self.bytes = self.bytes.saturating_sub(oldest.difference.bytes());
            }
        }
    }

    pub(crate) fn take_done(&mut self) -> Option<Step> {
        self.done.pop_back()
    }

    pub(crate) fn take_undone(&mut self) -> Option<Step> {
        self.undone.pop()
    }

    pub(crate) fn put_done(&mut self, step: Step) {
        self.done.push_back(step);
    }

    pub(crate) fn put_undone(&mut self, step: Step) {
        self.undone.push(step);
    }

    /// Forgets a step that was taken out.
    pub(crate) fn forget(&mut self, step: &Step) {
        self.bytes = self.bytes.saturating_sub(step.difference.bytes());
    }

    pub(crate) fn last_done(&self) -> Option<StepKind> {
        self.done.back().map(|step| step.kind)
    }

    pub(crate) fn last_undone(&self) -> Option<StepKind> {
        self.undone.last().map(|step| step.kind)
    }

    pub(crate) fn steps(&self) -> usize {
        self.done.len()
    }

    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }
}
