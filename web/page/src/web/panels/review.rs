//! The review: what was decided about places, and what error is expected to be left.

use correction::{Decision, Standing};
use leptos::prelude::*;
use page::correct::region::runner_up_words;
use page::correct::standing::figures;
use page::results::amount::Element;
use page::text;
use protocol::Region;

use crate::web::controller::Controller;
use crate::web::state::State;

/// The decisions, with their words, signs and keys.
const DECISIONS: [(Decision, &str, &str, &str); 3] = [
    (Decision::Accept, "Accept", "✓", "A"),
    (Decision::Fix, "Fix", "✎", "F"),
    (Decision::Refer, "Refer", "↗", "R"),
];

/// The name of a decision in the page's attributes.
const fn name(decision: Decision) -> &'static str {
    match decision {
        Decision::Accept => "accept",
        Decision::Fix => "fix",
        Decision::Refer => "refer",
    }
}

/// How far the review is, in words and as a bar.
#[component]
pub fn ReviewBar(state: State) -> impl IntoView {
    let review = state.correcting.review;
    let now = Memo::new(move |_| {
        let outcome = state.result()?;
        let objects = state.object_count();
        let figures = review.with(|review| figures(&outcome, review, objects))?;
        let info = &outcome.info;
        let words = text::review(&figures, info.voxel_size, Element::of(info.shape));
        Some((figures, words))
    });
    let words = move || now.with(|now| now.as_ref().map(|(_, words)| words.clone()));
    let figures = move || now.with(|now| now.as_ref().map(|(figures, _)| *figures));
    let done = move || figures().map_or(0.0, |figures| figures.done);
    let left = move || figures().map(|figures| figures.left.to_string());
    let finished = move || figures().is_some_and(|figures| figures.standing != Standing::Open);
    // Before the review has begun the line above the picture says the same.
    let unbegun = move || {
        figures().is_none_or(|figures| figures.decided == 0 && figures.requirement.is_none())
    };
    view! {
        <div
            class="review"
            class:hidden=unbegun
            class:finished=finished
            data-expected-left=left
            data-finished=move || finished().to_string()
        >
            <progress max="1" value=move || done().to_string() aria-label="Expected error that was looked at"></progress>
            <p aria-live="polite">{words}</p>
        </div>
    }
}

/// Accept, fix and refer of one place. `named` says which place it is, where several such groups are on the page.
#[component]
pub fn Decisions(
    state: State,
    #[prop(into)] place: Signal<Option<usize>>,
    named: bool,
) -> impl IntoView {
    let buttons = DECISIONS.map(|(decision, title, sign, key)| {
        let label = move || match place.get() {
            Some(place) if named => format!("{title} place {}", place + 1),
            _ => title.to_owned(),
        };
        let pressed = move || {
            let decided = place
                .get()
                .and_then(|place| state.correcting.decision(place));
            (decided == Some(decision)).to_string()
        };
        let words = (!named).then_some(title);
        view! {
            <button
                type="button"
                data-decision=name(decision)
                title=move || format!("{} ({key})", label())
                aria-label=label
                aria-pressed=pressed
                tabindex=move || if named && place.get() != state.place.get() { "-1" } else { "0" }
                disabled=move || place.get().is_none()
                on:click=move |_| {
                    if let Some(place) = place.get_untracked() {
                        state.decide(place, decision);
                    }
                }
            >
                <span aria-hidden="true">{sign}</span>
                {words}
            </button>
        }
    });
    view! { <div class="decisions" role="group" aria-label="Decision">{buttons}</div> }
}

/// What else is done at the place that is open: its runner-up class, and a note.
#[component]
pub fn OpenPlace(
    state: State,
    controller: Controller,
    place: usize,
    region: Region,
) -> impl IntoView {
    let words = move || runner_up_words(&region, &state.classes());
    let take = move |_| {
        if let Err(error) = state.take_runner_up(place) {
            controller.tell(&error);
        }
    };
    let note = state.correcting.review.with_untracked(|review| {
        let reviewed = review.regions().get(place);
        reviewed.map_or_else(String::new, |reviewed| reviewed.note.clone())
    });
    let write = move |event: web_sys::Event| {
        let note = event_target_value(&event);
        state
            .correcting
            .review
            .update(|review| review.set_note(place, note));
    };
    view! {
        <div class="open-place">
            <button type="button" data-runner-up="" title="Take the model’s second guess here (U)" on:click=take>
                {words}
            </button>
            <input
                type="text"
                aria-label=format!("Note on place {}", place + 1)
                placeholder="Note"
                maxlength="500"
                value=note
                on:input=write
            />
        </div>
    }
}
