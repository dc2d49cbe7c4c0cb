//! Drawing: layers at the image's own size, lines over them, all on the canvas at most once per frame.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use gloo::events::EventListener;
use leptos::html::Canvas;
use leptos::prelude::*;
use page::correct::place::on_canvas;
use page::correct::tools;
use page::errors::Error;
use page::view::compose::{self, MaskShown, Mode, Style};
use page::view::detail::{Detail, MARGIN};
use page::view::lines::{Lines, lines};
use page::view::penumbra::penumbra;
use page::view::zoom::{Extent, View};
use web_sys::HtmlCanvasElement;

use super::correction_layer::CorrectionLayer;
use super::frame::Frame;
use crate::web::controller::Controller;
use crate::web::dom;
use crate::web::state::{PaneState, State};

/// Pixels along the longer side of a saved overlay, at least; small images are enlarged by a whole number.
const MIN_OVERLAY: f64 = 1000.0;
/// Largest enlargement of a saved overlay.
const MAX_ENLARGEMENT: f64 = 16.0;

/// How a view is drawn now; tracks everything that it depends on. None where the image has no such view.
fn style(state: &State, pane: &PaneState) -> Option<Style> {
    let display = &state.display;
    let slice_plane = pane
        .pane
        .with(|pane| pane.as_ref().map(|pane| pane.slice_plane))?;
    let correcting = &state.correcting;
    let mask_shown = match (correcting.shown(), correcting.show_model.get()) {
        (false, _) => MaskShown::Model,
        (true, false) => MaskShown::Corrected,
        (true, true) => MaskShown::Both,
    };
    // Whoever draws wants to see what lies under the pen.
    let hidden = correcting.drawing() && !correcting.show_doubt.get();
    Some(Style {
        window: display.window.get(),
        slice_plane,
        slice: pane.slice.get(),
        mode: if hidden {
            Mode::Mask
        } else {
            display.mode.get()
        },
        sure: display.sure.get() as f32 / 100.0,
        mask_opacity: display.mask_opacity.get() as f32 / 100.0,
        outline: display.outline.get(),
        map: display.map.get(),
        map_opacity: display.map_opacity.get() as f32 / 100.0,
        fade: display.fade.get(),
        colours: display.colours.get(),
        referred: state.referral.get().map_or(0, |referral| referral.places),
        visited: state.place.get(),
        mask_shown,
    })
}

/// What is drawn, apart from where.
struct Layers {
    image: HtmlCanvasElement,
    /// Image, map, filled mask and errors.
    result: HtmlCanvasElement,
    /// The doubt colour of the penumbra.
    band: HtmlCanvasElement,
    corrected: CorrectionLayer,
    has_image: Cell<bool>,
    has_result: Cell<bool>,
    lines: RefCell<Lines>,
    /// The part of the image that they hold.
    detail: Cell<Detail>,
}

impl Layers {
    fn new() -> Result<Self, Error> {
        Ok(Self {
            image: dom::canvas()?,
            result: dom::canvas()?,
            band: dom::canvas()?,
            corrected: CorrectionLayer::new()?,
            has_image: Cell::new(false),
            has_result: Cell::new(false),
            lines: RefCell::new(Lines::default()),
            detail: Cell::new(Detail::whole([0, 0])),
        })
    }

    /// Makes them anew, of a part of the image.
    fn update(&self, state: &State, pane: &PaneState, detail: Detail) -> Result<(), Error> {
        self.detail.set(detail);
        self.has_image.set(false);
        self.has_result.set(false);
        *self.lines.borrow_mut() = Lines::default();
        let (Some(picture), Some(style)) = (state.on_screen(), style(state, pane)) else {
            return Ok(());
        };
        let part = !detail.is_whole();
        let picture = if part {
            Arc::new(detail.picture(&picture))
        } else {
            picture
        };
        let [rows, columns] = style.slice_plane.size(picture.info.shape);
        let image = compose::image(&picture, &style)?;
        dom::put(&self.image, &image, rows, columns)?;
        self.has_image.set(true);
        let result = if let Some(outcome) = state.result() {
            let comparison = state.compared().filter(|_| state.display.errors.get());
            let (outcome, comparison) = if part {
                let comparison = comparison.map(|whole| Arc::new(whole.drawn(&detail)));
                (Arc::new(outcome.drawn(&detail, &style.map)), comparison)
            } else {
                (outcome, comparison)
            };
            let found = lines(&outcome, comparison.as_deref(), &style)?;
            if let Some(penumbra) = &found.penumbra {
                dom::put(&self.band, &penumbra.band, rows, columns)?;
            }
            *self.lines.borrow_mut() = if part { found.placed(&detail) } else { found };
            compose::overlay(&picture, &outcome, comparison.as_deref(), &style)?
        } else if let (Some(mask), Some(device)) = (state.partial.get(), state.device.get()) {
            compose::partial(&picture, &mask, &device.model.classes, &style)?
        } else {
            return Ok(());
        };
        dom::put(&self.result, &result, rows, columns)?;
        self.has_result.set(true);
        Ok(())
    }

    /// Draws them, the result right of `from`.
    fn draw(&self, frame: &Frame<'_>, core: f64, from: f64, corrected: bool) -> Result<(), Error> {
        let detail = self.detail.get();
        frame.place(&self.image, &detail)?;
        if self.has_result.get() {
            frame.right_of(from, || {
                frame.place(&self.result, &detail)?;
                if corrected {
                    // It holds all of the plane: only what changes is drawn again.
                    let canvas = &self.corrected.canvas;
                    let size = [canvas.height(), canvas.width()].map(|length| length as usize);
                    frame.place(canvas, &Detail::whole(size))?;
                }
                // The corrected mask takes the place of the core.
                let core = (!corrected).then_some(core);
                frame.lines(&self.lines.borrow(), &self.band, &detail, core)
            })?;
        }
        Ok(())
    }
}

/// A picture as it is drawn.
pub struct Drawn {
    /// `[rows, columns, 4]`, red, green, blue and alpha.
    pub rgba: Vec<u8>,
    /// Rows and columns.
    pub size: [usize; 2],
}

/// Image and segmentation as the large view draws them, all of the image, small ones enlarged; none without a
/// segmentation.
///
/// # Errors
/// [`Error::Draw`].
pub fn overlay(state: &State) -> Result<Option<Drawn>, Error> {
    let pane = state.large();
    let (Some(picture), Some(style), Some(_)) =
        (state.on_screen(), style(state, &pane), state.result())
    else {
        return Ok(None);
    };
    let stretch = pane
        .pane
        .with(|pane| pane.as_ref().map_or([1.0; 2], |pane| pane.stretch));
    let mut extent = Extent {
        size: style.slice_plane.size(picture.info.shape),
        stretch,
        canvas: [0.0; 2],
    };
    let [width, height] = extent.image();
    let scale = (MIN_OVERLAY / width.max(height))
        .ceil()
        .clamp(1.0, MAX_ENLARGEMENT);
    extent.canvas = [width, height].map(|length| (length * scale).round());
    let canvas = dom::canvas()?;
    let [columns, rows] = extent.canvas.map(|length| length as u32);
    canvas.set_width(columns);
    canvas.set_height(rows);
    let layers = Layers::new()?;
    layers.update(state, &pane, Detail::whole(extent.size))?;
    let context = dom::context(&canvas)?;
    let view = View {
        scale,
        left: 0.0,
        top: 0.0,
    };
    let unit = (width.max(height) * scale / MIN_OVERLAY).max(1.0);
    let frame = Frame::new(&context, view, extent, unit);
    let corrected = style.mask_shown != MaskShown::Model;
    if corrected {
        layers.corrected.update(state, &pane)?;
        // What was taken note of for the view itself is still to be drawn there.
        state.correcting.all_is_stale();
    }
    let core = state.display.mask_opacity.get() / 100.0;
    layers.draw(&frame, core, 0.0, corrected)?;
    let data = context
        .get_image_data(0.0, 0.0, extent.canvas[0], extent.canvas[1])
        .map_err(|error| Error::Draw {
            fault: dom::words(&error),
        })?;
    Ok(Some(Drawn {
        rgba: data.data().0,
        size: [rows as usize, columns as usize],
    }))
}

/// The penumbra of the large view's plane as SVG text with the image inside of it; none without a segmentation, and while
/// its probabilities are not here.
///
/// # Errors
/// [`Error::Draw`].
pub fn vector_overlay(state: &State) -> Result<Option<String>, Error> {
    let pane = state.large();
    let (Some(picture), Some(style), Some(outcome)) =
        (state.on_screen(), style(state, &pane), state.result())
    else {
        return Ok(None);
    };
    let image = compose::image(&picture, &style)?;
    let drawn = penumbra(&outcome, &style.slice_plane, style.slice, style.sure)?;
    let svg = drawn
        .map(|drawn| ::overlay::svg(&image, &drawn))
        .transpose();
    svg.map_err(|error| Error::Draw {
        fault: error.to_string(),
    })
}

/// Draws whenever something changes.
pub struct Painter {
    state: State,
    controller: Controller,
    canvas: NodeRef<Canvas>,
    pane: PaneState,
    layers: Layers,
    stale: Cell<bool>,
    requested: Cell<bool>,
    last_error: RefCell<Option<Error>>,
}

impl Painter {
    /// Starts to draw on the canvas.
    pub fn install(state: State, controller: Controller, canvas: NodeRef<Canvas>, pane: PaneState) {
        let layers = match Layers::new() {
            Ok(layers) => layers,
            Err(error) => {
                controller.tell(&error);
                return;
            }
        };
        let painter = Rc::new(Self {
            state,
            controller,
            canvas,
            pane,
            layers,
            stale: Cell::new(true),
            requested: Cell::new(false),
            last_error: RefCell::new(None),
        });
        let content = Rc::clone(&painter);
        Effect::new(move |_| {
            // Only says that something has changed; the work is done in the frame.
            state.on_screen();
            state.result();
            state.compared();
            state.partial.track();
            state.display.errors.track();
            style(&state, &pane);
            content.stale.set(true);
            content.request();
        });
        let place = Rc::clone(&painter);
        Effect::new(move |_| {
            pane.view.track();
            // A canvas of another size is empty, even where zoom and pan stay as they were.
            pane.canvas.track();
            state.display.crosshair.track();
            state.display.marked.track();
            state.display.lines.track();
            state.display.wipe.track();
            place.canvas.track();
            let correcting = state.correcting;
            correcting.changes.track();
            correcting.lasso.track();
            if correcting.drawing() {
                correcting.pointer.track();
                correcting.size.track();
            }
            place.request();
        });
        // A browser whose graphics process has ended gives its canvases back empty.
        let restored = StoredValue::new_local(None);
        Effect::new(move |_| {
            let painter = Rc::clone(&painter);
            restored.set_value(canvas.get().map(|canvas| {
                EventListener::new(&canvas, "contextrestored", move |_| {
                    painter.stale.set(true);
                    painter.request();
                })
            }));
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
        let volume = self.state.views.with(|views| views.len() > 1);
        let needed = |margin: f64| {
            if volume {
                Detail::whole(extent.size)
            } else {
                Detail::of(&view, &extent, margin)
            }
        };
        let covered = self.layers.detail.get().covers(&needed(0.0));
        if self.stale.replace(false) || !covered {
            self.layers
                .update(&self.state, &self.pane, needed(MARGIN))?;
        }
        if !self.layers.has_image.get() {
            return Ok(());
        }
        let display = self.state.display;
        let frame = Frame::new(&context, view, extent, dom::pixel_ratio());
        let from = (display.wipe.get() / 100.0 * width).round();
        let corrected = self.state.correcting.shown() && self.layers.has_result.get();
        if corrected {
            self.layers.corrected.update(&self.state, &self.pane)?;
        }
        self.layers
            .draw(&frame, display.mask_opacity.get() / 100.0, from, corrected)?;
        if self.layers.has_result.get() && from > 0.0 {
            context.set_fill_style_str("#fff");
            context.fill_rect(from - 1.0, 0.0, 2.0, height);
        }
        if let Some(pixel) = self.pane.pixel(display.crosshair.get()) {
            if volume && display.lines.get() {
                frame.crosshair(pixel);
            } else if !volume && display.marked.get() {
                frame.ring(pixel);
            }
        }
        self.draw_tool(&frame, view, &extent);
        Ok(())
    }

    /// The brush around the pointer, as large as what it paints, and the line of the lasso.
    fn draw_tool(&self, frame: &Frame<'_>, view: View, extent: &Extent) {
        let correcting = self.state.correcting;
        let tool = correcting.tool.get();
        let pointer = correcting.pointer.get();
        let pointer = pointer.filter(|(pane, _)| *pane == self.pane.index);
        if let Some((_, at)) = pointer.filter(|_| tool.is_round()) {
            let half = correcting.size.get() / 2.0;
            let spacing = self
                .state
                .on_screen()
                .map_or([1.0; 3], |picture| tools::spacing(&picture.info));
            let unit = tools::unit(spacing);
            let Some(plane) = self
                .pane
                .pane
                .with(|pane| pane.as_ref().map(|pane| pane.slice_plane))
            else {
                return;
            };
            let [width, height] = view.pixel_size(extent);
            let of_axis = |axis| half * unit / tools::axis(axis).of(spacing);
            let radii = [
                of_axis(plane.across.axis) * width,
                of_axis(plane.down.axis) * height,
            ];
            frame.brush(at, radii);
        }
        correcting.lasso.with(|drawn| {
            if drawn.pane == self.pane.index && drawn.points.len() > 1 {
                let points = drawn.points.iter();
                frame.polygon(points.map(|point| on_canvas(view, extent, *point)));
            }
        });
    }
}
