//! Saving what was made, without asking any server. Masks and maps are made into files by the worker, which has the
//! image's header; the picture as it is drawn and the report are the page's own.

use std::time::Duration;

use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use page::errors::Error;
use page::names;
use wasm_bindgen::JsCast as _;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::dom::words;
use super::state::State;
use super::viewer;

/// How long a download's address is kept: browsers read it after the click.
const KEPT: Duration = Duration::from_secs(60);

/// Saves the picture as it is drawn, at the image's own size, as PNG.
///
/// # Errors
/// [`Error::Save`] or [`Error::Draw`].
pub fn overlay(state: &State) -> Result<(), Error> {
    let (Some(image), Some(drawn)) = (state.picture.get(), viewer::overlay(state)?) else {
        return Ok(());
    };
    let [rows, columns] = drawn.size;
    let file = names::overlay(&image.name);
    let png =
        imaging::encode::png_rgba(&drawn.rgba, rows, columns).map_err(|error| Error::Save {
            file: file.clone(),
            fault: error.to_string(),
        })?;
    download(&file, "image/png", &Uint8Array::from(&png[..]))
}

/// Saves the report as JSON.
///
/// # Errors
/// [`Error::Save`].
pub fn report(state: &State) -> Result<(), Error> {
    let (Some(image), Some(outcome)) = (state.picture.get(), state.outcome.get()) else {
        return Ok(());
    };
    download(
        &names::report(&image.name),
        "application/json",
        &Uint8Array::from(outcome.info.report.as_bytes()),
    )
}

/// Hands a file to the browser's downloads.
///
/// # Errors
/// [`Error::Save`].
pub fn download(file: &str, kind: &str, bytes: &Uint8Array) -> Result<(), Error> {
    let fault = |error: wasm_bindgen::JsValue| Error::Save {
        file: file.to_owned(),
        fault: words(&error),
    };
    let absent = || Error::Save {
        file: file.to_owned(),
        fault: "there is no document".to_owned(),
    };
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let blob = Blob::new_with_u8_array_sequence_and_options(&Array::of1(bytes), &options)
        .map_err(fault)?;
    let url = Url::create_object_url_with_blob(&blob).map_err(fault)?;
    let document = web_sys::window()
        .and_then(|window| window.document())
        .ok_or_else(absent)?;
    let link = document.create_element("a").map_err(fault)?;
    let link: HtmlAnchorElement = link.dyn_into().map_err(|_| absent())?;
    link.set_href(&url);
    link.set_download(file);
    link.click();
    // Releasing the address can only fail when it is released already.
    set_timeout(
        move || Url::revoke_object_url(&url).unwrap_or_default(),
        KEPT,
    );
    Ok(())
}
