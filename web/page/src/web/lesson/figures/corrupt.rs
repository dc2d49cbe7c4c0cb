//! The image is made worse and segmented again, as any image that is opened; before and after stand side by side.

use std::sync::Arc;

use leptos::prelude::*;
use page::lesson::corruption::{Corruption, corrupt};
use page::lesson::drawing;
use page::lesson::made_worse::{self, Figures};
use page::lesson::pixels;
use page::lesson::words::decimal;
use page::numbers::count;

use super::Scene;
use crate::web::lesson::canvas::Picture;
use crate::web::lesson::state::Untouched;
use crate::web::panels::Slider;

/// The seed of noise and bias field: everybody in a class sees the same image.
const SEED: u64 = 1;

/// The figure.
#[component]
pub fn Corrupt(scene: Scene) -> impl IntoView {
    let (state, controller, lesson) = (scene.state, scene.controller, scene.lesson);
    let (words, language) = (scene.words(), scene.language());
    let kind = RwSignal::new(Corruption::Noise);
    let strength = RwSignal::new(50.0_f64);
    // What is worked on: the untouched image behind one that was made here, else the one on screen.
    let base = Memo::new(move |_| {
        let made = lesson.made.get();
        let picture = state.picture.get()?;
        if made.as_ref() == Some(&picture.name)
            && let Some(untouched) = lesson.untouched.get()
        {
            return Some(untouched);
        }
        let outcome = state.result()?;
        let comparison = state.compared();
        let truth = comparison
            .and_then(|found| pixels::truth(&outcome, &found))
            .map(Arc::new);
        Some(Untouched {
            sample: state.sample.get(),
            picture,
            outcome,
            truth,
        })
    });
    let range = move |untouched: &Untouched| made_worse::range(&untouched.picture);
    let worse = Memo::new(move |_| {
        let untouched = base.get()?;
        let picture = &untouched.picture;
        let range = range(&untouched);
        Some(Arc::new(corrupt(
            &picture.voxels,
            picture.info.shape,
            range,
            kind.get(),
            strength.get() / 100.0,
            SEED,
        )))
    });
    let preview = move || {
        let (untouched, voxels) = base.get().zip(worse.get())?;
        let info = &untouched.picture.info;
        let plane = drawing::plane(info.shape, state.display.crosshair.get());
        drawing::image(
            &voxels,
            info.channels,
            info.shape,
            plane,
            untouched.picture.window(),
        )
        .ok()
    };
    let run = move |_| {
        let Some((untouched, voxels)) = base.get_untracked().zip(worse.get_untracked()) else {
            return;
        };
        match made_worse::file(&untouched.picture, &voxels, kind.get_untracked()) {
            Ok((name, bytes)) => {
                lesson.untouched.set(Some(untouched));
                lesson.made.set(Some(name.clone()));
                controller.open_made(name, &bytes);
            }
            Err(error) => controller.tell(&error),
        }
    };
    let back = move |_| match lesson
        .untouched
        .get_untracked()
        .and_then(|untouched| untouched.sample)
    {
        Some(sample) => controller.open_sample(&sample),
        None => controller.open_listed(state.file.get_untracked()),
    };
    let made = move || {
        let name = lesson.made.get();
        name.is_some()
            && state
                .picture
                .with(|picture| picture.as_ref().map(|picture| picture.name.clone()))
                == name
    };
    let busy = move || state.busy.get() || base.with(Option::is_none);
    let options = Corruption::ALL.map(|entry| {
        let selected = move || kind.get() == entry;
        view! { <option value=entry.name() prop:selected=selected>{words.corruption(entry).to_owned()}</option> }
    });
    let options = options.into_iter().collect_view();
    let table = {
        let (words, language) = (words.clone(), language.clone());
        move || {
            let untouched = base.get()?;
            let truth = untouched.truth.as_deref();
            let before = Figures::of(&untouched.outcome, truth.map(Vec::as_slice));
            let name = lesson.made.get();
            let after = made().then(|| {
                let outcome = state.result()?;
                let truth = truth.map(|truth| {
                    made_worse::moved(truth, untouched.picture.info.shape[2], name.as_deref())
                });
                Some(Figures::of(&outcome, truth.as_deref()))
            });
            let after = after.flatten();
            let row = |head: &str, value: &dyn Fn(&Figures) -> Option<String>| {
                let none = || "–".to_owned();
                view! {
                    <tr>
                        <th scope="row">{head.to_owned()}</th>
                        <td>{value(&before).unwrap_or_else(none)}</td>
                        <td>{after.as_ref().and_then(value).unwrap_or_else(none)}</td>
                    </tr>
                }
            };
            let like = |figures: &Figures| {
                Some(match figures.unlike {
                    Some(true) => words.corrupt_unlike.clone(),
                    Some(false) => words.corrupt_like.clone(),
                    None => words.corrupt_unknown.clone(),
                })
            };
            let which = if after.is_some() { "after" } else { "before" };
            Some(view! {
                <table data-corrupt=which>
                    <thead>
                        <tr>
                            <td></td>
                            <th scope="col">{words.corrupt_before.clone()}</th>
                            <th scope="col">{words.corrupt_after.clone()}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {row(&words.corrupt_dice, &|figures: &Figures| figures.dice.map(|dice| decimal(dice, 3, &language)))}
                        {row(&words.corrupt_expected, &|figures: &Figures| Some(count(figures.expected.round().max(0.0) as u64)))}
                        {row(&words.corrupt_true, &|figures: &Figures| figures.wrong.map(count))}
                        {row(&words.corrupt_score, &|figures: &Figures| Some(decimal(figures.score, 2, &language)))}
                        {row(&words.corrupt_line, &like)}
                    </tbody>
                </table>
            })
        }
    };
    let summary = move || {
        made()
            .then(|| state.result().map(|outcome| outcome.info.summary.clone()))
            .flatten()
    };
    let percent = {
        let language = language.clone();
        move || format!("{} %", decimal(strength.get(), 0, &language))
    };
    let labels =
        move || base.with(|base| base.as_ref().is_some_and(|base| base.truth.is_none()) && !made());
    view! {
        <div class="field">
            <label for="lesson-corruption">{words.corrupt_kind.clone()}</label>
            <select
                id="lesson-corruption"
                on:change=move |event| {
                    let name = event_target_value(&event);
                    if let Some(found) = Corruption::ALL.into_iter().find(|entry| entry.name() == name) {
                        kind.set(found);
                    }
                }
            >
                {options}
            </select>
        </div>
        <Slider
            id="lesson-strength"
            label=words.corrupt_strength.clone()
            value=strength
            set=move |value| strength.set(value)
            step=Signal::stored(5.0)
            shown=Signal::derive(percent)
            disabled=Signal::derive(move || kind.get() == Corruption::Flip)
        />
        <Picture drawing=Signal::derive(preview) label=words.corrupt_preview.clone()/>
        <div class:hidden=move || !labels()>
            <super::labels::NeedsLabels scene/>
        </div>
        <div class="buttons">
            <button type="button" class="button primary" disabled=busy on:click=run>{words.corrupt_run.clone()}</button>
            <button type="button" disabled=move || !made() on:click=back>{words.corrupt_back.clone()}</button>
        </div>
        <div aria-live="polite">
            {table}
            <p class="hint">{summary}</p>
        </div>
    }
}
