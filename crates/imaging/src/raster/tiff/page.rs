//! From a directory to a decoded page.

use super::compression::{self, Chunk};
use super::directory::Directory;
use super::layout::{Layout, Photometric};
use super::samples::unpredict;
use super::{FORMAT, jpeg, orientation, tags};
use crate::memory::reserve;
use crate::raster::decoded::{Arrangement, Page};
use crate::sample::Samples;
use crate::{Error, Limits};

const JPEG: u64 = 7;

/// Reads all samples of a page, `[rows, columns, samples]` or, of planar ones, `[samples, rows, columns]`. `shift`
/// counts planes that lie behind the page without directories of their own.
pub(super) fn read(
    directory: &Directory<'_>,
    layout: &Layout,
    shift: usize,
    limits: &Limits,
) -> Result<Samples, Error> {
    let too_large = || Error::TooManyBytes {
        bytes: limits.max_bytes.saturating_add(1),
        limit: limits.max_bytes,
    };
    let Layout {
        rows,
        columns,
        kind,
        ..
    } = *layout;
    let (planes, per_pixel) = if layout.is_planar {
        (layout.samples_per_pixel, 1)
    } else {
        (1, layout.samples_per_pixel)
    };
    check_colours(directory, layout)?;
    let [chunk_rows, chunk_columns] = layout.chunk;
    let (down, across) = (rows.div_ceil(chunk_rows), columns.div_ceil(chunk_columns));
    let needed = planes
        .checked_mul(down)
        .and_then(|count| count.checked_mul(across));
    if needed.is_none_or(|needed| needed > layout.offsets.len()) {
        return Err(Error::damaged(
            FORMAT,
            "it does not say where all its strips or tiles are",
        ));
    }
    let stride = chunk_columns
        .checked_mul(per_pixel)
        .and_then(|count| kind.row_bytes(count))
        .ok_or_else(too_large)?;
    let total = rows
        .checked_mul(columns)
        .and_then(|pixels| pixels.checked_mul(layout.samples_per_pixel))
        .ok_or_else(too_large)?;
    let mut target = kind.room(total)?;
    for plane in 0..planes {
        for tile_row in 0..down {
            for tile_column in 0..across {
                let index = (plane * down + tile_row) * across + tile_column;
                let (top, left) = (tile_row * chunk_rows, tile_column * chunk_columns);
                let rows_here = chunk_rows.min(rows - top);
                let columns_here = chunk_columns.min(columns - left);
                let packed_rows = if layout.is_tiled {
                    chunk_rows
                } else {
                    rows_here
                };
                let length = stride.checked_mul(packed_rows).ok_or_else(too_large)?;
                if length as u64 > limits.max_bytes {
                    return Err(too_large());
                }
                let chunk = Chunk {
                    rows: packed_rows,
                    columns: chunk_columns,
                    length,
                    fax_options: layout.fax_options,
                    is_mirrored: layout.is_mirrored,
                };
                let Some(packed) = packed(directory, layout, index, shift, length)? else {
                    continue;
                };
                let bytes = if layout.compression == JPEG {
                    let tables = directory.bytes(tags::JPEG_TABLES);
                    jpeg::unpack(packed, tables, &chunk, per_pixel, limits)?
                } else {
                    let mut bytes = compression::unpack(packed, layout.compression, &chunk)?;
                    // Where other compressions have one, it means nothing.
                    if matches!(layout.compression, 5 | 8 | 32_946 | 34_925 | 50_000) {
                        let order = directory.file.big_endian;
                        unpredict(&mut bytes, layout.predictor, kind, stride, per_pixel, order)?;
                    }
                    bytes
                };
                if bytes.len() < stride * rows_here {
                    return Err(Error::truncated(FORMAT, directory.file.bytes));
                }
                for (row, line) in bytes.chunks(stride.max(1)).take(rows_here).enumerate() {
                    let pixel = (plane * rows + top + row) * columns + left;
                    let from = pixel * per_pixel;
                    let to = from + columns_here * per_pixel;
                    kind.place(line, directory.file.big_endian, &mut target, (from, to));
                }
            }
        }
    }
    Ok(target)
}

/// The packed bytes of a strip or tile; `None` for one that is left out, which stands for zeros.
fn packed<'a>(
    directory: &Directory<'a>,
    layout: &Layout,
    index: usize,
    shift: usize,
    length: usize,
) -> Result<Option<&'a [u8]>, Error> {
    let file = directory.file.bytes;
    let truncated = || Error::truncated(FORMAT, file);
    let offset = layout.offsets.get(index).copied().unwrap_or(0);
    let declared = layout.lengths.get(index).copied();
    if offset == 0 && declared.unwrap_or(0) == 0 {
        return Ok(None);
    }
    let behind = (shift as u64)
        .checked_mul(layout.plane_bytes().unwrap_or(0))
        .and_then(|behind| behind.checked_add(offset))
        .and_then(|start| usize::try_from(start).ok())
        .and_then(|start| file.get(start..))
        .ok_or_else(truncated)?;
    let count = if layout.compression == 1 {
        length
    } else {
        declared.map_or(behind.len(), |count| {
            usize::try_from(count).unwrap_or(usize::MAX)
        })
    };
    Ok(Some(behind.get(..count).unwrap_or(behind)))
}

/// Refuses what samples cannot be read of.
fn check_colours(directory: &Directory<'_>, layout: &Layout) -> Result<(), Error> {
    let unsupported = |what: String| Err(Error::unsupported(FORMAT, what));
    let is_fax = matches!(layout.compression, 2..=4);
    if is_fax && (layout.kind.bits != 1 || layout.samples_per_pixel != 1) {
        return unsupported("fax compression of more than black and white".to_owned());
    }
    if layout.compression == JPEG && layout.kind.bits != 8 {
        return unsupported(format!("JPEG compression of {} bits", layout.kind.bits));
    }
    if layout.photometric == Photometric::YCbCr && layout.compression != JPEG {
        let halved = directory.numbers(tags::YCBCR_SUBSAMPLING);
        if halved.is_none_or(|factors| factors.iter().any(|&factor| factor != 1)) {
            return unsupported("halved chroma without JPEG compression".to_owned());
        }
    }
    Ok(())
}

/// Turns samples into a page: colours to RGB, of several channels the one that was chosen.
pub(super) fn finish(
    directory: &Directory<'_>,
    layout: &Layout,
    samples: Samples,
    channel: usize,
) -> Result<Page, Error> {
    let mut page = Page {
        rows: layout.rows,
        columns: layout.columns,
        samples_per_pixel: layout.samples_per_pixel,
        arrangement: if layout.is_planar {
            Arrangement::Planar
        } else {
            Arrangement::Interleaved
        },
        samples,
        palette: Vec::new(),
        orientation: orientation(directory),
    };
    match layout.photometric {
        Photometric::Palette => page.palette = palette(directory, layout)?,
        Photometric::YCbCr => {
            convert_colours(&mut page, 3, |[y, cb, cr, _]| ycbcr_to_rgb(y, cb, cr))?;
        }
        Photometric::Cmyk => convert_colours(&mut page, 4, cmyk_to_rgb)?,
        Photometric::Rgb => {}
        Photometric::WhiteIsZero | Photometric::BlackIsZero => {
            if layout.samples_per_pixel > 1 {
                keep_channel(&mut page, channel);
            }
        }
    }
    Ok(page)
}

/// Leaves one channel of several.
fn keep_channel(page: &mut Page, channel: usize) {
    let pixels = page.rows * page.columns;
    let (start, step) = match page.arrangement {
        Arrangement::Interleaved => (channel, page.samples_per_pixel),
        Arrangement::Planar => (channel * pixels, 1),
    };
    fn part<T: Copy>(values: &[T], start: usize, step: usize, count: usize) -> Vec<T> {
        values
            .iter()
            .skip(start)
            .step_by(step)
            .take(count)
            .copied()
            .collect()
    }
    page.samples = match &page.samples {
        Samples::U8(values) => Samples::U8(part(values, start, step, pixels)),
        Samples::U16(values) => Samples::U16(part(values, start, step, pixels)),
        Samples::F32(values) => Samples::F32(part(values, start, step, pixels)),
    };
    page.samples_per_pixel = 1;
    page.arrangement = Arrangement::Interleaved;
}

/// The colours of a palette page, 8 bits each. TIFF 6.0, section 5: all reds, then all greens, then all blues, 16 bits
/// each.
fn palette(directory: &Directory<'_>, layout: &Layout) -> Result<Vec<[u8; 3]>, Error> {
    let Some(table) = directory.numbers(tags::COLOUR_MAP) else {
        return Err(Error::damaged(FORMAT, "its palette is missing"));
    };
    // Some writers store 8-bit colours.
    let shift = if table.iter().all(|&value| value < 256) {
        0
    } else {
        8
    };
    let byte = |value: u64| u8::try_from(value >> shift).unwrap_or(u8::MAX);
    let entries = (table.len() / 3).min(1 << layout.kind.bits);
    let third = table.len() / 3;
    let (red, rest) = table.split_at(third);
    let (green, blue) = rest.split_at(third);
    Ok(red
        .iter()
        .zip(green)
        .zip(blue)
        .take(entries)
        .map(|((&r, &g), &b)| [byte(r), byte(g), byte(b)])
        .collect())
}

/// Replaces the colours of an 8-bit page of `channels` samples by RGB, interleaved.
fn convert_colours(
    page: &mut Page,
    channels: usize,
    to_rgb: impl Fn([u8; 4]) -> [u8; 3],
) -> Result<(), Error> {
    page.check(FORMAT, channels)?;
    let Samples::U8(samples) = &page.samples else {
        return Err(Error::unsupported(
            FORMAT,
            "YCbCr or CMYK colours that are not 8-bit numbers",
        ));
    };
    let pixels = page.rows * page.columns;
    let (step, between) = match page.arrangement {
        Arrangement::Interleaved => (page.samples_per_pixel, 1),
        Arrangement::Planar => (1, pixels),
    };
    let mut rgb: Vec<u8> = reserve(3 * pixels)?;
    for pixel in 0..pixels {
        let mut colour = [0; 4];
        for (channel, value) in colour.iter_mut().take(channels).enumerate() {
            *value = samples
                .get(pixel * step + channel * between)
                .copied()
                .unwrap_or(0);
        }
        rgb.extend(to_rgb(colour));
    }
    page.samples = Samples::U8(rgb);
    page.samples_per_pixel = 3;
    page.arrangement = Arrangement::Interleaved;
    Ok(())
}

/// ITU-T T.871 (JFIF), section 7.
fn ycbcr_to_rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let (y, cb, cr) = (f64::from(y), f64::from(cb) - 128.0, f64::from(cr) - 128.0);
    // `as` saturates, which is the clamping that the recommendation asks for.
    [
        y + 1.402 * cr,
        y - 0.344_136 * cb - 0.714_136 * cr,
        y + 1.772 * cb,
    ]
    .map(|value| value.round() as u8)
}

/// Inks mixed without a colour profile; 0 is no ink (TIFF 6.0, section 16).
fn cmyk_to_rgb([cyan, magenta, yellow, black]: [u8; 4]) -> [u8; 3] {
    let light = 255 - u32::from(black);
    [cyan, magenta, yellow].map(|ink| (((255 - u32::from(ink)) * light + 127) / 255) as u8)
}
