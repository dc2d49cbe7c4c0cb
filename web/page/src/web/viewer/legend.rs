//! The legend of the chosen map: colours, scale, unit, what high means.

use leptos::html::Canvas;
use leptos::prelude::*;
use page::numbers::number;
use page::results::maps;
use page::view::legend;

use crate::web::dom;
use crate::web::state::State;

/// The legend.
#[component]
pub fn Legend(state: State) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    Effect::new(move |_| {
        let colours = state.display.colours.get().table();
        if let Some(canvas) = canvas.get() {
            let rgba: Vec<u8> = colours
                .iter()
                .flat_map(|[red, green, blue]| [*red, *green, *blue, 255])
                .collect();
            // Without colours the legend still has its scale; a canvas that cannot be drawn on is told of elsewhere.
            dom::put(&canvas, &rgba, 1, colours.len()).ok();
        }
    });
    let text = move || state.display.map.with(|name| maps::text(name));
    let reversed = move || state.display.map.with(|name| maps::is_reversed(name));
    let range = move || {
        let outcome = state.result()?;
        state.display.map.with(|name| outcome.map_range(name))
    };
    let ends = move || {
        let text = text()?;
        Some(if reversed() {
            (text.high, text.low)
        } else {
            (text.low, text.high)
        })
    };
    let ticks = move || {
        let range = range()?;
        let ticks = legend::ticks(range, 5).into_iter().map(|value| {
            let at = legend::position(range, value) * 100.0;
            let at = if reversed() { 100.0 - at } else { at };
            view! { <li style:left=format!("{at}%")>{number(value, 3)}</li> }
        });
        Some(ticks.collect_view())
    };
    view! {
        <figure class="legend" aria-label="Scale of the map">
            <div class="ends">
                <span>{move || ends().map(|(low, _)| low)}</span>
                <span>{move || ends().map(|(_, high)| high)}</span>
            </div>
            <canvas node_ref=canvas aria-hidden="true"></canvas>
            <ul class="ticks">{ticks}</ul>
            <figcaption>
                {move || text().map(|text| text.meaning)}
                " "
                <span class="unit">{move || text().and_then(|text| text.unit).map(|unit| format!("Unit: {unit}."))}</span>
            </figcaption>
        </figure>
    }
}
