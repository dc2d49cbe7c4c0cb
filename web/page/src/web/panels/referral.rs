//! What to do about doubt: which places go to a human, and how much may be wrong.

use leptos::prelude::*;
use page::numbers::number;
use page::results::amount::{Element, amount};
use page::results::referral;
use page::text;

use super::slider::Slider;
use super::uncertain_regions::{Planes, Tolerance};
use crate::web::controller::Controller;
use crate::web::state::State;

/// The panel.
#[component]
pub fn Decide(state: State, controller: Controller) -> impl IntoView {
    let share = state.display.referral;
    let found = move || {
        let referral = state.referral.get();
        referral.filter(|_| state.pending.with(Option::is_none))
    };
    let said = move || {
        let (found, outcome) = found().zip(state.result())?;
        let info = &outcome.info;
        let element = Element::of(info.shape);
        Some(text::referral(
            &found,
            info.regions.len(),
            info.voxel_size,
            element,
        ))
    };
    let minutes = move || found().map(|found| text::minutes(found.minutes));
    let measured = move || {
        let found = found()?;
        let (comparison, outcome) = state.compared().zip(state.result())?;
        let info = &outcome.info;
        let places = info.regions.get(..found.places)?;
        let (seen, all) = referral::measured(&comparison.errors, info.shape, places);
        Some(text::measured(seen, all, Element::of(info.shape)))
    };
    let shown = move || match found().map(|found| found.places) {
        None | Some(0) => "none".to_owned(),
        Some(1) => "1 place".to_owned(),
        Some(count) => format!("{count} places"),
    };
    let none = move || {
        state
            .result()
            .is_none_or(|outcome| outcome.info.regions.is_empty())
    };
    view! {
        <h2>"Hand over to a human"</h2>
        <p class="hint">{text::REFERRAL_HINT}</p>
        <Slider
            id="referral"
            label="Referral"
            value=share
            set=move |value| share.set(value)
            step=0.5
            disabled=Signal::derive(none)
            shown=Signal::derive(shown)
        />
        <div class="findings" aria-live="polite">
            <p>{said}</p>
            <p>{minutes}</p>
            <p>{measured}</p>
        </div>
        <Tolerance state controller/>
        <h2>"How much may be wrong"</h2>
        <Expected state/>
        <Planes state/>
    }
}

/// What is expected of each class.
#[component]
fn Expected(state: State) -> impl IntoView {
    let table = move || {
        let outcome = state.result()?;
        let info = &outcome.info;
        let (size, element) = (info.voxel_size, Element::of(info.shape));
        let rows = info.classes.iter().map(|class| {
            let name = outcome
                .model
                .classes
                .iter()
                .find(|known| known.id == class.class);
            let name = name.map_or_else(
                || format!("class {}", class.class),
                |known| known.name.clone(),
            );
            let marked = amount(class.marked as f64, size, element);
            let range = class.range.map(|range| {
                format!(
                    "{} to {}",
                    amount(range.low, size, element),
                    amount(range.high, size, element)
                )
            });
            let expected = range.unwrap_or_else(|| amount(class.expected, size, element));
            let dice = class
                .expected_dice
                .map_or_else(|| "–".to_owned(), |dice| number(dice, 2));
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td>{marked}</td>
                    <td>{amount(class.false_positive, size, element)}</td>
                    <td>{amount(class.missed, size, element)}</td>
                    <td>{expected}</td>
                    <td>{dice}</td>
                </tr>
            }
        });
        let range = info
            .expected
            .range
            .map(|range| text::experience(range, size, element));
        Some(view! {
            <div class="scroll">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Class"</th>
                            <th scope="col">"Marked"</th>
                            <th scope="col">"Too much"</th>
                            <th scope="col">"Missing"</th>
                            <th scope="col">"True size"</th>
                            <th scope="col">"Dice"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
            <p class="hint">"Estimates from this image’s own probabilities. "{range}</p>
        })
    };
    view! { <div class="scores">{table}</div> }
}
