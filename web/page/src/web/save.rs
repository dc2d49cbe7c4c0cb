//! Saving what was made, without asking any server. Masks and maps are made into files by the worker, which has the
//! image's header; the picture as it is drawn and the report are the page's own.

use gloo::file::{Blob, ObjectUrl};
use gloo::timers::callback::Timeout;
use gloo::utils::document;
use leptos::prelude::*;
use page::correct::record::{record, with_record};
use page::errors::Error;
use page::library::names;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlAnchorElement;

use super::state::State;
use super::viewer;

/// How long a download's address is kept, in milliseconds: browsers read it after the click.
const KEPT_MILLISECONDS: u32 = 60_000;

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
    download(&file, "image/png", &png)
}

/// Saves the penumbra of the plane in the large view as SVG, its lines as lines. Does nothing while the probabilities of a
/// large volume are on their way.
///
/// # Errors
/// [`Error::Save`] or [`Error::Draw`].
pub fn vector_overlay(state: &State) -> Result<(), Error> {
    let (Some(image), Some(svg)) = (state.picture.get(), viewer::vector_overlay(state)?) else {
        return Ok(());
    };
    download(
        &names::vector_overlay(&image.name),
        "image/svg+xml",
        svg.as_bytes(),
    )
}

/// Saves the report as JSON, with the record of the review once one has begun.
///
/// # Errors
/// [`Error::Save`].
pub fn report(state: &State) -> Result<(), Error> {
    let (Some(image), Some(outcome)) = (state.picture.get(), state.outcome.get()) else {
        return Ok(());
    };
    let correcting = &state.correcting;
    let review = correcting.review.get();
    let untouched = review.is_untouched() && !correcting.edited.get();
    let report = if untouched {
        outcome.info.report.clone()
    } else {
        let saved = String::from(js_sys::Date::new_0().to_iso_string());
        let record = correcting
            .mask
            .with_value(|mask| record(&outcome, &review, mask.as_ref(), saved));
        with_record(&outcome.info.report, &record)?
    };
    download(
        &names::report(&image.name),
        "application/json",
        report.as_bytes(),
    )
}

/// Hands a file to the browser's downloads.
///
/// # Errors
/// [`Error::Save`].
pub fn download(file: &str, kind: &str, bytes: &[u8]) -> Result<(), Error> {
    let url = ObjectUrl::from(Blob::new_with_options(bytes, Some(kind)));
    let link = document().create_element("a").ok();
    let link = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    let link = link.ok_or_else(|| Error::Save {
        file: file.to_owned(),
        fault: "the browser makes no link".to_owned(),
    })?;
    link.set_href(&url);
    link.set_download(file);
    link.click();
    Timeout::new(KEPT_MILLISECONDS, move || drop(url)).forget();
    Ok(())
}
