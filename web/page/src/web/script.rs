//! Values of JavaScript that have no type here: fields, calls and promises by name.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A field; undefined where there is none.
pub fn get(object: &JsValue, name: &str) -> JsValue {
    // Reading a field of something that is no object fails.
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// A field that is text.
pub fn text(object: &JsValue, name: &str) -> Option<String> {
    get(object, name).as_string()
}

/// A field that is a number.
pub fn number(object: &JsValue, name: &str) -> Option<f64> {
    get(object, name).as_f64()
}

/// Whether an object has something under a name.
pub fn has(object: &JsValue, name: &str) -> bool {
    let value = get(object, name);
    !value.is_undefined() && !value.is_null()
}

/// Calls a method.
///
/// # Errors
/// What it throws; also when there is no such method.
pub fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = get(object, name).dyn_into()?;
    method.apply(object, &arguments.iter().collect::<Array>())
}

/// Waits for what a call returned, a promise or not.
///
/// # Errors
/// The reason of a rejection.
pub async fn settled(value: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&value)).await
}

/// Calls a method and waits for its promise.
///
/// # Errors
/// As [`call`] and [`settled`].
pub async fn awaited(
    object: &JsValue,
    name: &str,
    arguments: &[JsValue],
) -> Result<JsValue, JsValue> {
    settled(call(object, name, arguments)?).await
}

/// A plain object with these fields.
pub fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in fields {
        // A plain object takes every field.
        Reflect::set(&object, &(*name).into(), value).unwrap_or_default();
    }
    object.into()
}

/// The values of a list.
pub fn list(value: &JsValue) -> Vec<JsValue> {
    if Array::is_array(value) {
        Array::from(value).iter().collect()
    } else {
        Vec::new()
    }
}
