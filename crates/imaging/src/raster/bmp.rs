//! Windows bitmaps, uncompressed or run-length coded: 1, 4 and 8 bits with a palette, 16, 24 and 32 bits of colour.
//!
//! Layout after the Windows documentation of BITMAPFILEHEADER, BITMAPCOREHEADER, BITMAPINFOHEADER and
//! BITMAPV4HEADER. All numbers are little-endian; rows are padded to 4 bytes and run from the bottom up unless the
//! height is negative. Our own reader, because labels are stored as palette indices, which the crates turn into colours.

use super::decoded::{Arrangement, Page, Picture};
use super::exif_orientation::Orientation;
use super::unpack::unpack;
use crate::byte_order::ByteOrder;
use crate::choice::Parts;
use crate::memory::allocate;
use crate::provenance::ALPHA_DROPPED;
use crate::sample::Samples;
use crate::{Colour, Error, Format, Limits, SampleType};

const FORMAT: Format = Format::Bmp;
const FILE_HEADER: usize = 14;

/// How pixels are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    None,
    /// RLE8 and RLE4.
    RunLengths,
}

/// The fields of the headers that decide how pixels are read.
struct Header {
    rows: usize,
    columns: usize,
    bottom_up: bool,
    bits: usize,
    packing: Packing,
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
    let truncated = || Error::truncated(FORMAT, bytes);
    let pixels = bytes.get(header.pixels_at..).ok_or_else(truncated)?;
    let pixels = match header.packing {
        Packing::None => pixels.get(..stride * rows).ok_or_else(truncated)?,
        Packing::RunLengths => pixels,
    };

    let (mut samples, colour, samples_per_pixel) = if header.packing == Packing::RunLengths {
        let indices = run_lengths(pixels, rows, columns, bits).ok_or_else(truncated)?;
        (indices, Colour::Palette, 1)
    } else if bits <= 8 {
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
    if header.bottom_up {
        let row = columns * samples_per_pixel;
        // From both ends to the middle.
        let mut middle = samples.as_mut_slice();
        while middle.len() >= 2 * row {
            let (first, rest) = middle.split_at_mut(row);
            let (between, last) = rest.split_at_mut(rest.len() - row);
            first.swap_with_slice(last);
            middle = between;
        }
    }
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
        orientation: Orientation::default(),
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
        parts: Parts::default(),
        spacing: None,
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
        (1, 8) | (2, 4) => [0; 4],
        (4, _) => return Err(Error::unsupported(FORMAT, "a JPEG picture inside")),
        (5, _) => return Err(Error::unsupported(FORMAT, "a PNG picture inside")),
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
        packing: if matches!(compression, 1 | 2) {
            Packing::RunLengths
        } else {
            Packing::None
        },
        masks,
        palette,
        pixels_at: u32_at(10)? as usize,
    })
}

/// Indices of RLE8 and RLE4 in the file's order of rows; pixels that are passed over are 0. `None` where the data end
/// before their end code does.
fn run_lengths(packed: &[u8], rows: usize, columns: usize, bits: usize) -> Option<Vec<u8>> {
    let mut indices = allocate(rows * columns, 0_u8).ok()?;
    let mut bytes = packed.iter().copied();
    let (mut row, mut column) = (0_usize, 0_usize);
    let mut put = |row: usize, column: usize, index: u8| {
        let place = row
            .checked_mul(columns)
            .and_then(|start| start.checked_add(column));
        if let (true, Some(target)) = (
            column < columns,
            place.and_then(|place| indices.get_mut(place)),
        ) {
            *target = index;
        }
    };
    // Two pixels of RLE4 share a byte.
    let index = |byte: u8, pixel: usize| match (bits, pixel % 2) {
        (4, 0) => byte >> 4,
        (4, _) => byte & 15,
        _ => byte,
    };
    while row < rows {
        let (count, value) = (bytes.next()?, bytes.next()?);
        match (count, value) {
            (0, 0) => (row, column) = (row + 1, 0),
            (0, 1) => break,
            (0, 2) => {
                column += usize::from(bytes.next()?);
                row += usize::from(bytes.next()?);
            }
            (0, literals) => {
                let literals = usize::from(literals);
                let length = if bits == 4 {
                    literals.div_ceil(2)
                } else {
                    literals
                };
                let mut byte = 0;
                for pixel in 0..literals {
                    if bits != 4 || pixel % 2 == 0 {
                        byte = bytes.next()?;
                    }
                    put(row, column, index(byte, pixel));
                    column += 1;
                }
                // Literals fill whole words.
                if length % 2 == 1 {
                    bytes.next()?;
                }
            }
            (run, value) => {
                for pixel in 0..usize::from(run) {
                    put(row, column, index(value, pixel));
                    column += 1;
                }
            }
        }
    }
    Some(indices)
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
    fn run_lengths_are_unpacked_from_the_bottom_up() {
        // 256 colours, then two rows: a run of two, and two literals; rows are counted from below.
        let mut tail = vec![0; 1024];
        tail.extend([2, 7, 0, 0, 1, 5, 1, 6, 0, 1]);
        assert_eq!(samples(&bitmap(8, 1, 2, &tail, 1078)), [5, 6, 7, 7]);
        // RLE4: two pixels share a byte.
        let mut tail = vec![0; 64];
        tail.extend([2, 0x3A, 0, 0, 0, 2, 1, 0, 1, 0x90, 0, 1]);
        assert_eq!(samples(&bitmap(4, 2, 2, &tail, 118)), [0, 9, 3, 10]);
        // Without its end.
        let error = decode(&bitmap(8, 1, 2, &[0; 1026], 1078), &Limits::default()).unwrap_err();
        assert!(matches!(error, Error::Truncated { .. }), "{error}");
    }
}
