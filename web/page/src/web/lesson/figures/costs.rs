//! A slider of costs moves the threshold: mask, missed pixels and false alarms follow.

use std::sync::Arc;

use leptos::prelude::*;
use page::lesson::drawing::{self, Drawing};
use page::lesson::words::{decimal, fill};
use page::lesson::{costs, pixels};
use page::numbers::count;
use page::view::slice_plane::SlicePlane;

use super::labels::NeedsLabels;
use super::{Scene, result};
use crate::web::lesson::canvas::Picture;
use crate::web::panels::Slider;

/// The figure.
#[component]
pub fn Costs(scene: Scene) -> impl IntoView {
    let state = scene.state;
    let (words, language) = (scene.words(), scene.language());
    let place = RwSignal::new(0.0_f64);
    let outcome = result(state);
    let probability = Memo::new(move |_| {
        let outcome = outcome.get()?;
        pixels::object_probability(&outcome).map(Arc::new)
    });
    let truth = Memo::new(move |_| {
        let (outcome, comparison) = outcome.get().zip(state.compared())?;
        pixels::truth(&outcome, &comparison).map(Arc::new)
    });
    let ratio = move || costs::ratio(place.get());
    let threshold = Memo::new(move |_| costs::threshold(ratio()));
    let picture = move || -> Option<Drawing> {
        let (image, probability) = state.on_screen().zip(probability.get())?;
        let shape = image.info.shape;
        let plane = drawing::plane(shape, state.display.crosshair.get());
        let mut drawn = drawing::picture(&image, plane, state.display.window.get()).ok()?;
        let least = threshold.get();
        let here = SlicePlane::STORED.extract(&probability, shape, plane);
        let marked: Vec<bool> = here.iter().map(|p| f64::from(*p) >= least).collect();
        let truth = truth
            .get()
            .map(|truth| SlicePlane::STORED.extract(&truth, shape, plane));
        drawing::mark(&mut drawn, &marked, truth.as_deref());
        Some(drawn)
    };
    let shown = {
        let (words, language) = (words.clone(), language.clone());
        move || {
            let ratio = ratio();
            let times = |value: f64| decimal(value, usize::from(value < 9.95), &language);
            if (ratio - 1.0).abs() < 1e-9 {
                words.costs_even.clone()
            } else if ratio > 1.0 {
                fill(&words.costs_miss, &[("times", times(ratio))])
            } else {
                fill(&words.costs_alarm, &[("times", times(1.0 / ratio))])
            }
        }
    };
    let rows = {
        let (words, language) = (words.clone(), language.clone());
        move || {
            let probability = probability.get()?;
            let (threshold, ratio) = (threshold.get(), ratio());
            let row = |head: &str, counts: costs::Counts| {
                let whole = |value: f64| count(value.round().max(0.0) as u64);
                view! {
                    <tr>
                        <th scope="row">{head.to_owned()}</th>
                        <td>{whole(counts.missed)}</td>
                        <td>{whole(counts.false_alarms)}</td>
                        <td>{whole(counts.cost(ratio))}</td>
                    </tr>
                }
            };
            let said = costs::expected(&probability, threshold);
            let found = truth
                .get()
                .map(|truth| costs::counted(&probability, &truth, threshold));
            Some(view! {
                <dl class="facts">
                    <div><dt>{words.costs_threshold.clone()}</dt><dd data-threshold="">{decimal(threshold, 2, &language)}</dd></div>
                    <div><dt>{words.costs_marked.clone()}</dt><dd data-marked="">{fill(&words.pixels, &[("count", count(said.marked))])}</dd></div>
                </dl>
                <table>
                    <thead>
                        <tr>
                            <td></td>
                            <th scope="col">{words.costs_missed.clone()}</th>
                            <th scope="col">{words.costs_false.clone()}</th>
                            <th scope="col">{words.costs_cost.clone()}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {row(&words.costs_expected, said)}
                        {found.map(|found| row(&words.costs_counted, found))}
                    </tbody>
                </table>
            })
        }
    };
    view! {
        <Slider
            id="lesson-costs"
            label=words.costs_slider.clone()
            value=place
            set=move |value| place.set(value)
            low=Signal::stored(-1.0)
            high=Signal::stored(1.0)
            step=Signal::stored(0.05)
            shown=Signal::derive(shown)
        />
        <Picture drawing=Signal::derive(picture) label=words.costs_picture.clone()/>
        <ul class="classes">
            <li><span class="swatch marked"></span>{words.costs_key_mask.clone()}</li>
            <li class:hidden=move || truth.with(Option::is_none)><span class="swatch wrong"></span>{words.costs_key_false.clone()}</li>
            <li class:hidden=move || truth.with(Option::is_none)><span class="swatch missed"></span>{words.costs_key_missed.clone()}</li>
        </ul>
        {rows}
        <NeedsLabels scene/>
    }
}
