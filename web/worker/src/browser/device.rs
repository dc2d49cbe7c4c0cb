//! The graphics device of a browser with WebGPU.

use burn::tensor::Device;
use engine::MemoryLimits;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::{Graphics, brief};

/// What an adapter says of itself.
struct Adapter {
    /// Its own words, where the browser tells them.
    name: Option<String>,
    /// Largest buffer that a shader can use, in bytes.
    largest_buffer: u64,
}

/// A WebGPU device, or one sentence why there is none.
///
/// The adapter is asked for first, and apart: a browser without one is common, and deserves its own sentence.
pub async fn graphics() -> Result<Graphics, String> {
    let adapter = adapter().await?;
    let device = Device::wgpu_options().init_async().await.map_err(|error| {
        let fault = brief(&error.to_string());
        format!("WebGPU could not be started ({fault}).")
    })?;
    Ok(Graphics {
        device,
        adapter: adapter.name,
        largest_buffer: adapter.largest_buffer,
    })
}

async fn adapter() -> Result<Adapter, String> {
    let field = |object: &JsValue, name: &str| Reflect::get(object, &JsValue::from_str(name)).ok();
    let gpu = field(&js_sys::global(), "navigator")
        .and_then(|navigator| field(&navigator, "gpu"))
        .filter(|gpu| gpu.is_object())
        .ok_or("This browser has no WebGPU.")?;
    let request =
        field(&gpu, "requestAdapter").and_then(|request| request.dyn_into::<Function>().ok());
    let promise = request.and_then(|request| request.call0(&gpu).ok());
    let promise = promise.and_then(|promise| promise.dyn_into::<Promise>().ok());
    let promise = promise.ok_or("This browser's WebGPU cannot be asked for an adapter.")?;
    let adapter = JsFuture::from(promise)
        .await
        .map_err(|_| "This browser's WebGPU refuses to give an adapter.".to_owned())?;
    if adapter.is_null() || adapter.is_undefined() {
        return Err("This browser has WebGPU, but no adapter for it.".to_owned());
    }
    let info = field(&adapter, "info").unwrap_or(JsValue::UNDEFINED);
    let words = ["vendor", "architecture", "device", "description"]
        .into_iter()
        .filter_map(|name| field(&info, name)?.as_string())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>();
    let limits = field(&adapter, "limits").unwrap_or(JsValue::UNDEFINED);
    // The device is asked for with all that the adapter allows, so the adapter's limits are the device's.
    let largest_buffer = ["maxStorageBufferBindingSize", "maxBufferSize"]
        .into_iter()
        .map(|name| {
            field(&limits, name)
                .and_then(|limit| limit.as_f64())
                .map_or(MemoryLimits::DEFAULT_BUFFER, |limit| limit as u64)
        })
        .min()
        .unwrap_or(MemoryLimits::DEFAULT_BUFFER);
    Ok(Adapter {
        name: (!words.is_empty()).then(|| words.join(" ")),
        largest_buffer,
    })
}
