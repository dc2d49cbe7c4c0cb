//! Connects the page's messages with the library.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::MessageEvent;

use super::envelope::{read, scope};
use super::host::Browser;

/// Listens to the page for as long as the worker lives.
pub fn start() {
    let (listener, work) = worker::start(Rc::new(Browser::default()));
    let on_message =
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            match read(&event.data()) {
                Ok((request, buffers)) => listener.receive(request, buffers),
                Err(error) => listener.refuse(None, &error),
            }
        });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    wasm_bindgen_futures::spawn_local(work);
}
