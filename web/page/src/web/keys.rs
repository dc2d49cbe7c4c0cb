//! Keys that work everywhere on the page, and the question before corrections are lost.

use gloo::events::{EventListener, EventListenerOptions};
use gloo::utils::window;
use leptos::prelude::*;
use page::correct::keys::{Command, Key, command};
use page::text;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlInputElement, KeyboardEvent};

use super::controller::Controller;
use super::dom;
use super::state::State;

/// Identifier of the sheet of keys.
pub const SHEET: &str = "keys";

/// Listens for as long as the page lives.
pub fn listen(state: State, controller: Controller) {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&window(), "keydown", options, move |event| {
        if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
            pressed(state, controller, event);
        }
    })
    .forget();
}

/// Asks before the page is left with corrections that were not saved.
pub fn guard(state: State) {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&window(), "beforeunload", options, move |event| {
        if state.correcting.edited.get_untracked() && state.correcting.unsaved.get_untracked() {
            event.prevent_default();
        }
    })
    .forget();
}

/// Whether another image may take the place of one with corrections that were not saved: the visitor is asked.
pub fn may_leave(state: &State) -> bool {
    let at_stake = untrack(|| state.correcting.edited.get() && state.correcting.unsaved.get());
    // A browser that does not ask loses nothing by mistake.
    let may = !at_stake
        || window()
            .confirm_with_message(text::LEAVE_CORRECTIONS)
            .unwrap_or(false);
    if may {
        // One question is enough.
        state.correcting.unsaved.set(false);
    }
    may
}

/// Whether something is typed there.
fn is_typed_into(event: &KeyboardEvent) -> bool {
    let target = event.target();
    let Some(element) = target
        .as_ref()
        .and_then(|target| target.dyn_ref::<Element>())
    else {
        return false;
    };
    match element.tag_name().to_ascii_lowercase().as_str() {
        "textarea" | "select" => true,
        "input" => element.dyn_ref::<HtmlInputElement>().is_none_or(|input| {
            !matches!(
                input.type_().as_str(),
                "checkbox" | "radio" | "range" | "button" | "file"
            )
        }),
        _ => false,
    }
}

fn pressed(state: State, controller: Controller, event: &KeyboardEvent) {
    // What a part of the page has taken for itself is done.
    if event.default_prevented() || is_typed_into(event) {
        return;
    }
    let correcting = state.correcting;
    let name = event.key();
    let key = Key {
        key: &name,
        control: event.ctrl_key() || event.meta_key(),
        shift: event.shift_key(),
        alt: event.alt_key(),
        drawing: untrack(|| correcting.drawing()),
    };
    let Some(command) = command(key, correcting.single_keys.get_untracked()) else {
        return;
    };
    if command == Command::Sheet {
        dom::show_dialog(SHEET);
    } else if untrack(|| state.nothing_made()) {
        return;
    }
    let place = state.place.get_untracked();
    match command {
        Command::Sheet => {}
        Command::Step { forward } => state.step(forward),
        Command::Decide(decision) => {
            if let Some(place) = place {
                state.decide(place, decision);
            } else {
                correcting.said.set(text::NO_PLACE_OPEN.to_owned());
            }
        }
        Command::RunnerUp => {
            if let Some(place) = place {
                if let Err(error) = state.take_runner_up(place) {
                    controller.tell(&error);
                }
            } else {
                correcting.said.set(text::NO_PLACE_OPEN.to_owned());
            }
        }
        Command::Take(tool) => state.take(tool),
        Command::Size { larger } => state.resize_brush(larger),
        Command::Class(class) => state.choose_class(class),
        Command::Undo => state.go_back(true),
        Command::Redo => state.go_back(false),
    }
    event.prevent_default();
}
