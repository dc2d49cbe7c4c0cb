//! The page inside another one (`?embed=1`): messages from the page around it, and to it. docs/embedding.md describes them.
//!
//! Only the page that holds the frame is listened to, and nothing is fetched from elsewhere: an image comes as bytes.

use gloo::events::EventListener;
use gloo::utils::window;
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use page::errors::Error;
use page::library::embedding::{self, Command, VERSION};
use page::session::Phase;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{File, MessageEvent, Window};

use super::address::Address;
use super::controller::Controller;
use super::files::Chosen;
use super::script;
use super::state::State;

/// Listens and tells, as long as the page lives.
pub fn begin(state: State, controller: Controller, address: Address) {
    let Some(parent) = parent() else {
        return;
    };
    // Who has spoken: what is on screen is told to that origin only. Before, nothing but readiness is told.
    let origin = RwSignal::new(None::<String>);
    let told = parent.clone();
    Effect::new(move |_| {
        let Some(origin) = origin.get() else {
            return;
        };
        told.post_message(&account(&state), &origin)
            .unwrap_or_default();
    });
    let holder: JsValue = parent.clone().into();
    let listener = EventListener::new(&window(), "message", move |event| {
        let event: &MessageEvent = event.unchecked_ref();
        let from = event.source().map(JsValue::from);
        if from.as_ref() != Some(&holder) {
            return;
        }
        let data = event.data();
        if script::number(&data, "penumbra") != Some(f64::from(VERSION)) {
            return;
        }
        // A page without an origin of its own cannot be answered by name.
        let sender = match event.origin() {
            name if name == "null" => "*".to_owned(),
            name => name,
        };
        if origin.get_untracked().as_deref() != Some(sender.as_str()) {
            origin.set(Some(sender.clone()));
        }
        if let Err(error) = obey(&state, controller, address, &data) {
            let fault = message("error", &[("message", error.to_string().into())]);
            if let Some(parent) = self::parent() {
                parent.post_message(&fault, &sender).unwrap_or_default();
            }
        }
    });
    listener.forget();
    parent
        .post_message(&message("ready", &[]), "*")
        .unwrap_or_default();
}

/// The window that holds this one.
fn parent() -> Option<Window> {
    let parent = window().parent().ok().flatten()?;
    (parent != window()).then_some(parent)
}

fn message(kind: &str, fields: &[(&str, JsValue)]) -> JsValue {
    let mut all = vec![("penumbra", JsValue::from(VERSION)), ("type", kind.into())];
    all.extend(fields.iter().cloned());
    script::object(&all)
}

fn obey(
    state: &State,
    controller: Controller,
    address: Address,
    data: &JsValue,
) -> Result<(), Error> {
    let kind = script::text(data, "type").unwrap_or_default();
    let query = script::text(data, "query").unwrap_or_default();
    match embedding::command(&kind, &query)? {
        Command::Open => {
            let files = script::list(&script::get(data, "files"));
            let files: Option<Vec<Chosen>> = files.iter().map(file).collect();
            let files = files
                .filter(|files| !files.is_empty())
                .ok_or(Error::Handed)?;
            controller.open_files(files);
        }
        Command::Show(query) => {
            address.apply(&query.look, query.sample.as_deref());
            // A sample that is on screen is not opened again, and a model that is named comes before the sample's own.
            let on_screen = state.sample.get_untracked();
            if let Some(sample) = query
                .sample
                .filter(|sample| Some(sample) != on_screen.as_ref())
            {
                controller.open_sample_with(&sample, query.model.is_none());
            }
            let shown = state.model.get_untracked();
            if let Some(model) = query.model.filter(|model| *model != shown) {
                controller.choose_model(model);
            }
        }
        Command::Hello => {}
    }
    Ok(())
}

/// A file whose bytes were handed over.
fn file(entry: &JsValue) -> Option<Chosen> {
    let name = script::text(entry, "name").filter(|name| !name.is_empty())?;
    let bytes: js_sys::ArrayBuffer = script::get(entry, "bytes").dyn_into().ok()?;
    let parts = Array::of1(&Uint8Array::new(&bytes));
    let file = File::new_with_u8_array_sequence(&parts, &name).ok()?;
    Some(Chosen { file, path: name })
}

/// What is on screen, for the page around.
fn account(state: &State) -> JsValue {
    let phase = state.phase.get();
    let text = |value: Option<String>| value.map_or(JsValue::NULL, JsValue::from);
    let model = state
        .device
        .with(|device| device.as_ref().map(|device| device.model.id.clone()));
    let sample = state.sample.get();
    let alert = state.alert.get();
    let result = state.result().filter(|_| phase == Phase::Done);
    let wrong = result.as_ref().map(|outcome| outcome.info.expected.voxels);
    message(
        "state",
        &[
            ("state", phase.name().into()),
            ("model", text(model)),
            ("sample", text(sample)),
            (
                "summary",
                text(result.map(|outcome| outcome.info.summary.clone())),
            ),
            ("expectedWrong", wrong.map_or(JsValue::NULL, JsValue::from)),
            ("alert", text(alert)),
        ],
    )
}
