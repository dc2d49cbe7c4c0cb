//! Drawing: layers at the image's own size, then these on the canvas, at most once per frame.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::html::Canvas;
use leptos::prelude::*;
use page::compose::{self, Style};
use page::errors::Error;
use page::zoom::View;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::web::controller::Controller;
use crate::web::dom;
use crate::web::state::State;

/// How the picture is drawn now; tracks everything that it depends on.
pub fn style(state: &State) -> Style {
    let display = &state.display;
    let referral = state
        .referral
        .get()
        .filter(|referral| referral.pixels > 0.0);
    Style {
        window: display.window.get(),
        plane: display.plane.get(),
        mask_opacity: display.mask_opacity.get() as f32 / 100.0,
        outline: display.outline.get(),
        map: display.map.get(),
        map_opacity: display.map_opacity.get() as f32 / 100.0,
        fade: display.fade.get() && page::maps::may_fade(&display.map.get()),
        colours: display.colours.get(),
        threshold: referral.map(|referral| referral.threshold),
    }
}

/// A picture as it is drawn, at the image's own size.
pub struct Drawn {
    /// `[rows, columns, 4]`, red, green, blue and alpha.
    pub rgba: Vec<u8>,
    /// Rows and columns.
    pub size: [usize; 2],
}

/// Image and segmentation as they are drawn; none without a segmentation.
///
/// # Errors
/// [`Error::Draw`].
pub fn overlay(state: &State) -> Result<Option<Drawn>, Error> {
    let Some((picture, outcome)) = state.on_screen().zip(state.result()) else {
        return Ok(None);
    };
    let comparison = state.compared().filter(|_| state.display.errors.get());
    let rgba = compose::overlay(&picture, &outcome, comparison.as_deref(), &style(state))?;
    let size = picture.size();
    Ok(Some(Drawn { rgba, size }))
}

/// Draws whenever something changes.
pub struct Painter {
    state: State,
    controller: Controller,
    canvas: NodeRef<Canvas>,
    view: Memo<Option<View>>,
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
    pub fn install(
        state: State,
        controller: Controller,
        canvas: NodeRef<Canvas>,
        view: Memo<Option<View>>,
    ) {
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
            view,
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
            state.display.errors.track();
            style(&state);
            layers.stale.set(true);
            layers.request();
        });
        Effect::new(move |_| {
            painter.view.track();
            state.display.pixel.track();
            state.display.by_keyboard.track();
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
        let Some(picture) = self.state.on_screen() else {
            return Ok(());
        };
        let [rows, columns] = picture.size();
        dom::put(
            &self.image,
            &compose::image(&picture, &style(&self.state))?,
            rows,
            columns,
        )?;
        self.has_image.set(true);
        if let Some(Drawn {
            rgba,
            size: [rows, columns],
        }) = overlay(&self.state)?
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
        if self.stale.replace(false) {
            self.layers()?;
        }
        let context = dom::context(&canvas)?;
        let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
        context.clear_rect(0.0, 0.0, width, height);
        let Some(view) = self.view.get().filter(|_| self.has_image.get()) else {
            return Ok(());
        };
        // Enlarged pixels stay pixels; a reduced image is averaged.
        context.set_image_smoothing_enabled(view.scale < 1.0);
        place(&context, &self.image, view, 0.0, width, height)?;
        if self.has_result.get() {
            let from = (self.state.display.wipe.get() / 100.0 * width).round();
            place(&context, &self.result, view, from, width, height)?;
            if from > 0.0 {
                context.set_fill_style_str("#fff");
                context.fill_rect(from - 1.0, 0.0, 2.0, height);
            }
        }
        if self.state.display.by_keyboard.get()
            && let Some(pixel) = self.state.display.pixel.get()
        {
            crosshair(&context, view, pixel);
        }
        Ok(())
    }
}

/// Draws a layer right of `from`.
fn place(
    context: &CanvasRenderingContext2d,
    layer: &HtmlCanvasElement,
    view: View,
    from: f64,
    width: f64,
    height: f64,
) -> Result<(), Error> {
    context.save();
    context.begin_path();
    context.rect(from, 0.0, width - from, height);
    context.clip();
    let (columns, rows) = (
        f64::from(layer.width()) * view.scale,
        f64::from(layer.height()) * view.scale,
    );
    let drawn = context.draw_image_with_html_canvas_element_and_dw_and_dh(
        layer, view.left, view.top, columns, rows,
    );
    context.restore();
    drawn.map_err(|error| Error::Draw {
        fault: dom::words(&error),
    })
}

/// A ring around a pixel, black in white so that it shows on everything.
fn crosshair(context: &CanvasRenderingContext2d, view: View, pixel: [usize; 2]) {
    let [x, y] = view.centre(pixel);
    let arm = (view.scale * 0.5).max(4.0) + 8.0;
    let gap = (view.scale * 0.5).max(3.0);
    for (width, colour) in [(5.0, "#000"), (2.0, "#fff")] {
        context.set_line_width(width);
        context.set_stroke_style_str(colour);
        context.begin_path();
        for [dx, dy] in [[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]] {
            context.move_to(x + dx * gap, y + dy * gap);
            context.line_to(x + dx * arm, y + dy * arm);
        }
        context.stroke();
    }
}
