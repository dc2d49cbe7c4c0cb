//! The figures. A step names those that it shows.

mod corrupt;
mod costs;
mod labels;
mod one_pass;
mod readers;
mod rivals;
mod validate;

use std::sync::Arc;

use leptos::prelude::*;
use page::lesson::document::{Lesson, Step};
use page::lesson::words::{Words, fill};
use page::results::outcome::Outcome;

use super::state::LessonState;
use crate::web::controller::Controller;
use crate::web::state::State;

/// What every figure is given.
#[derive(Clone)]
pub struct Scene {
    /// What the page shows.
    pub state: State,
    /// What can be asked of it.
    pub controller: Controller,
    /// The lesson as it stands.
    pub lesson: LessonState,
    /// The lesson in its language.
    pub found: Arc<Lesson>,
    /// The step that the figure belongs to.
    pub step: Step,
}

impl Scene {
    /// What the page says.
    pub fn words(&self) -> Words {
        self.found.words.clone()
    }

    /// Code of the language.
    pub fn language(&self) -> String {
        self.found.language.clone()
    }
}

/// The segmentation on screen, for a figure to follow.
pub fn result(state: State) -> Memo<Option<Arc<Outcome>>> {
    Memo::new_with_compare(
        move |_| state.result(),
        |before, now| {
            let key = |outcome: Option<&Option<Arc<Outcome>>>| {
                outcome.and_then(|outcome| Some(Arc::as_ptr(outcome.as_ref()?)))
            };
            key(before) != key(now) || before.is_none()
        },
    )
}

/// A figure, by name.
#[component]
pub fn Figure(
    state: State,
    controller: Controller,
    lesson: LessonState,
    found: Arc<Lesson>,
    step: Step,
    name: String,
) -> impl IntoView {
    let scene = Scene {
        state,
        controller,
        lesson,
        found,
        step,
    };
    let words = scene.words();
    let title = match name.as_str() {
        "costs" => words.costs_title.clone(),
        "readers" => words.readers_title.clone(),
        "rivals" => words.rivals_title.clone(),
        "one-pass" => words.onepass_title.clone(),
        "corrupt" => words.corrupt_title.clone(),
        "validate" => words.validate_title.clone(),
        _ => fill(&words.unknown_figure, &[("name", name.clone())]),
    };
    // All but the readers need a segmentation; the one that makes images needs none to be told to go back.
    let waits = !matches!(name.as_str(), "readers" | "corrupt");
    let waiting = words.waiting.clone();
    let wait = move || (waits && state.nothing_made()).then(|| waiting.clone());
    let drawn = match name.as_str() {
        "costs" => view! { <costs::Costs scene/> }.into_any(),
        "readers" => view! { <readers::Readers scene/> }.into_any(),
        "rivals" => view! { <rivals::Rivals scene/> }.into_any(),
        "one-pass" => view! { <one_pass::OnePass scene/> }.into_any(),
        "corrupt" => view! { <corrupt::Corrupt scene/> }.into_any(),
        "validate" => view! { <validate::Validate scene/> }.into_any(),
        _ => ().into_any(),
    };
    view! {
        <section class="lesson-figure" data-figure=name aria-label=title.clone()>
            <h4>{title.clone()}</h4>
            <p class="hint">{wait}</p>
            {drawn}
        </section>
    }
}
