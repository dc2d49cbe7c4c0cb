//! Saving.

use leptos::prelude::*;
use page::errors::Error;

use crate::web::controller::Controller;
use crate::web::save;
use crate::web::state::State;

/// The panel.
#[component]
pub fn Keep(state: State, controller: Controller) -> impl IntoView {
    let nothing =
        move || state.outcome.with(Option::is_none) || state.pending.with(Option::is_some);
    let button = move |label: &'static str, save: fn(&State) -> Result<(), Error>| {
        let click = move |_| {
            if let Err(error) = untrack(|| save(&state)) {
                controller.tell(&error);
            }
        };
        view! { <button type="button" disabled=nothing on:click=click>{label}</button> }
    };
    view! {
        <section class="panel" aria-labelledby="keep">
            <h2 id="keep">"Keep"</h2>
            <div class="buttons">
                {button("Save mask", save::mask)}
                {button("Save uncertainty", save::map)}
                {button("Save overlay", save::overlay)}
                {button("Save report", save::report)}
            </div>
            <p class="hint">
                "Mask: PNG of class numbers. Uncertainty: the chosen map as 32-bit TIFF. Overlay: the picture as drawn, PNG. Report: JSON."
            </p>
        </section>
    }
}
