//! The canvas with image, mask and map, and what belongs to it.

mod draw;
mod gestures;
mod keyboard;
mod legend;
mod readout;

use leptos::html::Canvas;
use leptos::prelude::*;
use page::text;
use page::zoom::{STEP, View};
use wasm_bindgen::prelude::*;

use self::draw::Painter;
pub use self::draw::overlay;
use self::gestures::Gestures;
pub use self::legend::Legend;
pub use self::readout::ReadoutPanel;
use super::controller::Controller;
use super::dom::pixel_ratio;
use super::state::State;

/// Width and height of the image on screen, and of the canvas in device pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Extent {
    image: [f64; 2],
    canvas: [f64; 2],
}

impl Extent {
    /// Rows and columns of the image.
    fn size(&self) -> [usize; 2] {
        [self.image[1] as usize, self.image[0] as usize]
    }

    fn middle(&self) -> [f64; 2] {
        self.canvas.map(|length| length / 2.0)
    }
}

/// The canvas and the buttons that belong to it.
#[component]
pub fn Viewer(state: State, controller: Controller) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    let canvas_size = RwSignal::new([0.0_f64; 2]);
    let extent = Memo::new(move |_| {
        let [rows, columns] = state.on_screen()?.size();
        let canvas = canvas_size.get();
        (canvas[0] >= 1.0 && canvas[1] >= 1.0).then_some(Extent {
            image: [columns as f64, rows as f64],
            canvas,
        })
    });
    let view = Memo::new(move |_| {
        let extent = extent.get()?;
        let chosen = state
            .display
            .view
            .get()
            .map(|view| view.kept(extent.image, extent.canvas));
        Some(chosen.unwrap_or_else(|| View::fit(extent.image, extent.canvas)))
    });
    watch_size(canvas, canvas_size);
    Painter::install(state, controller, canvas, view);
    let gestures = StoredValue::new_local(Gestures::new(state, extent, view));

    let zoom = move |factor: f64| {
        if let (Some(extent), Some(view)) = (extent.get_untracked(), view.get_untracked()) {
            state.display.view.set(Some(view.zoomed(
                factor,
                extent.middle(),
                extent.image,
                extent.canvas,
            )));
        }
    };
    let zoomed = move || state.display.view.with(Option::is_some);
    let described = move || {
        let picture = state.on_screen();
        picture.map_or_else(
            || text::NO_IMAGE.to_owned(),
            |picture| format!("{}: {}", picture.name, text::CANVAS_KEYS),
        )
    };
    view! {
        <div class="canvas-frame" class:zoomed=zoomed>
            <canvas
                node_ref=canvas
                tabindex="0"
                role="application"
                aria-roledescription="picture"
                aria-label=described
                on:pointerdown=move |event| gestures.update_value(|gestures| gestures.down(&event))
                on:pointermove=move |event| gestures.update_value(|gestures| gestures.moved(&event))
                on:pointerup=move |event| gestures.update_value(|gestures| gestures.up(&event))
                on:pointercancel=move |event| gestures.update_value(|gestures| gestures.up(&event))
                on:pointerleave=move |_| gestures.update_value(|gestures| gestures.left())
                on:wheel=move |event| gestures.update_value(|gestures| gestures.wheel(&event))
                on:keydown=move |event| keyboard::pressed(&event, state, extent, view)
            ></canvas>
            <p class="empty" class:hidden=move || state.on_screen().is_some()>{text::NO_IMAGE}</p>
            <div class="zoom" role="group" aria-label="Zoom">
                <button type="button" aria-label="Zoom in" title="Zoom in (+)" on:click=move |_| zoom(STEP)>"+"</button>
                <button type="button" aria-label="Zoom out" title="Zoom out (−)" on:click=move |_| zoom(1.0 / STEP)>"−"</button>
                <button
                    type="button"
                    title="Show the whole image (0)"
                    disabled=move || !zoomed()
                    on:click=move |_| state.display.view.set(None)
                >
                    "Fit"
                </button>
            </div>
        </div>
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
            watched.set_width(width as u32);
            watched.set_height(height as u32);
            size.set([width, height]);
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
