//! GIF: the first frame, as palette indices on the logical screen, through the crate `gif`.

use gif::{ColorOutput, DecodeOptions, DecodingError, MemoryLimit};

use super::decoded::{Arrangement, Page, Picture};
use super::exif_orientation::Orientation;
use crate::choice::Parts;
use crate::memory::allocate;
use crate::provenance::ALPHA_DROPPED;
use crate::sample::Samples;
use crate::{Colour, Error, Format, Limits, SampleType};

const FORMAT: Format = Format::Gif;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, Error> {
    let fault = |error| translate(error, bytes, limits);
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.check_frame_consistency(true);
    options.check_lzw_end_code(true);
    options.set_memory_limit(MemoryLimit::Bytes(
        std::num::NonZeroU64::new(limits.max_bytes).unwrap_or(std::num::NonZeroU64::MIN),
    ));
    let mut decoder = options.read_info(bytes).map_err(fault)?;
    let (rows, columns) = (usize::from(decoder.height()), usize::from(decoder.width()));
    limits.check(FORMAT, [1, rows as u64, columns as u64], 1)?;
    let background = decoder
        .bg_color()
        .and_then(|index| u8::try_from(index).ok())
        .unwrap_or(0);
    let global = decoder.global_palette().map(<[u8]>::to_vec);

    let Some(frame) = decoder.read_next_frame().map_err(fault)? else {
        return Err(Error::truncated(FORMAT, bytes));
    };
    let (left, top, width) = (
        usize::from(frame.left),
        usize::from(frame.top),
        usize::from(frame.width),
    );
    let mut indices = allocate(rows * columns, background)?;
    if width > 0 {
        for (line, source) in frame.buffer.chunks_exact(width).enumerate() {
            let start = (top + line) * columns + left;
            let target = indices.get_mut(start..start + width);
            target
                .ok_or_else(|| Error::damaged(FORMAT, "its frame lies outside the picture"))?
                .copy_from_slice(source);
        }
    }
    let palette = frame.palette.clone().or(global);
    let mut notes = Vec::new();
    if frame.transparent.is_some() {
        notes.push(ALPHA_DROPPED.to_owned());
    }
    if decoder.next_frame_info().map_err(fault)?.is_some() {
        notes.push("Only the first picture of the animation was opened.".to_owned());
    }
    let page = Page {
        rows,
        columns,
        samples_per_pixel: 1,
        arrangement: Arrangement::Interleaved,
        samples: Samples::U8(indices),
        palette: palette
            .map(|table| table.as_chunks().0.to_vec())
            .unwrap_or_default(),
        orientation: Orientation::default(),
    };
    Ok(Picture {
        format: FORMAT,
        sample_type: SampleType::Uint8,
        bits: 8,
        colour: Colour::Palette,
        white_is_zero: false,
        notes,
        pages: vec![page],
        parts: Parts::default(),
        spacing: None,
    })
}

fn translate(error: DecodingError, bytes: &[u8], limits: &Limits) -> Error {
    match error {
        DecodingError::UnexpectedEof | DecodingError::EndCodeNotFound => {
            Error::truncated(FORMAT, bytes)
        }
        DecodingError::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Error::truncated(FORMAT, bytes)
        }
        DecodingError::OutOfMemory => Error::OutOfMemory {
            bytes: limits.max_bytes,
        },
        DecodingError::MemoryLimit => Error::TooManyBytes {
            bytes: limits.max_bytes.saturating_add(1),
            limit: limits.max_bytes,
        },
        other => Error::damaged(FORMAT, other),
    }
}
