//! The model, the privacy and the limits.

use leptos::prelude::*;
use page::numbers::number;
use page::text;

use crate::web::state::State;

/// The panel.
#[component]
pub fn About(state: State) -> impl IntoView {
    let model = move || {
        // The model of what is on screen, also while another one is being loaded.
        let made = state.result().map(|outcome| outcome.model.clone());
        let model = made.or_else(|| state.device.get().map(|device| device.model.clone()))?;
        let metrics = model.test_metrics.into_iter().map(|(name, value)| {
            view! { <div><dt>{text::figure(&name)}</dt><dd>{number(value, 3)}</dd></div> }
        });
        Some(view! {
            <dl class="facts">
                <div><dt>"Model"</dt><dd>{model.title}</dd></div>
                <div><dt>"Modality"</dt><dd>{model.modality}</dd></div>
                {metrics.collect_view()}
                <div><dt>"Licence"</dt><dd>{model.licence}</dd></div>
                <div><dt>"Data"</dt><dd>{model.source}</dd></div>
                <div><dt>"Citation"</dt><dd>{model.citation}</dd></div>
                <div><dt>"Weights (SHA-256)"</dt><dd class="hash">{model.weights_sha256}</dd></div>
            </dl>
        })
    };
    view! {
        <h2>"About"</h2>
        <p class="limits">{text::NOT_FOR_DIAGNOSIS}</p>
        <p>{text::OPEN_HINT}</p>
        <p><strong>{text::PRIVACY}</strong>" "{text::PRIVACY_HOW}</p>
        <details open>
            <summary>"The model"</summary>
            {model}
        </details>
    }
}
