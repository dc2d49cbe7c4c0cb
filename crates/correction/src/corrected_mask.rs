//! A mask that is corrected, beside the one that it was made from.

use std::ops::Range;
use std::sync::Arc;

use uq::{BoundingBox, Run};

use crate::Error;
use crate::difference::{ChangedBox, Difference};
use crate::history::{History, Step, StepKind};

/// Number of classes that a mask can tell apart.
const CLASSES: usize = 256;

/// What has become of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassChange {
    /// The class, its value in the mask.
    pub class: u8,
    /// Voxels of the original.
    pub before: u64,
    /// Voxels now.
    pub after: u64,
    /// Voxels that were not of the class and are now.
    pub added: u64,
    /// Voxels that were of the class and are not any more.
    pub removed: u64,
}

/// A mask under correction: class identifiers `[planes, rows, columns]`, the original, locked classes and the history.
///
/// What changes it says which box has to be drawn anew, in columns, rows and planes, ends included; none where nothing
/// changed. Changes between [`CorrectedMask::begin`] and [`CorrectedMask::end`] are one step of the history.
#[derive(Debug, Clone)]
pub struct CorrectedMask {
    shape: [usize; 3],
    original: Arc<Vec<u8>>,
    classes: Vec<u8>,
    counts: Vec<u64>,
    /// Voxels that differ from the original.
    changed: u64,
    locked: [bool; CLASSES],
    history: History,
    open: Option<Step>,
}

impl CorrectedMask {
    /// A correction that has not begun, of a mask of `shape` (planes, rows, columns).
    ///
    /// # Errors
    /// [`Error::Length`] unless the mask fits the shape, [`Error::TooLarge`] for more than 2^32 - 1 voxels.
    pub fn new(original: Arc<Vec<u8>>, shape: [usize; 3]) -> Result<Self, Error> {
        let voxels = shape
            .iter()
            .fold(1_usize, |product, length| product.saturating_mul(*length));
        if original.len() != voxels {
            return Err(Error::Length {
                what: "mask",
                found: original.len(),
                expected: voxels,
            });
        }
        if u32::try_from(voxels).is_err() {
            return Err(Error::TooLarge(voxels));
        }
        let mut counts = vec![0; CLASSES];
        for &class in original.iter() {
            if let Some(count) = counts.get_mut(usize::from(class)) {
                *count += 1;
            }
        }
        Ok(Self {
            shape,
            classes: original.to_vec(),
            original,
            counts,
            changed: 0,
            locked: [false; CLASSES],
            history: History::default(),
            open: None,
        })
    }

    /// The same corrected mask beside another original of the same shape, made anew on another device, say. What can be
    /// undone stays so.
    ///
    /// # Errors
    /// [`Error::Length`] unless the original fits the shape.
    pub fn rebased(mut self, original: Arc<Vec<u8>>) -> Result<Self, Error> {
        self.check("mask", original.len())?;
        let pairs = original.iter().zip(&self.classes);
        self.changed = pairs.filter(|(one, other)| one != other).count() as u64;
        self.original = original;
        Ok(self)
    }

    pub(crate) fn check(&self, what: &'static str, found: usize) -> Result<(), Error> {
        if found == self.classes.len() {
            Ok(())
        } else {
            Err(Error::Length {
                what,
                found,
                expected: self.classes.len(),
            })
        }
    }

    /// Planes, rows and columns.
    #[must_use]
    pub const fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// Class identifiers, `[planes, rows, columns]`.
    #[must_use]
    pub fn classes(&self) -> &[u8] {
        &self.classes
    }

    /// The mask that it was made from.
    #[must_use]
    pub const fn original(&self) -> &Arc<Vec<u8>> {
        &self.original
    }

    /// Voxels of a class.
    #[must_use]
    pub fn count(&self, class: u8) -> u64 {
        self.counts.get(usize::from(class)).copied().unwrap_or(0)
    }

    /// Voxels that are of any class but the background.
    #[must_use]
    pub fn objects(&self) -> u64 {
        self.counts.iter().skip(1).sum()
    }

    /// Voxels that differ from the original.
    #[must_use]
    pub const fn changed(&self) -> u64 {
        self.changed
    }

    /// Whether a class is locked: its voxels stay, and no others become it.
    #[must_use]
    pub fn is_locked(&self, class: u8) -> bool {
        self.locked.get(usize::from(class)) == Some(&true)
    }

    /// Locks a class, or unlocks it.
    pub fn set_locked(&mut self, class: u8, locked: bool) {
        if let Some(entry) = self.locked.get_mut(usize::from(class)) {
            *entry = locked;
        }
    }

    /// Begins a step; one that is open ends.
    pub fn begin(&mut self, kind: StepKind) {
        self.end();
        self.open = Some(Step {
            kind,
            difference: Difference::default(),
        });
    }

    /// Ends the open step. Whether it changed anything: a step that did not is none.
    pub fn end(&mut self) -> bool {
        match self.open.take() {
            Some(mut step) if !step.difference.is_empty() => {
                step.difference.close();
                self.history.push(step);
                true
            }
            _ => false,
        }
    }

    /// Takes back what the open step has changed, as if it had not begun.
    pub fn abandon(&mut self) -> Option<BoundingBox> {
        let step = self.open.take()?;
        self.apply(&step.difference, false)
    }

    /// Gives voxels a class, but for locked ones.
    pub fn paint(&mut self, runs: &[Run], class: u8) -> Option<BoundingBox> {
        self.reassign(runs, |_| Some(class))
    }

    /// Gives voxels the class that `to` says for the one they have, none for those that stay; locked ones stay.
    pub fn reassign(&mut self, runs: &[Run], to: impl Fn(u8) -> Option<u8>) -> Option<BoundingBox> {
        let shape = self.shape;
        let inside = |run: &&Run| {
            let [planes, rows, columns] = shape;
            (run.plane as usize) < planes
                && (run.row as usize) < rows
                && run.first as usize <= columns
        };
        let ranges = runs.iter().filter(inside).map(|run| {
            let first = run.indices(shape);
            let end = shape[2].min(run.last as usize + 1) + first.start() - run.first as usize;
            *first.start()..end
        });
        self.change(ranges, |_, now| to(now))
    }

    /// Changes voxels, row by row: `to` is asked with the index of a voxel and its class.
    pub(crate) fn change(
        &mut self,
        ranges: impl Iterator<Item = Range<usize>>,
        to: impl Fn(usize, u8) -> Option<u8>,
    ) -> Option<BoundingBox> {
        let alone = self.open.is_none();
        let mut open = self.open.take().unwrap_or_else(|| Step {
            kind: StepKind::Reassign,
            difference: Difference::default(),
        });
        let known = open.difference.runs().len().saturating_sub(1);
        let mut area = ChangedBox::default();
        for range in ranges {
            let (begin, columns) = (range.start, self.shape[2]);
            let Some(row) = self.classes.get_mut(range.clone()) else {
                continue;
            };
            let original = self.original.get(range).unwrap_or_default();
            for (offset, (now, &was)) in row.iter_mut().zip(original).enumerate() {
                let from = *now;
                let Some(to) = to(begin + offset, from).filter(|to| *to != from) else {
                    continue;
                };
                let is_locked = |class: u8| self.locked.get(usize::from(class)) == Some(&true);
                if is_locked(from) || is_locked(to) {
                    continue;
                }
                *now = to;
                self.changed += u64::from(to != was);
                self.changed -= u64::from(from != was);
                count(&mut self.counts, from, to, 1);
                open.difference.push(begin + offset, from, to, columns);
            }
        }
        for run in open.difference.runs().get(known..).unwrap_or_default() {
            area.add(run, self.shape);
        }
        self.open = Some(open);
        if alone {
            self.end();
        }
        area.get()
    }

    /// Goes a difference forwards, or back.
    fn apply(&mut self, difference: &Difference, forwards: bool) -> Option<BoundingBox> {
        let mut area = ChangedBox::default();
        // What was changed twice within a step comes back in the opposite order.
        let runs = difference.runs();
        let order: Box<dyn Iterator<Item = _>> = if forwards {
            Box::new(runs.iter())
        } else {
            Box::new(runs.iter().rev())
        };
        for run in order {
            let (from, to) = if forwards {
                (run.from, run.to)
            } else {
                (run.to, run.from)
            };
            let Some(row) = self.classes.get_mut(run.indices()) else {
                continue;
            };
            row.fill(to);
            let original = self.original.get(run.indices()).unwrap_or_default();
            let of = |class: u8| original.iter().filter(|was| **was != class).count() as u64;
            self.changed = (self.changed + of(to)).saturating_sub(of(from));
            count(&mut self.counts, from, to, u64::from(run.length));
            area.add(run, self.shape);
        }
        area.get()
    }

    /// Takes back the last step.
    pub fn undo(&mut self) -> Option<BoundingBox> {
        self.end();
        let step = self.history.take_done()?;
        let area = self.apply(&step.difference, false);
        self.history.put_undone(step);
        area
    }

    /// Does again what was taken back last.
    pub fn redo(&mut self) -> Option<BoundingBox> {
        self.end();
        let step = self.history.take_undone()?;
        let area = self.apply(&step.difference, true);
        self.history.put_done(step);
        area
    }

    /// Takes back the last step for good, if it is of this kind: another will take its place.
    pub fn withdraw(&mut self, kind: StepKind) -> Option<BoundingBox> {
        self.end();
        if self.history.last_done() != Some(kind) {
            return None;
        }
        let step = self.history.take_done()?;
        self.history.forget(&step);
        self.apply(&step.difference, false)
    }

    /// What [`CorrectedMask::undo`] would take back.
    #[must_use]
    pub fn undoes(&self) -> Option<StepKind> {
        self.history.last_done()
    }

    /// What [`CorrectedMask::redo`] would do again.
    #[must_use]
    pub fn redoes(&self) -> Option<StepKind> {
        self.history.last_undone()
    }

    /// Number of steps that can be taken back.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.history.steps()
    }

    /// Bytes that the history takes.
    #[must_use]
    pub const fn history_bytes(&self) -> usize {
        self.history.bytes()
    }

    /// Makes the mask what it was at first, but for locked classes, as one step.
    pub fn restore(&mut self) -> Option<BoundingBox> {
        self.begin(StepKind::Restore);
        let original = Arc::clone(&self.original);
        let area = self.change(self.all_rows(), |index, _| original.get(index).copied());
        self.end();
        area
    }

    /// Every row of the image, as indices.
    pub(crate) fn all_rows(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let [planes, rows, columns] = self.shape;
        (0..planes * rows).map(move |row| row * columns..(row + 1) * columns)
    }

    /// What has become of every class that is or was there, in rising order.
    #[must_use]
    pub fn changes(&self) -> Vec<ClassChange> {
        let mut changes: Vec<ClassChange> = (0..=u8::MAX)
            .map(|class| ClassChange {
                class,
                before: 0,
                after: self.count(class),
                added: 0,
                removed: 0,
            })
            .collect();
        for (&was, &now) in self.original.iter().zip(&self.classes) {
            if let Some(change) = changes.get_mut(usize::from(was)) {
                change.before += 1;
                change.removed += u64::from(was != now);
            }
            if was != now
                && let Some(change) = changes.get_mut(usize::from(now))
            {
                change.added += 1;
            }
        }
        changes.retain(|change| change.before > 0 || change.after > 0);
        changes
    }

    /// What has changed since the original, to be kept.
    #[must_use]
    pub fn difference(&self) -> Difference {
        Difference::between(&self.original, &self.classes, self.shape[2])
    }

    /// Takes over what was kept, as one step.
    ///
    /// # Errors
    /// [`Error::OtherMask`] where it does not fit the mask as it is, which is then left as it was.
    pub fn take_over(&mut self, difference: &Difference) -> Result<Option<BoundingBox>, Error> {
        for run in difference.runs() {
            let row = self.classes.get(run.indices()).unwrap_or_default();
            let fits = row.len() == run.length as usize && row.iter().all(|now| *now == run.from);
            if !fits || run.length == 0 {
                return Err(Error::OtherMask {
                    voxel: run.start as usize,
                });
            }
        }
        self.end();
        let mut step = Step {
            kind: StepKind::Reassign,
            difference: difference.clone(),
        };
        step.difference.close();
        let area = self.apply(difference, true);
        if area.is_some() {
            self.history.push(step);
        }
        Ok(area)
    }
}

/// Moves voxels from the count of one class to that of another.
fn count(counts: &mut [u64], from: u8, to: u8, voxels: u64) {
    if let Some(count) = counts.get_mut(usize::from(from)) {
        *count = count.saturating_sub(voxels);
    }
    if let Some(count) = counts.get_mut(usize::from(to)) {
        *count += voxels;
    }
}
