//! What a figure says where it needs true labels, and the way to them.

use leptos::prelude::*;

use super::Scene;

/// A sentence and a button; nothing once there is a comparison.
#[component]
pub fn NeedsLabels(scene: Scene) -> impl IntoView {
    let (state, controller) = (scene.state, scene.controller);
    let has_labels = move || {
        let id = state.sample.get();
        state.samples.with(|samples| {
            let mut samples = samples.iter();
            samples.any(|sample| Some(&sample.id) == id.as_ref() && sample.labels.is_some())
        })
    };
    let words = scene.words();
    let hidden = move || state.compared().is_some() || state.nothing_made();
    let own = words.own_labels.clone();
    view! {
        <div class="needs-labels" class:hidden=hidden>
            <p>{words.needs_labels.clone()}</p>
            <button type="button" class:hidden=move || !has_labels() on:click=move |_| controller.check_sample()>
                {words.use_labels.clone()}
            </button>
            <p class="hint">{move || (!has_labels()).then(|| own.clone())}</p>
        </div>
    }
}
