//! The lesson beside the picture: where one is, text, question, figure, what to remember, and the way on.

use std::sync::Arc;

use gloo::timers::callback::Interval;
use gloo::utils::document;
use leptos::html::{H2, H3};
use leptos::prelude::*;
use page::lesson::answers::Given;
use page::lesson::document::{Lesson, Step};
use page::lesson::words::fill;
use page::library::query;
use page::text;
use web_sys::MouseEvent;

use super::figures::Figure;
use super::question::Asked;
use super::state::LessonState;
use super::teacher::Teacher;
use crate::web::controller::Controller;
use crate::web::dom;
use crate::web::save;
use crate::web::state::State;

/// How often the clock of the lesson moves, in milliseconds.
const CLOCK_MILLISECONDS: u32 = 15_000;

/// The way into the lessons.
#[component]
pub fn Learn(state: State, controller: Controller, lesson: LessonState) -> impl IntoView {
    let enter = move |event: MouseEvent| {
        // With a key held down the link opens elsewhere, as every link does.
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            lesson.enter(state, controller);
        }
    };
    view! {
        <p class="learn" class:hidden=move || lesson.open.get()>
            <a href="?lesson=uncertainty" on:click=enter>{text::LEARN}</a>
        </p>
    }
}

/// The lesson, if one is open.
#[component]
pub fn LessonPanel(state: State, controller: Controller, lesson: LessonState) -> impl IntoView {
    let now = RwSignal::new(dom::now());
    // Lives as long as this component.
    StoredValue::new_local(Interval::new(CLOCK_MILLISECONDS, move || {
        now.set(dom::now())
    }));
    let shown = move || {
        let found = lesson.lesson.get().filter(|_| lesson.open.get())?;
        Some(if lesson.teacher.get() {
            view! { <Teacher lesson found/> }.into_any()
        } else {
            view! { <Learner state controller lesson found now/> }.into_any()
        })
    };
    view! { {shown} }
}

/// The lesson as learners see it.
#[component]
fn Learner(
    state: State,
    controller: Controller,
    lesson: LessonState,
    found: Arc<Lesson>,
    now: RwSignal<f64>,
) -> impl IntoView {
    let heading = NodeRef::<H2>::new();
    let step = Memo::new(move |_| lesson.step.get());
    // A screen reader and the keyboard go on where the new step begins; the first step takes nothing from the page.
    Effect::new(move |before: Option<usize>| {
        let step = step.get();
        if before.is_some_and(|before| before != step) {
            // Only then the new step stands in the page.
            request_animation_frame(move || {
                if let Some(heading) = heading.get_untracked() {
                    heading.focus().unwrap_or_default();
                }
                if let Some(panel) = document().get_element_by_id("lesson") {
                    panel.set_scroll_top(0);
                }
            });
        }
        step
    });
    let steps = found.steps.len();
    let planned: f64 = found.steps.iter().map(|step| step.minutes).sum();
    let words = found.words.clone();
    let elapsed = move || {
        let began = lesson.began.get().unwrap_or_default();
        ((now.get() - began) / 60_000.0).max(0.0).floor()
    };
    let clock = {
        let sentence = words.elapsed.clone();
        move || {
            let values = [
                ("elapsed", format!("{:.0}", elapsed())),
                ("total", format!("{planned:.0}")),
            ];
            fill(&sentence, &values)
        }
    };
    let places = found.steps.iter().enumerate().map(|(index, entry)| {
        let done = move || lesson.answers.with(|answers| answers.at(index)).is_some();
        view! {
            <li>
                <button
                    type="button"
                    aria-current=move || (step.get() == index).then_some("step")
                    class:done=done
                    title=entry.title.clone()
                    aria-label=format!("{}. {}", index + 1, entry.title)
                    on:click=move |_| lesson.go(index, state, controller)
                >
                    {index + 1}
                </button>
            </li>
        }
    });
    let places = places.collect_view();
    let languages = languages(lesson, controller, &found);
    let article = {
        let found = Arc::clone(&found);
        move || {
            let index = step.get();
            match found.steps.get(index).cloned() {
                Some(entry) => {
                    let found = Arc::clone(&found);
                    view! { <One state controller lesson found index entry heading/> }.into_any()
                }
                None => {
                    let found = Arc::clone(&found);
                    let elapsed = Signal::derive(elapsed);
                    view! { <Finished lesson controller found heading elapsed/> }.into_any()
                }
            }
        }
    };
    let at_end = move || step.get() == steps;
    let next = words.next.clone();
    let to_end = words.to_end.clone();
    let onward = move || {
        if step.get() + 1 == steps {
            to_end.clone()
        } else {
            next.clone()
        }
    };
    view! {
        <section class="lesson" id="lesson" aria-label=found.title.clone() lang=found.language.clone()>
            <div class="lesson-head">
                <p class="lesson-title">{found.title.clone()}</p>
                {languages}
                <button type="button" title=words.close_hint.clone() on:click=move |_| lesson.leave()>{words.close.clone()}</button>
            </div>
            <nav aria-label=words.steps.clone()>
                <ol class="lesson-steps">{places}</ol>
                <p class="hint" data-lesson-clock="">{clock}</p>
            </nav>
            {article}
            <div class="lesson-foot buttons">
                <button
                    type="button"
                    disabled=move || step.get() == 0
                    on:click=move |_| lesson.go(step.get_untracked().saturating_sub(1), state, controller)
                >
                    {words.previous.clone()}
                </button>
                <button
                    type="button"
                    class="button primary"
                    disabled=at_end
                    on:click=move |_| lesson.go(step.get_untracked() + 1, state, controller)
                >
                    {onward}
                </button>
            </div>
        </section>
    }
}

/// The choice of the language.
fn languages(lesson: LessonState, controller: Controller, found: &Lesson) -> impl IntoView + use<> {
    let index = lesson.index.get_untracked();
    let entry = index.as_ref().and_then(|index| {
        let entry = index.lessons.iter().find(|entry| entry.id == found.id)?;
        Some(entry.titles.keys().cloned().collect::<Vec<_>>())
    });
    let codes = entry.unwrap_or_default();
    let options = codes.into_iter().map(|code| {
        let name = index
            .as_ref()
            .and_then(|index| index.languages.get(&code).cloned());
        let name = name.unwrap_or_else(|| code.clone());
        let selected = code == found.language;
        view! { <option value=code.clone() lang=code selected=selected>{name}</option> }
    });
    let options = options.collect_view();
    view! {
        <label class="visually-hidden" for="lesson-language">{found.words.language.clone()}</label>
        <select
            id="lesson-language"
            on:change=move |event| lesson.translate(event_target_value(&event), controller)
        >
            {options}
        </select>
    }
}

/// One step.
#[component]
fn One(
    state: State,
    controller: Controller,
    lesson: LessonState,
    found: Arc<Lesson>,
    index: usize,
    entry: Step,
    heading: NodeRef<H2>,
) -> impl IntoView {
    let words = found.words.clone();
    let values = [
        ("step", (index + 1).to_string()),
        ("steps", found.steps.len().to_string()),
        ("minutes", format!("{:.0}", entry.minutes)),
    ];
    let place = fill(&words.step_of, &values);
    let introduction = (index == 0)
        .then(|| view! { <div class="rich lead" inner_html=found.introduction.clone()></div> });
    let answered = Memo::new(move |_| lesson.answers.with(|answers| answers.at(index)).is_some());
    let revealed_heading = NodeRef::<H3>::new();
    // The button that had the focus is gone; the keyboard goes on where the figure begins.
    Effect::new(move |before: Option<bool>| {
        let answered = answered.get();
        if answered && before == Some(false) {
            request_animation_frame(move || {
                if let Some(heading) = revealed_heading.get_untracked() {
                    heading.focus().unwrap_or_default();
                }
            });
        }
        answered
    });
    let href = {
        let place = query::LessonPlace {
            id: &found.id,
            step: index + 1,
            language: &found.language,
            teacher: false,
        };
        query::with_lesson("", Some(place))
    };
    let reopen = move |event: MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            lesson.show(state, controller, true);
            dom::reveal("stage");
        }
    };
    let own = {
        let sentence = words.own_image.clone();
        move || {
            let name = state
                .picture
                .with(|picture| Some(picture.as_ref()?.name.clone()))?;
            (!lesson.is_of_lesson(state)).then(|| fill(&sentence, &[("name", name)]))
        }
    };
    let question = entry.question.clone();
    let revealed = {
        let (words, found, entry) = (words.clone(), Arc::clone(&found), entry.clone());
        move || {
            if !answered.get() {
                return None;
            }
            let figures = entry.figures.iter().map(|name| {
                view! { <Figure state controller lesson found=Arc::clone(&found) step=entry.clone() name=name.clone()/> }
            });
            let figures = figures.collect_view();
            Some(view! {
                <section class="explore">
                    <h3 tabindex="-1" node_ref=revealed_heading>{words.try_it.clone()}</h3>
                    <div class="rich" inner_html=entry.explore.clone()></div>
                    <p><a href=href.clone() on:click=reopen>{words.open_state.clone()}</a></p>
                    <p class="hint">{own.clone()}</p>
                    {figures}
                </section>
                <section>
                    <h3>{words.explanation.clone()}</h3>
                    <div class="rich" inner_html=entry.answer.clone()></div>
                </section>
                <section class="take-home">
                    <h3>{words.take_home.clone()}</h3>
                    <div class="rich" inner_html=entry.take_home.clone()></div>
                </section>
            })
        }
    };
    view! {
        <article data-lesson-step=(index + 1).to_string()>
            <p class="hint" data-lesson-progress="">{place}</p>
            <h2 tabindex="-1" node_ref=heading>{entry.title.clone()}</h2>
            {introduction}
            <div class="rich" inner_html=entry.introduction.clone()></div>
            <Asked lesson step=index question words/>
            {revealed}
        </article>
    }
}

/// What stands after the last step.
#[component]
fn Finished(
    lesson: LessonState,
    controller: Controller,
    found: Arc<Lesson>,
    heading: NodeRef<H2>,
    elapsed: Signal<f64>,
) -> impl IntoView {
    let words = found.words.clone();
    let summary = {
        let found = Arc::clone(&found);
        move || {
            let steps = found.steps.iter().enumerate();
            lesson.answers.with(|answers| {
                let given = steps.filter_map(|(index, step)| {
                    let given = answers.at(index)?;
                    (given != Given::Skipped).then(|| given.is_right(&step.question) == Some(true))
                });
                let given: Vec<bool> = given.collect();
                let values = [
                    ("done", given.len().to_string()),
                    ("steps", found.steps.len().to_string()),
                    (
                        "right",
                        given.iter().filter(|right| **right).count().to_string(),
                    ),
                    ("elapsed", format!("{:.0}", elapsed.get())),
                ];
                fill(&found.words.finished_text, &values)
            })
        }
    };
    let saved = move |_| {
        let text = lesson
            .answers
            .with_untracked(|answers| answers.file(&found));
        let name = format!("{}_answers.json", found.id);
        if let Err(error) = save::download(&name, "application/json", text.as_bytes()) {
            controller.tell(&error);
        }
    };
    view! {
        <article data-lesson-step="end">
            <h2 tabindex="-1" node_ref=heading>{words.finished.clone()}</h2>
            <p>{summary}</p>
            <div class="buttons">
                <button type="button" class="button primary" on:click=saved>{words.save_answers.clone()}</button>
                <button type="button" on:click=move |_| lesson.teach(true)>{words.teacher_open.clone()}</button>
            </div>
            <p class="hint">{words.save_hint.clone()}</p>
        </article>
    }
}
