//! Comparison with true labels.

use leptos::prelude::*;
use page::correct::comparison::{Improvement, error_rate, improvement};
use page::numbers::{number, percent};
use page::results::amount::Element;
use page::results::outcome::Comparison;
use page::text;

use super::open::{ACCEPT, chosen};
use crate::web::controller::Controller;
use crate::web::drop::LABELS_ZONE;
use crate::web::state::State;

/// The panel.
#[component]
pub fn Compare(state: State, controller: Controller) -> impl IntoView {
    let impossible = move || state.nothing_made();
    let has_labels = move || {
        let id = state.sample.get();
        state.samples.with(|samples| {
            samples
                .iter()
                .any(|sample| Some(&sample.id) == id.as_ref() && sample.labels.is_some())
        })
    };
    view! {
        <section class="part" id=LABELS_ZONE aria-labelledby="check-head">
            <h2 id="check-head">"Compare with true labels"</h2>
            <div class="choose">
                <input
                    type="file"
                    id="open-labels"
                    class="visually-hidden"
                    multiple
                    accept=ACCEPT
                    on:change=move |event| {
                        let files = chosen(&event);
                        if !files.is_empty() {
                            controller.open_labels(files);
                        }
                    }
                />
                <label for="open-labels" class="button">"Open true labels"</label>
                <Show when=has_labels>
                    <button type="button" disabled=impossible on:click=move |_| controller.check_sample()>
                        "Use the sample's labels"
                    </button>
                </Show>
            </div>
            <p class="hint">{text::LABELS_HINT}</p>
            <Scores state/>
        </section>
    }
}

/// Dice and share of errors of the corrected mask, where there is one.
fn corrected(state: State, comparison: &Comparison) -> (Vec<Improvement>, f64) {
    state.correcting.steps.track();
    if !state.correcting.edited.get() {
        return (Vec::new(), 0.0);
    }
    let classes = state.classes();
    state.correcting.mask.with_value(|mask| {
        mask.as_ref().map_or((Vec::new(), 0.0), |mask| {
            let improved = improvement(comparison, mask.classes(), &classes);
            (improved, error_rate(comparison, mask.classes()))
        })
    })
}

/// How well mask and doubt agree with the labels.
#[component]
fn Scores(state: State) -> impl IntoView {
    let table = move || {
        let comparison = state.compared()?;
        let scores = comparison.scores.clone();
        let element = Element::of(state.result()?.info.shape);
        let (improved, rate) = corrected(state, &comparison);
        let edited = !improved.is_empty();
        let dice = scores.dice.into_iter().enumerate().map(|(place, (class, value))| {
            let after = improved.get(place).map(|improved| view! { <td>{number(improved.after, 3)}</td> });
            view! { <tr><th scope="row">{format!("Dice, {class}")}</th><td>{number(value, 3)}</td>{after}</tr> }
        });
        let head = edited.then(|| {
            view! {
                <thead>
                    <tr><td></td><th scope="col">"Model’s own"</th><th scope="col">"Corrected"</th></tr>
                </thead>
            }
        });
        let rate = edited.then(|| view! { <td>{percent(rate)}</td> });
        let methods = scores.methods.into_iter().map(|(name, auroc, aurc)| {
            let auroc = auroc.map_or_else(|| "undefined".to_owned(), |value| number(value, 4));
            view! { <tr><th scope="row">{text::method(&name).to_owned()}</th><td>{auroc}</td><td>{number(aurc, 3)}</td></tr> }
        });
        let notes = scores
            .notes
            .into_iter()
            .map(|note| view! { <li>{note}</li> });
        Some(view! {
            <ul class="notes hint">{notes.collect_view()}</ul>
            <table>
                <caption>"How good is the mask?"</caption>
                {head}
                <tbody>
                    {dice.collect_view()}
                    <tr><th scope="row">{format!("Wrong {}", element.many())}</th><td>{percent(scores.error_rate)}</td>{rate}</tr>
                </tbody>
            </table>
            <table>
                <caption>{format!("Does doubt find the wrong {}?", element.many())}</caption>
                <thead>
                    <tr><th scope="col">"Measure of doubt"</th><th scope="col">"AUROC"</th><th scope="col">"AURC"</th></tr>
                </thead>
                <tbody>{methods.collect_view()}</tbody>
            </table>
            <p class="hint">{text::judges(element)}</p>
            <label class="tick">
                <input
                    type="checkbox"
                    prop:checked=move || state.display.errors.get()
                    on:change=move |event| state.display.errors.set(event_target_checked(&event))
                />
                "Show the errors"
            </label>
            <ul class="classes" aria-label="Colours of the errors">
                <li><span class="swatch wrong"></span>{text::ERRORS_KEY[0]}</li>
                <li><span class="swatch missed"></span>{text::ERRORS_KEY[1]}</li>
            </ul>
        })
    };
    view! { <div class="scores" aria-live="polite">{table}</div> }
}
