//! Pointer, pinch and wheel.
//!
//! In a picture a drag moves the picture and the wheel zooms. In a volume a drag moves the crosshair and the wheel steps
//! through slices, as on other stations; Ctrl and wheel zoom, the middle button or Shift moves the picture. The right
//! button sets the window in both.
//!
//! With a tool in hand a drag draws: that of the main button, of a pen or of one finger. A second finger takes the stroke back,
//! and two move and magnify the picture as ever. Shift moves it with a mouse.

use leptos::prelude::*;
use page::view::intensity_window;
use page::view::zoom::{Extent, View};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, PointerEvent, WheelEvent};

use super::drawing::Stroke;
use super::navigation::step_to;
use crate::web::dom::pixel_ratio;
use crate::web::state::{PaneState, State};

/// Magnification for one pixel of wheel movement.
const WHEEL: f64 = 0.0015;
/// Pixels of wheel movement for one slice.
const NOTCH: f64 = 50.0;

/// What a drag does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tool {
    Crosshair,
    Pan,
    Window,
    Draw,
}

/// What the pointers are doing on one view.
pub struct Gestures {
    state: State,
    pane: PaneState,
    /// Pointers that are down: identifier and canvas position.
    down: Vec<(i32, [f64; 2])>,
    tool: Tool,
    /// Wheel movement that was not enough for a slice yet, pixels.
    wheel: f64,
    /// What is being drawn.
    stroke: Option<Stroke>,
}

impl Gestures {
    pub fn new(state: State, pane: PaneState) -> Self {
        Self {
            state,
            pane,
            down: Vec::new(),
            tool: Tool::Pan,
            wheel: 0.0,
            stroke: None,
        }
    }

    fn now(&self) -> Option<(Extent, View)> {
        Some((
            self.pane.extent.get_untracked()?,
            self.pane.view.get_untracked()?,
        ))
    }

    fn in_volume(&self) -> bool {
        self.state.views.with_untracked(|views| views.len() > 1)
    }

    pub fn down(&mut self, event: &PointerEvent) {
        if let Some(element) = target(event) {
            // Failing to capture only means that a drag ends at the canvas's edge.
            element.set_pointer_capture(event.pointer_id()).ok();
        }
        let draws = untrack(|| self.state.correcting.drawing()) && !event.shift_key();
        self.tool = match (event.button(), self.in_volume()) {
            (2, _) => Tool::Window,
            (0, _) if draws => Tool::Draw,
            (0, true) if !event.shift_key() => Tool::Crosshair,
            _ => Tool::Pan,
        };
        if event.button() == 1 {
            // The browser would scroll the page by itself.
            event.prevent_default();
        }
        self.down.retain(|(id, _)| *id != event.pointer_id());
        self.down.push((event.pointer_id(), position(event)));
        if !self.in_volume() {
            self.state.display.marked.set(false);
        }
        if let Some(stroke) = self.stroke.take() {
            // A second finger: the first one was not meant to draw.
            stroke.abandon(self.state);
        } else if self.tool == Tool::Draw && self.down.len() == 1 {
            self.stroke = Stroke::begin(self.state, self.pane, position(event));
        }
        self.follow(position(event));
        self.point(position(event));
    }

    pub fn moved(&mut self, event: &PointerEvent) {
        let at = position(event);
        let Some(index) = self
            .down
            .iter()
            .position(|(id, _)| *id == event.pointer_id())
        else {
            self.follow(at);
            self.read(at);
            return;
        };
        self.follow(at);
        let before: Vec<[f64; 2]> = self.down.iter().map(|(_, at)| *at).collect();
        if let Some(entry) = self.down.get_mut(index) {
            entry.1 = at;
        }
        let after: Vec<[f64; 2]> = self.down.iter().map(|(_, at)| *at).collect();
        match (&before[..], &after[..]) {
            ([from], [to]) => {
                let (right, down) = (to[0] - from[0], to[1] - from[1]);
                match self.tool {
                    Tool::Pan => self.pan(right, down),
                    Tool::Window => self.window(right, down),
                    Tool::Draw => {
                        if let Some(stroke) = &mut self.stroke {
                            stroke.extend(self.state, self.pane, at);
                        }
                    }
                    Tool::Crosshair => {}
                }
                self.point(at);
            }
            ([a, b], [c, d]) => self.pinch([*a, *b], [*c, *d]),
            _ => {}
        }
    }

    pub fn up(&mut self, event: &PointerEvent) {
        if let Some(stroke) = self.stroke.take() {
            if event.type_() == "pointercancel" {
                stroke.abandon(self.state);
            } else {
                stroke.end(self.state, self.pane);
            }
        }
        self.down.retain(|(id, _)| *id != event.pointer_id());
    }

    pub fn left(&mut self) {
        if self.down.is_empty() {
            self.state.display.pointer.set(None);
            self.state.correcting.pointer.set(None);
        }
    }

    pub fn wheel(&mut self, event: &WheelEvent) {
        event.prevent_default();
        let pixels = match event.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => event.delta_y() * 16.0,
            WheelEvent::DOM_DELTA_PAGE => event.delta_y() * 400.0,
            _ => event.delta_y(),
        };
        if self.in_volume() && !event.ctrl_key() {
            self.step(pixels);
            return;
        }
        self.pane
            .zoom((-pixels * WHEEL).exp(), Some(position(event)));
    }

    /// Steps through slices; touchpads move in small parts, mouse wheels by a notch.
    fn step(&mut self, pixels: f64) {
        self.wheel += pixels;
        let steps = (self.wheel / NOTCH).trunc();
        self.wheel -= steps * NOTCH;
        let slice = self.pane.slice.get_untracked() as f64 + steps;
        if steps != 0.0 {
            step_to(self.state, self.pane, slice.max(0.0) as usize);
        }
    }

    fn pan(&self, right: f64, down: f64) {
        // The whole image cannot be moved, so that a finger on it may scroll the page.
        if let Some((extent, view)) = self.now()
            && self.pane.chosen.with_untracked(Option::is_some)
        {
            self.pane.chosen.set(Some(view.moved(right, down, &extent)));
        }
    }

    fn window(&self, right: f64, down: f64) {
        let (Some((extent, _)), Some(picture)) = (self.now(), untrack(|| self.state.on_screen()))
        else {
            return;
        };
        let bounds = intensity_window::bounds(picture.info.display_range, picture.extent);
        let share = |pixels: f64, length: f64| (pixels / length.max(1.0)) as f32;
        self.state.display.window.update(|window| {
            *window = intensity_window::dragged(
                *window,
                share(right, extent.canvas[0]),
                share(down, extent.canvas[1]),
                bounds,
            );
        });
    }

    fn pinch(&self, before: [[f64; 2]; 2], after: [[f64; 2]; 2]) {
        let Some((extent, view)) = self.now() else {
            return;
        };
        let spread = |[a, b]: [[f64; 2]; 2]| (a[0] - b[0]).hypot(a[1] - b[1]).max(1.0);
        let middle = |[a, b]: [[f64; 2]; 2]| [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0];
        let (from, to) = (middle(before), middle(after));
        let view = view.zoomed(spread(after) / spread(before), from, &extent);
        self.pane
            .chosen
            .set(Some(view.moved(to[0] - from[0], to[1] - from[1], &extent)));
    }

    /// Reads the pixel under the pointer and, where that is what the drag does, moves the crosshair there.
    fn point(&self, at: [f64; 2]) {
        self.read(at);
        if self.tool == Tool::Crosshair
            && self.down.len() == 1
            && let Some(voxel) = self.state.display.pointer.get_untracked()
        {
            self.state.display.crosshair.set(voxel);
        }
    }

    /// Shows the brush under the pointer.
    fn follow(&self, at: [f64; 2]) {
        if untrack(|| self.state.correcting.drawing()) {
            let pointer = Some((self.pane.index, at));
            self.state.correcting.pointer.set(pointer);
        }
    }

    fn read(&self, at: [f64; 2]) {
        let pixel = self
            .now()
            .and_then(|(extent, view)| view.pixel(at, &extent));
        let voxel = pixel.and_then(|pixel| self.pane.voxel(pixel));
        if self.state.display.pointer.get_untracked() != voxel {
            self.state.display.pointer.set(voxel);
        }
    }
}

fn target(event: &web_sys::Event) -> Option<Element> {
    event.target().and_then(|target| target.dyn_into().ok())
}

/// Position on the canvas in device pixels.
fn position(event: &web_sys::MouseEvent) -> [f64; 2] {
    let corner = target(event).map_or([0.0; 2], |element| {
        let frame = element.get_bounding_client_rect();
        [frame.left(), frame.top()]
    });
    let ratio = pixel_ratio();
    [
        (f64::from(event.client_x()) - corner[0]) * ratio,
        (f64::from(event.client_y()) - corner[1]) * ratio,
    ]
}
