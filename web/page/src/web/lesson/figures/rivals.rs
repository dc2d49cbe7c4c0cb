//! The measures of doubt of one pass side by side, scored by the labels, and the table of the whole test set.

use std::sync::Arc;

use leptos::prelude::*;
use page::lesson::words::{decimal, fill};
use page::lesson::{drawing, pixels, rivals};
use page::numbers::duration;

use super::labels::NeedsLabels;
use super::{Scene, result};
use crate::web::lesson::canvas::Picture;

/// The figure.
#[component]
pub fn Rivals(scene: Scene) -> impl IntoView {
    let state = scene.state;
    let (words, language) = (scene.words(), scene.language());
    let outcome = result(state);
    let errors = Memo::new(move |_| {
        state
            .compared()
            .map(|found| Arc::new(pixels::errors(&found)))
    });
    let measures = Memo::new(move |_| {
        let outcome = outcome.get()?;
        let errors = errors.get();
        Some(rivals::measures(
            &outcome,
            errors.as_ref().map(|errors| &errors[..]),
        ))
    });
    let cells = {
        let (words, language) = (words.clone(), language.clone());
        move || {
            let cells = measures.get()?.into_iter().map(|measure| {
                let map = measure.map;
                let picture = move || {
                    let outcome = outcome.get()?;
                    let plane = drawing::plane(outcome.info.shape, state.display.crosshair.get());
                    drawing::map(&outcome, map, plane)
                };
                let name = words.map(map).to_owned();
                let score = |value: Option<f64>, decimals| {
                    value.map_or_else(|| words.undefined.clone(), |value| decimal(value, decimals, &language))
                };
                let scores = errors.with(Option::is_some).then(|| {
                    view! {
                        <span class="scored" data-auroc=measure.auroc.unwrap_or(-1.0).to_string()>{format!("AUROC {}", score(measure.auroc, 3))}</span>
                        <span class="scored">{format!("AURC × 1000: {}", score(measure.aurc.map(|aurc| 1000.0 * aurc), 2))}</span>
                    }
                });
                view! {
                    <li data-measure=map>
                        <Picture drawing=Signal::derive(picture) label=name.clone()/>
                        <span class="title">{name.clone()}</span>
                        {scores}
                    </li>
                }
            });
            Some(cells.collect_view())
        }
    };
    let title = {
        let model = scene.step.model.clone();
        let sentence = words.rivals_table.clone();
        move || {
            let title = state.models.with(|models| {
                let found = models.iter().find(|entry| entry.id == model);
                found.map_or_else(|| model.clone(), |found| found.title.clone())
            });
            fill(&sentence, &[("model", title)])
        }
    };
    let results = scene.step.results.clone();
    let base = results
        .iter()
        .find(|row| row.method == "softmax")
        .map(|row| row.ms);
    let rows = results.iter().map(|row| {
        let times = base.map(|base| {
            fill(
                &words.rivals_times,
                &[("times", decimal(row.ms / base, 1, &language))],
            )
        });
        view! {
            <tr class:own=row.method == "segwithu">
                <th scope="row">{words.method(&row.method).to_owned()}</th>
                <td>{decimal(row.auroc, 3, &language)}</td>
                <td>{decimal(row.aurc, 1, &language)}</td>
                <td>{decimal(row.ece, 3, &language)}</td>
                <td>{duration(row.ms)}" "<span class="hint">{times}</span></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <p class="hint">{words.rivals_passes.clone()}" "{words.rivals_same.clone()}</p>
        <ul class="multiples">{cells}</ul>
        <NeedsLabels scene/>
        <div class="scroll" class:hidden=results.is_empty()>
            <table>
                <caption>{title}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words.rivals_measure.clone()}</th>
                        <th scope="col">"AUROC"</th>
                        <th scope="col">"AURC × 1000"</th>
                        <th scope="col">"ECE"</th>
                        <th scope="col">{words.rivals_time.clone()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
