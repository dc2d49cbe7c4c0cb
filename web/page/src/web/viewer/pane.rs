//! One view: its canvas, the letters at its edges, its buttons and its slice slider.

use leptos::html::Canvas;
use leptos::prelude::*;
use page::text;
use page::view::panes::{Edges, Kind};
use page::view::zoom::STEP;
use page::view::{anatomy, readout};
use wasm_bindgen::prelude::*;

use super::draw::Painter;
use super::gestures::Gestures;
use super::keyboard;
use super::navigation::{maximise, step_to};
use crate::web::controller::Controller;
use crate::web::dom::pixel_ratio;
use crate::web::panels::Slider;
use crate::web::state::{PaneState, State};

/// Identifiers of the slice sliders.
const SLICES: [&str; 3] = ["slice-0", "slice-1", "slice-2"];

/// A view.
#[component]
pub fn PaneView(state: State, controller: Controller, pane: PaneState) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    watch_size(canvas, pane.canvas);
    Painter::install(state, controller, canvas, pane);
    let gestures = StoredValue::new_local(Gestures::new(state, pane));

    let display = state.display;
    let several = move || state.views.with(|views| views.len() > 1);
    let large = move || display.large.get() == pane.index;
    // The first one is there before there is an image, to say so.
    let away = move || {
        let absent = pane.index > 0 && pane.pane.with(Option::is_none);
        absent || (several() && display.alone.get() && !large())
    };
    let kind = Memo::new(move |_| pane.pane.with(|pane| pane.as_ref().map(|pane| pane.kind)));
    let title = move || kind.get().map_or("Picture", Kind::title);
    let zoomed = move || pane.chosen.with(Option::is_some);
    let empty = move || state.on_screen().is_some();
    view! {
        <div class="pane" class:large=large class:away=away role="group" aria-label=title>
            <div class="canvas-frame" class:zoomed=zoomed class:drawing=move || state.correcting.drawing()>
                <canvas
                    node_ref=canvas
                    tabindex="0"
                    role="application"
                    aria-roledescription="picture"
                    aria-label=move || described(state, pane)
                    on:pointerdown=move |event| gestures.update_value(|gestures| gestures.down(&event))
                    on:pointermove=move |event| gestures.update_value(|gestures| gestures.moved(&event))
                    on:pointerup=move |event| gestures.update_value(|gestures| gestures.up(&event))
                    on:pointercancel=move |event| gestures.update_value(|gestures| gestures.up(&event))
                    on:pointerleave=move |_| gestures.update_value(|gestures| gestures.left())
                    on:wheel=move |event| gestures.update_value(|gestures| gestures.wheel(&event))
                    on:contextmenu=|event| event.prevent_default()
                    on:keydown=move |event| keyboard::pressed(&event, state, pane)
                ></canvas>
                <Show when=move || pane.index == 0>
                    <p class="empty" class:hidden=empty>{text::NO_IMAGE}</p>
                </Show>
                <Letters pane/>
                <Show when=several>
                    <p class="pane-title" aria-hidden="true">{title}</p>
                </Show>
                <Buttons state pane/>
            </div>
            <Show when=several>
                <SliceSlider state pane/>
            </Show>
        </div>
    }
}

/// What a screen reader says of a view.
fn described(state: State, pane: PaneState) -> String {
    let Some(picture) = state.on_screen() else {
        return text::NO_IMAGE.to_owned();
    };
    let Some(shown) = pane.pane.get() else {
        return String::new();
    };
    let sides = shown.edges.as_ref().map_or_else(String::new, |edges| {
        format!(
            " Left edge: patient's {}. Top edge: patient's {}.",
            anatomy::side(&edges.left),
            anatomy::side(&edges.top)
        )
    });
    let slices = if picture.is_volume() {
        text::SLICE_KEYS
    } else {
        ""
    };
    format!(
        "{}: {} view with overlay.{sides} {} {slices}",
        picture.name,
        shown.kind.title(),
        text::CANVAS_KEYS
    )
}

/// The letters of the patient's sides.
#[component]
fn Letters(pane: PaneState) -> impl IntoView {
    let letter = move |of: fn(&Edges) -> &String| {
        move || {
            pane.pane.with(|pane| {
                let edges = pane.as_ref()?.edges.as_ref()?;
                Some(of(edges).clone())
            })
        }
    };
    view! {
        <span class="letter left" aria-hidden="true">{letter(|edges| &edges.left)}</span>
        <span class="letter right" aria-hidden="true">{letter(|edges| &edges.right)}</span>
        <span class="letter top" aria-hidden="true">{letter(|edges| &edges.top)}</span>
        <span class="letter bottom" aria-hidden="true">{letter(|edges| &edges.bottom)}</span>
    }
}

/// Zoom, and the view alone.
#[component]
fn Buttons(state: State, pane: PaneState) -> impl IntoView {
    let display = state.display;
    let several = move || state.views.with(|views| views.len() > 1);
    let zoomed = move || pane.chosen.with(Option::is_some);
    let alone = move || display.alone.get();
    view! {
        <div class="zoom" role="group" aria-label="Zoom">
            <button type="button" aria-label="Zoom in" title="Zoom in (+)" on:click=move |_| pane.zoom(STEP, None)>"+"</button>
            <button type="button" aria-label="Zoom out" title="Zoom out (−)" on:click=move |_| pane.zoom(1.0 / STEP, None)>"−"</button>
            <button
                type="button"
                title="Show the whole image (0)"
                disabled=move || !zoomed()
                on:click=move |_| pane.chosen.set(None)
            >
                "Fit"
            </button>
            <Show when=several>
                <button
                    type="button"
                    class="maximise"
                    aria-label=move || if alone() { "Show all views" } else { "Maximise" }
                    title=move || if alone() { "Show all views (M)" } else { "Show this view alone (M)" }
                    aria-pressed=move || alone().to_string()
                    on:click=move |_| maximise(state, pane)
                >
                    {move || if alone() { "⤡" } else { "⤢" }}
                </button>
            </Show>
        </div>
    }
}

/// Which plane is shown.
#[component]
fn SliceSlider(state: State, pane: PaneState) -> impl IntoView {
    let kind = move || pane.pane.with(|pane| pane.as_ref().map(|pane| pane.kind));
    let slices = move || {
        let shape = pane.shape.get();
        let slice_plane = pane
            .pane
            .with(|pane| pane.as_ref().map(|pane| pane.slice_plane));
        slice_plane
            .zip(shape)
            .map_or(1, |(slice_plane, shape)| slice_plane.slices(shape))
    };
    let label = Signal::derive(move || format!("{} slice", kind().map_or("Picture", Kind::title)));
    let shown = Signal::derive(move || {
        let slice = text::slice(pane.slice.get(), slices());
        let along = kind().and_then(|kind| {
            let picture = state.on_screen()?;
            let affine = picture.info.affine.as_ref()?;
            let position = anatomy::position(affine, state.display.crosshair.get());
            readout::along(kind, position)
        });
        along.map_or_else(|| slice.clone(), |along| format!("{slice}, {along}"))
    });
    let id = SLICES.get(pane.index).copied().unwrap_or_default();
    view! {
        <Slider
            id=id
            label=label
            value=Signal::derive(move || pane.slice.get() as f64)
            set=move |value| step_to(state, pane, value as usize)
            high=Signal::derive(move || (slices() - 1) as f64)
            shown=shown
        />
    }
}

/// Keeps the canvas at one canvas pixel per device pixel.
fn watch_size(canvas: NodeRef<Canvas>, size: RwSignal<[f64; 2]>) {
    Effect::new(move |installed: Option<bool>| {
        let Some(element) = canvas.get() else {
            return false;
        };
        if installed == Some(true) {
            return true;
        }
        let watched = element.clone();
        let measure = move || {
            let ratio = pixel_ratio();
            let width = (f64::from(watched.client_width()) * ratio).round();
            let height = (f64::from(watched.client_height()) * ratio).round();
            // Setting a size empties the canvas, the same size too.
            if size.get_untracked() != [width, height] {
                watched.set_width(width as u32);
                watched.set_height(height as u32);
                size.set([width, height]);
            }
        };
        measure();
        let changed = Closure::<dyn Fn()>::new(measure);
        let Ok(observer) = web_sys::ResizeObserver::new(changed.as_ref().unchecked_ref()) else {
            return true;
        };
        observer.observe(&element);
        // Both live as long as the page does.
        changed.forget();
        true
    });
}
