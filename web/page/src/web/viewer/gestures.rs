//! Pointer, pinch and wheel.

use leptos::prelude::*;
use page::zoom::View;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, PointerEvent, WheelEvent};

use super::Extent;
use crate::web::dom::pixel_ratio;
use crate::web::state::State;

/// Magnification for one pixel of wheel movement.
const WHEEL: f64 = 0.0015;

/// What the pointers are doing.
pub struct Gestures {
    state: State,
    extent: Memo<Option<Extent>>,
    view: Memo<Option<View>>,
    /// Pointers that are down: identifier and canvas position.
    down: Vec<(i32, [f64; 2])>,
}

impl Gestures {
    pub fn new(state: State, extent: Memo<Option<Extent>>, view: Memo<Option<View>>) -> Self {
        Self {
            state,
            extent,
            view,
            down: Vec::new(),
        }
    }

    fn now(&self) -> Option<(Extent, View)> {
        Some((self.extent.get_untracked()?, self.view.get_untracked()?))
    }

    pub fn down(&mut self, event: &PointerEvent) {
        if let Some(element) = target(event) {
            // Failing to capture only means that a drag ends at the canvas's edge.
            element.set_pointer_capture(event.pointer_id()).ok();
        }
        self.down.retain(|(id, _)| *id != event.pointer_id());
        self.down.push((event.pointer_id(), position(event)));
        self.read(position(event));
    }

    pub fn moved(&mut self, event: &PointerEvent) {
        let at = position(event);
        let Some(index) = self
            .down
            .iter()
            .position(|(id, _)| *id == event.pointer_id())
        else {
            self.read(at);
            return;
        };
        let before: Vec<[f64; 2]> = self.down.iter().map(|(_, at)| *at).collect();
        if let Some(entry) = self.down.get_mut(index) {
            entry.1 = at;
        }
        let after: Vec<[f64; 2]> = self.down.iter().map(|(_, at)| *at).collect();
        match (&before[..], &after[..]) {
            ([from], [to]) => {
                self.pan(to[0] - from[0], to[1] - from[1]);
                self.read(at);
            }
            ([a, b], [c, d]) => self.pinch([*a, *b], [*c, *d]),
            _ => {}
        }
    }

    pub fn up(&mut self, event: &PointerEvent) {
        self.down.retain(|(id, _)| *id != event.pointer_id());
    }

    pub fn left(&mut self) {
        if self.down.is_empty() && !self.state.display.by_keyboard.get_untracked() {
            self.state.display.pixel.set(None);
        }
    }

    pub fn wheel(&self, event: &WheelEvent) {
        let Some((extent, view)) = self.now() else {
            return;
        };
        event.prevent_default();
        let pixels = match event.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => event.delta_y() * 16.0,
            WheelEvent::DOM_DELTA_PAGE => event.delta_y() * 400.0,
            _ => event.delta_y(),
        };
        let factor = (-pixels * WHEEL).exp();
        self.state.display.view.set(Some(view.zoomed(
            factor,
            position(event),
            extent.image,
            extent.canvas,
        )));
    }

    fn pan(&self, right: f64, down: f64) {
        // The whole image cannot be moved, so that a finger on it may scroll the page.
        if let Some((extent, view)) = self.now()
            && self.state.display.view.with_untracked(Option::is_some)
        {
            self.state
                .display
                .view
                .set(Some(view.moved(right, down, extent.image, extent.canvas)));
        }
    }

    fn pinch(&self, before: [[f64; 2]; 2], after: [[f64; 2]; 2]) {
        let Some((extent, view)) = self.now() else {
            return;
        };
        let spread = |[a, b]: [[f64; 2]; 2]| (a[0] - b[0]).hypot(a[1] - b[1]).max(1.0);
        let middle = |[a, b]: [[f64; 2]; 2]| [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0];
        let (from, to) = (middle(before), middle(after));
        let view = view.zoomed(
            spread(after) / spread(before),
            from,
            extent.image,
            extent.canvas,
        );
        self.state.display.view.set(Some(view.moved(
            to[0] - from[0],
            to[1] - from[1],
            extent.image,
            extent.canvas,
        )));
    }

    fn read(&self, at: [f64; 2]) {
        let pixel = self
            .now()
            .and_then(|(extent, view)| view.pixel(at, extent.size()));
        self.state.display.by_keyboard.set(false);
        if self.state.display.pixel.get_untracked() != pixel {
            self.state.display.pixel.set(pixel);
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
