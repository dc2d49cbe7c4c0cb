//! A view with the keyboard alone: crosshair, slices, zoom, window.

use leptos::prelude::*;
use page::view::zoom::{self, STEP};
use page::view::{intensity_window, shape};
use web_sys::KeyboardEvent;

use super::drawing::at_voxel;
use super::navigation::{maximise, step_to};
use crate::web::state::{PaneState, State};

/// Share of the range of values by which one key press moves the window.
const BRIGHTNESS: f32 = 0.02;
/// Share of a canvas's width that one key press for contrast stands for.
const CONTRAST: f32 = 0.05;
/// Slices for a key press with Shift, and pixels.
const FAR: isize = 10;

/// Takes a key that was pressed on a view.
pub fn pressed(event: &KeyboardEvent, state: State, pane: PaneState) {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    let (Some(extent), Some(view)) = (pane.extent.get_untracked(), pane.view.get_untracked())
    else {
        return;
    };
    let display = state.display;
    let volume = state.views.with_untracked(|views| views.len() > 1);
    let marked = volume || display.marked.get_untracked();
    let at = if marked {
        Some(display.crosshair.get_untracked())
    } else {
        display.pointer.get_untracked()
    };
    let pixel = at.and_then(|voxel| pane.pixel(voxel));
    let step = if event.shift_key() { FAR } else { 1 };
    let walk = |rows: isize, columns: isize| {
        let pixel = zoom::crosshair(pixel, rows * step, columns * step, extent.size);
        if let Some(voxel) = pane.voxel(pixel) {
            state.go_to(voxel);
        }
    };
    let turn = |slices: isize| {
        let slice = pane.slice.get_untracked();
        step_to(state, pane, slice.saturating_add_signed(slices * step));
        display.marked.set(true);
    };
    let magnify = |factor: f64| {
        let at = pixel.map(|pixel| view.centre(pixel, &extent));
        pane.zoom(factor, at);
    };
    let adjust = |right: f32, down: f32| {
        if let Some(picture) = untrack(|| state.on_screen()) {
            let bounds = intensity_window::bounds(picture.info.display_range, picture.extent);
            display
                .window
                .update(|window| *window = intensity_window::dragged(*window, right, down, bounds));
        }
    };
    let drawing = untrack(|| state.correcting.drawing());
    match event.key().as_str() {
        // With a tool in hand these are the tool's, wherever the focus is.
        "[" | "]" | "Escape" if drawing => return,
        "Enter" | " " if drawing => {
            if let Some(voxel) = at {
                at_voxel(state, pane, voxel);
            }
        }
        "ArrowUp" => walk(-1, 0),
        "ArrowDown" => walk(1, 0),
        "ArrowLeft" => walk(0, -1),
        "ArrowRight" => walk(0, 1),
        "PageUp" if volume => turn(1),
        "PageDown" if volume => turn(-1),
        "m" | "M" if volume => maximise(state, pane),
        "+" | "=" => magnify(STEP),
        "-" | "_" => magnify(1.0 / STEP),
        "0" => pane.chosen.set(None),
        "[" => adjust(0.0, BRIGHTNESS),
        "]" => adjust(0.0, -BRIGHTNESS),
        "{" => adjust(CONTRAST, 0.0),
        "}" => adjust(-CONTRAST, 0.0),
        "\\" => {
            if let Some(picture) = untrack(|| state.on_screen()) {
                display.window.set(picture.window());
            }
        }
        "Escape" => {
            display.marked.set(false);
            display.pointer.set(None);
            state.place.set(None);
            if volume && let Some(shape) = pane.shape.get_untracked() {
                display.crosshair.set(shape::middle(shape));
            }
        }
        _ => return,
    }
    event.prevent_default();
}
