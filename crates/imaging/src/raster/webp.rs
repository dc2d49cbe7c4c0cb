//! WebP, lossy and lossless, first frame, through the crate `image-webp`.

use std::io::{Cursor, ErrorKind};

use image_webp::{DecodingError, WebPDecoder};

use super::decoded::{Arrangement, Page, Picture};
use super::exif_orientation::Orientation;
use crate::choice::Parts;
use crate::memory::allocate;
use crate::provenance::ALPHA_DROPPED;
use crate::sample::Samples;
use crate::{Colour, Error, Format, Limits, SampleType};

const FORMAT: Format = Format::WebP;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, Error> {
    // The container says how long it is (RFC 9649, 2.4); a file that is shorter was cut.
    let declared = bytes
        .get(4..8)
        .and_then(|quad| quad.try_into().ok())
        .map_or(0, u32::from_le_bytes);
    if (bytes.len() as u64) < u64::from(declared) + 8 {
        return Err(Error::truncated(FORMAT, bytes));
    }
    let fault = |error| translate(error, bytes, limits);
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(fault)?;
    decoder.set_memory_limit(limits.max_length());
    let (columns, rows) = decoder.dimensions();
    let samples_per_pixel: usize = if decoder.has_alpha() { 4 } else { 3 };
    limits.check(
        FORMAT,
        [1, u64::from(rows), u64::from(columns)],
        samples_per_pixel as u64,
    )?;
    let length = decoder
        .output_buffer_size()
        .ok_or(Error::OutOfMemory { bytes: u64::MAX })?;
    let mut samples = allocate(length, 0_u8)?;
    decoder.read_image(&mut samples).map_err(fault)?;

    let mut notes = Vec::new();
    if decoder.has_alpha() {
        notes.push(ALPHA_DROPPED.to_owned());
    }
    if decoder.is_animated() {
        notes.push("Only the first picture of the animation was opened.".to_owned());
    }
    let exif = decoder.exif_metadata().map_err(fault)?;
    let page = Page {
        rows: rows as usize,
        columns: columns as usize,
        samples_per_pixel,
        arrangement: Arrangement::Interleaved,
        samples: Samples::U8(samples),
        palette: Vec::new(),
        orientation: exif
            .as_deref()
            .map(Orientation::from_exif)
            .unwrap_or_default(),
    };
    Ok(Picture {
        format: FORMAT,
        sample_type: SampleType::Uint8,
        bits: 8,
        colour: Colour::Rgb,
        white_is_zero: false,
        notes,
        pages: vec![page],
        parts: Parts::default(),
        spacing: None,
    })
}

fn translate(error: DecodingError, bytes: &[u8], limits: &Limits) -> Error {
    match error {
        DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Error::truncated(FORMAT, bytes)
        }
        DecodingError::MemoryLimitExceeded => Error::TooManyBytes {
            bytes: limits.max_bytes.saturating_add(1),
            limit: limits.max_bytes,
        },
        other => Error::damaged(FORMAT, other),
    }
}
