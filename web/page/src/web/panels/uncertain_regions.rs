//! Where to look first: doubtful regions and planes, worst first, each a click away.

use leptos::prelude::*;
use page::numbers::number;
use page::results::uncertain_regions;
use page::text;
use page::view::slice_plane::Axis;

use crate::web::state::State;

/// Planes in the list.
const PLANES: usize = 6;

/// Whether the image is one that the model knows.
#[component]
pub fn Familiarity(state: State) -> impl IntoView {
    let line = move || {
        let outcome = state.result()?;
        let Some(score) = outcome.info.in_distribution else {
            return Some(view! { <p class="hint">{text::UNKNOWN_KIND}</p> }.into_any());
        };
        let dice = score.expected_dice.map(uncertain_regions::expected_dice);
        let line = view! {
            <p class="familiarity" class:unusual=score.unusual>
                <span class="mark" aria-hidden="true">{if score.unusual { "⚠" } else { "✓" }}</span>
                <span>{uncertain_regions::familiarity(&score)}</span>
            </p>
            <p>{dice}</p>
        };
        Some(line.into_any())
    };
    view! { <div class="worst" aria-live="polite">{line}</div> }
}

/// The doubtful regions.
#[component]
pub fn Regions(state: State) -> impl IntoView {
    let list = move || {
        let outcome = state.result()?;
        let volume = state
            .on_screen()
            .is_some_and(|picture| picture.info.shape[0] > 1);
        let regions = outcome.info.regions.clone();
        if regions.is_empty() {
            return Some(view! { <p class="hint">{text::NO_REGIONS}</p> }.into_any());
        }
        let count = regions.len();
        let items = regions.into_iter().map(|region| {
            let go = move |_| {
                state.go_to(
                    uncertain_regions::peak(&region),
                    Some(uncertain_regions::radius(&region, volume)),
                );
            };
            let here = move || {
                state.display.marked.get()
                    && state.display.crosshair.get() == uncertain_regions::peak(&region)
            };
            view! {
                <li>
                    <button type="button" aria-current=move || here().then_some("true") on:click=go>
                        <span>{uncertain_regions::describe(&region, volume)}</span>
                        <span class="hint">{uncertain_regions::strength(&region)}</span>
                    </button>
                </li>
            }
        });
        Some(
            view! {
                <details open>
                    <summary>{format!("Doubtful regions, worst first ({count})")}</summary>
                    <ol class="regions" aria-label="Doubtful regions">{items.collect_view()}</ol>
                </details>
            }
            .into_any(),
        )
    };
    view! { <div class="worst">{list}</div> }
}

/// The most doubtful planes of a volume.
#[component]
pub fn Planes(state: State) -> impl IntoView {
    let list = move || {
        let outcome = state.result()?;
        let bars = uncertain_regions::worst(&outcome.info.slices, PLANES);
        if bars.is_empty() {
            return None;
        }
        let items = bars.into_iter().map(|bar| {
            let go = move |_| {
                let voxel = Axis::Plane.with(state.display.crosshair.get_untracked(), bar.plane);
                state.go_to(voxel, None);
            };
            let here = move || Axis::Plane.of(state.display.crosshair.get()) == bar.plane;
            let object = if bar.has_object { "" } else { "no mask" };
            view! {
                <li>
                    <button type="button" aria-current=move || here().then_some("true") on:click=go>
                        <span>{format!("Plane {}", bar.plane)}</span>
                        <span class="bar" aria-hidden="true">
                            <span style:width=format!("{:.1}%", 100.0 * bar.length)></span>
                        </span>
                        <span class="amount">{number(bar.doubt, 3)}</span>
                        <span class="hint">{object}</span>
                    </button>
                </li>
            }
        });
        Some(view! {
            <details open>
                <summary>"Most doubtful planes (mean ranking in and near the mask)"</summary>
                <ol class="planes" aria-label="Most doubtful planes">{items.collect_view()}</ol>
            </details>
        })
    };
    view! { <div class="worst">{list}</div> }
}
