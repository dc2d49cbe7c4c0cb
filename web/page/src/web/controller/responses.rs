//! Takes over what the worker hands over.

use std::sync::Arc;

use js_sys::ArrayBuffer;
use leptos::prelude::*;
use page::errors::Error;
use page::library::names;
use page::results::outcome::{Comparison, Outcome};
use page::text;
use page::view::penumbra::sure_per_cent;
use page::view::picture::Picture;
use page::view::shape;
use protocol::Response;

use super::execution::Inner;
use crate::web::save;
use crate::web::state::Device;

impl Inner {
    /// Shows the former image again.
    pub fn drop_pending(&self) {
        if self.state.pending.with_untracked(Option::is_none) {
            return;
        }
        self.state.partial.set(None);
        self.state.pending.set(None);
        if let Some(picture) = self.state.picture.get_untracked() {
            self.show(&picture);
        }
    }

    /// Sets the display up for an image.
    fn show(&self, picture: &Picture) {
        let display = &self.state.display;
        for pane in self.state.panes {
            pane.chosen.set(None);
        }
        display.pointer.set(None);
        display.marked.set(false);
        display.crosshair.set(shape::middle(picture.info.shape));
        display.window.set(picture.window());
        let views = self.state.views.with_untracked(Vec::len);
        if display.large.get_untracked() >= views {
            display.large.set(0);
            display.alone.set(false);
        }
    }

    /// Moves the crosshair to what was found, unless the visitor has moved it already.
    fn land(&self, outcome: &Outcome) {
        let middle = shape::middle(outcome.info.shape);
        let crosshair = self.state.display.crosshair;
        if crosshair.get_untracked() == middle
            && let Some(centre) = outcome.centre()
        {
            crosshair.set(centre);
        }
    }

    /// Takes over what came with an answer.
    ///
    /// # Errors
    /// [`Error::Protocol`] or [`Error::Length`] for arrays that do not fit, [`Error::Save`] for a file that cannot be saved.
    pub fn accept(&self, answer: Response, buffers: &[ArrayBuffer]) -> Result<(), Error> {
        let state = &self.state;
        let missing = || Error::Protocol {
            fault: "an answer lacks its arrays".to_owned(),
        };
        match answer {
            Response::Ready {
                model,
                backend,
                adapter,
                reason,
                self_test,
            } => {
                // A restart of the same model leaves the visitor's own choice.
                let same = state.device.with_untracked(|before| {
                    before
                        .as_ref()
                        .is_some_and(|before| before.model.id == model.id)
                });
                let asked = state.display.sure_asked.get_untracked();
                if !same
                    && !asked
                    && let Some(level) = model.sure_level
                {
                    state.display.sure.set(sure_per_cent(level));
                }
                state.device.set(Some(Arc::new(Device {
                    model,
                    backend,
                    adapter,
                    reason,
                    self_test,
                })));
            }
            Response::Opened { image, .. } => {
                let voxels = floats(buffers.first().ok_or_else(missing)?);
                let picture = Picture::new(self.name.borrow().clone(), image, voxels)?;
                let same = state
                    .picture
                    .with_untracked(|old| old.as_deref() == Some(&picture));
                state.partial.set(None);
                state.pending.set(Some(Arc::new(picture)));
                if !same && let Some(picture) = state.pending.get_untracked() {
                    self.show(&picture);
                }
            }
            Response::Partial { .. } => {
                let mask = js_sys::Uint8Array::new(buffers.first().ok_or_else(missing)?).to_vec();
                let shape = state
                    .pending
                    .with_untracked(|pending| pending.as_ref().map(|image| image.info.shape));
                if shape.map(shape::voxel_count) == Some(mask.len()) {
                    state.partial.set(Some(Arc::new(mask)));
                }
            }
            Response::Done { job, result } => {
                let [mask, probability, maps @ .., regions] = buffers else {
                    return Err(missing());
                };
                let device = state.device.get_untracked().ok_or_else(missing)?;
                let mask = js_sys::Uint8Array::new(mask).to_vec();
                let maps = maps.iter().map(floats).collect();
                let outcome = Outcome::new(
                    job,
                    result,
                    device.model.clone(),
                    mask,
                    floats(probability),
                    maps,
                )?
                .with_region_voxels(&js_sys::Uint8Array::new(regions).to_vec())?;
                let picture = state.pending.get_untracked().ok_or_else(missing)?;
                if outcome.info.shape != picture.info.shape {
                    return Err(Error::Protocol {
                        fault: "image and mask differ in size".to_owned(),
                    });
                }
                state.display.sure_asked.set(false);
                state.made_on.set(Some(device.backend));
                state.comparison.set(None);
                state.place.set(None);
                self.land(&outcome);
                let same_image = state
                    .picture
                    .with_untracked(|before| before.as_deref() == Some(&*picture));
                let before = state.outcome.get_untracked();
                state
                    .correcting
                    .follow(&outcome, before.as_deref(), same_image);
                state.outcome.set(Some(Arc::new(outcome)));
                state.picture.set(Some(picture));
                state.partial.set(None);
                state.pending.set(None);
            }
            Response::MapValues { job, name } => {
                let outcome = state.outcome.get_untracked();
                let Some(outcome) = outcome.filter(|outcome| outcome.job == job) else {
                    return Ok(());
                };
                match buffers.first() {
                    Some(values) => {
                        let outcome = outcome.with_map(&name, floats(values))?;
                        state.outcome.set(Some(Arc::new(outcome)));
                    }
                    None => state.notice.set(Some(text::MAP_IS_GONE.to_owned())),
                }
            }
            Response::ProbabilityValues { job, class } => {
                let outcome = state.outcome.get_untracked();
                let Some(outcome) = outcome.filter(|outcome| outcome.job == job) else {
                    return Ok(());
                };
                if let Some(values) = buffers.first() {
                    let outcome = outcome.with_probability(class, floats(values))?;
                    state.outcome.set(Some(Arc::new(outcome)));
                }
            }
            Response::Places { job, found } => {
                let outcome = state.outcome.get_untracked();
                let outcome = outcome.filter(|outcome| outcome.job == job);
                match outcome.zip(found) {
                    Some((before, found)) => {
                        let voxels = buffers.first().ok_or_else(missing)?;
                        let outcome = before
                            .with_places(found)
                            .with_region_voxels(&js_sys::Uint8Array::new(voxels).to_vec())?;
                        state.place.set(None);
                        // Decisions belong to the places of the former list; what was corrected stays.
                        state.correcting.follow(&outcome, Some(&before), true);
                        state.outcome.set(Some(Arc::new(outcome)));
                    }
                    None => state.notice.set(Some(text::MAP_IS_GONE.to_owned())),
                }
            }
            Response::Exported {
                name, media_type, ..
            } => {
                let buffer = buffers.first().ok_or_else(missing)?;
                let picture = state.picture.get_untracked().ok_or_else(missing)?;
                let file = names::saved(&picture.name, &name);
                if name.contains("corrected") {
                    state.correcting.unsaved.set(false);
                }
                save::download(
                    &file,
                    &media_type,
                    &js_sys::Uint8Array::new(buffer).to_vec(),
                )?;
            }
            Response::Checked { scores, .. } => {
                let outcome = state.outcome.get_untracked().ok_or_else(missing)?;
                let labels = js_sys::Uint8Array::new(buffers.first().ok_or_else(missing)?).to_vec();
                let comparison = Comparison::new(&outcome.mask, scores, labels)?;
                state.correcting.all_is_stale();
                state.comparison.set(Some(Arc::new(comparison)));
                state.display.errors.set(true);
            }
            Response::HoldsLock
            | Response::Alive
            | Response::NotStarted { .. }
            | Response::NotLoaded { .. }
            | Response::Started { .. }
            | Response::Progress { .. }
            | Response::Described { .. }
            | Response::Cancelled { .. }
            | Response::Conformed { .. }
            | Response::DeviceLost { .. }
            | Response::Failed { .. } => {}
        }
        Ok(())
    }
}

fn floats(buffer: &ArrayBuffer) -> Vec<f32> {
    // A length that is no multiple of four is cut here and refused by the check of lengths.
    let length = buffer.byte_length() / 4;
    js_sys::Float32Array::new_with_byte_offset_and_length(buffer, 0, length).to_vec()
}
