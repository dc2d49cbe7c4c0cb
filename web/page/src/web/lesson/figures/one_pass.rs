//! Every box of the method with its own map, the eight sign patterns, and the ranking made anew from the terms that are kept.

use std::sync::Arc;

use leptos::prelude::*;
use page::lesson::words::{decimal, fill};
use page::lesson::{drawing, one_pass, pixels};

use super::labels::NeedsLabels;
use super::{Scene, result};
use crate::web::lesson::canvas::Picture;

/// The figure.
#[component]
pub fn OnePass(scene: Scene) -> impl IntoView {
    let state = scene.state;
    let (words, language) = (scene.words(), scene.language());
    let outcome = result(state);
    let kept = RwSignal::new([true; 5]);
    let plane = move |shape| drawing::plane(shape, state.display.crosshair.get());
    let boxes = one_pass::STAGES.map(|stage| {
        let picture = move || {
            let outcome = outcome.get()?;
            drawing::map(&outcome, stage.map, plane(outcome.info.shape))
        };
        let name = words.map(stage.map).to_owned();
        view! {
            <li data-stage=stage.map>
                <Picture drawing=Signal::derive(picture) label=name.clone()/>
                <span class="title">{name.clone()}</span>
                <span class="formula">{stage.formula}</span>
            </li>
        }
    });
    let boxes = boxes.into_iter().collect_view();
    let sum = Memo::new(move |_| {
        let outcome = outcome.get()?;
        one_pass::sum(&outcome, kept.get()).map(Arc::new)
    });
    let drawn = move || {
        let (outcome, sum) = outcome.get().zip(sum.get())?;
        let shape = outcome.info.shape;
        drawing::values(&sum, shape, plane(shape))
    };
    let errors = Memo::new(move |_| {
        state
            .compared()
            .map(|found| Arc::new(pixels::errors(&found)))
    });
    let said = {
        let (words, language) = (words.clone(), language.clone());
        move || {
            if kept.get() == [false; 5] {
                return Some(words.onepass_none.clone());
            }
            let (outcome, sum) = outcome.get().zip(sum.get())?;
            let (_, ranking) = outcome.map("ranking")?;
            let alike = one_pass::likeness(&sum, ranking);
            let value = alike.map_or_else(
                || words.undefined.clone(),
                |value| decimal(value, 3, &language),
            );
            let mut text = fill(&words.onepass_like, &[("value", value)]);
            if let Some(errors) = errors.get()
                && let Some((auroc, aurc)) = one_pass::score(&sum, &errors)
            {
                let (auroc, aurc) = (
                    decimal(auroc, 3, &language),
                    decimal(1000.0 * aurc, 2, &language),
                );
                text = format!("{text} · AUROC {auroc} · AURC × 1000: {aurc}");
            }
            Some(text)
        }
    };
    let ticks = one_pass::TERMS.into_iter().enumerate().map(|(index, map)| {
        view! {
            <label class="tick">
                <input
                    type="checkbox"
                    prop:checked=move || kept.get().get(index) == Some(&true)
                    on:change=move |event| kept.update(|kept| {
                        if let Some(kept) = kept.get_mut(index) {
                            *kept = event_target_checked(&event);
                        }
                    })
                />
                {words.map(map).to_owned()}
            </label>
        }
    });
    let ticks = ticks.collect_view();
    let rows = one_pass::SIGNS
        .into_iter()
        .enumerate()
        .map(|(index, signs)| {
            let cells = signs
                .map(|plus| view! { <td class:minus=!plus>{if plus { "+" } else { "−" }}</td> });
            let name = fill(
                &words.onepass_pattern,
                &[("number", (index + 1).to_string())],
            );
            view! { <tr><th scope="row">{name}</th>{cells.into_iter().collect_view()}</tr> }
        });
    let rows = rows.collect_view();
    let lacking = {
        let sentence = words.not_here.clone();
        move || (outcome.get().is_some() && sum.with(Option::is_none)).then(|| sentence.clone())
    };
    view! {
        <ul class="multiples">{boxes}</ul>
        <p class="hint">{lacking}</p>
        <details>
            <summary>{words.onepass_signs.clone()}</summary>
            <p class="hint">{words.onepass_signs_text.clone()}</p>
            <div class="scroll"><table class="signs"><tbody>{rows}</tbody></table></div>
        </details>
        <fieldset class="choice">
            <legend>{words.onepass_terms.clone()}</legend>
            {ticks}
        </fieldset>
        <Picture drawing=Signal::derive(drawn) label=words.onepass_sum.clone()/>
        <p role="status" data-likeness="">{said}</p>
        <NeedsLabels scene/>
    }
}
