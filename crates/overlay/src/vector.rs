//! The view as SVG: the image and the band as pictures inside of it, all lines as lines.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use imaging::encode::png_rgba;
use uq::{Contour, svg_path};

use crate::canvas::{CORE_OPACITY, check_image};
use crate::{DOUBT, Error, Existence, Penumbra};

/// The view over an image as SVG text. `image` is RGBA, `[rows, columns]` of the plane. Lines keep their width at every
/// size.
///
/// # Errors
/// [`Error::Image`] for an image of another size, [`Error::Encode`] for one that cannot be encoded.
pub fn svg(image: &[u8], penumbra: &Penumbra) -> Result<String, Error> {
    let [rows, columns] = penumbra.size;
    check_image(image, penumbra.size)?;
    let embedded = |rgba: &[u8]| -> Result<String, Error> {
        let png = png_rgba(rgba, rows, columns)?;
        Ok(format!(
            "<image width=\"{columns}\" height=\"{rows}\" href=\"data:image/png;base64,{}\"",
            STANDARD.encode(png)
        ))
    };
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {columns} {rows}\" fill=\"none\" stroke-width=\"1.5\">\n"
    );
    text.push_str("<style>path{vector-effect:non-scaling-stroke}</style>\n");
    text.push_str(concat!(
        "<pattern id=\"hatch\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">",
        "<path d=\"M0 0V4\" class=\"doubt\"/></pattern>\n"
    ));
    text.push_str(&embedded(image)?);
    text.push_str("/>\n");
    let doubt = colour(DOUBT);
    let band = embedded(&penumbra.band)?;
    for class in &penumbra.classes {
        let paths = Paths::of(class);
        let number = class.class;
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "<clipPath id=\"band-{number}\"><path clip-rule=\"evenodd\" d=\"{}\"/></clipPath>\n{band} clip-path=\"url(#band-{number})\"/>\n",
            paths.band
        );
        let own = colour(class.colour);
        let _ = write!(
            text,
            "<path d=\"{}\" fill=\"{own}\" fill-opacity=\"{CORE_OPACITY}\" stroke=\"{own}\" fill-rule=\"evenodd\"/>\n\
             <path d=\"{}\" stroke=\"{doubt}\"/>\n\
             <path d=\"{}\" stroke=\"{doubt}\" fill=\"url(#hatch)\" fill-rule=\"evenodd\"/>\n\
             <path d=\"{}\" stroke=\"{doubt}\" stroke-dasharray=\"4 3\"/>\n",
            paths.inner, paths.sure, paths.unsure, paths.missed
        );
    }
    text.push_str("</svg>\n");
    Ok(text.replace("class=\"doubt\"", &format!("stroke=\"{doubt}\"")))
}

/// The lines of a class as data of SVG paths.
struct Paths {
    inner: String,
    sure: String,
    unsure: String,
    missed: String,
    /// Between inner and outer lines, by the even-odd rule; nothing in what may have been missed, which stays empty.
    band: String,
}

impl Paths {
    fn of(class: &crate::ClassPenumbra) -> Self {
        let of = |wanted: Existence| {
            let lines = class.outer.iter().filter(|(_, found)| *found == wanted);
            let lines: Vec<Contour> = lines.map(|(line, _)| line.clone()).collect();
            svg_path(&lines)
        };
        let (inner, sure, unsure) = (
            svg_path(&class.inner),
            of(Existence::Sure),
            of(Existence::Unsure),
        );
        Self {
            band: format!("{sure}{unsure}{inner}"),
            missed: of(Existence::Missed),
            inner,
            sure,
            unsure,
        }
    }
}

fn colour([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
