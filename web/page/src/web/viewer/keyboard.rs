//! The canvas with the keyboard alone: crosshair, zoom.

use leptos::prelude::*;
use page::zoom::{self, STEP, View};
use web_sys::KeyboardEvent;

use super::Extent;
use crate::web::state::State;

/// Takes a key that was pressed on the canvas.
pub fn pressed(
    event: &KeyboardEvent,
    state: State,
    extent: Memo<Option<Extent>>,
    view: Memo<Option<View>>,
) {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    let (Some(extent), Some(view)) = (extent.get_untracked(), view.get_untracked()) else {
        return;
    };
    let display = state.display;
    let pixel = display.pixel.get_untracked();
    let step = if event.shift_key() { 10 } else { 1 };
    let walk = |rows: isize, columns: isize| {
        let pixel = zoom::crosshair(pixel, rows * step, columns * step, extent.size());
        display.by_keyboard.set(true);
        display.pixel.set(Some(pixel));
        if display.view.with_untracked(Option::is_some) {
            display
                .view
                .set(Some(view.showing(pixel, extent.image, extent.canvas)));
        }
    };
    let magnify = |factor: f64| {
        let at = pixel.map_or_else(|| extent.middle(), |pixel| view.centre(pixel));
        display
            .view
            .set(Some(view.zoomed(factor, at, extent.image, extent.canvas)));
    };
    match event.key().as_str() {
        "ArrowUp" => walk(-1, 0),
        "ArrowDown" => walk(1, 0),
        "ArrowLeft" => walk(0, -1),
        "ArrowRight" => walk(0, 1),
        "+" | "=" => magnify(STEP),
        "-" | "_" => magnify(1.0 / STEP),
        "0" => display.view.set(None),
        "Escape" => {
            display.by_keyboard.set(false);
            display.pixel.set(None);
        }
        _ => return,
    }
    event.prevent_default();
}
