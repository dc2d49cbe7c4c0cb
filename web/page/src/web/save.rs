//! Saving what was made, without asking any server.

use std::time::Duration;

use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use page::errors::Error;
use page::{names, picture};
use wasm_bindgen::JsCast as _;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::dom::words;
use super::state::State;
use super::viewer;

/// How long a download's address is kept: browsers read it after the click.
const KEPT: Duration = Duration::from_secs(60);

fn fault(file: &str) -> impl Fn(imaging::Error) -> Error + '_ {
    move |error| Error::Save {
        file: file.to_owned(),
        fault: error.to_string(),
    }
}

/// Saves the mask as PNG of class identifiers.
///
/// # Errors
/// [`Error::Save`].
pub fn mask(state: &State) -> Result<(), Error> {
    let (Some(image), Some(outcome)) = (state.picture.get(), state.outcome.get()) else {
        return Ok(());
    };
    let file = names::mask(&image.name);
    let [rows, columns] = image.size();
    let values = picture::plane(&outcome.mask, outcome.info.shape, state.display.plane.get());
    let png = imaging::encode::png_mask(values, rows, columns).map_err(fault(&file))?;
    download(&file, "image/png", &png)
}

/// Saves the chosen map as 32-bit TIFF.
///
/// # Errors
/// [`Error::Save`].
pub fn map(state: &State) -> Result<(), Error> {
    let (Some(image), Some(outcome)) = (state.picture.get(), state.outcome.get()) else {
        return Ok(());
    };
    let name = state.display.map.get();
    let Some((_, values)) = outcome.map(&name) else {
        return Ok(());
    };
    let file = names::map(&image.name, &name);
    let [rows, columns] = image.size();
    let values = picture::plane(values, outcome.info.shape, state.display.plane.get());
    let tiff = imaging::encode::tiff_f32(values, rows, columns).map_err(fault(&file))?;
    download(&file, "image/tiff", &tiff)
}

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
    let png = imaging::encode::png_rgba(&drawn.rgba, rows, columns).map_err(fault(&file))?;
    download(&file, "image/png", &png)
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
        outcome.info.report.as_bytes(),
    )
}

fn download(file: &str, kind: &str, bytes: &[u8]) -> Result<(), Error> {
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
    let blob = Blob::new_with_u8_array_sequence_and_options(
        &Array::of1(&Uint8Array::from(bytes)),
        &options,
    )
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
