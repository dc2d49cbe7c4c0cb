//! Zoom and pan: where image pixels stand on the canvas.

/// Largest magnification, canvas pixels per image pixel.
const LARGEST: f64 = 64.0;
/// One step of the keyboard and of the buttons.
pub const STEP: f64 = 1.25;

/// A view of an image on a canvas. All lengths are in canvas (device) pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Canvas pixels per image pixel.
    pub scale: f64,
    /// Canvas position of the image's left edge.
    pub left: f64,
    /// Canvas position of the image's top edge.
    pub top: f64,
}

impl View {
    /// The whole image, as large as fits, in the middle. `image` and `canvas` are width and height.
    #[must_use]
    pub fn fit(image: [f64; 2], canvas: [f64; 2]) -> Self {
        let scale = (canvas[0] / image[0].max(1.0))
            .min(canvas[1] / image[1].max(1.0))
            .clamp(1e-3, LARGEST);
        Self {
            scale,
            left: (canvas[0] - scale * image[0]) / 2.0,
            top: (canvas[1] - scale * image[1]) / 2.0,
        }
    }

    /// Magnifies by `factor` around a canvas position, which keeps its image position.
    #[must_use]
    pub fn zoomed(self, factor: f64, at: [f64; 2], image: [f64; 2], canvas: [f64; 2]) -> Self {
        let smallest = Self::fit(image, canvas).scale.min(1.0);
        let scale = (self.scale * factor).clamp(smallest, LARGEST);
        let ratio = scale / self.scale;
        Self {
            scale,
            left: at[0] - (at[0] - self.left) * ratio,
            top: at[1] - (at[1] - self.top) * ratio,
        }
        .kept(image, canvas)
    }

    /// Moves by canvas pixels.
    #[must_use]
    pub fn moved(self, right: f64, down: f64, image: [f64; 2], canvas: [f64; 2]) -> Self {
        Self {
            left: self.left + right,
            top: self.top + down,
            ..self
        }
        .kept(image, canvas)
    }

    /// Centres an axis on which the image is smaller than the canvas, and leaves no gap on one on which it is larger.
    #[must_use]
    pub fn kept(self, image: [f64; 2], canvas: [f64; 2]) -> Self {
        let keep = |start: f64, image: f64, canvas: f64| {
            let length = image * self.scale;
            if length <= canvas {
                (canvas - length) / 2.0
            } else {
                start.clamp(canvas - length, 0.0)
            }
        };
        Self {
            left: keep(self.left, image[0], canvas[0]),
            top: keep(self.top, image[1], canvas[1]),
            ..self
        }
    }

    /// Row and column of the image pixel at a canvas position; none outside the image of `[rows, columns]`.
    #[must_use]
    pub fn pixel(self, at: [f64; 2], size: [usize; 2]) -> Option<[usize; 2]> {
        let column = ((at[0] - self.left) / self.scale).floor();
        let row = ((at[1] - self.top) / self.scale).floor();
        let inside = row >= 0.0 && column >= 0.0 && row < size[0] as f64 && column < size[1] as f64;
        inside.then_some([row as usize, column as usize])
    }

    /// Canvas position of the middle of an image pixel.
    #[must_use]
    pub fn centre(self, [row, column]: [usize; 2]) -> [f64; 2] {
        [
            self.left + (column as f64 + 0.5) * self.scale,
            self.top + (row as f64 + 0.5) * self.scale,
        ]
    }

    /// Moves just so far that an image pixel is on the canvas.
    #[must_use]
    pub fn showing(self, pixel: [usize; 2], image: [f64; 2], canvas: [f64; 2]) -> Self {
        let [x, y] = self.centre(pixel);
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
        self.moved(push(x, canvas[0]), push(y, canvas[1]), image, canvas)
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

    const IMAGE: [f64; 2] = [320.0, 256.0];
    const CANVAS: [f64; 2] = [640.0, 640.0];
    const SIZE: [usize; 2] = [256, 320];

    #[test]
    fn the_image_fits_in_the_middle() {
        assert_eq!(
            View::fit(IMAGE, CANVAS),
            View {
                scale: 2.0,
                left: 0.0,
                top: 64.0
            }
        );
    }

    #[test]
    fn zooming_keeps_the_place_under_the_pointer() {
        let at = [311.0, 333.0];
        let view = View::fit(IMAGE, CANVAS);
        let closer = view.zoomed(3.0, at, IMAGE, CANVAS);
        assert_eq!(view.pixel(at, SIZE), closer.pixel(at, SIZE));
        assert!((closer.scale - 6.0).abs() < 1e-12);
    }

    #[test]
    fn zoom_has_ends_and_pan_leaves_no_gap() {
        let view = View::fit(IMAGE, CANVAS);
        let closest = view.zoomed(1e9, [0.0, 0.0], IMAGE, CANVAS);
        assert!((closest.scale - LARGEST).abs() < 1e-12);
        let moved = view
            .zoomed(4.0, [0.0, 0.0], IMAGE, CANVAS)
            .moved(1e9, -1e9, IMAGE, CANVAS);
        assert_eq!((moved.left, moved.top), (0.0, 640.0 - 8.0 * 256.0));
        let farthest = view.zoomed(1e-9, [0.0, 0.0], IMAGE, CANVAS);
        assert!((farthest.scale - 1.0).abs() < 1e-12 && (farthest.left - 160.0).abs() < 1e-12);
    }

    #[test]
    fn pixels_and_their_centres_agree() {
        let view = View::fit(IMAGE, CANVAS);
        assert_eq!(view.pixel(view.centre([255, 319]), SIZE), Some([255, 319]));
        assert_eq!(view.pixel([10.0, 63.0], SIZE), None);
        assert_eq!(view.pixel([10.0, 64.0], SIZE), Some([0, 5]));
    }

    #[test]
    fn the_view_follows_the_crosshair() {
        let close = View::fit(IMAGE, CANVAS).zoomed(8.0, [0.0, 0.0], IMAGE, CANVAS);
        let view = close.showing([200, 300], IMAGE, CANVAS);
        let [x, y] = view.centre([200, 300]);
        assert!(
            (0.0..640.0).contains(&x) && (0.0..640.0).contains(&y),
            "{x} {y}"
        );
        assert_eq!(view.showing([200, 300], IMAGE, CANVAS), view);
    }

    #[test]
    fn the_crosshair_stays_on_the_image() {
        assert_eq!(crosshair(None, -1, 0, SIZE), [128, 160]);
        assert_eq!(crosshair(Some([0, 0]), -10, 1, SIZE), [0, 1]);
        assert_eq!(crosshair(Some([255, 319]), 1, 10, SIZE), [255, 319]);
    }
}
