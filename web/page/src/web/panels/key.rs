//! What the lines and colours on the picture mean, in words, under it.

use leptos::prelude::*;
use page::results::maps;
use page::text;
use page::view::compose::Mode;

use crate::web::state::State;

/// The key.
#[component]
pub fn Key(state: State) -> impl IntoView {
    let entries = move || {
        let outcome = state.result()?;
        let correcting = state.correcting;
        let corrected = correcting.shown();
        let hidden = correcting.drawing() && !correcting.show_doubt.get();
        let mode = if hidden {
            Mode::Mask
        } else {
            state.display.mode.get()
        };
        let [sure, doubt, missed, unsure, labels, referred] = text::LEGEND;
        let classes = outcome.model.classes.iter().filter(|class| class.id != 0);
        let classes = classes.map(|class| {
            let [red, green, blue] = class.colour;
            let colour = format!("rgb({red}, {green}, {blue})");
            let name = class.name.clone();
            let words = if corrected {
                format!("{name}: {}", text::CORRECTED_MASK)
            } else if mode == Mode::Penumbra {
                format!("{name}: {sure}")
            } else {
                name
            };
            view! { <li><span class="swatch class" style:--class=colour></span>{words}</li> }
        });
        let classes = classes.collect_view();
        let doubts = match mode {
            Mode::Penumbra => {
                let entry = |kind: &'static str, words: &'static str| {
                    view! { <li><span class=format!("swatch {kind}")></span>{words}</li> }
                };
                let entries = [
                    entry("doubt", doubt),
                    entry("missed-object", missed),
                    entry("unsure", unsure),
                ];
                entries.collect_view().into_any()
            }
            Mode::Map => {
                let name = state.display.map.get();
                let title = maps::text(&name).map_or(name.clone(), |map| map.title.to_owned());
                view! { <li><span class="swatch map"></span>{format!("{title}: brighter is more doubtful")}</li> }.into_any()
            }
            Mode::Mask => ().into_any(),
        };
        let own = (corrected && correcting.show_model.get()).then(|| {
            view! { <li><span class="swatch models-own"></span>{text::MODELS_MASK}</li> }
        });
        let compared = state.compared().filter(|_| state.display.errors.get());
        let compared =
            compared.map(|_| view! { <li><span class="swatch labels"></span>{labels}</li> });
        let places = state.referral.get().filter(|referral| referral.places > 0);
        let places =
            places.map(|_| view! { <li><span class="swatch referred"></span>{referred}</li> });
        Some(view! { {classes}{doubts}{own}{compared}{places} })
    };
    let fetching = move || {
        let lacking = state
            .result()
            .is_some_and(|outcome| !outcome.lacking_probabilities().is_empty());
        (lacking && state.display.mode.get() == Mode::Penumbra).then_some(text::NO_PENUMBRA_YET)
    };
    view! {
        <ul class="key" aria-label="What the lines and colours mean">{entries}</ul>
        <p class="hint" class:hidden=move || fetching().is_none()>{fetching}</p>
    }
}
