//! Masks, overlays and maps as files.

use std::io::Cursor;

use png::{BitDepth, ColorType, Compression, Encoder};
use tiff::encoder::{TiffEncoder, colortype::Gray32Float};
use tiff::tags::{ResolutionUnit, Tag};

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
    check(data.len(), what, rows, columns, colour.samples())?;
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

/// A map as a TIFF with one channel of 32-bit floats, uncompressed, little-endian on the usual machines.
///
/// `values` is `[rows, columns]` and is stored as it is.
///
/// # Errors
/// [`Error::WrongLength`] if `values` does not fit, [`Error::Encode`] if the size does not suit TIFF.
pub fn tiff_f32(values: &[f32], rows: usize, columns: usize) -> Result<Vec<u8>, Error> {
    check(values.len(), "the map", rows, columns, 1)?;
    let fault = |error: tiff::TiffError| encode_fault(Format::Tiff, &error);
    let (width, height) = (side(columns, Format::Tiff)?, side(rows, Format::Tiff)?);
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).map_err(fault)?;
    let mut image = encoder
        .new_image::<Gray32Float>(width, height)
        .map_err(fault)?;
    image.resolution_unit(ResolutionUnit::None);
    image
        .encoder()
        .write_tag(Tag::Software, "Penumbra")
        .map_err(fault)?;
    image.write_data(values).map_err(fault)?;
    Ok(file.into_inner())
}

fn check(
    found: usize,
    what: &'static str,
    rows: usize,
    columns: usize,
    channels: usize,
) -> Result<(), Error> {
    let expected = rows.saturating_mul(columns).saturating_mul(channels);
    if found == expected {
        Ok(())
    } else {
        Err(Error::WrongLength {
            what,
            found,
            expected,
        })
    }
}

fn side(length: usize, format: Format) -> Result<u32, Error> {
    let side = u32::try_from(length).ok().filter(|&side| side > 0);
    side.ok_or_else(|| Error::Encode {
        format,
        detail: format!("a side of {length} pixels"),
    })
}

fn encode_fault(format: Format, error: &dyn std::fmt::Display) -> Error {
    Error::Encode {
        format,
        detail: error.to_string(),
    }
}
