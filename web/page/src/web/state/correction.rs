//! What visitors do to the mask and to the list of places.

use correction::{CorrectedMask, Decision, StepKind};
use leptos::prelude::*;
use page::correct::region::{likely_class, runner_up};
use page::correct::tools::{self, Tool, step_words};
use page::errors::Error;
use page::numbers::count;
use page::results::amount::Element;
use page::results::outcome::Outcome;
use page::view::shape::{Voxel, index};
use protocol::{BoundingBox, ClassInfo};

use super::page_state::State;

impl State {
    /// The class of a voxel in the mask that is shown; none before there is one.
    pub fn class_at(&self, voxel: Voxel) -> Option<u8> {
        let outcome = self.result()?;
        self.correcting.changes.track();
        let at = index(outcome.info.shape, voxel)?;
        let corrected = self.correcting.mask.with_value(|mask| {
            let mask = mask.as_ref()?;
            mask.classes().get(at).copied()
        });
        corrected.or_else(|| outcome.mask.get(at).copied())
    }

    /// Voxels of every class of the mask that is shown, by class identifier.
    pub fn class_counts(&self) -> Vec<u64> {
        self.correcting.steps.track();
        let Some(outcome) = self.outcome.get() else {
            return Vec::new();
        };
        let classes = outcome.info.class_pixels.len();
        let corrected = self.correcting.mask.with_value(|mask| {
            let mask = mask.as_ref()?;
            let classes = u8::try_from(classes).unwrap_or(u8::MAX);
            Some((0..classes).map(|class| mask.count(class)).collect())
        });
        corrected.unwrap_or_else(|| outcome.info.class_pixels.clone())
    }

    /// Voxels of objects in the mask that is shown.
    pub fn object_count(&self) -> u64 {
        self.class_counts().iter().skip(1).sum()
    }

    /// Does something to the mask as a whole, and says what came of it.
    pub fn correct(
        &self,
        done: &str,
        change: impl FnOnce(
            &mut CorrectedMask,
            &Outcome,
        ) -> Result<Option<BoundingBox>, correction::Error>,
    ) -> Result<(), Error> {
        let Some(outcome) = untrack(|| self.result()) else {
            return Ok(());
        };
        let correcting = &self.correcting;
        let classes = |mask: &CorrectedMask| -> Vec<u64> {
            (0..=u8::MAX).map(|class| mask.count(class)).collect()
        };
        let changed = correcting.change(&outcome, |mask| {
            let before = classes(mask);
            let area = change(mask, &outcome)?;
            let after = classes(mask);
            let moved = before
                .iter()
                .zip(&after)
                .map(|(one, other)| other.saturating_sub(*one));
            Ok((area, moved.sum::<u64>()))
        });
        let fault = |error: correction::Error| Error::Correct {
            fault: error.to_string(),
        };
        let (area, moved) = changed.map_err(fault)?.map_err(fault)?;
        correcting.changed(area);
        correcting.stepped();
        let element = Element::of(outcome.info.shape);
        correcting.said.set(match area {
            Some(_) => format!("{done}: {} {} changed.", count(moved), element.many()),
            None => format!("{done}: nothing to change."),
        });
        Ok(())
    }

    /// Takes the last step back, or does it again.
    pub fn go_back(&self, back: bool) {
        let correcting = &self.correcting;
        let mut kind = None;
        let mut area = None;
        correcting.mask.update_value(|mask| {
            if let Some(mask) = mask {
                kind = if back { mask.undoes() } else { mask.redoes() };
                area = if back { mask.undo() } else { mask.redo() };
            }
        });
        let Some(kind) = kind else {
            return;
        };
        correcting.changed(area);
        correcting.stepped();
        let done = if back { "Undone" } else { "Done again" };
        correcting
            .said
            .set(format!("{done}: {}.", step_words(kind)));
    }

    /// Decides about a place; the same decision once more takes it back. After accepting and referring the next place
    /// that nobody has looked at is opened, to correct one the brush is taken up.
    pub fn decide(&self, place: usize, decision: Decision) {
        let correcting = &self.correcting;
        let Some(outcome) = untrack(|| self.result()) else {
            return;
        };
        let Some(region) = outcome.info.regions.get(place).copied() else {
            return;
        };
        let again = correcting
            .review
            .with_untracked(|review| review.decision(place))
            == Some(decision);
        let decided = (!again).then_some(decision);
        correcting
            .review
            .update(|review| review.decide(place, decided));
        correcting.unsaved.set(true);
        let word = match decided {
            None => "open again",
            Some(Decision::Accept) => "accepted",
            Some(Decision::Fix) => "to be fixed by hand",
            Some(Decision::Refer) => "referred",
        };
        correcting.said.set(format!("Place {}: {word}.", place + 1));
        match decided {
            None => {}
            Some(Decision::Fix) => {
                if self.place.get_untracked() != Some(place) {
                    self.visit(place);
                }
                if let Some(class) = likely_class(&region) {
                    correcting.class.set(class);
                }
                self.take(Tool::Brush);
            }
            Some(Decision::Accept | Decision::Refer) => {
                let next = correcting
                    .review
                    .with_untracked(|review| review.next_open(Some(place)));
                if let Some(next) = next {
                    self.visit(next);
                }
            }
        }
    }

    /// Gives a place its runner-up class.
    pub fn take_runner_up(&self, place: usize) -> Result<(), Error> {
        let Some(outcome) = untrack(|| self.result()) else {
            return Ok(());
        };
        let Some(region) = outcome.info.regions.get(place).copied() else {
            return Ok(());
        };
        self.correct(&format!("Place {}", place + 1), |mask, outcome| {
            mask.begin(StepKind::Reassign);
            let area = mask.reassign(outcome.region_voxels(place), runner_up(&region));
            mask.end();
            Ok(area)
        })?;
        let review = self.correcting.review;
        review.update(|review| review.decide(place, Some(Decision::Fix)));
        Ok(())
    }

    /// Takes up a tool, or puts it away.
    pub fn take(&self, tool: Tool) {
        if untrack(|| self.nothing_made()) {
            return;
        }
        let correcting = &self.correcting;
        correcting.tool.set(tool);
        if tool.draws() {
            correcting.open.set(true);
        }
        correcting
            .said
            .set(format!("{}: {}.", tool.title(), tool.hint()));
    }

    /// Makes the brush larger or smaller.
    pub fn resize_brush(&self, larger: bool) {
        self.correcting
            .size
            .update(|size| *size = tools::resized(*size, larger));
    }

    /// Chooses the class that is painted.
    pub fn choose_class(&self, class: u8) {
        let name = untrack(|| self.classes().into_iter().find(|known| known.id == class));
        if let Some(known) = name {
            self.correcting.class.set(class);
            self.correcting.said.set(format!("Class: {}.", known.name));
        }
    }

    /// The classes of the segmentation on screen.
    pub fn classes(&self) -> Vec<ClassInfo> {
        self.result()
            .map_or_else(Vec::new, |outcome| outcome.model.classes.clone())
    }
}
