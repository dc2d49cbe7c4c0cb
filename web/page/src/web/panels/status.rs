//! What the page is doing, what it runs on and what it has done.

use gloo::timers::callback::Interval;
use leptos::prelude::*;
use page::numbers::duration;
use page::session::Phase;
use page::text;

use super::details::Details;
use crate::web::controller::Controller;
use crate::web::dom::now;
use crate::web::state::State;

/// How often the elapsed time is shown anew, in milliseconds.
const TICK_MILLISECONDS: u32 = 200;

/// The panel.
#[component]
pub fn Status(state: State, controller: Controller) -> impl IntoView {
    let clock = RwSignal::new(now());
    let working = Memo::new(move |_| matches!(state.phase.get(), Phase::Loading | Phase::Running));
    let ticking = StoredValue::new_local(None);
    Effect::new(move |_| {
        let tick = || Interval::new(TICK_MILLISECONDS, move || clock.set(now()));
        ticking.set_value(working.get().then(tick));
    });
    let elapsed = move || state.began.get().map(|began| duration(clock.get() - began));
    // What is read aloud changes with the stage, not with every window or second.
    let stage = Memo::new(move |_| match state.phase.get() {
        Phase::Loading | Phase::Running => {
            let stage = state.progress.get().map(|progress| progress.stage);
            stage.map_or("Working", text::stage).to_owned()
        }
        Phase::Error => "That did not work; see the message.".to_owned(),
        Phase::Idle => "Ready. Open an image.".to_owned(),
        Phase::Done => {
            let outcome = state.outcome.get().zip(state.made_on.get());
            outcome.map_or_else(String::new, |(outcome, backend)| {
                text::finished(outcome.info.elapsed_ms, backend)
            })
        }
    });
    let steps = move || {
        let progress = state.progress.get()?;
        Some(text::steps(progress.stage, progress.done, progress.total))
    };
    let remaining = move || {
        let progress = state.progress.get()?;
        let elapsed = clock.get() - progress.since;
        text::remaining(elapsed, progress.done, progress.total)
    };
    let share = move || {
        let progress = state.progress.get()?;
        (progress.total > 0)
            .then(|| (f64::from(progress.done) / f64::from(progress.total)).to_string())
    };
    let device = move || {
        state.device.with(|device| {
            device.as_ref().map_or_else(
                || state.awaited.get().to_owned(),
                |device| {
                    format!(
                        "Runs on {}.",
                        text::device(device.backend, device.adapter.as_deref())
                    )
                },
            )
        })
    };
    let reason = move || {
        state
            .device
            .with(|device| device.as_ref().and_then(|device| device.reason.clone()))
    };
    let test = move || {
        state.device.with(|device| {
            let test = &device.as_ref()?.self_test;
            Some(text::self_test(test.largest_difference, test.tolerance))
        })
    };
    // The worker says no more than why, so what it says is all there is to read; a visitor who asked for the CPU knows.
    let reason = move || reason().and_then(|reason| text::reason(&reason).map(str::to_owned));
    let mark = move || match state.phase.get() {
        Phase::Loading | Phase::Running => "…",
        Phase::Error => "✗",
        Phase::Idle | Phase::Done => "✓",
    };
    view! {
        <section class="status" aria-label="Status">
            <div class="progress" class:hidden=move || !working.get()>
                <progress max="1" value=share aria-label="Progress"></progress>
                <span>{steps}</span>
                <span class="elapsed">{move || remaining().or_else(elapsed)}</span>
                <Show when=move || state.busy.get()>
                    <button type="button" on:click=move |_| controller.cancel()>"Cancel"</button>
                </Show>
            </div>
            <div class="notice" class:hidden=move || state.notice.with(Option::is_none)>
                <p role="status">{move || state.notice.get()}</p>
                <Details of=state.notice details=state.notice_details/>
            </div>
            <p class="notice" class:hidden=move || reason().is_none() || state.notice.with(Option::is_some)>{reason}</p>
            <details>
                <summary>
                    <span class="mark" aria-hidden="true">{mark}</span>
                    <span class="stage-name" role="status" aria-live="polite">{stage}</span>
                    <span class="more">"Details"</span>
                </summary>
                <p>{device}</p>
                <p class="hint">{test}</p>
                <ImageLine state/>
            </details>
        </section>
    }
}

/// What the image on screen is.
#[component]
fn ImageLine(state: State) -> impl IntoView {
    let line = move || {
        state.on_screen().map_or_else(
            || text::NO_IMAGE.to_owned(),
            |picture| {
                format!(
                    "{}: {}, {}.",
                    picture.name,
                    picture.info.format,
                    text::size(picture.info.shape, picture.info.spacing)
                )
            },
        )
    };
    let geometry = move || {
        let source = state.on_screen()?.info.geometry_source.clone()?;
        Some(format!(
            "Place in the patient: {}.",
            source.trim_end_matches('.')
        ))
    };
    let notes = move || {
        let of_image = state.on_screen().map(|picture| picture.info.notes.clone());
        let of_result = state.result().map(|outcome| outcome.info.notes.clone());
        of_image
            .into_iter()
            .chain(of_result)
            .flatten()
            .map(|note| view! { <li>{note}</li> })
            .collect_view()
    };
    let source = move || {
        let id = state.sample.get()?;
        let samples = state.samples.get();
        let sample = samples.iter().find(|sample| sample.id == id)?;
        Some(view! {
            <details>
                <summary>{format!("Source of this sample ({})", sample.licence)}</summary>
                <p class="hint">{sample.source.clone()}</p>
            </details>
        })
    };
    view! {
        <p class="file">{line}</p>
        <p class="hint">{geometry}</p>
        <ul class="notes hint">{notes}</ul>
        {source}
    }
}
