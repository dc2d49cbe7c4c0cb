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
    let range = move || {
        let outcome = state.result()?;
        let classes = outcome.model.classes.len();
        state.display.map.with(|name| {
            let info = outcome
                .info
                .maps
                .iter()
                .find(|map| map.summary.name == *name)?;
            Some(maps::range(
                name,
                info.summary.minimum,
                info.summary.maximum,
                classes,
            ))
        })
    };
    let ticks = move || {
        let range = range()?;
        let ticks = legend::ticks(range, 5).into_iter().map(|value| {
            let at = legend::position(range, value) * 100.0;
            view! { <li style:left=format!("{at}%")>{number(value, 3)}</li> }
        });
        Some(ticks.collect_view())
    };
    view! {
        <figure class="legend" aria-label="Scale of the map">
            <div class="ends">
                <span>{move || text().map(|text| text.low)}</span>
                <span>{move || text().map(|text| text.high)}</span>
            </div>
            <canvas node_ref=canvas aria-hidden="true"></canvas>
            <ul class="ticks">{ticks}</ul>
            <figcaption>
                <span class="unit">{move || text().map(|text| format!("Unit: {}.", text.unit))}</span>
                " "
                {move || text().map(|text| text.meaning)}
            </figcaption>
        </figure>
    }
}
