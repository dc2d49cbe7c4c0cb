//! The page as a whole: what is open above, the picture with its one line, and beside it the places to look at and the tabs.

use gloo::utils::window;
use leptos::prelude::*;
use page::library::query::Query;
use page::session::Fallback;
use page::text;

use super::address::Address;
use super::controller::Controller;
use super::drop::DropZone;
use super::lesson::{Learn, LessonPanel, LessonState};
use super::offline::Offline;
use super::panels::{
    Details, Key, KeySheet, Open, Places, Promise, Status, Steps, Summary, Tabs, ToolBar, Update,
};
use super::requests::Requests;
use super::state::State;
use super::viewer::{ReadoutPanel, Viewer};
use super::{embed, keys};
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
    let requests = Requests::begin(state);
    let controller = Controller::new(state, &query);
    let offline = Offline::begin(state, requests, query.offline_refused, query.embed);
    let address = Address::begin(state, controller, &query);
    provide_context(address);
    let embedded = query.embed;
    if embedded {
        embed::begin(state, controller, address);
    }
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
        let shown = state.display.mode.get() == Mode::Penumbra || state.correcting.open.get();
        let outcome = state.result().filter(|_| shown)?;
        let class = outcome.lacking_probabilities().first().copied()?;
        Some((outcome.job, class))
    });
    Effect::new(move |_| {
        if let Some((job, class)) = lacking.get() {
            controller.fetch_probability(job, class);
        }
    });

    keys::listen(state, controller);
    keys::guard(state);

    let backend = move || {
        state
            .device
            .with(|device| device.as_ref().map(|device| device.backend.name()))
    };
    // A result stays that of its own model, whichever is loaded now.
    let model = move || {
        let made = state.result().map(|outcome| outcome.model.id.clone());
        made.or_else(|| {
            state
                .device
                .with(|device| device.as_ref().map(|device| device.model.id.clone()))
        })
    };
    let elapsed = move || {
        state.outcome.with(|outcome| {
            outcome
                .as_ref()
                .map(|outcome| format!("{:.0}", outcome.info.elapsed_ms))
        })
    };
    let head = move || {
        view! {
            <header class="top">
                <div class="brand">
                    <h1>{text::NAME}</h1>
                    <p>{text::TAGLINE}</p>
                    <Learn state controller lesson/>
                </div>
                <p class="promise"><Promise state requests offline/>" "{text::NOT_FOR_DIAGNOSIS}</p>
            </header>
            <Update offline/>
        }
    };
    let stage = move || {
        view! {
            <section class="stage" id="stage" aria-label="Picture">
                <Summary state/>
                <ToolBar state/>
                <Viewer state controller/>
                <AlertBox state controller/>
                <Steps state controller/>
                <Key state/>
                {(!embedded).then(|| view! {
                    <Status state controller/>
                    <ReadoutPanel state/>
                })}
                {embedded.then(|| view! { <Origin address/> })}
            </section>
        }
    };
    let rest = move || {
        view! {
            <div class="side">
                <Places state controller/>
                <Tabs state controller/>
            </div>
        }
    };
    view! {
        {(!embedded).then(head)}
        <main
            class:embedded=embedded
            class:with-lesson=move || lesson.open.get()
            class:with-teacher=move || lesson.open.get() && lesson.teacher.get()
            data-state=move || state.phase.get().name()
            data-backend=move || backend().unwrap_or_default()
            data-model=move || model().unwrap_or_default()
            data-elapsed-ms=move || elapsed().unwrap_or_default()
        >
            {(!embedded).then(|| view! { <Open state controller/> })}
            {(!embedded).then(|| view! { <LessonPanel state controller lesson/> })}
            {stage()}
            {(!embedded).then(rest)}
        </main>
        {(!embedded).then(|| view! { <DropZone controller/> })}
        {(!embedded).then(|| view! { <KeySheet state/> })}
    }
}

/// In a frame: where it comes from, and the way to the whole page.
#[component]
fn Origin(address: Address) -> impl IntoView {
    let link = move || address.link();
    view! {
        <p class="origin">
            {text::NOT_FOR_DIAGNOSIS}" "
            <a href=link target="_blank" rel="noopener">"Open in Penumbra"</a>
        </p>
    }
}

/// The error on screen. It lies over the picture, or at the lower edge of a narrow page, so that nothing moves when it comes
/// and goes, and so that it is where the visitor is.
#[component]
fn AlertBox(state: State, controller: Controller) -> impl IntoView {
    let shown = move || state.alert.with(Option::is_some);
    let offers = move || {
        let buttons = state.offers.get().into_iter().map(|(id, title)| {
            let choose = move |_| controller.choose_model(id.clone());
            view! { <button type="button" on:click=choose>{text::use_model(&title)}</button> }
        });
        buttons.collect_view()
    };
    let fallbacks = move || {
        let buttons = state.fallbacks.get().into_iter().map(|fallback| {
            let label = match fallback {
                Fallback::Again => "Try again",
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
                {offers}
                {fallbacks}
                <button type="button" on:click=move |_| controller.dismiss()>"Dismiss"</button>
            </div>
            <Details of=state.alert details=state.alert_details/>
        </div>
    }
}
