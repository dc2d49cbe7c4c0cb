//! A canvas while it is drawn on: layers, smooth lines and marks, where zoom and pan put them.

use js_sys::Array;
use page::errors::Error;
use page::view::detail::Detail;
use page::view::lines::Lines;
use page::view::penumbra::{ClassPenumbra, DOUBT, Existence};
use page::view::zoom::{Extent, View};
use uq::Contour;
use wasm_bindgen::JsValue;
use web_sys::{CanvasRenderingContext2d, CanvasWindingRule, HtmlCanvasElement};

use crate::web::dom;

/// Under every line, so that it is seen on bright ground too.
const CASING: &str = "rgba(0, 0, 0, 0.65)";
/// Lines that are not of a class: labels and what is referred.
const WHITE: &str = "#ffffff";
/// Over what is referred.
const VEIL: &str = "rgba(255, 255, 255, 0.22)";
/// Width of lines in CSS pixels: by zoom, within these.
const LINE_WIDTHS: [f64; 2] = [1.0, 2.5];
/// What the casing is wider, in CSS pixels.
const CASING_WIDTH: f64 = 1.2;
/// Distance of the lines of a hatch, in CSS pixels.
const HATCH: f64 = 7.0;

/// A canvas with a view of an image.
pub struct Frame<'a> {
    context: &'a CanvasRenderingContext2d,
    view: View,
    extent: Extent,
    /// Canvas pixels for a CSS pixel.
    unit: f64,
}

impl<'a> Frame<'a> {
    pub fn new(
        context: &'a CanvasRenderingContext2d,
        view: View,
        extent: Extent,
        unit: f64,
    ) -> Self {
        Self {
            context,
            view,
            extent,
            unit,
        }
    }

    /// Draws a layer that holds this part of the image. Enlarged pixels stay pixels; a reduced image is averaged.
    pub fn place(&self, layer: &HtmlCanvasElement, detail: &Detail) -> Result<(), Error> {
        self.place_as(layer, detail, self.view.scale < 1.0)
    }

    fn place_as(
        &self,
        layer: &HtmlCanvasElement,
        detail: &Detail,
        smooth: bool,
    ) -> Result<(), Error> {
        let [width, height] = self.view.pixel_size(&self.extent);
        let [column, row] = detail.corner();
        let step = detail.step() as f64;
        self.context.set_image_smoothing_enabled(smooth);
        let drawn = self
            .context
            .draw_image_with_html_canvas_element_and_dw_and_dh(
                layer,
                self.view.left + column * width,
                self.view.top + row * height,
                f64::from(layer.width()) * step * width,
                f64::from(layer.height()) * step * height,
            );
        drawn.map_err(|error| Error::Draw {
            fault: dom::words(&error),
        })
    }

    /// Draws something right of a place on the canvas only.
    pub fn right_of(
        &self,
        from: f64,
        draw: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let [width, height] = self.extent.canvas;
        self.context.save();
        self.context.begin_path();
        self.context.rect(from, 0.0, width - from, height);
        self.context.clip();
        let drawn = draw();
        self.context.restore();
        drawn
    }

    /// Draws the lines of a plane; `band` is the doubt colour of its penumbra, `core` the opacity of what is sure, which is
    /// left out without one.
    pub fn lines(
        &self,
        lines: &Lines,
        band: &HtmlCanvasElement,
        detail: &Detail,
        core: Option<f64>,
    ) -> Result<(), Error> {
        if let Some(penumbra) = &lines.penumbra {
            for class in &penumbra.classes {
                self.band(class, band, detail)?;
                if let Some(core) = core {
                    self.core(class, core);
                }
            }
        }
        if !lines.referred.is_empty() {
            self.trace(&lines.referred);
            self.context.set_fill_style_str(VEIL);
            self.context
                .fill_with_canvas_winding_rule(CanvasWindingRule::Evenodd);
        }
        if let Some(penumbra) = &lines.penumbra {
            for class in &penumbra.classes {
                self.borders(class, core.is_some());
            }
        }
        for (colour, outline) in &lines.outlines {
            self.stroke(outline, &css(*colour), &[]);
        }
        self.stroke(&lines.model, WHITE, &[5.0, 3.0]);
        self.stroke(&lines.labels, WHITE, &[2.0, 3.0]);
        self.stroke(&lines.referred, WHITE, &[]);
        self.stroke(&lines.visited, WHITE, &[1.5, 2.5]);
        Ok(())
    }

    /// The band between the inner and the outer lines, smooth.
    fn band(
        &self,
        class: &ClassPenumbra,
        band: &HtmlCanvasElement,
        detail: &Detail,
    ) -> Result<(), Error> {
        let outer = class.outer.iter();
        let outer = outer.filter(|(_, existence)| *existence != Existence::Missed);
        self.context.save();
        self.trace(outer.map(|(line, _)| line).chain(&class.inner));
        self.context
            .clip_with_canvas_winding_rule(CanvasWindingRule::Evenodd);
        let drawn = self.place_as(band, detail, true);
        self.context.restore();
        drawn
    }

    /// What is sure, in the colour of its class.
    fn core(&self, class: &ClassPenumbra, opacity: f64) {
        self.trace(&class.inner);
        self.context.set_global_alpha(opacity);
        self.context.set_fill_style_str(&css(class.colour));
        self.context
            .fill_with_canvas_winding_rule(CanvasWindingRule::Evenodd);
        self.context.set_global_alpha(1.0);
    }

    /// The lines of a class, and the hatch over what may not exist.
    fn borders(&self, class: &ClassPenumbra, with_core: bool) {
        let doubt = css(DOUBT);
        let of = |wanted: Existence| {
            let lines = class.outer.iter();
            lines
                .filter(move |(_, existence)| *existence == wanted)
                .map(|(line, _)| line)
        };
        for line in of(Existence::Unsure) {
            self.hatch(line, &doubt);
        }
        self.stroke(of(Existence::Sure), &doubt, &[]);
        self.stroke(of(Existence::Unsure), &doubt, &[]);
        self.stroke(of(Existence::Missed), &doubt, &[5.0, 4.0]);
        if with_core {
            self.stroke(&class.inner, &css(class.colour), &[]);
        }
    }

    fn hatch(&self, line: &Contour, colour: &str) {
        let places = || line.points.iter().map(|point| self.at(*point));
        let ends = |axis: fn([f64; 2]) -> f64| {
            let values = places().map(axis);
            values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
                [low.min(value), high.max(value)]
            })
        };
        let ([left, right], [top, bottom]) = (ends(|[x, _]| x), ends(|[_, y]| y));
        self.context.save();
        self.trace([line]);
        self.context.clip();
        self.context.begin_path();
        let height = bottom - top;
        let step = HATCH * self.unit;
        // From multiples of the distance, so that hatches of neighbours go on in each other.
        let mut x = ((left - height) / step).floor() * step;
        while x < right {
            self.context.move_to(x, bottom);
            self.context.line_to(x + height, top);
            x += step;
        }
        self.context.set_line_width(1.5 * self.unit);
        self.context.set_stroke_style_str(colour);
        self.context.stroke();
        self.context.restore();
    }

    /// Canvas position of a point of the image.
    fn at(&self, [x, y]: [f32; 2]) -> [f64; 2] {
        let [width, height] = self.view.pixel_size(&self.extent);
        [
            self.view.left + f64::from(x) * width,
            self.view.top + f64::from(y) * height,
        ]
    }

    fn trace<'b>(&self, lines: impl IntoIterator<Item = &'b Contour>) {
        self.context.begin_path();
        for line in lines {
            for (number, point) in line.points.iter().enumerate() {
                let [x, y] = self.at(*point);
                if number == 0 {
                    self.context.move_to(x, y);
                } else {
                    self.context.line_to(x, y);
                }
            }
            self.context.close_path();
        }
    }

    /// Strokes lines with a casing; `dash` is in CSS pixels, none for solid lines.
    fn stroke<'b>(&self, lines: impl IntoIterator<Item = &'b Contour>, colour: &str, dash: &[f64]) {
        let mut lines = lines.into_iter().peekable();
        if lines.peek().is_none() {
            return;
        }
        self.trace(lines);
        let [thin, thick] = LINE_WIDTHS;
        let width = (0.3 * self.view.scale / self.unit).clamp(thin, thick);
        let pattern = |parts: &[f64]| -> JsValue {
            let parts = parts.iter().map(|part| JsValue::from(part * self.unit));
            parts.collect::<Array>().into()
        };
        self.context.set_line_join("round");
        // A list of numbers is always taken.
        self.context
            .set_line_dash(&pattern(dash))
            .unwrap_or_default();
        for (width, colour) in [(width + CASING_WIDTH, CASING), (width, colour)] {
            self.context.set_line_width(width * self.unit);
            self.context.set_stroke_style_str(colour);
            self.context.stroke();
        }
        self.context
            .set_line_dash(&pattern(&[]))
            .unwrap_or_default();
    }

    /// Strokes straight lines, dark under bright, so that they show on everything.
    fn straight(&self, lines: [[f64; 4]; 4], dark: f64, bright: f64, colour: &str) {
        for (width, colour) in [(dark, CASING), (bright, colour)] {
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
    pub fn crosshair(&self, pixel: [usize; 2]) {
        let [x, y] = self.view.centre(pixel, &self.extent);
        let [width, height] = self.extent.canvas;
        let [across, down] = self
            .view
            .pixel_size(&self.extent)
            .map(|length| (length * 0.5).max(0.0) + 8.0 * self.unit);
        let lines = [
            [0.0, y, x - across, y],
            [x + across, y, width, y],
            [x, 0.0, x, y - down],
            [x, y + down, x, height],
        ];
        self.straight(lines, 3.0 * self.unit, self.unit, "#7fe0ff");
    }

    /// The outline of a brush around a canvas position, with its radii across and down.
    pub fn brush(&self, [x, y]: [f64; 2], [across, down]: [f64; 2]) {
        for (width, colour) in [(3.0, CASING), (1.25, WHITE)] {
            self.context.begin_path();
            // Radii are positive numbers.
            self.context
                .ellipse(
                    x,
                    y,
                    across.max(1.0),
                    down.max(1.0),
                    0.0,
                    0.0,
                    std::f64::consts::TAU,
                )
                .unwrap_or_default();
            self.context.set_line_width(width * self.unit);
            self.context.set_stroke_style_str(colour);
            self.context.stroke();
        }
    }

    /// A closed line through canvas positions.
    pub fn polygon(&self, points: impl Iterator<Item = [f64; 2]>) {
        self.context.begin_path();
        for (number, [x, y]) in points.enumerate() {
            if number == 0 {
                self.context.move_to(x, y);
            } else {
                self.context.line_to(x, y);
            }
        }
        self.context.close_path();
        for (width, colour) in [(3.0, CASING), (1.25, WHITE)] {
            self.context.set_line_width(width * self.unit);
            self.context.set_stroke_style_str(colour);
            self.context.stroke();
        }
    }

    /// Four strokes around a pixel.
    pub fn ring(&self, pixel: [usize; 2]) {
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
        self.straight(lines, 5.0, 2.0, WHITE);
    }
}

fn css([red, green, blue]: [u8; 3]) -> String {
    format!("rgb({red}, {green}, {blue})")
}
