//! TIFF and BigTIFF through the crate `tiff`: strips and tiles, uncompressed, LZW, Deflate, PackBits, JPEG and CCITT
//! group 4; grey, palette, RGB, YCbCr and CMYK; 1 to 64 bits, integers and floats; several pages.

use std::io::{Cursor, ErrorKind};

use tiff::decoder::{Decoder, DecodingResult, Limits as TiffLimits};
use tiff::tags::{PlanarConfiguration, Tag};
use tiff::{ColorType, TiffError};

use super::decoded::{Arrangement, Page, Picture};
use super::exif_orientation::Orientation;
use super::tiff_directory;
use super::unpack::unpack;
use crate::provenance::ALPHA_DROPPED;
use crate::sample::Samples;
use crate::{Colour, Error, Format, Limits, SampleType};

const FORMAT: Format = Format::Tiff;
/// NewSubfileType, bit 0: a reduced-resolution copy of another page; bit 2: a transparency mask.
const NOT_A_PAGE: u64 = 0b101;

type Reader<'a> = Decoder<Cursor<&'a [u8]>>;

/// What makes pages alike enough to be planes of one volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    rows: usize,
    columns: usize,
    sample_type: SampleType,
    bits: u8,
    colour: Colour,
    white_is_zero: bool,
}

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, Error> {
    let declared = tiff_directory::declarations(bytes);
    let fault = |error| translate(error, bytes, limits);
    let mut decoder =
        Decoder::new(Cursor::new(declared.patched.as_deref().unwrap_or(bytes))).map_err(fault)?;
    let mut tiff_limits = TiffLimits::default();
    tiff_limits.decoding_buffer_size = limits.max_length();
    tiff_limits.intermediate_buffer_size = limits.max_length();
    tiff_limits.ifd_value_size = limits.max_length().min(16 << 20);
    decoder = decoder.with_limits(tiff_limits);

    let mut pages = Vec::new();
    let mut kind: Option<Kind> = None;
    let mut notes = Vec::new();
    let mut left_out = 0_u64;
    loop {
        let subfile = unsigned(&mut decoder, Tag::NewSubfileType, bytes, limits)?.unwrap_or(0);
        if subfile & NOT_A_PAGE == 0 {
            let photometric = decoder
                .ifd_pointer()
                .and_then(|place| declared.by_directory.get(&place.0).copied());
            match read_page(
                &mut decoder,
                bytes,
                limits,
                photometric,
                pages.len() as u64,
                kind,
            )? {
                Some((page, found, alpha)) => {
                    if alpha && pages.is_empty() {
                        notes.push(ALPHA_DROPPED.to_owned());
                    }
                    kind = Some(found);
                    pages.push(page);
                }
                None => left_out += 1,
            }
        } else {
            left_out += 1;
        }
        if !decoder.more_images() {
            break;
        }
        decoder.next_image().map_err(fault)?;
    }
    if left_out > 0 {
        notes.push(format!(
            "{left_out} further pages (previews, or of another size or type) were left out."
        ));
    }
    let Some(Kind {
        sample_type,
        bits,
        colour,
        white_is_zero,
        ..
    }) = kind
    else {
        return Err(Error::damaged(FORMAT, "it holds no page that is a picture"));
    };
    Ok(Picture {
        format: FORMAT,
        sample_type,
        bits,
        colour,
        white_is_zero,
        notes,
        pages,
    })
}

/// Reads the current page; `None` if it is of another kind than the first. The flag says that it has alpha.
fn read_page(
    decoder: &mut Reader<'_>,
    bytes: &[u8],
    limits: &Limits,
    photometric: Option<u64>,
    before: u64,
    first: Option<Kind>,
) -> Result<Option<(Page, Kind, bool)>, Error> {
    let fault = |error| translate(error, bytes, limits);
    let (columns, rows) = decoder.dimensions().map_err(fault)?;
    let (rows, columns) = (rows as usize, columns as usize);
    if first.is_some_and(|kind| (kind.rows, kind.columns) != (rows, columns)) {
        return Ok(None);
    }
    let layout = decoder.colortype().map_err(fault)?;
    let channels = match layout {
        ColorType::Gray(_) | ColorType::Palette(_) => 1,
        // Grey with one more sample, which is alpha or unknown.
        ColorType::GrayA(_) | ColorType::Multiband { num_samples: 2, .. } => 1,
        ColorType::RGB(_) | ColorType::RGBA(_) | ColorType::YCbCr(_) => 3,
        ColorType::CMYK(_) | ColorType::CMYKA(_) => 4,
        ColorType::Multiband { num_samples, .. } => {
            return Err(Error::unsupported(
                FORMAT,
                format!("{num_samples} channels without colours"),
            ));
        }
        other => {
            return Err(Error::unsupported(
                FORMAT,
                format!("the colour type {other:?}"),
            ));
        }
    };
    let bits = layout.bit_depth();
    let stored = u64::from(layout.num_samples()) * u64::from(bits).div_ceil(8);
    limits.check(FORMAT, [before + 1, rows as u64, columns as u64], stored)?;
    // The decoder cuts the two bytes of an end marker off these tables without asking whether they are there.
    if decoder
        .find_tag(Tag::JPEGTables)
        .map_err(fault)?
        .is_some_and(|tables| tables.into_u8_vec().map_or(true, |tables| tables.len() < 2))
    {
        return Err(Error::damaged(FORMAT, "its JPEG tables are empty"));
    }

    let mut result = DecodingResult::U8(Vec::new());
    let buffer = decoder.read_image_to_buffer(&mut result).map_err(fault)?;
    if result.as_buffer(0).byte_len() < buffer.complete_len {
        return Err(Error::TooManyBytes {
            bytes: buffer.complete_len as u64,
            limit: limits.max_bytes,
        });
    }
    let planar = unsigned(decoder, Tag::PlanarConfiguration, bytes, limits)?
        == Some(u64::from(PlanarConfiguration::Planar.to_u16()));
    let samples_per_pixel = if planar {
        buffer.planes
    } else {
        usize::from(layout.num_samples())
    };
    let (mut samples, sample_type) = convert(result);
    if bits < 8
        && let Samples::U8(packed) = &samples
    {
        samples = Samples::U8(unpack(packed, bits, columns * samples_per_pixel, rows)?);
    }

    let (colour, palette) = match channels {
        1 if photometric == Some(tiff_directory::PALETTE) => {
            (Colour::Palette, palette(decoder, bytes, limits)?)
        }
        1 => (Colour::Grey, Vec::new()),
        _ => (Colour::Rgb, Vec::new()),
    };
    let white_is_zero =
        photometric == Some(tiff_directory::WHITE_IS_ZERO) && colour == Colour::Grey;
    let kind = Kind {
        rows,
        columns,
        sample_type,
        bits,
        colour,
        white_is_zero,
    };
    if first.is_some_and(|first| first != kind) {
        return Ok(None);
    }
    let orientation =
        unsigned(decoder, Tag::Orientation, bytes, limits)?.map(Orientation::from_tag);
    let mut page = Page {
        rows,
        columns,
        samples_per_pixel,
        arrangement: if planar {
            Arrangement::Planar
        } else {
            Arrangement::Interleaved
        },
        samples,
        palette,
        orientation: orientation.unwrap_or_default(),
    };
    match layout {
        ColorType::YCbCr(8) => {
            convert_colours(&mut page, 3, |[y, cb, cr, _]| ycbcr_to_rgb(y, cb, cr))?
        }
        ColorType::CMYK(8) | ColorType::CMYKA(8) => convert_colours(&mut page, 4, cmyk_to_rgb)?,
        ColorType::YCbCr(bits) | ColorType::CMYK(bits) | ColorType::CMYKA(bits) => {
            return Err(Error::unsupported(
                FORMAT,
                format!("{bits}-bit YCbCr or CMYK colours"),
            ));
        }
        _ => {}
    }
    let alpha = samples_per_pixel > channels;
    Ok(Some((page, kind, alpha)))
}

/// The samples in the narrowest of our types, and the type they had.
fn convert(result: DecodingResult) -> (Samples, SampleType) {
    fn floats<T: Copy>(values: &[T], to_f32: impl Fn(T) -> f32) -> Samples {
        Samples::F32(values.iter().map(|&value| to_f32(value)).collect())
    }
    match result {
        DecodingResult::U8(values) => (Samples::U8(values), SampleType::Uint8),
        DecodingResult::U16(values) => (Samples::U16(values), SampleType::Uint16),
        DecodingResult::U32(values) => (floats(&values, |value| value as f32), SampleType::Uint32),
        DecodingResult::U64(values) => (floats(&values, |value| value as f32), SampleType::Uint64),
        DecodingResult::I8(values) => (floats(&values, f32::from), SampleType::Int8),
        DecodingResult::I16(values) => (floats(&values, f32::from), SampleType::Int16),
        DecodingResult::I32(values) => (floats(&values, |value| value as f32), SampleType::Int32),
        DecodingResult::I64(values) => (floats(&values, |value| value as f32), SampleType::Int64),
        DecodingResult::F16(values) => (floats(&values, f32::from), SampleType::Float16),
        DecodingResult::F32(values) => (Samples::F32(values), SampleType::Float32),
        DecodingResult::F64(values) => (floats(&values, |value| value as f32), SampleType::Float64),
    }
}

/// The colours of a palette page, 8 bits each. TIFF 6.0, section 5: all reds, then all greens, then all blues, 16 bits
/// each.
fn palette(decoder: &mut Reader<'_>, bytes: &[u8], limits: &Limits) -> Result<Vec<[u8; 3]>, Error> {
    let fault = |error| translate(error, bytes, limits);
    let Some(table) = decoder.find_tag(Tag::ColorMap).map_err(fault)? else {
        return Err(Error::damaged(FORMAT, "its palette is missing"));
    };
    let table = table.into_u16_vec().map_err(fault)?;
    // Some writers store 8-bit colours.
    let shift = if table.iter().all(|&value| value < 256) {
        0
    } else {
        8
    };
    let byte = |value: u16| u8::try_from(value >> shift).unwrap_or(u8::MAX);
    let entries = table.len() / 3;
    let (red, rest) = table.split_at(entries);
    let (green, blue) = rest.split_at(entries);
    Ok(red
        .iter()
        .zip(green)
        .zip(blue)
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
    let rgb = (0..pixels).flat_map(|pixel| {
        let mut colour = [0; 4];
        for (channel, value) in colour.iter_mut().take(channels).enumerate() {
            *value = samples
                .get(pixel * step + channel * between)
                .copied()
                .unwrap_or(0);
        }
        to_rgb(colour)
    });
    page.samples = Samples::U8(rgb.collect());
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

/// The first value of an unsigned tag, if the page has it.
fn unsigned(
    decoder: &mut Reader<'_>,
    tag: Tag,
    bytes: &[u8],
    limits: &Limits,
) -> Result<Option<u64>, Error> {
    let value = decoder
        .find_tag(tag)
        .map_err(|error| translate(error, bytes, limits))?;
    Ok(value
        .and_then(|value| value.into_u64_vec().ok())
        .and_then(|values| values.first().copied()))
}

fn translate(error: TiffError, bytes: &[u8], limits: &Limits) -> Error {
    match error {
        TiffError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Error::truncated(FORMAT, bytes)
        }
        TiffError::IoError(error) => Error::damaged(FORMAT, error),
        TiffError::FormatError(error) => Error::damaged(FORMAT, error),
        TiffError::UnsupportedError(error) => {
            Error::unsupported(FORMAT, tidy(&format!("a feature unknown here ({error})")))
        }
        TiffError::LimitsExceeded | TiffError::IntSizeError => Error::TooManyBytes {
            bytes: limits.max_bytes.saturating_add(1),
            limit: limits.max_bytes,
        },
        other => Error::damaged(FORMAT, other),
    }
}

fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
