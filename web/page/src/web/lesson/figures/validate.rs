//! A reliability diagram and a risk-coverage curve from this image's pixels; the temperature is set by hand.

use std::sync::Arc;

use leptos::prelude::*;
use page::lesson::calibrating::{self, Pixels, Reading};
use page::lesson::pixels;
use page::lesson::plotting::{Axes, round_up};
use page::lesson::words::{decimal, fill};
use page::numbers::count;

use super::labels::NeedsLabels;
use super::{Scene, result};
use crate::web::panels::Slider;

/// The drawings' area in their own units, and their size.
const AREA: [f64; 4] = [44.0, 12.0, 240.0, 176.0];
const SIZE: &str = "0 0 300 232";

/// The figure.
#[component]
pub fn Validate(scene: Scene) -> impl IntoView {
    let state = scene.state;
    let (words, language) = (scene.words(), scene.language());
    let place = RwSignal::new(1.0_f64);
    let heat = RwSignal::new(1.0_f64);
    let near = RwSignal::new(false);
    let outcome = result(state);
    let all = Memo::new(move |_| {
        let (outcome, comparison) = outcome.get().zip(state.compared())?;
        let logits = pixels::logits(&outcome)?;
        let include = near
            .get()
            .then(|| pixels::near(&outcome, &comparison))
            .flatten();
        Pixels::new(&logits, &pixels::errors(&comparison), include.as_deref()).map(Arc::new)
    });
    let used = Memo::new(move |_| {
        all.with(|all| {
            all.as_ref()
                .map_or(0, |all| calibrating::used(place.get(), all.len()))
        })
    });
    let reading = Memo::new(move |_| {
        all.get()
            .map(|all| Arc::new(all.read(heat.get(), used.get())))
    });
    let lacking = {
        let sentence = words.not_here.clone();
        move || (state.compared().is_some() && all.with(Option::is_none)).then(|| sentence.clone())
    };
    let numbers = {
        let (words, language) = (words.clone(), language.clone());
        move || {
            let reading = reading.get()?;
            let auroc = reading.auroc.map_or_else(
                || words.undefined.clone(),
                |value| decimal(value, 4, &language),
            );
            let values = [
                ("wrong", count(reading.wrong)),
                ("count", count(used.get() as u64)),
            ];
            Some(view! {
                <dl class="facts">
                    <div><dt>"ECE"</dt><dd data-ece=reading.ece.to_string()>{decimal(reading.ece, 4, &language)}</dd></div>
                    <div><dt>"AUROC"</dt><dd data-auroc=reading.auroc.unwrap_or(-1.0).to_string()>{auroc}</dd></div>
                </dl>
                <p class="hint">{fill(&words.validate_wrong, &values)}</p>
            })
        }
    };
    let pixels_shown = {
        let sentence = words.pixels.clone();
        move || fill(&sentence, &[("count", count(used.get() as u64))])
    };
    let heat_shown = {
        let language = language.clone();
        move || decimal(heat.get(), 2, &language)
    };
    let reliability = {
        let (words, language) = (words.clone(), language.clone());
        move || {
            let found = reading.get()?;
            Some(reliability(
                &found,
                [
                    &words.validate_reliability,
                    &words.validate_confidence,
                    &words.validate_accuracy,
                ],
                &language,
            ))
        }
    };
    let risk = {
        let (words, language) = (words.clone(), language.clone());
        move || {
            let found = reading.get()?;
            Some(risk(
                &found,
                [
                    &words.validate_risk,
                    &words.validate_coverage,
                    &words.validate_error,
                ],
                &language,
            ))
        }
    };
    let idle = move || all.with(Option::is_none);
    view! {
        <NeedsLabels scene/>
        <p class="hint">{lacking}</p>
        <div class="validate" class:hidden=idle>
            <Slider
                id="lesson-temperature"
                label=words.validate_temperature.clone()
                value=heat
                set=move |value| heat.set(value)
                low=Signal::stored(0.25)
                high=Signal::stored(5.0)
                step=Signal::stored(0.05)
                shown=Signal::derive(heat_shown)
            />
            <p class="hint">{words.validate_own.clone()}</p>
            <Slider
                id="lesson-pixels"
                label=words.validate_used.clone()
                value=place
                set=move |value| place.set(value)
                high=Signal::stored(1.0)
                step=Signal::stored(0.02)
                shown=Signal::derive(pixels_shown)
            />
            <label class="tick">
                <input type="checkbox" prop:checked=move || near.get() on:change=move |event| near.set(event_target_checked(&event))/>
                {words.validate_near.clone()}
            </label>
            {numbers}
            <div class="charts">{reliability}{risk}</div>
        </div>
    }
}

/// Confidence against accuracy, a dot for every bar, as large as it has pixels.
fn reliability(
    reading: &Reading,
    [title, across, up]: [&String; 3],
    language: &str,
) -> impl IntoView + use<> {
    let axes = Axes {
        area: AREA,
        x: [0.0, 1.0],
        y: [0.0, 1.0],
    };
    let most = reading
        .bars
        .iter()
        .map(|bar| bar.count)
        .max()
        .unwrap_or(1)
        .max(1) as f64;
    let dots = reading.bars.iter().map(|bar| {
        let [x, y] = axes.at(bar.confidence, bar.accuracy);
        let [_, diagonal] = axes.at(bar.confidence, bar.confidence);
        // Area by the logarithm: the surest bar of most images holds nearly all pixels.
        let radius = 2.0 + 5.0 * ((bar.count as f64).ln_1p() / most.ln_1p()).sqrt();
        let words = format!(
            "{across} {}, {up} {}: {}",
            decimal(bar.confidence, 2, language),
            decimal(bar.accuracy, 2, language),
            count(bar.count)
        );
        view! {
            <line class="gap" x1=x.to_string() y1=y.to_string() x2=x.to_string() y2=diagonal.to_string()></line>
            <circle class="dot" cx=x.to_string() cy=y.to_string() r=format!("{radius:.1}")><title>{words}</title></circle>
        }
    });
    let dots = dots.collect_view();
    let guide = axes.path([(0.0, 0.0), (1.0, 1.0)]);
    let line = axes.path(
        reading
            .bars
            .iter()
            .map(|bar| (bar.confidence, bar.accuracy)),
    );
    view! {
        <figure class="chart">
            <figcaption>{title.clone()}</figcaption>
            <svg viewBox=SIZE role="img" aria-label=title.clone()>
                {frame(&axes, across, up, language)}
                <path class="guide" d=guide></path>
                <path class="line" d=line></path>
                {dots}
            </svg>
        </figure>
    }
}

/// Share of wrong pixels among those that are kept.
fn risk(
    reading: &Reading,
    [title, across, up]: [&String; 3],
    language: &str,
) -> impl IntoView + use<> {
    let top = reading
        .curve
        .iter()
        .map(|point| point.risk)
        .fold(0.0, f64::max);
    let axes = Axes {
        area: AREA,
        x: [0.0, 1.0],
        y: [0.0, round_up(top)],
    };
    let line = axes.path(
        reading
            .curve
            .iter()
            .map(|point| (point.coverage, point.risk)),
    );
    view! {
        <figure class="chart">
            <figcaption>{title.clone()}</figcaption>
            <svg viewBox=SIZE role="img" aria-label=title.clone()>
                {frame(&axes, across, up, language)}
                <path class="line" d=line></path>
            </svg>
        </figure>
    }
}

/// The axes with their ends.
fn frame(axes: &Axes, across: &str, up: &str, language: &str) -> impl IntoView + use<> {
    let [left, top, width, height] = axes.area;
    let (bottom, right) = (top + height, left + width);
    let decimals = if axes.y[1] >= 1.0 {
        1
    } else if axes.y[1] >= 0.1 {
        2
    } else {
        3
    };
    let label = |value: f64| decimal(value, decimals, language);
    let ticks = [0.0, 0.5, 1.0].map(|share| {
        let (x, y) = (left + width * share, bottom - height * share);
        let (across, up) = (decimal(share, 1, language), label(axes.y[1] * share));
        view! {
            <line class="grid" x1=left.to_string() x2=right.to_string() y1=y.to_string() y2=y.to_string()></line>
            <text class="tick" x=x.to_string() y=(bottom + 16.0).to_string() text-anchor="middle">{across}</text>
            <text class="tick" x=(left - 5.0).to_string() y=(y + 4.0).to_string() text-anchor="end">{up}</text>
        }
    });
    view! {
        {ticks.into_iter().collect_view()}
        <text class="axis" x=(left + width / 2.0).to_string() y=(bottom + 34.0).to_string() text-anchor="middle">{across.to_owned()}</text>
        <text class="axis" x=(left + 4.0).to_string() y=(top + 10.0).to_string() text-anchor="start">{up.to_owned()}</text>
    }
}
