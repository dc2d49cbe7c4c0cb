//! The whole page takes drops and pastes.

use leptos::ev;
use leptos::prelude::*;
use page::errors::Error;
use page::text;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DataTransfer, Element, EventTarget};

use super::controller::Controller;
use super::files;

/// Identifier of the part of the page on which dropped files are labels.
pub const LABELS_ZONE: &str = "check";
/// Identifier of the part that takes answers to a lesson, by itself.
pub const VOTES_ZONE: &str = "votes";

/// Listens to drops and pastes and shows where to drop.
#[component]
pub fn DropZone(controller: Controller) -> impl IntoView {
    let over = RwSignal::new(false);
    // Events of children leave and enter in turn; only as many leaves as enters mean that the pointer is outside.
    let depth = StoredValue::new(0_i32);
    let has_files = |data: Option<DataTransfer>| data.as_ref().is_some_and(holds_files);
    let handles = [
        window_event_listener(ev::dragenter, move |event| {
            if has_files(event.data_transfer()) {
                event.prevent_default();
                depth.update_value(|depth| *depth += 1);
                over.set(true);
            }
        }),
        window_event_listener(ev::dragover, move |event| {
            event.prevent_default();
            if has_files(event.data_transfer()) {
                over.set(true);
            }
        }),
        window_event_listener(ev::dragleave, move |_| {
            depth.update_value(|depth| *depth = (*depth - 1).max(0));
            over.set(depth.get_value() > 0);
        }),
        window_event_listener(ev::drop, move |event| {
            event.prevent_default();
            depth.set_value(0);
            over.set(false);
            if within(event.target(), VOTES_ZONE) {
                return;
            }
            let labels = within(event.target(), LABELS_ZONE);
            match event.data_transfer() {
                Some(data) => open(controller, &data, labels),
                None => controller.tell(&Error::NoFile),
            }
        }),
        window_event_listener(ev::paste, move |event| {
            let files = event.clipboard_data().filter(holds_files);
            match files {
                Some(data) => {
                    event.prevent_default();
                    open(controller, &data, false);
                }
                // Text is for a field that takes text, and nothing anywhere else.
                None if !takes_text(event.target()) => controller.tell(&Error::NoFile),
                None => {}
            }
        }),
    ];
    on_cleanup(move || handles.into_iter().for_each(|handle| handle.remove()));
    view! {
        <div class="drop-zone" class:over=over aria-hidden="true">
            <div>
                <p>{text::DROP_HERE}</p>
                <p class="hint">{text::DROP_LABELS}</p>
            </div>
        </div>
    }
}

fn holds_files(data: &DataTransfer) -> bool {
    let types = data.types();
    types
        .iter()
        .any(|kind| kind.as_string().as_deref() == Some("Files"))
}

fn takes_text(target: Option<EventTarget>) -> bool {
    let element = target.and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| {
        element
            .closest("input, textarea, [contenteditable]")
            .ok()
            .flatten()
            .is_some()
    })
}

/// Whether a part of the page holds what was aimed at.
fn within(target: Option<EventTarget>, zone: &str) -> bool {
    let element = target.and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| {
        element
            .closest(&format!("#{zone}"))
            .ok()
            .flatten()
            .is_some()
    })
}

fn open(controller: Controller, data: &DataTransfer, labels: bool) {
    let files = files::transferred(data);
    spawn_local(async move {
        match files.await {
            Ok(files) if labels => controller.open_labels(files),
            Ok(files) => controller.open_files(files),
            Err(error) => controller.tell(&error),
        }
    });
}
