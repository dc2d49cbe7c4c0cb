//! A file of the page's own origin, watched while it arrives.
//!
//! The stream is read through JavaScript's own names: the interface of streams in web-sys is one more feature of a crate
//! that everything on the web is built on.

use std::ops::ControlFlow;
use std::pin::pin;

use futures_util::future::{Either, select};
use gloo_net::http::Request;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::{FetchFault, STEP_MILLISECONDS, brief};

type Step<'a> = &'a mut dyn FnMut(u64) -> ControlFlow<()>;

/// The bytes of a file, as [`worker::Host::fetch`] wants them.
pub async fn fetch(address: &str, step: Step<'_>) -> Result<Vec<u8>, FetchFault> {
    let sent = Request::get(address).send();
    let response = watched(sent, 0, step)
        .await?
        .map_err(|error| FetchFault::Failed(brief(&error.to_string())))?;
    if !response.ok() {
        return Err(FetchFault::Failed(format!("status {}", response.status())));
    }
    let Some(stream) = response.body() else {
        return Ok(Vec::new());
    };
    let reader = call(&stream, "getReader")?;
    let mut bytes = Vec::new();
    loop {
        let part: Promise = call(&reader, "read")?
            .dyn_into()
            .map_err(|other| failed(&other))?;
        let part = match watched(JsFuture::from(part), bytes.len(), step).await {
            Ok(part) => part.map_err(|error| failed(&error))?,
            Err(given_up) => {
                // The rest need not be sent; whether the server hears of it does not matter here.
                call(&reader, "cancel").ok();
                return Err(given_up);
            }
        };
        let value = Reflect::get(&part, &"value".into()).map_err(|error| failed(&error))?;
        let Ok(value) = value.dyn_into::<Uint8Array>() else {
            return Ok(bytes);
        };
        bytes.extend(value.to_vec());
        if step(bytes.len() as u64).is_break() {
            call(&reader, "cancel").ok();
            return Err(FetchFault::GivenUp);
        }
    }
}

/// Waits for something, and asks now and then whether to go on waiting.
async fn watched<T>(
    work: impl Future<Output = T>,
    arrived: usize,
    step: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<T, FetchFault> {
    let mut work = pin!(work);
    loop {
        match select(work.as_mut(), TimeoutFuture::new(STEP_MILLISECONDS)).await {
            Either::Left((outcome, _)) => return Ok(outcome),
            Either::Right(_) if step(arrived as u64).is_break() => return Err(FetchFault::GivenUp),
            Either::Right(_) => {}
        }
    }
}

fn call(object: &JsValue, method: &str) -> Result<JsValue, FetchFault> {
    let function = Reflect::get(object, &method.into()).map_err(|error| failed(&error))?;
    let function: Function = function.dyn_into().map_err(|other| failed(&other))?;
    function.call0(object).map_err(|error| failed(&error))
}

fn failed(error: &JsValue) -> FetchFault {
    let words = error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()));
    FetchFault::Failed(brief(&words.unwrap_or_else(|| format!("{error:?}"))))
}
