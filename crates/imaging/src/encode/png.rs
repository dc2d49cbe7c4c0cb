//! Pictures as PNG.

use png::{BitDepth, ColorType, Compression, Encoder};

use super::fault::encode_fault;
use crate::space::{check, side};
use crate::{Error, Format};

/// A segmentation as an 8-bit grey PNG whose values are the class ids.
///
/// `labels` is `[rows, columns]`.
///
/// # Errors
/// [`Error::WrongLength`] if `labels` does not fit, [`Error::Encode`] if the size does not suit PNG.
pub fn png_mask(labels: &[u8], rows: usize, columns: usize) -> Result<Vec<u8>, Error> {
    png(labels, "the mask", rows, columns, ColorType::Grayscale)
}

/// A picture as an 8-bit RGBA PNG. `rgba` is `[rows, columns, 4]`, alpha not premultiplied.
///
/// # Errors
/// [`Error::WrongLength`] if `rgba` does not fit, [`Error::Encode`] if the size does not suit PNG.
pub fn png_rgba(rgba: &[u8], rows: usize, columns: usize) -> Result<Vec<u8>, Error> {
    png(rgba, "the RGBA picture", rows, columns, ColorType::Rgba)
}

fn png(
    data: &[u8],
    what: &'static str,
    rows: usize,
    columns: usize,
    colour: ColorType,
) -> Result<Vec<u8>, Error> {
    check(data.len(), what, [1, rows, columns], colour.samples())?;
    let fault = |error: png::EncodingError| encode_fault(Format::Png, &error);
    let (width, height) = (side(columns, Format::Png)?, side(rows, Format::Png)?);
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width, height);
    encoder.set_color(colour);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Balanced);
    encoder
        .add_text_chunk("Software".to_owned(), "Penumbra".to_owned())
        .map_err(fault)?;
    let mut writer = encoder.write_header().map_err(fault)?;
    writer.write_image_data(data).map_err(fault)?;
    writer.finish().map_err(fault)?;
    Ok(file)
}
