//! The sheet of all keys.

use leptos::html::Dialog;
use leptos::prelude::*;
use page::correct::keys::SHEET;

use crate::web::keys;
use crate::web::state::State;

/// The sheet; `?` opens it.
#[component]
pub fn KeySheet(state: State) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let single = state.correcting.single_keys;
    let parts = SHEET.map(|(title, keys)| {
        let rows = keys.iter().map(|(key, does)| {
            view! { <tr><th scope="row"><kbd>{*key}</kbd></th><td>{*does}</td></tr> }
        });
        view! {
            <table>
                <caption>{title}</caption>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
    });
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <dialog id=keys::SHEET node_ref=dialog class="key-sheet" aria-labelledby="keys-head">
            <h2 id="keys-head">"Keys"</h2>
            <div class="key-tables">{parts}</div>
            <label class="tick">
                <input
                    type="checkbox"
                    prop:checked=move || single.get()
                    on:change=move |event| single.set(event_target_checked(&event))
                />
                "Single keys without Ctrl work"
            </label>
            <button type="button" on:click=close>"Close"</button>
        </dialog>
    }
}
