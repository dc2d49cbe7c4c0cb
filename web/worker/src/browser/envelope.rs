//! Messages in and out: `{ message, buffers }`.

use js_sys::{Array, ArrayBuffer, Float32Array, Object, Reflect, Uint8Array};
use protocol::{Request, Response};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

use crate::error::Error;

/// A request with the bytes that came with it.
pub struct Incoming {
    /// The request.
    pub request: Request,
    /// Its buffers.
    pub buffers: Vec<Vec<u8>>,
}

/// The worker's global scope.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Reads a message's data.
pub fn read(data: &JsValue) -> Result<Incoming, Error> {
    let field =
        |name: &str| Reflect::get(data, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED);
    let request = serde_wasm_bindgen::from_value(field("message"))
        .map_err(|error| Error::Message(error.to_string()))?;
    let buffers = field("buffers").dyn_into::<Array>().unwrap_or_default();
    let bytes = |buffer: JsValue| {
        buffer
            .dyn_into::<ArrayBuffer>()
            .ok()
            .map(|buffer| Uint8Array::new(&buffer).to_vec())
    };
    Ok(Incoming {
        request,
        buffers: buffers.iter().filter_map(bytes).collect(),
    })
}

/// An array that is transferred with a message.
pub enum Buffer<'a> {
    /// Bytes.
    Bytes(&'a [u8]),
    /// 32-bit floats.
    Floats(&'a [f32]),
}

/// Sends a message; its buffers are copied out of the module once and then transferred.
pub fn send(response: &Response, buffers: &[Buffer<'_>]) {
    let transferred = Array::new();
    for buffer in buffers {
        transferred.push(&match buffer {
            Buffer::Bytes(bytes) => Uint8Array::from(*bytes).buffer().into(),
            Buffer::Floats(floats) => Float32Array::from(*floats).buffer().into(),
        });
    }
    let envelope = Object::new();
    let message = serde_wasm_bindgen::to_value(response).unwrap_or(JsValue::NULL);
    for (name, value) in [("message", &message), ("buffers", transferred.as_ref())] {
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
