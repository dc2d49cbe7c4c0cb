//! Saving.

use leptos::prelude::*;
use page::errors::Error;
use page::library::formats;
use protocol::Exported;

use crate::web::controller::Controller;
use crate::web::save;
use crate::web::state::State;

/// The panel.
#[component]
pub fn Export(state: State, controller: Controller) -> impl IntoView {
    let nothing = move || state.nothing_made() || state.busy.get();
    let exports = Memo::new(move |_| {
        let picture = state.picture.get();
        picture.map_or_else(Vec::new, |picture| picture.info.exports.clone())
    });
    let format = Memo::new(move |_| {
        let name = state.format.get();
        exports.with(|exports| formats::chosen(exports, name.as_deref()))
    });
    let options = move || {
        let offered = exports
            .with(|exports| formats::offered(exports))
            .into_iter();
        let options = offered.map(|offer| {
            let selected = move || format.get() == Some(offer);
            view! { <option value=offer.name selected=selected>{offer.title}</option> }
        });
        options.collect_view()
    };
    let no_mask = move || nothing() || format.get().is_none();
    let no_map = move || nothing() || format.get().and_then(|format| format.map).is_none();
    let save_mask = move |_| {
        if let Some(format) = format.get_untracked() {
            let corrected = state.correcting.edited.get_untracked()
                && state.correcting.save_corrected.get_untracked();
            let what = if corrected {
                Exported::CorrectedMask
            } else {
                Exported::Mask
            };
            controller.export(what, format.mask);
        }
    };
    let save_map = move |_| {
        if let Some(map) = format.get_untracked().and_then(|format| format.map) {
            let name = state.display.map.get_untracked();
            controller.export(Exported::Map { name }, map);
        }
    };
    let button = move |label: &'static str, save: fn(&State) -> Result<(), Error>| {
        let click = move |_| {
            if let Err(error) = untrack(|| save(&state)) {
                controller.tell(&error);
            }
        };
        view! { <button type="button" disabled=nothing on:click=click>{label}</button> }
    };
    let which = [(true, "Corrected"), (false, "Model’s own")].map(|(corrected, title)| {
        let save = state.correcting.save_corrected;
        view! {
            <label>
                <input
                    type="radio"
                    name="saved-mask"
                    prop:checked=move || save.get() == corrected
                    on:change=move |_| save.set(corrected)
                />
                {title}
            </label>
        }
    });
    view! {
        <section class="part" aria-labelledby="save-head">
            <h2 id="save-head">"Save"</h2>
            <div class="field">
                <label for="format">"Format"</label>
                <select
                    id="format"
                    disabled=move || exports.with(Vec::is_empty)
                    on:change=move |event| state.format.set(Some(event_target_value(&event)))
                >
                    {options}
                </select>
            </div>
            <fieldset class="choice" class:hidden=move || !state.correcting.edited.get()>
                <legend>"Mask"</legend>
                {which}
            </fieldset>
            <div class="buttons">
                <button type="button" disabled=no_mask on:click=save_mask>"Save mask"</button>
                <button type="button" disabled=no_map on:click=save_map>"Save uncertainty"</button>
                {button("Save overlay", save::overlay)}
                {button("Save overlay as SVG", save::vector_overlay)}
                {button("Save report", save::report)}
            </div>
            <p class="hint">
                "Mask: class numbers. Uncertainty: the map that is chosen under “See”. Both lie on the image’s own grid. Overlay: the large view as it is drawn, as PNG; as SVG the penumbra of its plane, with lines that stay sharp. Report: all figures and your review, as JSON."
            </p>
        </section>
    }
}
