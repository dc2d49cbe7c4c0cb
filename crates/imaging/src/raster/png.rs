//! PNG: all colour types and depths, interlaced or not, through the crate `png`.

use std::io::{Cursor, ErrorKind};

use png::{BitDepth, ColorType, Decoder, DecodingError, Transformations};

use super::decoded::{Arrangement, Page, Picture};
use super::exif_orientation::Orientation;
use super::unpack::unpack;
use crate::byte_order::ByteOrder;
use crate::choice::Parts;
use crate::memory::allocate;
use crate::provenance::ALPHA_DROPPED;
use crate::sample::Samples;
use crate::{Colour, Error, Format, Limits, SampleType};

const FORMAT: Format = Format::Png;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, Error> {
    if bytes.get(12..16) == Some(b"CgBI") {
        return Err(Error::KnownFormat {
            what: "a PNG in Apple's own form for the iPhone (CgBI)",
            remedy: "save it as an ordinary PNG, for example by opening and exporting it in Preview",
        });
    }
    check_header(bytes, limits)?;
    let mut decoder = Decoder::new_with_limits(
        Cursor::new(bytes),
        png::Limits {
            bytes: limits.max_length(),
        },
    );
    // Palette indices and sub-byte grey values are wanted as they are stored.
    decoder.set_transformations(Transformations::IDENTITY);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let fault = |error| translate(error, bytes, limits);
    let mut reader = decoder.read_info().map_err(fault)?;

    let length = reader
        .output_buffer_size()
        .ok_or(Error::OutOfMemory { bytes: u64::MAX })?;
    let mut buffer = allocate(length, 0_u8)?;
    let frame = reader.next_frame(&mut buffer).map_err(fault)?;
    buffer.truncate(frame.buffer_size());
    // An animation holds more pictures than the first; a still picture must end as a PNG ends.
    let animated = reader
        .info()
        .animation_control
        .is_some_and(|control| control.num_frames > 1);
    if !animated {
        reader.finish().map_err(fault)?;
    }

    let info = reader.info();
    let samples_per_pixel = info.color_type.samples();
    let (rows, columns) = (info.height as usize, info.width as usize);
    let bits = info.bit_depth as u8;
    let samples = match info.bit_depth {
        BitDepth::Sixteen => Samples::U16(
            buffer
                .as_chunks()
                .0
                .iter()
                .map(|&pair| u16::from_be_bytes(pair))
                .collect(),
        ),
        BitDepth::Eight => Samples::U8(buffer),
        BitDepth::One | BitDepth::Two | BitDepth::Four => {
            Samples::U8(unpack(&buffer, bits, columns * samples_per_pixel, rows)?)
        }
    };
    let colour = match info.color_type {
        ColorType::Grayscale | ColorType::GrayscaleAlpha => Colour::Grey,
        ColorType::Rgb | ColorType::Rgba => Colour::Rgb,
        ColorType::Indexed => Colour::Palette,
    };
    let mut notes = Vec::new();
    if matches!(info.color_type, ColorType::GrayscaleAlpha | ColorType::Rgba) || info.trns.is_some()
    {
        notes.push(ALPHA_DROPPED.to_owned());
    }
    if animated {
        notes.push("Only the first picture of the animation was opened.".to_owned());
    }
    let page = Page {
        rows,
        columns,
        samples_per_pixel,
        arrangement: Arrangement::Interleaved,
        samples,
        palette: info
            .palette
            .as_deref()
            .map(|table| table.as_chunks().0.to_vec())
            .unwrap_or_default(),
        orientation: info
            .exif_metadata
            .as_deref()
            .map(Orientation::from_exif)
            .unwrap_or_default(),
    };
    let sample_type = if bits == 16 {
        SampleType::Uint16
    } else {
        SampleType::Uint8
    };
    Ok(Picture {
        format: FORMAT,
        sample_type,
        bits,
        colour,
        white_is_zero: false,
        notes,
        pages: vec![page],
        parts: Parts::default(),
        spacing: None,
    })
}

/// Reads the size from the IHDR chunk, which comes first (ISO/IEC 15948, 11.2.2), so that a picture too large is
/// refused before a decoder sees it.
fn check_header(bytes: &[u8], limits: &Limits) -> Result<(), Error> {
    let number = |offset: usize| ByteOrder::BigEndian.u32_at(bytes, offset).map(u64::from);
    let (Some(columns), Some(rows), Some(&depth), Some(&colour)) =
        (number(16), number(20), bytes.get(24), bytes.get(25))
    else {
        return Err(Error::truncated(FORMAT, bytes));
    };
    if bytes.get(12..16) != Some(b"IHDR") {
        return Err(Error::damaged(FORMAT, "its first block is not the header"));
    }
    let samples = match colour {
        2 => 3,
        4 => 2,
        6 => 4,
        _ => 1,
    };
    limits.check(
        FORMAT,
        [1, rows, columns],
        samples * u64::from(depth).div_ceil(8).max(1),
    )
}

fn translate(error: DecodingError, bytes: &[u8], limits: &Limits) -> Error {
    match error {
        DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Error::truncated(FORMAT, bytes)
        }
        DecodingError::LimitsExceeded => Error::TooManyBytes {
            bytes: limits.max_bytes.saturating_add(1),
            limit: limits.max_bytes,
        },
        other => Error::damaged(FORMAT, other),
    }
}
