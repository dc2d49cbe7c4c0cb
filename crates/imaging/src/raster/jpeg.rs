//! JPEG, grey, YCbCr, RGB and CMYK: baseline and progressive through the crate `zune-jpeg`, which takes components in
//! scans of their own for damaged or turns them green; those, 12-bit and lossless ones through our own decoder.

use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::decoded::{Arrangement, Page, Picture};
use super::exif_orientation::Orientation;
use crate::choice::Parts;
use crate::jpeg::{self, CUT_SHORT, Expected};
use crate::memory::reserve;
use crate::sample::Samples;
use crate::{Colour, Error, Format, Limits, SampleType};

const FORMAT: Format = Format::Jpeg;

/// What the headers before the first scan say.
struct Outline {
    /// The marker of the frame's header: its process of coding.
    process: u8,
    precision: u8,
    rows: usize,
    columns: usize,
    components: usize,
    /// Components of the first scan.
    scanned: usize,
    /// The stream without the bytes that stray between markers, if there are any.
    cleaned: Option<Vec<u8>>,
    /// Exif's block, if there is one.
    orientation: Orientation,
}

impl Outline {
    /// Walks to the first scan; `None` where there is none.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut outline = Self {
            process: 0,
            precision: 0,
            rows: 0,
            columns: 0,
            components: 0,
            scanned: 0,
            cleaned: None,
            orientation: Orientation::default(),
        };
        let mut kept = vec![0xFF, 0xD8];
        let mut has_stray = false;
        let mut position = 2;
        loop {
            let rest = bytes.get(position..)?;
            let stray = rest.iter().position(|&byte| byte == 0xFF)?;
            // Several bytes of ones may stand before a marker.
            let fill = rest.get(stray..)?.iter().position(|&byte| byte != 0xFF)?;
            let code = *rest.get(stray + fill)?;
            has_stray |= stray > 0;
            position += stray + fill + 1;
            match code {
                0 => {
                    has_stray = true;
                    continue;
                }
                0x01 | 0xD0..=0xD8 => continue,
                0xD9 => return None,
                _ => {}
            }
            let segment = bytes.get(position..)?;
            let length = usize::from(u16::from_be_bytes(*segment.first_chunk()?));
            let body = segment.get(2..length)?;
            match (code, body) {
                (0xDA, [count, ..]) => {
                    outline.scanned = usize::from(*count);
                    if has_stray {
                        kept.extend([0xFF, code]);
                        kept.extend(segment);
                        outline.cleaned = Some(kept);
                    }
                    return Some(outline);
                }
                (0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF, body) => {
                    let &[precision, r1, r0, c1, c0, components, ..] = body else {
                        return None;
                    };
                    outline.process = code;
                    outline.precision = precision;
                    outline.rows = usize::from(u16::from_be_bytes([r1, r0]));
                    outline.columns = usize::from(u16::from_be_bytes([c1, c0]));
                    outline.components = usize::from(components);
                }
                (0xE1, body) if body.starts_with(b"Exif\0\0") => {
                    outline.orientation = Orientation::from_exif(body);
                }
                _ => {}
            }
            kept.extend([0xFF, code]);
            kept.extend(segment.get(..length)?);
            position += length;
        }
    }

    /// Whether our own decoder is to read it.
    fn is_for_own_decoder(&self, has_end: bool) -> bool {
        let is_sequential = matches!(self.process, 0xC0 | 0xC1);
        let is_progressive = self.process == 0xC2 && self.precision == 8;
        matches!(self.process, 0xC3 | 0xC9 | 0xCA)
            || self.process == 0xC2
                && (!is_progressive || !has_end || !matches!(self.components, 1 | 3 | 4))
            || is_sequential
                && (self.precision != 8
                    || self.scanned < self.components
                    || self.cleaned.is_some()
                    || !has_end)
    }

    /// A process of coding that nothing here reads.
    fn unsupported(&self) -> Option<&'static str> {
        match self.process {
            0xC5..=0xC7 => Some("hierarchical coding"),
            0xCB => Some("lossless arithmetic coding"),
            0xCD..=0xCF => Some("hierarchical arithmetic coding"),
            _ => None,
        }
    }
}

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture, Error> {
    let outline = Outline::read(bytes);
    // The decoder notices missing data only at the end of a row of blocks; the end marker closes that gap.
    let has_end = bytes.windows(2).rev().any(|pair| pair == [0xFF, 0xD9]);
    let mut notes = Vec::new();
    let mut stream = bytes;
    if let Some(outline) = &outline {
        if let Some(what) = outline.unsupported() {
            return Err(Error::unsupported(FORMAT, what));
        }
        if let Some(cleaned) = &outline.cleaned {
            notes.push(
                "There are stray bytes between the file's markers; they were passed over."
                    .to_owned(),
            );
            stream = cleaned;
        }
        if outline.is_for_own_decoder(has_end) {
            if !has_end {
                notes.push("The file has no end marker; all of the picture is there.".to_owned());
            }
            return own(stream, outline, notes, limits);
        }
    }
    if !has_end {
        return Err(Error::truncated(FORMAT, bytes));
    }
    usual(stream, notes, limits)
}

/// Reads with our own decoder, which stops with an error where data are missing.
fn own(
    bytes: &[u8],
    outline: &Outline,
    mut notes: Vec<String>,
    limits: &Limits,
) -> Result<Picture, Error> {
    let Outline {
        rows,
        columns,
        components,
        precision,
        ..
    } = *outline;
    let (colour, channels) = match components {
        1 => (Colour::Grey, 1),
        3 | 4 => (Colour::Rgb, 3),
        _ => {
            let what = format!("{components} channels without colours");
            return Err(Error::unsupported(FORMAT, what));
        }
    };
    // Samples as coded and decoded lie in memory together.
    limits.check(
        FORMAT,
        [1, rows as u64, columns as u64],
        8 * components as u64,
    )?;
    let expected = Expected {
        rows,
        columns,
        components,
        bits: 16,
    };
    let decoded = jpeg::decode(bytes, &expected).map_err(|error| match error {
        Error::Damaged { detail, .. } if detail == CUT_SHORT => Error::truncated(FORMAT, bytes),
        other => other,
    })?;
    let is_rgb = match decoded.adobe {
        Some(transform) => transform == 0,
        None => decoded.is_named_rgb || decoded.is_lossless && !decoded.is_jfif || components == 4,
    };
    let samples = if components == 1 {
        decoded.samples
    } else {
        let inks = match (components, decoded.adobe) {
            (4, Some(_)) => Inks::Inverted,
            (4, None) => Inks::Plain,
            (_, _) => Inks::None,
        };
        rgb(&decoded.samples, components, precision, is_rgb, inks)?
    };
    let samples = if precision <= 8 {
        Samples::U8(samples.iter().map(|&sample| sample as u8).collect())
    } else {
        Samples::U16(samples.iter().map(|&sample| sample as u16).collect())
    };
    if components == 4 {
        notes.push(CMYK_CONVERTED.to_owned());
    }
    let page = Page {
        rows,
        columns,
        samples_per_pixel: channels,
        arrangement: Arrangement::Interleaved,
        samples,
        palette: Vec::new(),
        orientation: outline.orientation,
    };
    Ok(Picture {
        format: FORMAT,
        sample_type: if precision <= 8 {
            SampleType::Uint8
        } else {
            SampleType::Uint16
        },
        bits: precision,
        colour,
        white_is_zero: false,
        notes,
        pages: vec![page],
        parts: Parts::default(),
        spacing: None,
    })
}

/// The sentence for inks.
const CMYK_CONVERTED: &str = "CMYK was converted to RGB without a colour profile.";

/// Which way the fourth component counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inks {
    /// There is none.
    None,
    /// 0 is no ink.
    Plain,
    /// The largest value is no ink, as Adobe writes it.
    Inverted,
}

/// Colours of three or four components as RGB of the same depth.
fn rgb(
    samples: &[i32],
    components: usize,
    precision: u8,
    is_rgb: bool,
    inks: Inks,
) -> Result<Vec<i32>, Error> {
    let largest = (1_i32 << precision.clamp(1, 16)) - 1;
    let mixed = |ink: i32, light: i32| {
        let (ink, light) = (ink.clamp(0, largest), light.clamp(0, largest));
        // Products of 16-bit numbers need more than 31 bits.
        (i64::from(ink) * i64::from(light) / i64::from(largest)) as i32
    };
    let mut rgb: Vec<i32> = reserve(samples.len() / components * 3)?;
    for pixel in samples.chunks_exact(components) {
        let (&colour, rest) = pixel.split_first_chunk().unwrap_or((&[0; 3], &[]));
        let colour = if is_rgb {
            colour
        } else {
            ycbcr_to_rgb(colour, largest)
        };
        let black = rest.first().copied().unwrap_or(0);
        rgb.extend(match inks {
            Inks::None => colour,
            Inks::Inverted => colour.map(|ink| mixed(ink, black)),
            Inks::Plain => colour.map(|ink| mixed(largest - ink, largest - black)),
        });
    }
    Ok(rgb)
}

/// ITU-T T.871 (JFIF), section 7, for any depth.
fn ycbcr_to_rgb(pixel: [i32; 3], largest: i32) -> [i32; 3] {
    let [y, cb, cr] = pixel.map(f64::from);
    let middle = f64::from(largest / 2 + 1);
    let (cb, cr) = (cb - middle, cr - middle);
    [
        y + 1.402 * cr,
        y - 0.344_136 * cb - 0.714_136 * cr,
        y + 1.772 * cb,
    ]
    .map(|value| (value.round() as i32).clamp(0, largest))
}

/// Reads with the crate `zune-jpeg`.
fn usual(bytes: &[u8], mut notes: Vec<String>, limits: &Limits) -> Result<Picture, Error> {
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
    decoder.set_options(options.jpeg_set_out_colorspace(target));
    let samples = decoder.decode().map_err(fault)?;

    if matches!(stored, ColorSpace::CMYK | ColorSpace::YCCK) {
        notes.push(CMYK_CONVERTED.to_owned());
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
        spacing: None,
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
