//! Which device the network runs on, and why.

use burn::tensor::Device;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A WebGPU device and its adapter's name, where the browser tells one.
pub struct WebGpu {
    /// The device.
    pub device: Device,
    /// The adapter's own words.
    pub adapter: Option<String>,
}

/// A WebGPU device, or one sentence why there is none.
///
/// The adapter is asked for first, and apart: a browser without one is common, and deserves its own sentence.
pub async fn webgpu() -> Result<WebGpu, String> {
    let adapter = adapter().await?;
    let device = Device::wgpu_options()
        .init_async()
        .await
        .map_err(|error| format!("WebGPU could not be started ({error})."))?;
    Ok(WebGpu { device, adapter })
}

async fn adapter() -> Result<Option<String>, String> {
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
    Ok((!words.is_empty()).then(|| words.join(" ")))
}
