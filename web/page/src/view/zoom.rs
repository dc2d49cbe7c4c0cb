//! Zoom and pan: where image pixels stand on the canvas.

/// Largest magnification, canvas pixels per image pixel.
const MAX_SCALE: f64 = 64.0;
/// Fewest pixels that fill a third of the canvas.
const MIN_FRAMED: usize = 6;
/// One step of the keyboard and of the buttons.
pub const STEP: f64 = 1.25;

/// An image on a canvas: what a view has to fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    /// Rows and columns of the image.
    pub size: [usize; 2],
    /// Width and height of an image pixel; 1 and 1 for square ones.
    pub stretch: [f64; 2],
    /// Width and height of the canvas in canvas pixels.
    pub canvas: [f64; 2],
}

impl Extent {
    /// Width and height of the image at a scale of 1.
    #[must_use]
    pub fn image(&self) -> [f64; 2] {
        let [rows, columns] = self.size;
        [
            (columns.max(1) as f64) * self.stretch[0],
            (rows.max(1) as f64) * self.stretch[1],
        ]
    }

    /// The middle of the canvas.
    #[must_use]
    pub fn middle(&self) -> [f64; 2] {
        self.canvas.map(|length| length / 2.0)
    }
}

/// A view of an image on a canvas. All lengths are in canvas (device) pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Canvas pixels for an image pixel of width 1.
    pub scale: f64,
    /// Canvas position of the image's left edge.
    pub left: f64,
    /// Canvas position of the image's top edge.
    pub top: f64,
}

impl View {
    /// The whole image, as large as fits, in the middle.
    #[must_use]
    pub fn fit(extent: &Extent) -> Self {
        let (image, canvas) = (extent.image(), extent.canvas);
        let scale = (canvas[0] / image[0])
            .min(canvas[1] / image[1])
            .clamp(1e-3, MAX_SCALE);
        Self {
            scale,
            left: (canvas[0] - scale * image[0]) / 2.0,
            top: (canvas[1] - scale * image[1]) / 2.0,
        }
    }

    /// Part of the image: the pixels from one row and column to another fill a third of the canvas, in the direction in which
    /// they are longer, and stand in its middle. A few pixels are not enlarged beyond recognition, and the view is never
    /// smaller than [`View::fit`].
    #[must_use]
    pub fn framing(first: [usize; 2], last: [usize; 2], extent: &Extent) -> Self {
        let whole = Self::fit(extent);
        let span = |axis: usize| {
            let ends = first.get(axis).zip(last.get(axis));
            ends.map_or(1, |(first, last)| first.abs_diff(*last) + 1)
        };
        let shown = |pixels: usize| pixels.max(MIN_FRAMED) as f64;
        let [height, width] = [shown(span(0)), shown(span(1))];
        let scale = (extent.canvas[0] / 3.0 / (width * extent.stretch[0]))
            .min(extent.canvas[1] / 3.0 / (height * extent.stretch[1]))
            .clamp(whole.scale, MAX_SCALE.max(whole.scale));
        let view = Self { scale, ..whole };
        let (one, other) = (view.centre(first, extent), view.centre(last, extent));
        let [middle_x, middle_y] = extent.middle();
        view.moved(
            middle_x - f64::midpoint(one[0], other[0]),
            middle_y - f64::midpoint(one[1], other[1]),
            extent,
        )
    }

    /// Magnifies by `factor` around a canvas position, which keeps its image position.
    #[must_use]
    pub fn zoomed(self, factor: f64, at: [f64; 2], extent: &Extent) -> Self {
        let smallest = Self::fit(extent).scale.min(1.0);
        let scale = (self.scale * factor).clamp(smallest, MAX_SCALE);
        let ratio = scale / self.scale;
        Self {
            scale,
            left: at[0] - (at[0] - self.left) * ratio,
            top: at[1] - (at[1] - self.top) * ratio,
        }
        .kept(extent)
    }

    /// Moves by canvas pixels.
    #[must_use]
    pub fn moved(self, right: f64, down: f64, extent: &Extent) -> Self {
        Self {
            left: self.left + right,
            top: self.top + down,
            ..self
        }
        .kept(extent)
    }

    /// Centres an axis on which the image is smaller than the canvas, and leaves no gap on one on which it is larger.
    #[must_use]
    pub fn kept(self, extent: &Extent) -> Self {
        let keep = |start: f64, image: f64, canvas: f64| {
            let length = image * self.scale;
            if length <= canvas {
                (canvas - length) / 2.0
            } else {
                start.clamp(canvas - length, 0.0)
            }
        };
        let (image, canvas) = (extent.image(), extent.canvas);
        Self {
            left: keep(self.left, image[0], canvas[0]),
            top: keep(self.top, image[1], canvas[1]),
            ..self
        }
    }

    /// Width and height of an image pixel on the canvas.
    #[must_use]
    pub fn pixel_size(self, extent: &Extent) -> [f64; 2] {
        extent.stretch.map(|length| length * self.scale)
    }

    /// Row and column of the image pixel at a canvas position; none outside the image.
    #[must_use]
    pub fn pixel(self, at: [f64; 2], extent: &Extent) -> Option<[usize; 2]> {
        let [width, height] = self.pixel_size(extent);
        let column = ((at[0] - self.left) / width).floor();
        let row = ((at[1] - self.top) / height).floor();
        let [rows, columns] = extent.size;
        let inside = row >= 0.0 && column >= 0.0 && row < rows as f64 && column < columns as f64;
        inside.then_some([row as usize, column as usize])
    }

    /// Canvas position of the middle of an image pixel.
    #[must_use]
    pub fn centre(self, [row, column]: [usize; 2], extent: &Extent) -> [f64; 2] {
        let [width, height] = self.pixel_size(extent);
        [
            self.left + (column as f64 + 0.5) * width,
            self.top + (row as f64 + 0.5) * height,
        ]
    }

    /// Moves just so far that an image pixel is on the canvas.
    #[must_use]
    pub fn showing(self, pixel: [usize; 2], extent: &Extent) -> Self {
        let [x, y] = self.centre(pixel, extent);
        let push = |at: f64, length: f64| {
            let margin = (0.1 * length).min(32.0);
            if at < margin {
                margin - at
            } else if at > length - margin {
                length - margin - at
            } else {
                0.0
            }
        };
        self.moved(push(x, extent.canvas[0]), push(y, extent.canvas[1]), extent)
    }
}

/// A crosshair moved by rows and columns, kept on an image of `[rows, columns]`; it starts in the middle.
#[must_use]
pub fn crosshair(
    from: Option<[usize; 2]>,
    rows: isize,
    columns: isize,
    size: [usize; 2],
) -> [usize; 2] {
    let Some([row, column]) = from else {
        return [size[0] / 2, size[1] / 2];
    };
    [
        row.saturating_add_signed(rows)
            .min(size[0].saturating_sub(1)),
        column
            .saturating_add_signed(columns)
            .min(size[1].saturating_sub(1)),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const SIZE: [usize; 2] = [256, 320];
    const EXTENT: Extent = Extent {
        size: SIZE,
        stretch: [1.0; 2],
        canvas: [640.0, 640.0],
    };

    #[test]
    fn the_image_fits_in_the_middle() {
        assert_eq!(
            View::fit(&EXTENT),
            View {
                scale: 2.0,
                left: 0.0,
                top: 64.0
            }
        );
    }

    #[test]
    fn high_voxels_make_a_high_image() {
        let extent = Extent {
            size: [20, 100],
            stretch: [1.0, 5.0],
            ..EXTENT
        };
        let view = View::fit(&extent);
        assert_eq!(
            view,
            View {
                scale: 6.4,
                left: 0.0,
                top: 0.0
            }
        );
        assert_eq!(view.pixel_size(&extent), [6.4, 32.0]);
        assert_eq!(view.pixel([639.0, 31.0], &extent), Some([0, 99]));
        assert_eq!(
            view.pixel(view.centre([19, 50], &extent), &extent),
            Some([19, 50])
        );
    }

    #[test]
    fn zooming_keeps_the_place_under_the_pointer() {
        let at = [311.0, 333.0];
        let view = View::fit(&EXTENT);
        let closer = view.zoomed(3.0, at, &EXTENT);
        assert_eq!(view.pixel(at, &EXTENT), closer.pixel(at, &EXTENT));
        assert!((closer.scale - 6.0).abs() < 1e-12);
    }

    #[test]
    fn zoom_has_ends_and_pan_leaves_no_gap() {
        let view = View::fit(&EXTENT);
        let closest = view.zoomed(1e9, [0.0, 0.0], &EXTENT);
        assert!((closest.scale - MAX_SCALE).abs() < 1e-12);
        let moved = view
            .zoomed(4.0, [0.0, 0.0], &EXTENT)
            .moved(1e9, -1e9, &EXTENT);
        assert_eq!((moved.left, moved.top), (0.0, 640.0 - 8.0 * 256.0));
        let farthest = view.zoomed(1e-9, [0.0, 0.0], &EXTENT);
        assert!((farthest.scale - 1.0).abs() < 1e-12 && (farthest.left - 160.0).abs() < 1e-12);
    }

    #[test]
    fn pixels_and_their_centres_agree() {
        let view = View::fit(&EXTENT);
        assert_eq!(
            view.pixel(view.centre([255, 319], &EXTENT), &EXTENT),
            Some([255, 319])
        );
        assert_eq!(view.pixel([10.0, 63.0], &EXTENT), None);
        assert_eq!(view.pixel([10.0, 64.0], &EXTENT), Some([0, 5]));
    }

    #[test]
    fn the_view_follows_the_crosshair() {
        let close = View::fit(&EXTENT).zoomed(8.0, [0.0, 0.0], &EXTENT);
        let view = close.showing([200, 300], &EXTENT);
        let [x, y] = view.centre([200, 300], &EXTENT);
        assert!(
            (0.0..640.0).contains(&x) && (0.0..640.0).contains(&y),
            "{x} {y}"
        );
        assert_eq!(view.showing([200, 300], &EXTENT), view);
    }

    #[test]
    fn a_region_fills_a_third_and_stands_in_the_middle() {
        let whole = View::fit(&EXTENT);
        let view = View::framing([120, 150], [127, 169], &EXTENT);
        // 20 columns on a canvas of 640 pixels.
        assert!((view.scale - 640.0 / 3.0 / 20.0).abs() < 1e-9);
        let [left, top] = view.centre([120, 150], &EXTENT);
        let [right, bottom] = view.centre([127, 169], &EXTENT);
        assert!(((left + right) / 2.0 - 320.0).abs() < 1e-9);
        assert!(((top + bottom) / 2.0 - 320.0).abs() < 1e-9);
        // The order of the ends does not matter; a single pixel is not blown up, all of the image is not made smaller.
        assert_eq!(View::framing([127, 169], [120, 150], &EXTENT), view);
        let speck = View::framing([9, 9], [9, 9], &EXTENT);
        assert!((speck.scale - 640.0 / 18.0).abs() < 1e-9);
        assert_eq!(View::framing([0, 0], [255, 319], &EXTENT), whole);
    }

    #[test]
    fn the_crosshair_stays_on_the_image() {
        assert_eq!(crosshair(None, -1, 0, SIZE), [128, 160]);
        assert_eq!(crosshair(Some([0, 0]), -10, 1, SIZE), [0, 1]);
        assert_eq!(crosshair(Some([255, 319]), 1, 10, SIZE), [255, 319]);
    }
}
