//! JPEG, baseline and progressive, grey, YCbCr, RGB and CMYK, through the crate `zune-jpeg`.

use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::decoded::{Arrangement, Page, Picture};
use super::exif_orientation::Orientation;
use crate::choice::Parts;
use crate::sample::Samples;
use crate::{Colour, Error, Format, Limits, SampleType};

const FORMAT: Format = Format::Jpeg;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, Error> {
    // The decoder's own limit is on each side; ours, on the area, comes right after the header. Strict, because a
    // lenient decoder fills what is missing with grey; without vector instructions, so that a page in a browser and a
    // native program see the same pixels.
    let side = usize::from(u16::MAX);
    let options = DecoderOptions::new_safe()
        .set_strict_mode(true)
        .set_max_width(side)
        .set_max_height(side);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let fault = |error| translate(error, bytes);
    decoder.decode_headers().map_err(fault)?;
    let Some(info) = decoder.info() else {
        return Err(Error::truncated(FORMAT, bytes));
    };
    let (rows, columns) = (usize::from(info.height), usize::from(info.width));
    let stored = decoder.input_colorspace().unwrap_or(ColorSpace::YCbCr);
    let (target, colour, samples_per_pixel) = match stored {
        ColorSpace::Luma => (ColorSpace::Luma, Colour::Grey, 1),
        _ => (ColorSpace::RGB, Colour::Rgb, 3),
    };
    limits.check(
        FORMAT,
        [1, rows as u64, columns as u64],
        samples_per_pixel as u64,
    )?;
    // The decoder notices missing data only at the end of a row of blocks; the end marker closes that gap.
    if !bytes.windows(2).rev().any(|pair| pair == [0xFF, 0xD9]) {
        return Err(Error::truncated(FORMAT, bytes));
    }
    decoder.set_options(options.jpeg_set_out_colorspace(target));
    let samples = decoder.decode().map_err(fault)?;

    let mut notes = Vec::new();
    if matches!(stored, ColorSpace::CMYK | ColorSpace::YCCK) {
        notes.push("CMYK was converted to RGB without a colour profile.".to_owned());
    }
    let orientation = decoder
        .exif()
        .map(|block| Orientation::from_exif(block))
        .unwrap_or_default();
    let page = Page {
        rows,
        columns,
        samples_per_pixel,
        arrangement: Arrangement::Interleaved,
        samples: Samples::U8(samples),
        palette: Vec::new(),
        orientation,
    };
    Ok(Picture {
        format: FORMAT,
        sample_type: SampleType::Uint8,
        bits: 8,
        colour,
        white_is_zero: false,
        notes,
        pages: vec![page],
        parts: Parts::default(),
    })
}

fn translate(error: DecodeErrors, bytes: &[u8]) -> Error {
    match error {
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => Error::truncated(FORMAT, bytes),
        DecodeErrors::FormatStatic(text) if text.contains("Premature end") => {
            Error::truncated(FORMAT, bytes)
        }
        DecodeErrors::ZeroError => Error::ZeroSize {
            format: FORMAT,
            columns: 0,
            rows: 0,
        },
        DecodeErrors::Unsupported(scheme) => Error::unsupported(
            FORMAT,
            format!("a coding ({scheme:?}) other than baseline or progressive"),
        ),
        DecodeErrors::Format(text)
        | DecodeErrors::HuffmanDecode(text)
        | DecodeErrors::DqtError(text)
        | DecodeErrors::SosError(text)
        | DecodeErrors::SofError(text)
        | DecodeErrors::MCUError(text) => Error::damaged(FORMAT, text),
        DecodeErrors::FormatStatic(text) => Error::damaged(FORMAT, text),
        other => Error::damaged(FORMAT, other),
    }
}
