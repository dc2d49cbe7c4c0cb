//! The view as PNG, small images enlarged so that lines are smooth.

use imaging::encode::png_rgba;
use tiny_skia::{
    Color, FillRule, FilterQuality, Mask, Paint, Path, PathBuilder, Pixmap, PixmapPaint, PixmapRef,
    Stroke, StrokeDash, Transform,
};
use uq::Contour;

use crate::canvas::{CORE_OPACITY, check_image};
use crate::{ClassPenumbra, DOUBT, Error, Existence, Penumbra};

/// Pixels along the longer side of a picture, at least; small images are enlarged by a whole number.
const MIN_LONGER_SIDE: usize = 1024;
/// Largest enlargement.
const MAX_SCALE: usize = 16;
/// Width of lines, in pixels of the picture.
const LINE: f32 = 1.75;
/// Distance of hatching lines, in pixels of the picture.
const HATCH: usize = 9;

/// The view over an image as a PNG file. `image` is RGBA, `[rows, columns]` of the plane; images whose longer side is
/// under 1024 pixels are enlarged by a whole number.
///
/// # Errors
/// [`Error::Image`] for an image of another size, [`Error::Size`] for one that cannot be drawn, [`Error::Encode`] for one
/// that cannot be encoded.
pub fn png(image: &[u8], penumbra: &Penumbra) -> Result<Vec<u8>, Error> {
    let [rows, columns] = penumbra.size;
    check_image(image, penumbra.size)?;
    let scale = scale(penumbra.size);
    let [high, wide] = [rows * scale, columns * scale];
    let refused = || Error::Size {
        rows: high,
        columns: wide,
    };
    let side = |length: usize| u32::try_from(length).map_err(|_| refused());
    let mut canvas = Pixmap::new(side(wide)?, side(high)?).ok_or_else(refused)?;
    let enlarge = Transform::from_scale(scale as f32, scale as f32);
    paste(&mut canvas, image, penumbra.size, enlarge, None).ok_or_else(refused)?;
    for class in &penumbra.classes {
        draw_class(&mut canvas, class, penumbra, enlarge).ok_or_else(refused)?;
    }
    let rgba = canvas
        .pixels()
        .iter()
        .flat_map(|pixel| {
            let colour = pixel.demultiply();
            [colour.red(), colour.green(), colour.blue(), colour.alpha()]
        })
        .collect::<Vec<_>>();
    Ok(png_rgba(&rgba, high, wide)?)
}

fn scale(size: [usize; 2]) -> usize {
    let longer = size.into_iter().max().unwrap_or(1).max(1);
    MIN_LONGER_SIDE.div_ceil(longer).clamp(1, MAX_SCALE)
}

/// Draws RGBA onto the canvas, inside of the mask where there is one. None for a size that cannot be drawn.
fn paste(
    canvas: &mut Pixmap,
    rgba: &[u8],
    [rows, columns]: [usize; 2],
    transform: Transform,
    inside: Option<&Mask>,
) -> Option<()> {
    let premultiplied: Vec<u8> = rgba
        .chunks_exact(4)
        .filter_map(|pixel| {
            let [red, green, blue, alpha] = *pixel else {
                return None;
            };
            let colour = tiny_skia::ColorU8::from_rgba(red, green, blue, alpha).premultiply();
            Some([colour.red(), colour.green(), colour.blue(), colour.alpha()])
        })
        .flatten()
        .collect();
    let (wide, high) = (u32::try_from(columns).ok()?, u32::try_from(rows).ok()?);
    let picture = PixmapRef::from_bytes(&premultiplied, wide, high)?;
    let paint = PixmapPaint {
        // Pixels stay what they are in the image: squares.
        quality: FilterQuality::Nearest,
        ..PixmapPaint::default()
    };
    canvas.draw_pixmap(0, 0, picture, &paint, transform, inside);
    Some(())
}

fn draw_class(
    canvas: &mut Pixmap,
    class: &ClassPenumbra,
    penumbra: &Penumbra,
    enlarge: Transform,
) -> Option<()> {
    let of = |wanted: Existence| {
        let lines = class
            .outer
            .iter()
            .filter(move |(_, found)| *found == wanted);
        lines.map(|(line, _)| line)
    };
    let own = class.colour;
    if let Some(band) = path(
        of(Existence::Sure)
            .chain(of(Existence::Unsure))
            .chain(&class.inner),
    ) {
        let mut inside = Mask::new(canvas.width(), canvas.height())?;
        inside.fill_path(&band, FillRule::EvenOdd, true, enlarge);
        paste(
            canvas,
            &penumbra.band,
            penumbra.size,
            enlarge,
            Some(&inside),
        )?;
    }
    if let Some(core) = path(&class.inner) {
        let fill = paint(own, CORE_OPACITY);
        canvas.fill_path(&core, &fill, FillRule::EvenOdd, enlarge, None);
        stroke(canvas, &core, own, enlarge, None);
    }
    if let Some(sure) = path(of(Existence::Sure)) {
        stroke(canvas, &sure, DOUBT, enlarge, None);
    }
    if let Some(unsure) = path(of(Existence::Unsure)) {
        hatch(canvas, &unsure, enlarge)?;
        stroke(canvas, &unsure, DOUBT, enlarge, None);
    }
    if let Some(missed) = path(of(Existence::Missed)) {
        let dashes = StrokeDash::new(vec![4.0 * LINE, 3.0 * LINE], 0.0);
        stroke(canvas, &missed, DOUBT, enlarge, dashes);
    }
    Some(())
}

/// Closed lines as a path; none where there are none.
fn path<'a>(lines: impl IntoIterator<Item = &'a Contour>) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for line in lines {
        for (place, [x, y]) in line.points.iter().enumerate() {
            if place == 0 {
                builder.move_to(*x, *y);
            } else {
                builder.line_to(*x, *y);
            }
        }
        builder.close();
    }
    builder.finish()
}

fn paint([red, green, blue]: [u8; 3], opacity: f32) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(Color::from_rgba8(
        red,
        green,
        blue,
        (255.0 * opacity).round() as u8,
    ));
    paint
}

/// Draws along a path; the line's width is that of the picture, not of the image.
fn stroke(
    canvas: &mut Pixmap,
    path: &Path,
    colour: [u8; 3],
    enlarge: Transform,
    dash: Option<StrokeDash>,
) {
    let stroke = Stroke {
        width: LINE,
        dash,
        ..Stroke::default()
    };
    if let Some(path) = path.clone().transform(enlarge) {
        let paint = paint(colour, 1.0);
        canvas.stroke_path(&path, &paint, &stroke, Transform::identity(), None);
    }
}

/// Fills a path with slanting lines.
fn hatch(canvas: &mut Pixmap, path: &Path, enlarge: Transform) -> Option<()> {
    let mut inside = Mask::new(canvas.width(), canvas.height())?;
    inside.fill_path(path, FillRule::EvenOdd, true, enlarge);
    let (wide, high) = (canvas.width() as f32, canvas.height() as f32);
    let mut builder = PathBuilder::new();
    let mut start = -high;
    while start < wide {
        builder.move_to(start, high);
        builder.line_to(start + high, 0.0);
        start += HATCH as f32;
    }
    let lines = builder.finish()?;
    let stroke = Stroke {
        width: LINE,
        ..Stroke::default()
    };
    let paint = paint(DOUBT, 0.8);
    canvas.stroke_path(
        &lines,
        &paint,
        &stroke,
        Transform::identity(),
        Some(&inside),
    );
    Some(())
}
