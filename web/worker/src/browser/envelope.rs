//! Messages in and out: JavaScript objects `{ message, buffers }`.

use js_sys::{Array, ArrayBuffer, Float32Array, Object, Reflect, Uint8Array};
use protocol::{Request, Response};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::DedicatedWorkerGlobalScope;
use worker::{Buffer, Error, encode};

/// The worker's global scope.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Reads a message's data: the request, and its buffers, none for one that is no `ArrayBuffer`.
pub fn read(data: &JsValue) -> Result<(Request, Vec<Option<Vec<u8>>>), Error> {
    let field =
        |name: &str| Reflect::get(data, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED);
    let request = serde_wasm_bindgen::from_value(field("message"))
        .map_err(|error| Error::Message(error.to_string()))?;
    let buffers = field("buffers")
        .dyn_into::<Array>()
        .map_err(|_| Error::Message("its buffers are no array".to_owned()))?;
    let bytes = |buffer: JsValue| {
        let buffer = buffer.dyn_into::<ArrayBuffer>().ok()?;
        Some(Uint8Array::new(&buffer).to_vec())
    };
    Ok((request, buffers.iter().map(bytes).collect()))
}

/// Sends an answer; its buffers are copied out of the module once and then transferred.
pub fn send(response: &Response, buffers: &[Buffer<'_>]) {
    let encoded = match encode(response, |response| serde_wasm_bindgen::to_value(response)) {
        Ok(encoded) => encoded,
        Err(error) => {
            // Two strings and a number cannot be encoded: this reaches the page as an `error` event of the worker.
            wasm_bindgen::throw_val(error.into());
        }
    };
    let transferred = Array::new();
    for buffer in buffers.iter().filter(|_| encoded.is_answer) {
        transferred.push(&match buffer {
            Buffer::Bytes(bytes) => Uint8Array::from(*bytes).buffer().into(),
            Buffer::Floats(floats) => Float32Array::from(*floats).buffer().into(),
        });
    }
    let envelope = Object::new();
    for (name, value) in [
        ("message", &encoded.message),
        ("buffers", transferred.as_ref()),
    ] {
        // Setting a field of a new plain object cannot fail.
        Reflect::set(&envelope, &JsValue::from_str(name), value).ok();
    }
    if scope()
        .post_message_with_transfer(&envelope, &transferred)
        .is_err()
    {
        // The page is gone; there is nobody left to tell.
        scope().close();
    }
}
