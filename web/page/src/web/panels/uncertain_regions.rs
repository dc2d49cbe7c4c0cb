//! The places to look at, worst first, and the planes.

use correction::Decision;
use leptos::html::Canvas;
use leptos::prelude::*;
use page::correct::region::runner_up_words;
use page::results::amount::{Element, amount};
use page::results::uncertain_regions;
use page::text;
use page::view::slice_plane::Axis;
use page::view::thumbnail::thumbnail;
use protocol::Region;

use super::review::{Decisions, OpenPlace, ReviewBar};
use crate::web::controller::Controller;
use crate::web::dom;
use crate::web::state::State;

/// Planes in the list.
const MAX_PLANES: usize = 6;

fn element(state: State) -> Element {
    state
        .on_screen()
        .map_or(Element::Pixel, |picture| Element::of(picture.info.shape))
}

/// The list of places.
#[component]
pub fn Places(state: State, controller: Controller) -> impl IntoView {
    let list = move || {
        let outcome = state.result()?;
        if outcome.info.regions.is_empty() {
            return Some(view! { <p class="hint">{text::NO_REGIONS}</p> }.into_any());
        }
        let items = outcome.info.regions.iter().copied().enumerate();
        let items = items.map(|(index, region)| view! { <Place state controller index region/> });
        Some(
            view! { <ol class="places" aria-label="Places to look at">{items.collect_view()}</ol> }
                .into_any(),
        )
    };
    let count = move || {
        state
            .result()
            .map_or(0, |outcome| outcome.info.regions.len())
    };
    view! {
        <section class="panel worklist" aria-labelledby="places-head">
            <h2 id="places-head">
                {move || match count() {
                    0 => "Places to look at".to_owned(),
                    count => format!("Places to look at, worst first ({count})"),
                }}
            </h2>
            <ReviewBar state/>
            {list}
        </section>
    }
}

/// How far a border may be unsure before the place is listed.
#[component]
pub fn Tolerance(state: State, controller: Controller) -> impl IntoView {
    let options = move || {
        let outcome = state.result()?;
        let spacing = state.on_screen().and_then(|picture| picture.info.spacing);
        let element = element(state);
        let shown = outcome.info.tolerance;
        let options = uncertain_regions::TOLERANCES.map(|tolerance| {
            view! {
                <option value=tolerance.to_string() selected=tolerance == shown>
                    {uncertain_regions::tolerance(tolerance, element, spacing)}
                </option>
            }
        });
        Some(options.collect_view())
    };
    let choose = move |value: String| {
        if let (Ok(tolerance), Some(outcome)) = (value.parse(), untrack(|| state.result())) {
            controller.list_places(outcome.job, tolerance);
        }
    };
    view! {
        <div class="field tolerance" class:hidden=move || state.result().is_none()>
            <label for="tolerance">"List borders unsure by more than"</label>
            <select id="tolerance" on:change=move |event| choose(event_target_value(&event))>{options}</select>
        </div>
    }
}

/// A row of the list.
#[component]
fn Place(state: State, controller: Controller, index: usize, region: Region) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    Effect::new(move |_| {
        let (Some(canvas), Some(picture), Some(outcome)) =
            (canvas.get(), state.on_screen(), state.result())
        else {
            return;
        };
        // Without its small picture a row still says and does everything.
        if let Ok(small) = thumbnail(&picture, &outcome, &region, state.display.window.get()) {
            let [rows, columns] = small.size;
            dom::put(&canvas, &small.rgba, rows, columns).ok();
        }
    });
    let words = move || {
        let outcome = untrack(|| state.result());
        let picture = untrack(|| state.on_screen());
        outcome.zip(picture).map(|(outcome, picture)| {
            let spaced = picture.info.spacing.is_some();
            let element = Element::of(picture.info.shape);
            let classes = &outcome.model.classes;
            uncertain_regions::describe(&region, classes, outcome.info.voxel_size, element, spaced)
        })
    };
    let here = move || (state.place.get() == Some(index)).then_some("true");
    let go = move |_| {
        state.visit(index);
        dom::reveal("stage");
    };
    let open = move || state.place.get() == Some(index);
    let decided = move || {
        state
            .correcting
            .decision(index)
            .map(|decision| match decision {
                Decision::Accept => "accept",
                Decision::Fix => "fix",
                Decision::Refer => "refer",
            })
    };
    let done = move || {
        state
            .correcting
            .decision(index)
            .map(|decision| match decision {
                Decision::Accept => " ✓ accepted",
                Decision::Fix => " ✓ fixed by hand",
                Decision::Refer => " ✓ referred",
            })
    };
    view! {
        <li class="place-row" data-decided=decided>
            <button
                type="button"
                class="place"
                data-region=index.to_string()
                data-expected-wrong=region.expected_wrong.to_string()
                aria-current=here
                on:click=go
            >
                <canvas node_ref=canvas aria-hidden="true"></canvas>
                <span class="title">
                    {move || words().map(|words| words.title)}
                    <span class="done">{done}</span>
                </span>
                <span class="hint">{move || words().map(|words| words.detail)}</span>
            </button>
            <Decisions state place=Signal::stored(Some(index)) named=true/>
            <Show when=open>
                <OpenPlace state controller place=index region/>
            </Show>
        </li>
    }
}

/// The way from place to place, under the picture.
#[component]
pub fn Steps(state: State, controller: Controller) -> impl IntoView {
    let count = move || {
        state
            .result()
            .map_or(0, |outcome| outcome.info.regions.len())
    };
    let where_now = move || match (state.place.get(), count()) {
        (_, 0) => String::new(),
        (None, 1) => "1 place to look at".to_owned(),
        (None, count) => format!("{count} places to look at"),
        (Some(place), count) => format!("Place {} of {count}", place + 1),
    };
    let runner_up = move || {
        let place = state.place.get()?;
        let region = state.result()?.info.regions.get(place).copied()?;
        let words = runner_up_words(&region, &state.classes());
        let take = move |_| {
            if let Err(error) = state.take_runner_up(place) {
                controller.tell(&error);
            }
        };
        Some(view! {
            <button type="button" class="runner-up" title="Take the model’s second guess here (U)" on:click=take>
                {words}
            </button>
        })
    };
    view! {
        <div class="steps" role="group" aria-label="Places to look at" class:hidden=move || count() == 0>
            <button type="button" aria-label="Previous region" title="Previous region (P)" on:click=move |_| state.step(false)>"‹ Previous"</button>
            <p aria-live="polite">{where_now}</p>
            <button type="button" aria-label="Next region" title="Next region (N)" on:click=move |_| state.step(true)>"Next ›"</button>
            <Show when=move || state.place.get().is_some()>
                <div class="here">
                    <Decisions state place=state.place named=false/>
                    {runner_up}
                </div>
            </Show>
        </div>
    }
}

/// The planes of a volume with the most expected errors.
#[component]
pub fn Planes(state: State) -> impl IntoView {
    let list = move || {
        let outcome = state.result()?;
        let bars = uncertain_regions::worst(&outcome.info.slices, MAX_PLANES);
        if bars.is_empty() {
            return None;
        }
        let size = outcome.info.voxel_size;
        let items = bars.into_iter().map(|bar| {
            let go = move |_| {
                let voxel = Axis::Plane.with(state.display.crosshair.get_untracked(), bar.plane);
                state.go_to(voxel);
                dom::reveal("stage");
            };
            let here = move || Axis::Plane.of(state.display.crosshair.get()) == bar.plane;
            let object = if bar.has_object { "" } else { "no mask" };
            let wrong = amount(bar.wrong, size, element(state));
            view! {
                <li>
                    <button type="button" aria-current=move || here().then_some("true") on:click=go>
                        <span>{format!("Plane {}", bar.plane)}</span>
                        <span class="bar" aria-hidden="true">
                            <span style:width=format!("{:.1}%", 100.0 * bar.length)></span>
                        </span>
                        <span class="amount">{wrong}</span>
                        <span class="hint">{object}</span>
                    </button>
                </li>
            }
        });
        Some(view! {
            <h3>"Planes with the most doubt"</h3>
            <ol class="planes" aria-label="Planes with the most doubt">{items.collect_view()}</ol>
        })
    };
    view! { <div class="worst">{list}</div> }
}
