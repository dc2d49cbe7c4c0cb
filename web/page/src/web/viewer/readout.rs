//! What is under the pointer or the crosshair.

use leptos::prelude::*;
use page::text;
use page::view::readout::{self, Readout};

use crate::web::state::State;

/// The readout.
#[component]
pub fn ReadoutPanel(state: State) -> impl IntoView {
    let read = Memo::new(move |_| {
        let picture = state.on_screen()?;
        let voxel = state.voxel()?;
        let mut read = readout::read(&picture, state.result().as_deref(), voxel)?;
        if let Some(class) = state.class_at(voxel) {
            let known = state.classes().into_iter().find(|known| known.id == class);
            read.class = Some(known.map_or_else(|| format!("class {class}"), |known| known.name));
        }
        Some(read)
    });
    let field = move |of: fn(&Readout) -> Option<String>| {
        move || {
            read.with(|read| read.as_ref().and_then(of))
                .unwrap_or_else(|| "–".to_owned())
        }
    };
    let titles = Memo::new(move |_| {
        let outcome = state.outcome.get();
        let names = outcome.map(|outcome| {
            outcome
                .info
                .maps
                .iter()
                .map(|map| map.summary.name.clone())
                .collect::<Vec<_>>()
        });
        names.unwrap_or_default()
    });
    let title = |name: &str| {
        page::results::maps::text(name)
            .map_or_else(|| name.to_owned(), |text| text.title.to_owned())
    };
    let value = move |name: &str| {
        let value = read.with(|read| {
            let maps = &read.as_ref()?.maps;
            let map = maps.iter().find(|(map, _)| map == name);
            map.map(|(_, value)| value.clone())
        });
        value.unwrap_or_else(|| "–".to_owned())
    };
    let unsent = move || {
        state.outcome.with(|outcome| {
            outcome
                .as_ref()
                .is_some_and(|outcome| outcome.info.maps.iter().any(|map| !map.sent))
        })
    };
    let live = move || {
        if state.display.marked.get() && state.display.pointer.with(Option::is_none) {
            "polite"
        } else {
            "off"
        }
    };
    let planes = move || {
        state
            .on_screen()
            .is_some_and(|picture| picture.info.shape[0] > 1)
    };
    let placed = move || {
        state
            .on_screen()
            .is_some_and(|picture| picture.info.affine.is_some())
    };
    view! {
        <div class="readout">
            <dl aria-live=live aria-atomic="true">
                <div>
                    <dt>{move || if planes() { "Column, row, plane" } else { "Column, row" }}</dt>
                    <dd>{field(|read| Some(read.position.clone()))}</dd>
                </div>
                <div class="place" class:hidden=move || !placed()>
                    <dt>"Patient, mm"</dt>
                    <dd>{field(|read| read.place.clone())}</dd>
                </div>
                <div><dt>"Value"</dt><dd>{field(|read| Some(read.value.clone()))}</dd></div>
                <div><dt>"Class"</dt><dd>{field(|read| read.class.clone())}</dd></div>
                <div><dt>"Probability"</dt><dd>{field(|read| read.probability.clone())}</dd></div>
                <div>
                    <dt>{move || title(&state.display.map.get())}</dt>
                    <dd>{move || state.display.map.with(|name| value(name))}</dd>
                </div>
            </dl>
            <details>
                <summary>"Every map at this pixel"</summary>
                <p class="hint">{text::READOUT_HINT}</p>
                <p class="hint" class:hidden=move || !planes()>{text::VOLUME_POINTER}</p>
                <p class="hint" class:hidden=move || !unsent()>{text::UNSENT_MAPS}</p>
                <dl>
                    {move || {
                        let rows = titles.get().into_iter().map(|name| {
                            view! { <div><dt>{title(&name)}</dt><dd>{move || value(&name)}</dd></div> }
                        });
                        rows.collect_view()
                    }}
                </dl>
            </details>
        </div>
    }
}
