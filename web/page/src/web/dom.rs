//! Small bridges to the browser.

use gloo::net::http;
use gloo::utils::{document, window};
use js_sys::Uint8Array;
use page::errors::Error;
use wasm_bindgen::{JsCast as _, JsValue};

/// Milliseconds since the page was opened.
pub fn now() -> f64 {
    window()
        .performance()
        .map_or(0.0, |performance| performance.now())
}

/// Device pixels per CSS pixel.
pub fn pixel_ratio() -> f64 {
    window().device_pixel_ratio().clamp(0.5, 8.0)
}

/// Whether the browser offers WebGPU at all.
pub fn has_webgpu() -> bool {
    let gpu = js_sys::Reflect::get(&window().navigator(), &"gpu".into());
    gpu.is_ok_and(|gpu| gpu.is_object())
}

/// What the browser says went wrong, in words.
pub fn words(value: &JsValue) -> String {
    let text = value
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .or_else(|| value.as_string())
        .unwrap_or_else(|| format!("{value:?}"));
    if text.trim().is_empty() {
        "no reason given".to_owned()
    } else {
        text
    }
}

/// Brings an element on screen, unless its upper edge is on it already.
pub fn reveal(id: &str) {
    if let Some(element) = document().get_element_by_id(id)
        && element.get_bounding_client_rect().top() < 0.0
    {
        element.scroll_into_view();
    }
}

/// Opens a dialog of the page, unless it is open.
pub fn show_dialog(id: &str) {
    let dialog = document().get_element_by_id(id);
    let dialog = dialog.and_then(|dialog| dialog.dyn_into::<web_sys::HtmlDialogElement>().ok());
    if let Some(dialog) = dialog.filter(|dialog| !dialog.open()) {
        // A dialog that is in the document and closed can be opened.
        dialog.show_modal().unwrap_or_default();
    }
}

/// Fetches one of the page's own files.
async fn fetch(file: &str) -> Result<http::Response, Error> {
    let answer = http::Request::get(file).send().await;
    let answer = answer.map_err(|error| fetch_fault(file, &error))?;
    if answer.ok() {
        Ok(answer)
    } else {
        Err(fetch_fault(file, &format!("status {}", answer.status())))
    }
}

fn fetch_fault(file: &str, fault: &impl ToString) -> Error {
    Error::Fetch {
        file: file.to_owned(),
        fault: fault.to_string(),
    }
}

/// Fetches one of the page's own files as text.
///
/// # Errors
/// [`Error::Fetch`].
pub async fn fetch_text(file: &str) -> Result<String, Error> {
    let text = fetch(file).await?.text().await;
    text.map_err(|error| fetch_fault(file, &error))
}

/// Fetches one of the page's own files as bytes.
///
/// # Errors
/// [`Error::Fetch`].
pub async fn fetch_bytes(file: &str) -> Result<js_sys::ArrayBuffer, Error> {
    let bytes = fetch(file).await?.binary().await;
    let bytes = bytes.map_err(|error| fetch_fault(file, &error))?;
    Ok(Uint8Array::from(&bytes[..]).buffer())
}

/// Makes a canvas that is not shown.
///
/// # Errors
/// [`Error::Draw`].
pub fn canvas() -> Result<web_sys::HtmlCanvasElement, Error> {
    let element = document()
        .create_element("canvas")
        .map_err(|error| Error::Draw {
            fault: words(&error),
        })?;
    element.dyn_into().map_err(|_| Error::Draw {
        fault: "there is no canvas".to_owned(),
    })
}

/// The drawing surface of a canvas.
///
/// # Errors
/// [`Error::Draw`].
pub fn context(
    canvas: &web_sys::HtmlCanvasElement,
) -> Result<web_sys::CanvasRenderingContext2d, Error> {
    let context = canvas.get_context("2d").map_err(|error| Error::Draw {
        fault: words(&error),
    })?;
    let context = context.ok_or_else(|| Error::Draw {
        fault: "it has no 2D context".to_owned(),
    })?;
    context.dyn_into().map_err(|_| Error::Draw {
        fault: "it has no 2D context".to_owned(),
    })
}

/// Puts RGBA bytes of `[rows, columns]` on a canvas, at a row and a column of it; the rest stays.
///
/// # Errors
/// [`Error::Draw`].
pub fn put_part(
    canvas: &web_sys::HtmlCanvasElement,
    rgba: &[u8],
    [row, column]: [usize; 2],
    [rows, columns]: [usize; 2],
) -> Result<(), Error> {
    let fault = |error: JsValue| Error::Draw {
        fault: words(&error),
    };
    // Parts of a canvas, whose size fits 32 bits.
    let data = web_sys::ImageData::new_with_u8_clamped_array_and_sh(
        wasm_bindgen::Clamped(rgba),
        columns as u32,
        rows as u32,
    );
    context(canvas)?
        .put_image_data(&data.map_err(fault)?, column as f64, row as f64)
        .map_err(fault)
}

/// Makes a canvas a number of rows and columns large, and empties it.
pub fn resize(canvas: &web_sys::HtmlCanvasElement, [rows, columns]: [usize; 2]) {
    canvas.set_width(u32::try_from(columns).unwrap_or(u32::MAX));
    canvas.set_height(u32::try_from(rows).unwrap_or(u32::MAX));
}

/// Puts RGBA bytes on a canvas of their size.
///
/// # Errors
/// [`Error::Draw`], for instance when the browser refuses a canvas that large.
pub fn put(
    canvas: &web_sys::HtmlCanvasElement,
    rgba: &[u8],
    rows: usize,
    columns: usize,
) -> Result<(), Error> {
    let too_large = |_| Error::Draw {
        fault: format!("{columns} × {rows} pixels"),
    };
    let (width, height) = (
        u32::try_from(columns).map_err(too_large)?,
        u32::try_from(rows).map_err(too_large)?,
    );
    if canvas.width() != width || canvas.height() != height {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let data = web_sys::ImageData::new_with_u8_clamped_array_and_sh(
        wasm_bindgen::Clamped(rgba),
        width,
        height,
    );
    let data = data.map_err(|error| Error::Draw {
        fault: words(&error),
    })?;
    context(canvas)?
        .put_image_data(&data, 0.0, 0.0)
        .map_err(|error| Error::Draw {
            fault: words(&error),
        })
}
