//! The one line about the image, and why.

use leptos::prelude::*;
use page::results::amount::Element;
use page::text;

use crate::web::state::State;

/// The line.
#[component]
pub fn Summary(state: State) -> impl IntoView {
    let line = move || state.result().map(|outcome| outcome.info.summary.clone());
    let unusual = move || {
        let score = state
            .result()
            .and_then(|outcome| outcome.info.in_distribution);
        score.is_some_and(|score| score.unusual)
    };
    let waiting = move || {
        if state.on_screen().is_some() {
            "The image is not segmented yet."
        } else {
            text::NO_IMAGE
        }
    };
    let why = move || {
        let outcome = state.result()?;
        let info = &outcome.info;
        let element = Element::of(info.shape);
        let score = info.in_distribution.as_ref();
        let reasons = score.map_or_else(|| vec![text::UNKNOWN_KIND.to_owned()], text::why);
        let range = info.expected.range;
        let experience = range.map(|range| text::experience(range, info.voxel_size, element));
        let reasons = reasons.into_iter().chain(experience);
        let reasons = reasons.map(|reason| view! { <li>{reason}</li> });
        Some(view! {
            <details class="why">
                <summary>"Why?"</summary>
                <ul class="hint">{reasons.collect_view()}</ul>
            </details>
        })
    };
    view! {
        <div class="summary" class:unusual=unusual>
            <p data-summary="" aria-live="polite">{move || line().unwrap_or_else(|| waiting().to_owned())}</p>
            {why}
        </div>
    }
}
