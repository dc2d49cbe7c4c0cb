//! What to do about doubt: send the most doubtful pixels to a human, and look where the list says.

use leptos::prelude::*;
use page::results::amount::Element;
use page::results::referral;
use page::text;

use super::slider::Slider;
use super::uncertain_regions::{Familiarity, Planes, Regions};
use crate::web::state::State;

/// The panel.
#[component]
pub fn Decide(state: State) -> impl IntoView {
    let share = state.display.referral;
    let found = move || {
        state
            .referral
            .get()
            .filter(|_| state.pending.with(Option::is_none))
    };
    let element = move || {
        state
            .on_screen()
            .map_or(Element::Pixel, |picture| Element::of(picture.info.shape))
    };
    let referred =
        move || found().map(|found| text::referred(found.pixels, found.objects, element()));
    let expected = move || {
        let found = found()?;
        let outcome = state.result()?;
        let curve = &outcome.model.validation_curve;
        let all = referral::expected_risk(curve, 1.0);
        Some(
            match (referral::expected_risk(curve, 1.0 - found.pixels), all) {
                _ if found.pixels >= 1.0 => text::nothing_kept(element()),
                (Some(risk), Some(all)) => text::expected(risk, all, element()),
                _ => text::NO_CURVE.to_owned(),
            },
        )
    };
    let measured = move || {
        let found = found()?;
        let comparison = state.compared()?;
        let outcome = state.result()?;
        let (_, ranking) = outcome.map("ranking")?;
        referral::measured_risk(ranking, &comparison.errors, found.threshold)
            .map(|risk| text::measured(risk, element()))
    };
    view! {
        <section class="panel" aria-labelledby="decide">
            <h2 id="decide">"Decide"</h2>
            <Familiarity state/>
            <Slider
                id="referral"
                label="Referral"
                value=share
                set=move |value| share.set(value)
                step=0.5
                shown=Signal::derive(move || format!("the most doubtful {} %", share.get()))
            />
            <div class="findings">
                <p class="hint">{move || text::referral(element())}</p>
                <p>{referred}</p>
                <p>{expected}</p>
                <p>{measured}</p>
            </div>
            <Regions state/>
            <Planes state/>
        </section>
    }
}
