//! Windows bitmaps without compression: 1, 4 and 8 bits with a palette, 16, 24 and 32 bits of colour.
//!
//! Layout after the Windows documentation of BITMAPFILEHEADER, BITMAPCOREHEADER, BITMAPINFOHEADER and
//! BITMAPV4HEADER. All numbers are little-endian; rows are padded to 4 bytes and run from the bottom up unless the
//! height is negative. Our own reader, because labels are stored as palette indices, which the crates turn into colours.

use super::decoded::{Arrangement, Page, Picture};
use super::exif_orientation::Orientation;
use super::unpack::unpack;
use crate::byte_order::ByteOrder;
use crate::memory::allocate;
use crate::provenance::ALPHA_DROPPED;
use crate::sample::Samples;
use crate::{Colour, Error, Format, Limits, SampleType};

const FORMAT: Format = Format::Bmp;
const FILE_HEADER: usize = 14;

/// The fields of the headers that decide how pixels are read.
struct Header {
    rows: usize,
    columns: usize,
    bottom_up: bool,
    bits: usize,
    /// Where red, green, blue and alpha lie in a pixel of 16 or 32 bits.
    masks: [u32; 4],
    palette: Vec<[u8; 3]>,
    pixels_at: usize,
}

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, Error> {
    let header = read_header(bytes, limits)?;
    let Header {
        rows,
        columns,
        bits,
        ..
    } = header;
    let stride = (columns * bits).div_ceil(32) * 4;
    let pixels = header
        .pixels_at
        .checked_add(stride * rows)
        .and_then(|end| bytes.get(header.pixels_at..end))
        .ok_or_else(|| Error::truncated(FORMAT, bytes))?;

    let (samples, colour, samples_per_pixel) = if bits <= 8 {
        let mut indices = Vec::new();
        indices
            .try_reserve_exact(rows * columns)
            .map_err(|_| Error::OutOfMemory {
                bytes: (rows * columns) as u64,
            })?;
        for line in pixels.chunks_exact(stride) {
            indices.extend(unpack(line, bits as u8, columns, 1)?);
        }
        (indices, Colour::Palette, 1)
    } else {
        (colours(pixels, &header, stride)?, Colour::Rgb, 3)
    };
    let mut notes = Vec::new();
    if header.masks[3] != 0 {
        notes.push(ALPHA_DROPPED.to_owned());
    }
    let page = Page {
        rows,
        columns,
        samples_per_pixel,
        arrangement: Arrangement::Interleaved,
        samples: Samples::U8(samples),
        palette: header.palette,
        orientation: Orientation::from_tag(if header.bottom_up { 4 } else { 1 }),
    };
    let bits = if bits <= 8 { bits as u8 } else { 8 };
    Ok(Picture {
        format: FORMAT,
        sample_type: SampleType::Uint8,
        bits,
        colour,
        white_is_zero: false,
        notes,
        pages: vec![page],
    })
}

fn read_header(bytes: &[u8], limits: &Limits) -> Result<Header, Error> {
    let cut = || Error::truncated(FORMAT, bytes);
    let order = ByteOrder::LittleEndian;
    let u16_at = |offset: usize| order.u16_at(bytes, offset).ok_or_else(cut);
    let u32_at = |offset: usize| order.u32_at(bytes, offset).ok_or_else(cut);
    let size = u32_at(FILE_HEADER)? as usize;
    let core = size == 12;
    let (columns, height, bits) = if core {
        (i64::from(u16_at(18)?), i64::from(u16_at(20)?), u16_at(24)?)
    } else {
        // Signed, because a negative height means that rows run from the top down.
        (
            i64::from(u32_at(18)?.cast_signed()),
            i64::from(u32_at(22)?.cast_signed()),
            u16_at(28)?,
        )
    };
    let rows = height.unsigned_abs();
    let columns =
        u64::try_from(columns).map_err(|_| Error::damaged(FORMAT, "its width is negative"))?;
    limits.check(FORMAT, [1, rows, columns], 4)?;
    let compression = if core { 0 } else { u32_at(30)? };
    let bits = usize::from(bits);
    if !matches!(bits, 1 | 4 | 8 | 16 | 24 | 32) {
        return Err(Error::unsupported(
            FORMAT,
            format!("{bits} bits for each pixel"),
        ));
    }
    let masks = match (compression, bits) {
        (0, 16) => [0x7C00, 0x03E0, 0x001F, 0],
        (0, _) => [0x00FF_0000, 0x0000_FF00, 0x0000_00FF, 0],
        // The masks follow BITMAPINFOHEADER; later headers hold them at the same place, and alpha's after them.
        (3, 16 | 32) => {
            let alpha = if size >= 56 { u32_at(66)? } else { 0 };
            [u32_at(54)?, u32_at(58)?, u32_at(62)?, alpha]
        }
        (1 | 2, _) => return Err(Error::unsupported(FORMAT, "run-length compression")),
        (other, _) => return Err(Error::unsupported(FORMAT, format!("compression {other}"))),
    };
    let palette = if bits <= 8 {
        let declared = if core { 0 } else { u32_at(46)? as usize };
        let entries = if declared == 0 {
            1 << bits
        } else {
            declared.min(1 << bits)
        };
        let entry_size = if core { 3 } else { 4 };
        let start = FILE_HEADER + size;
        let table = bytes
            .get(start..start + entries * entry_size)
            .ok_or_else(cut)?;
        let colour = |entry: &[u8]| match entry {
            [blue, green, red, ..] => [*red, *green, *blue],
            _ => [0; 3],
        };
        table.chunks_exact(entry_size).map(colour).collect()
    } else {
        Vec::new()
    };
    Ok(Header {
        rows: rows as usize,
        columns: columns as usize,
        bottom_up: height > 0,
        bits,
        masks,
        palette,
        pixels_at: u32_at(10)? as usize,
    })
}

/// Interleaved RGB of pixels with 16, 24 or 32 bits.
fn colours(pixels: &[u8], header: &Header, stride: usize) -> Result<Vec<u8>, Error> {
    let per_pixel = header.bits / 8;
    let mut samples = allocate(header.rows * header.columns * 3, 0_u8)?;
    let lines = samples
        .chunks_exact_mut(header.columns * 3)
        .zip(pixels.chunks_exact(stride));
    for (target, line) in lines {
        for (colour, pixel) in target.chunks_exact_mut(3).zip(line.chunks_exact(per_pixel)) {
            let value = pixel
                .iter()
                .rev()
                .fold(0_u32, |value, &byte| value << 8 | u32::from(byte));
            for (sample, &mask) in colour.iter_mut().zip(&header.masks) {
                *sample = scale(value, mask);
            }
        }
    }
    Ok(samples)
}

/// The bits of `value` under `mask`, spread to 0..=255.
fn scale(value: u32, mask: u32) -> u8 {
    if mask == 0 {
        return 0;
    }
    let shift = mask.trailing_zeros();
    let (part, most) = (u64::from((value & mask) >> shift), u64::from(mask >> shift));
    u8::try_from((part * 255 + most / 2) / most).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::decode;
    use crate::sample::Samples;
    use crate::{Error, Limits};

    fn bitmap(bits: u16, compression: u32, height: i32, tail: &[u8], offset: u32) -> Vec<u8> {
        let mut file = b"BM\0\0\0\0\0\0\0\0".to_vec();
        file.extend(offset.to_le_bytes());
        file.extend(40_u32.to_le_bytes());
        file.extend(2_i32.to_le_bytes());
        file.extend(height.to_le_bytes());
        file.extend([1, 0]);
        file.extend(bits.to_le_bytes());
        file.extend(compression.to_le_bytes());
        file.extend([0; 20]);
        file.extend(tail);
        file
    }

    fn samples(file: &[u8]) -> Vec<u8> {
        match decode(file, &Limits::default())
            .unwrap()
            .pages
            .remove(0)
            .samples
        {
            Samples::U8(samples) => samples,
            other => unreachable!("{other:?}"),
        }
    }

    #[test]
    fn fifteen_bit_colour_spreads_to_the_whole_range() {
        // White, then pure green at half its range.
        let file = bitmap(16, 0, 1, &[0xFF, 0x7F, 0x00, 0x02], 54);
        assert_eq!(samples(&file), [255, 255, 255, 0, 132, 0]);
    }

    #[test]
    fn bit_fields_say_where_the_colours_lie() {
        let mut tail = Vec::new();
        for mask in [0x0000_00FF_u32, 0x0000_FF00, 0x00FF_0000] {
            tail.extend(mask.to_le_bytes());
        }
        tail.extend([1, 2, 3, 0, 4, 5, 6, 0]);
        assert_eq!(samples(&bitmap(32, 3, -1, &tail, 66)), [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn run_length_compression_is_refused() {
        let error = decode(&bitmap(8, 1, 1, &[0; 2000], 54), &Limits::default()).unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    }
}
