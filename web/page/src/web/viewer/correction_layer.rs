//! The layer of the corrected mask: kept at the image's own size, and repaired where something has changed.

use std::cell::RefCell;

use correction::CorrectedMask;
use leptos::prelude::*;
use page::correct::layer::{Patch, Source, pixels};
use page::errors::Error;
use page::view::slice_plane::SlicePlane;
use web_sys::HtmlCanvasElement;

use crate::web::dom;
use crate::web::state::{PaneState, Stale, State};

/// What a layer shows; with another one it is drawn anew.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    job: u32,
    view: SlicePlane,
    slice: usize,
    fill: f32,
    labelled: bool,
}

/// The layer.
pub struct CorrectionLayer {
    /// Where it is drawn.
    pub canvas: HtmlCanvasElement,
    shown: RefCell<Option<Shown>>,
}

impl CorrectionLayer {
    pub fn new() -> Result<Self, Error> {
        Ok(Self {
            canvas: dom::canvas()?,
            shown: RefCell::new(None),
        })
    }

    /// Draws what is out of date. A change costs its own box, not the picture.
    pub fn update(&self, state: &State, pane: &PaneState) -> Result<(), Error> {
        let (Some(outcome), Some(view)) = (
            state.result(),
            pane.pane
                .with(|pane| pane.as_ref().map(|pane| pane.slice_plane)),
        ) else {
            return Ok(());
        };
        let display = state.display;
        let compared = state.compared().filter(|_| display.errors.get());
        let wanted = Shown {
            job: outcome.job,
            view,
            slice: pane.slice.get(),
            fill: display.mask_opacity.get() as f32 / 100.0,
            labelled: compared.is_some(),
        };
        let shape = outcome.info.shape;
        let size = view.size(shape);
        let stale = state.correcting.take_stale(pane.index);
        let same = self.shown.borrow().as_ref() == Some(&wanted);
        let patch = match stale {
            Stale::Part(area) if same => Patch::of(&area, &view, shape, wanted.slice),
            Stale::Nothing if same => None,
            Stale::Nothing | Stale::Part(_) | Stale::Everything => Some(Patch::whole(size)),
        };
        let Some(patch) = patch else {
            return Ok(());
        };
        if patch.size == size {
            dom::resize(&self.canvas, size);
        }
        let slice = wanted.slice;
        let draw = |mask: &[u8]| {
            let source = Source {
                mask,
                labels: compared.as_ref().map(|comparison| &comparison.labels[..]),
                shape,
                classes: &outcome.model.classes,
                fill: wanted.fill,
            };
            let rgba = pixels(&source, &view, slice, &patch);
            dom::put_part(&self.canvas, &rgba, patch.first, patch.size)
        };
        state.correcting.mask.with_value(|mask| {
            let corrected = mask.as_ref().map(CorrectedMask::classes);
            draw(corrected.unwrap_or(&outcome.mask))
        })?;
        *self.shown.borrow_mut() = Some(wanted);
        Ok(())
    }
}
