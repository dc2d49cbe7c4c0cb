//! Opening: files, folder, sample, series, model.

use leptos::prelude::*;
use page::text;
use wasm_bindgen::JsCast as _;
use web_sys::{Event, HtmlInputElement};

use super::parts::Parts;
use crate::web::controller::Controller;
use crate::web::files::{self, Chosen};
use crate::web::state::State;

/// What the file chooser offers; what a file really is, its bytes decide.
///
/// Files without an ending, as scanners write them, are offered by the last entry on most systems.
pub const ACCEPT: &str = ".png,.jpg,.jpeg,.tif,.tiff,.bmp,.webp,.dcm,.dicom,.ima,.nii,.gz,.hdr,.img,.zip,image/*,application/dicom,application/zip,application/gzip,application/octet-stream";

/// The files chosen in an input, which is emptied so that the same file can be chosen again.
pub fn chosen(event: &Event) -> Vec<Chosen> {
    let input = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    input.map_or_else(Vec::new, |input| {
        let files = files::listed(input.files());
        input.set_value("");
        files
    })
}

/// The panel.
#[component]
pub fn Open(state: State, controller: Controller) -> impl IntoView {
    let samples = move || {
        let options = state.samples.get().into_iter().map(|sample| {
            let id = sample.id.clone();
            let selected = move || state.sample.with(|chosen| chosen.as_deref() == Some(id.as_str()));
            view! { <option value=sample.id.clone() prop:selected=selected>{sample.title.clone()}</option> }
        });
        options.collect_view()
    };
    let models = move || {
        let options = state.models.get().into_iter().map(|model| {
            let id = model.id.clone();
            let selected = move || state.model.with(|chosen| *chosen == id);
            view! {
                <option value=model.id.clone() prop:selected=selected>{model.title.clone()}</option>
            }
        });
        options.collect_view()
    };
    let own = move || state.sample.with(Option::is_none);
    view! {
        <section class="open" aria-label="Open">
            <div class="choose">
                <input
                    type="file"
                    id="open-image"
                    class="visually-hidden"
                    multiple
                    accept=ACCEPT
                    on:change=move |event| {
                        let files = chosen(&event);
                        // Closing the chooser without a choice is no choice.
                        if !files.is_empty() {
                            controller.open_files(files);
                        }
                    }
                />
                <label for="open-image" class="button primary" title=text::OPEN_HINT>"Open image"</label>
                <input
                    type="file"
                    id="open-folder"
                    class="visually-hidden"
                    multiple
                    prop:webkitdirectory=true
                    on:change=move |event| {
                        let files = chosen(&event);
                        if !files.is_empty() {
                            controller.open_folder(files);
                        }
                    }
                />
                <label for="open-folder" class="button">"Open folder"</label>
            </div>
                <div class="field">
                    <label for="sample">"Sample"<span class="when-wide">" image"</span></label>
                    <select id="sample" on:change=move |event| controller.open_sample(&event_target_value(&event))>
                        <option value="" disabled prop:selected=own>"Your own image"</option>
                        {samples}
                    </select>
                </div>
                <div class="field">
                    <label for="model">"Model"</label>
                    <select id="model" on:change=move |event| controller.choose_model(event_target_value(&event))>
                        {models}
                    </select>
                </div>
            <Series state controller/>
            <Parts state controller/>
            <Stepper state controller/>
            <Advice state controller/>
        </section>
    }
}

/// What does not fit between image and model, and the way to a model that fits better.
#[component]
fn Advice(state: State, controller: Controller) -> impl IntoView {
    let advice = move || state.advice.get();
    let buttons = move || {
        let better = advice().map_or_else(Vec::new, |advice| advice.better);
        let buttons = better.into_iter().map(|(id, title)| {
            let choose = move |_| controller.choose_model(id.clone());
            view! { <button type="button" on:click=choose>{text::use_model(&title)}</button> }
        });
        buttons.collect_view()
    };
    view! {
        <div class="notice" role="status" class:hidden=move || state.advice.with(Option::is_none)>
            <p>{move || advice().map(|advice| advice.text)}</p>
            <div class="buttons">{buttons}</div>
        </div>
    }
}

/// Chooses among the series that were found in what was opened.
#[component]
fn Series(state: State, controller: Controller) -> impl IntoView {
    let series = Memo::new(move |_| {
        let picture = state.on_screen();
        picture.map_or_else(Vec::new, |picture| picture.info.series.clone())
    });
    let shown = move || {
        let picture = state.on_screen();
        picture.map_or(0, |picture| picture.info.chosen as usize)
    };
    let options = move || {
        let options = series.get().into_iter().enumerate().map(|(index, series)| {
            let selected = move || shown() == index;
            view! {
                <option value=index.to_string() selected=selected>{format!("{}. {}", index + 1, series.description)}</option>
            }
        });
        options.collect_view()
    };
    view! {
        <Show when=move || series.with(|series| series.len() > 1)>
            <div class="field">
                <label for="series">"Series"</label>
                <select
                    id="series"
                    on:change=move |event| {
                        if let Ok(index) = event_target_value(&event).parse() {
                            controller.choose_series(index);
                        }
                    }
                >
                    {options}
                </select>
            </div>
        </Show>
    }
}

/// Steps through images that were opened together.
#[component]
fn Stepper(state: State, controller: Controller) -> impl IntoView {
    let several = move || state.files.with(|files| files.len() > 1);
    let last = move || state.files.with(Vec::len).saturating_sub(1);
    let names = move || {
        let options = state.files.get().into_iter().enumerate().map(|(index, name)| {
            let selected = move || state.file.get() == index;
            view! { <option value=index.to_string() selected=selected>{format!("{}. {name}", index + 1)}</option> }
        });
        options.collect_view()
    };
    view! {
        <Show when=several>
            <div class="stepper" role="group" aria-label="Opened files">
                <button
                    type="button"
                    disabled=move || { state.file.get() == 0 }
                    on:click=move |_| controller.open_listed(state.file.get_untracked().saturating_sub(1))
                >
                    "Previous"
                </button>
                <select
                    aria-label="File"
                    on:change=move |event| {
                        if let Ok(index) = event_target_value(&event).parse() {
                            controller.open_listed(index);
                        }
                    }
                >
                    {names}
                </select>
                <button
                    type="button"
                    disabled=move || { state.file.get() >= last() }
                    on:click=move |_| controller.open_listed(state.file.get_untracked() + 1)
                >
                    "Next"
                </button>
            </div>
        </Show>
    }
}
