//! The worker, seen from the page: starting it, sending requests, taking answers.
//!
//! gloo's worker takes over both ends, with a module that it starts and a codec of its own; this one is a classic script,
//! which every browser with WebAssembly runs, and its arrays are transferred, not copied.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use gloo::utils::window;
use js_sys::{Array, ArrayBuffer, Function, Object, Promise, Reflect};
use page::errors::Error;
use protocol::{Request, Response};
use serde::{Deserialize as _, Serialize as _};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{MessageEvent, Worker};

use super::dom::words;
use super::requests;

/// The worker's script, relative to the page.
const SCRIPT: &str = "./worker/worker.js";

/// What the worker says.
pub enum Incoming {
    /// An answer with its arrays.
    Answer(Box<Response>, Vec<ArrayBuffer>),
    /// Its script failed; what the browser says of it.
    Crash(String),
    /// It has let go of its lock, so it does not exist any more.
    Gone,
    /// What it said cannot be read.
    Garbled(Error),
}

/// A running worker. It lives until [`WorkerClient::end`].
pub struct WorkerClient {
    worker: Worker,
    /// Its name, and that of the lock that it holds.
    name: String,
    /// Whether it is still listened to.
    heard: Rc<Cell<bool>>,
    take: Rc<dyn Fn(Incoming)>,
    _listeners: [EventListener; 2],
}

impl WorkerClient {
    /// Starts the worker; everything that it says goes to `take`.
    ///
    /// # Errors
    /// What the browser says when it refuses.
    pub fn start(take: impl Fn(Incoming) + 'static) -> Result<Self, String> {
        let name = format!("penumbra-{:x}", (js_sys::Math::random() * 1e15) as u64);
        let worker = named(&name).map_err(|error| words(&error))?;
        let heard = Rc::new(Cell::new(true));
        let listening = Rc::clone(&heard);
        let take: Rc<dyn Fn(Incoming)> = Rc::new(move |incoming| {
            if listening.get() {
                take(incoming);
            }
        });
        let on_message = {
            let take = Rc::clone(&take);
            EventListener::new(&worker, "message", move |event| {
                let data = event.unchecked_ref::<MessageEvent>().data();
                take(match open(&data) {
                    Ok((answer, buffers)) => Incoming::Answer(Box::new(answer), buffers),
                    Err(error) => Incoming::Garbled(error),
                });
            })
        };
        let options = EventListenerOptions::enable_prevent_default();
        let failed = Rc::clone(&take);
        let on_error = EventListener::new_with_options(&worker, "error", options, move |event| {
            event.prevent_default();
            // A script that cannot be fetched gives a plain event without a message.
            let message = Reflect::get(event, &"message".into())
                .ok()
                .and_then(|text| text.as_string());
            let fault = message
                .filter(|text| !text.is_empty())
                .unwrap_or_else(|| format!("{SCRIPT} failed to load"));
            failed(Incoming::Crash(fault));
        });
        Ok(Self {
            worker,
            name,
            heard,
            take,
            _listeners: [on_message, on_error],
        })
    }

    /// Waits for the lock that the worker holds: whoever gets it knows that the worker has ended. A browser without locks has
    /// nothing to wait for.
    pub fn watch_lock(&self) {
        let field = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).ok();
        let locks = field(&window().navigator(), "locks").filter(JsValue::is_object);
        let request = locks.as_ref().and_then(|locks| field(locks, "request"));
        let request = request.and_then(|request| request.dyn_into::<Function>().ok());
        let (Some(locks), Some(request)) = (locks, request) else {
            return;
        };
        let take = Rc::clone(&self.take);
        let gone = Closure::once_into_js(move || take(Incoming::Gone));
        if let Ok(asked) = request.call2(&locks, &self.name.as_str().into(), &gone)
            && let Ok(asked) = asked.dyn_into::<Promise>()
        {
            // One who is refused never learns more, and silence still tells.
            spawn_local(async move {
                JsFuture::from(asked).await.ok();
            });
        }
    }

    /// Ends the worker at once; nothing that it has said is heard any more.
    pub fn end(self) {
        self.heard.set(false);
        self.worker.terminate();
        // Let go after this turn, because the call may come from one of the listeners itself.
        Timeout::new(0, move || drop(self)).forget();
    }

    /// Sends a request; the buffers are handed over, not copied.
    ///
    /// # Errors
    /// [`Error::Protocol`].
    pub fn send(&self, request: &Request, buffers: &[ArrayBuffer]) -> Result<(), Error> {
        let fault = |error: JsValue| Error::Protocol {
            fault: words(&error),
        };
        let serializer = serde_wasm_bindgen::Serializer::new();
        let message = request
            .serialize(&serializer)
            .map_err(|error| Error::Protocol {
                fault: error.to_string(),
            })?;
        let transfer: Array = buffers.iter().collect();
        let envelope = Object::new();
        Reflect::set(&envelope, &"message".into(), &message).map_err(fault)?;
        Reflect::set(&envelope, &"buffers".into(), &transfer).map_err(fault)?;
        self.worker
            .post_message_with_transfer(&envelope, &transfer)
            .map_err(fault)
    }
}

/// A worker under a name, which web-sys offers with one more feature only.
fn named(name: &str) -> Result<Worker, JsValue> {
    let constructor: Function = Reflect::get(&js_sys::global(), &"Worker".into())?.dyn_into()?;
    let options = Object::new();
    Reflect::set(&options, &"name".into(), &name.into())?;
    let worker = Reflect::construct(
        &constructor,
        &Array::of2(&requests::marked(SCRIPT).into(), &options),
    )?;
    worker.dyn_into()
}

fn open(envelope: &JsValue) -> Result<(Response, Vec<ArrayBuffer>), Error> {
    let field = |name: &str| {
        Reflect::get(envelope, &name.into()).map_err(|_| Error::Protocol {
            fault: format!("an answer has no {name}"),
        })
    };
    let answer = Response::deserialize(serde_wasm_bindgen::Deserializer::from(field("message")?))
        .map_err(|error| Error::Protocol {
        fault: error.to_string(),
    })?;
    let buffers = field("buffers")?;
    if buffers.is_undefined() || buffers.is_null() {
        return Ok((answer, Vec::new()));
    }
    let buffers: Array = buffers.dyn_into().map_err(|_| Error::Protocol {
        fault: "buffers are not a list".to_owned(),
    })?;
    let buffers = buffers.iter().map(|buffer| {
        buffer.dyn_into().map_err(|_| Error::Protocol {
            fault: "one of the buffers is none".to_owned(),
        })
    });
    Ok((answer, buffers.collect::<Result<_, _>>()?))
}
