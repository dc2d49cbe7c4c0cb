//! A link to what is on screen.

use gloo::utils::window;
use leptos::prelude::*;
use page::text::privacy as text;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::web::address::Address;
use crate::web::script;
use crate::web::state::State;

/// The link with its button.
#[component]
pub fn Share(state: State) -> impl IntoView {
    // Given by the page once; a frame has none.
    let address = use_context::<Address>();
    let copied = RwSignal::new(None::<bool>);
    let own = move || state.sample.with(Option::is_none);
    let link = move || address.map(|address| address.link()).unwrap_or_default();
    let copy = move |_| {
        let link = untrack(link);
        spawn_local(async move {
            let navigator = window().navigator();
            let done = script::has(&navigator, "clipboard")
                && JsFuture::from(navigator.clipboard().write_text(&link))
                    .await
                    .is_ok();
            copied.set(Some(done));
        });
    };
    let said = move || match copied.get() {
        Some(true) => "Copied.",
        Some(false) => "The browser did not let the page copy; copy it from the field.",
        None => "",
    };
    view! {
        <section class="part share" aria-labelledby="share-head">
            <h2 id="share-head">"Share"</h2>
            <div class="with-button">
                <input
                    type="text"
                    readonly
                    aria-label="Link"
                    prop:value=link
                    on:focus=move |_| copied.set(None)
                />
                <button type="button" disabled=move || state.nothing_made() on:click=copy>"Copy link"</button>
            </div>
            <p class="hint" role="status">{said}</p>
            <p class="hint">{move || if own() { text::LINK_OWN } else { text::LINK_HINT }}</p>
        </section>
    }
}
