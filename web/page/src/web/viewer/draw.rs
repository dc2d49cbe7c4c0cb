//! Drawing: layers at the image's own size, then these on the canvas, at most once per frame.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::html::Canvas;
use leptos::prelude::*;
use page::errors::Error;
use page::view::compose::{self, Style};
use page::view::zoom::{Extent, View};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::web::controller::Controller;
use crate::web::dom;
use crate::web::state::{PaneState, State};

/// How a view is drawn now; tracks everything that it depends on. None where the image has no such view.
fn style(state: &State, pane: &PaneState) -> Option<Style> {
    let display = &state.display;
    let slice_plane = pane
        .pane
        .with(|pane| pane.as_ref().map(|pane| pane.slice_plane))?;
    let referral = state
        .referral
        .get()
        .filter(|referral| referral.pixels > 0.0);
    Some(Style {
        window: display.window.get(),
        slice_plane,
        slice: pane.slice.get(),
        mask_opacity: display.mask_opacity.get() as f32 / 100.0,
        outline: display.outline.get(),
        map: display.map.get(),
        map_opacity: display.map_opacity.get() as f32 / 100.0,
        fade: display.fade.get() && page::results::maps::may_fade(&display.map.get()),
        colours: display.colours.get(),
        threshold: referral.map(|referral| referral.threshold),
    })
}

/// A picture as it is drawn, at the image's own size.
pub struct Drawn {
    /// `[rows, columns, 4]`, red, green, blue and alpha.
    pub rgba: Vec<u8>,
    /// Rows and columns.
    pub size: [usize; 2],
}

/// Image and segmentation as the large view draws them; none without a segmentation.
///
/// # Errors
/// [`Error::Draw`].
pub fn overlay(state: &State) -> Result<Option<Drawn>, Error> {
    drawn(state, &state.large())
}

/// Image and segmentation, or as much of it as there is, as a view draws them.
fn drawn(state: &State, pane: &PaneState) -> Result<Option<Drawn>, Error> {
    let (Some(picture), Some(style)) = (state.on_screen(), style(state, pane)) else {
        return Ok(None);
    };
    let size = style.slice_plane.size(picture.info.shape);
    let rgba = if let Some(outcome) = state.result() {
        let comparison = state.compared().filter(|_| state.display.errors.get());
        compose::overlay(&picture, &outcome, comparison.as_deref(), &style)?
    } else if let (Some(mask), Some(device)) = (state.partial.get(), state.device.get()) {
        compose::partial(&picture, &mask, &device.model.classes, &style)?
    } else {
        return Ok(None);
    };
    Ok(Some(Drawn { rgba, size }))
}

/// Draws whenever something changes.
pub struct Painter {
    state: State,
    controller: Controller,
    canvas: NodeRef<Canvas>,
    pane: PaneState,
    image: HtmlCanvasElement,
    result: HtmlCanvasElement,
    has_image: Cell<bool>,
    has_result: Cell<bool>,
    stale: Cell<bool>,
    requested: Cell<bool>,
    last_error: RefCell<Option<Error>>,
}

impl Painter {
    /// Starts to draw on the canvas.
    pub fn install(state: State, controller: Controller, canvas: NodeRef<Canvas>, pane: PaneState) {
        let (image, result) = match (dom::canvas(), dom::canvas()) {
            (Ok(image), Ok(result)) => (image, result),
            (Err(error), _) | (_, Err(error)) => {
                controller.tell(&error);
                return;
            }
        };
        let painter = Rc::new(Self {
            state,
            controller,
            canvas,
            pane,
            image,
            result,
            has_image: Cell::new(false),
            has_result: Cell::new(false),
            stale: Cell::new(true),
            requested: Cell::new(false),
            last_error: RefCell::new(None),
        });
        let layers = Rc::clone(&painter);
        Effect::new(move |_| {
            // Only says that something has changed; the work is done in the frame.
            state.on_screen();
            state.result();
            state.compared();
            state.partial.track();
            state.display.errors.track();
            style(&state, &pane);
            layers.stale.set(true);
            layers.request();
        });
        Effect::new(move |_| {
            pane.view.track();
            // A canvas of another size is empty, even where zoom and pan stay as they were.
            pane.canvas.track();
            state.display.crosshair.track();
            state.display.marked.track();
            state.display.lines.track();
            state.display.wipe.track();
            painter.canvas.track();
            painter.request();
        });
    }

    fn request(self: &Rc<Self>) {
        if self.requested.replace(true) {
            return;
        }
        let painter = Rc::clone(self);
        request_animation_frame(move || {
            painter.requested.set(false);
            let drawn = untrack(|| painter.draw());
            // Told once, not with every frame.
            let error = drawn.err();
            if *painter.last_error.borrow() != error {
                if let Some(error) = &error {
                    painter.controller.tell(error);
                }
                *painter.last_error.borrow_mut() = error;
            }
        });
    }

    fn layers(&self) -> Result<(), Error> {
        self.has_image.set(false);
        self.has_result.set(false);
        let (Some(picture), Some(style)) = (self.state.on_screen(), style(&self.state, &self.pane))
        else {
            return Ok(());
        };
        let [rows, columns] = style.slice_plane.size(picture.info.shape);
        dom::put(
            &self.image,
            &compose::image(&picture, &style)?,
            rows,
            columns,
        )?;
        self.has_image.set(true);
        if let Some(Drawn {
            rgba,
            size: [rows, columns],
        }) = drawn(&self.state, &self.pane)?
        {
            dom::put(&self.result, &rgba, rows, columns)?;
            self.has_result.set(true);
        }
        Ok(())
    }

    fn draw(&self) -> Result<(), Error> {
        let Some(canvas) = self.canvas.get() else {
            return Ok(());
        };
        let context = dom::context(&canvas)?;
        let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
        context.clear_rect(0.0, 0.0, width, height);
        // A view that is not on screen has no extent, and is drawn when it comes.
        let (Some(view), Some(extent)) = (self.pane.view.get(), self.pane.extent.get()) else {
            return Ok(());
        };
        if self.stale.replace(false) {
            self.layers()?;
        }
        if !self.has_image.get() {
            return Ok(());
        }
        let frame = Frame {
            context: &context,
            view,
            extent,
        };
        // Enlarged pixels stay pixels; a reduced image is averaged.
        context.set_image_smoothing_enabled(view.scale < 1.0);
        frame.place(&self.image, 0.0)?;
        if self.has_result.get() {
            let from = (self.state.display.wipe.get() / 100.0 * width).round();
            frame.place(&self.result, from)?;
            if from > 0.0 {
                context.set_fill_style_str("#fff");
                context.fill_rect(from - 1.0, 0.0, 2.0, height);
            }
        }
        let display = self.state.display;
        let volume = self.state.views.with(|views| views.len() > 1);
        if let Some(pixel) = self.pane.pixel(display.crosshair.get()) {
            if volume && display.lines.get() {
                frame.lines(pixel);
            } else if !volume && display.marked.get() {
                frame.ring(pixel);
            }
        }
        Ok(())
    }
}

/// A view while it is being drawn.
struct Frame<'a> {
    context: &'a CanvasRenderingContext2d,
    view: View,
    extent: Extent,
}

impl Frame<'_> {
    /// Draws a layer right of `from`.
    fn place(&self, layer: &HtmlCanvasElement, from: f64) -> Result<(), Error> {
        let [width, height] = self.extent.canvas;
        let [pixel_width, pixel_height] = self.view.pixel_size(&self.extent);
        self.context.save();
        self.context.begin_path();
        self.context.rect(from, 0.0, width - from, height);
        self.context.clip();
        let drawn = self
            .context
            .draw_image_with_html_canvas_element_and_dw_and_dh(
                layer,
                self.view.left,
                self.view.top,
                f64::from(layer.width()) * pixel_width,
                f64::from(layer.height()) * pixel_height,
            );
        self.context.restore();
        drawn.map_err(|error| Error::Draw {
            fault: dom::words(&error),
        })
    }

    /// Strokes lines, dark under bright, so that they show on everything.
    fn stroke(&self, lines: [[f64; 4]; 4], dark: f64, bright: f64, colour: &str) {
        for (width, colour) in [(dark, "rgba(0, 0, 0, 0.6)"), (bright, colour)] {
            self.context.set_line_width(width);
            self.context.set_stroke_style_str(colour);
            self.context.begin_path();
            for [from_x, from_y, to_x, to_y] in lines {
                self.context.move_to(from_x, from_y);
                self.context.line_to(to_x, to_y);
            }
            self.context.stroke();
        }
    }

    /// Lines through a pixel from edge to edge, open around it so that it can be seen.
    fn lines(&self, pixel: [usize; 2]) {
        let [x, y] = self.view.centre(pixel, &self.extent);
        let [width, height] = self.extent.canvas;
        let ratio = dom::pixel_ratio();
        let [across, down] = self
            .view
            .pixel_size(&self.extent)
            .map(|length| (length * 0.5).max(0.0) + 8.0 * ratio);
        let lines = [
            [0.0, y, x - across, y],
            [x + across, y, width, y],
            [x, 0.0, x, y - down],
            [x, y + down, x, height],
        ];
        self.stroke(lines, 3.0 * ratio, ratio, "#7fe0ff");
    }

    /// Four strokes around a pixel.
    fn ring(&self, pixel: [usize; 2]) {
        let [x, y] = self.view.centre(pixel, &self.extent);
        let half = self.view.scale * 0.5;
        let (gap, arm) = (half.max(3.0), half.max(4.0) + 8.0);
        let line = |dx: f64, dy: f64| [x + dx * gap, y + dy * gap, x + dx * arm, y + dy * arm];
        let lines = [
            line(1.0, 0.0),
            line(-1.0, 0.0),
            line(0.0, 1.0),
            line(0.0, -1.0),
        ];
        self.stroke(lines, 5.0, 2.0, "#fff");
    }
}
