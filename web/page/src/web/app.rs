//! The page as a whole: what is open above, the picture with its one line, and beside it the places to look at and the tabs.

use gloo::utils::window;
use leptos::prelude::*;
use page::library::query::Query;
use page::session::Fallback;
use page::text;

use super::controller::Controller;
use super::drop::DropZone;
use super::lesson::{Learn, LessonPanel, LessonState};
use super::panels::{Key, Open, Places, Status, Steps, Summary, Tabs};
use super::state::State;
use super::viewer::{ReadoutPanel, Viewer};
use page::view::compose::Mode;

/// The page.
#[component]
pub fn App() -> impl IntoView {
    let state = State::new();
    let search = window().location().search().unwrap_or_default();
    let (query, fault) = match Query::parse(&search) {
        Ok(query) => (query, None),
        Err(error) => (Query::default(), Some(error)),
    };
    let controller = Controller::new(state, &query);
    let lesson = LessonState::new();
    lesson.begin(state, controller, query, fault);
    // Of a large image most maps and probabilities stay with the worker until they are wanted.
    Effect::new(move |_| {
        let name = state.display.map.get();
        if let Some(outcome) = state.result()
            && outcome.lacks(&name)
        {
            controller.fetch_map(outcome.job, name);
        }
    });
    let lacking = Memo::new(move |_| {
        let shown = state.display.mode.get() == Mode::Penumbra;
        let outcome = state.result().filter(|_| shown)?;
        let class = outcome.lacking_probabilities().first().copied()?;
        Some((outcome.job, class))
    });
    Effect::new(move |_| {
        if let Some((job, class)) = lacking.get() {
            controller.fetch_probability(job, class);
        }
    });

    let backend = move || {
        state
            .device
            .with(|device| device.as_ref().map(|device| device.backend.name()))
    };
    let model = move || {
        state
            .device
            .with(|device| device.as_ref().map(|device| device.model.id.clone()))
    };
    let elapsed = move || {
        state.outcome.with(|outcome| {
            outcome
                .as_ref()
                .map(|outcome| format!("{:.0}", outcome.info.elapsed_ms))
        })
    };
    view! {
        <header class="top">
            <div class="brand">
                <h1>{text::NAME}</h1>
                <p>{text::TAGLINE}</p>
                <Learn state controller lesson/>
            </div>
            <p class="promise"><strong>{text::PRIVACY}</strong>" "{text::NOT_FOR_DIAGNOSIS}</p>
        </header>
        <main
            class:with-lesson=move || lesson.open.get()
            class:with-teacher=move || lesson.open.get() && lesson.teacher.get()
            data-state=move || state.phase.get().name()
            data-backend=move || backend().unwrap_or_default()
            data-model=move || model().unwrap_or_default()
            data-elapsed-ms=move || elapsed().unwrap_or_default()
        >
            <Open state controller/>
            <LessonPanel state controller lesson/>
            <section class="stage" id="stage" aria-label="Picture">
                <Summary state/>
                <Viewer state controller/>
                <AlertBox state controller/>
                <Steps state/>
                <Key state/>
                <Status state controller/>
                <ReadoutPanel state/>
            </section>
            <div class="side">
                <Places state/>
                <Tabs state controller/>
            </div>
        </main>
        <DropZone controller/>
    }
}

/// The error on screen. It lies over the picture, so that nothing moves when it comes and goes.
#[component]
fn AlertBox(state: State, controller: Controller) -> impl IntoView {
    let shown = move || state.alert.with(Option::is_some);
    let fallbacks = move || {
        let buttons = state.fallbacks.get().into_iter().map(|fallback| {
            let label = match fallback {
                Fallback::SmallerWindow => "Use a smaller window",
                Fallback::Cpu => "Use the CPU",
            };
            view! { <button type="button" on:click=move |_| controller.try_again(fallback)>{label}</button> }
        });
        buttons.collect_view()
    };
    view! {
        <div class="alert" class:hidden=move || !shown()>
            <p role="alert">{move || state.alert.get()}</p>
            <div class="buttons">
                {fallbacks}
                <button type="button" on:click=move |_| controller.dismiss()>"Dismiss"</button>
            </div>
        </div>
    }
}
