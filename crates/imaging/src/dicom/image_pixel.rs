//! The Image Pixel module (PS3.3 section C.7.6.3): what the samples are and how they lie.

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::data_set::DataSet;
use super::transfer_syntax::{Coding, TransferSyntax};
use crate::{Error, Format, Limits, SampleType};

/// Far beyond any image there is; every frame costs memory even where its pixels do not.
const MAX_FRAMES: u32 = 1 << 16;

/// Photometric Interpretation (0028,0004).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Photometric {
    /// 0 is white.
    Monochrome1,
    Monochrome2,
    Palette,
    Rgb,
    /// Luma and chroma of the full range; also what JPEG calls YCbCr.
    YbrFull,
    /// The same, one pair of chroma samples for two pixels of a row.
    YbrFull422,
    /// Luma and chroma of the range of video, one pair of chroma samples for two pixels of a row.
    YbrPartial422,
    /// JPEG 2000's own transformations, which its decoder undoes.
    YbrJpeg2000,
}

/// What one sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SampleKind {
    Integer,
    Float32,
    Float64,
}

/// Sizes and types, checked against each other and against the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ImagePixel {
    pub rows: usize,
    pub columns: usize,
    pub frames: usize,
    pub samples_per_pixel: usize,
    pub photometric: Photometric,
    /// Planar Configuration 1: colour by colour.
    pub planar: bool,
    /// 1, 8, 16, 32 or 64.
    pub bits_allocated: u8,
    /// 1 to `bits_allocated`.
    pub bits_stored: u8,
    /// Bits below the stored ones.
    pub shift: u8,
    /// Whether Bits Stored or High Bit contradict Bits Allocated or each other.
    pub has_odd_bits: bool,
    pub signed: bool,
    pub kind: SampleKind,
}

impl ImagePixel {
    /// Reads the module of a data set that has pixel data.
    pub(super) fn read(
        data_set: &DataSet<'_>,
        transfer_syntax: &TransferSyntax,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let kind = if data_set.get(tags::FLOAT_PIXEL_DATA).is_some() {
            SampleKind::Float32
        } else if data_set.get(tags::DOUBLE_FLOAT_PIXEL_DATA).is_some() {
            SampleKind::Float64
        } else {
            SampleKind::Integer
        };
        let size = |tag: Tag, name: &str| required(data_set, tag, name);
        let (rows, columns) = (size(tags::ROWS, "Rows")?, size(tags::COLUMNS, "Columns")?);
        let frames = match data_set.get(tags::NUMBER_OF_FRAMES) {
            Some(_) if data_set.text(tags::NUMBER_OF_FRAMES).is_some() => {
                size(tags::NUMBER_OF_FRAMES, "Number of Frames")?.max(1)
            }
            _ => 1,
        };
        if frames > MAX_FRAMES {
            let what = format!("{frames} frames where {MAX_FRAMES} are the most");
            return Err(Error::unsupported(Format::Dicom, what));
        }
        let samples_per_pixel = match data_set.get(tags::SAMPLES_PER_PIXEL) {
            Some(_) => size(tags::SAMPLES_PER_PIXEL, "Samples per Pixel")?,
            None => 1,
        };
        let photometric = photometric(data_set, samples_per_pixel)?;
        let colours = if photometric.is_colour() { 3 } else { 1 };
        if samples_per_pixel != colours {
            let what =
                format!("{samples_per_pixel} samples per pixel where {colours} are expected");
            return Err(Error::unsupported(Format::Dicom, what));
        }
        // A palette gives three channels for one sample.
        let channels = if photometric == Photometric::Palette {
            3
        } else {
            colours
        };
        limits.check(
            Format::Dicom,
            [u64::from(frames), u64::from(rows), u64::from(columns)],
            4 * u64::from(channels),
        )?;

        let (bits_allocated, bits_stored, high_bit, signed) = match kind {
            SampleKind::Integer => integer_bits(data_set)?,
            SampleKind::Float32 => (32, 32, Some(31), true),
            SampleKind::Float64 => (64, 64, Some(63), true),
        };
        if transfer_syntax.coding == Coding::Native
            && matches!(
                photometric,
                Photometric::YbrFull422 | Photometric::YbrPartial422
            )
            && (bits_allocated != 8 || !columns.is_multiple_of(2))
        {
            let what = "halved chroma in rows of odd length or in samples other than bytes";
            return Err(Error::unsupported(Format::Dicom, what));
        }
        let shift = shift(data_set, bits_allocated, bits_stored, high_bit);
        Ok(Self {
            rows: rows as usize,
            columns: columns as usize,
            frames: frames as usize,
            samples_per_pixel: samples_per_pixel as usize,
            photometric,
            planar: data_set.unsigned(tags::PLANAR_CONFIGURATION) == Some(1)
                && samples_per_pixel > 1,
            bits_allocated,
            bits_stored,
            shift,
            has_odd_bits: high_bit != Some(bits_stored - 1) && shift == 0,
            signed,
            kind,
        })
    }

    /// Whether two images' planes fit into one volume.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        // An inverted scale hangs on the number of bits; other numbers of bits are only room.
        let any_room = |pixel: &Self| {
            let is_open = pixel.kind == SampleKind::Integer
                && pixel.bits_allocated > 1
                && pixel.photometric == Photometric::Monochrome2;
            Self {
                frames: 0,
                planar: false,
                has_odd_bits: false,
                shift: 0,
                bits_allocated: if is_open { 0 } else { pixel.bits_allocated },
                bits_stored: if is_open { 0 } else { pixel.bits_stored },
                signed: !is_open && pixel.signed,
                ..*pixel
            }
        };
        any_room(self) == any_room(other)
    }

    /// The kind that holds the samples of both of two images that are alike.
    pub(super) fn wider(&self, other: &Self) -> Self {
        // A sign takes a bit that numbers without one need.
        let room = |pixel: &Self| {
            pixel.bits_stored + u8::from(!pixel.signed && self.signed != other.signed)
        };
        let stored = room(self).max(room(other)).min(32);
        let allocated = self.bits_allocated.max(other.bits_allocated);
        Self {
            bits_stored: stored,
            bits_allocated: if stored > allocated {
                allocated.saturating_mul(2).clamp(16, 32)
            } else {
                allocated
            },
            signed: self.signed || other.signed,
            ..*self
        }
    }

    /// Pixels of one frame.
    pub(super) fn pixels(&self) -> usize {
        self.rows * self.columns
    }

    /// Samples of one decoded frame.
    pub(super) fn samples(&self) -> usize {
        self.pixels() * self.samples_per_pixel
    }

    /// Channels of the volume that colours other than a palette's give.
    pub(super) fn channels(&self) -> usize {
        self.samples_per_pixel
    }

    /// The type that other readers give the stored samples.
    pub(super) fn sample_type(&self) -> SampleType {
        match (self.kind, self.bits_allocated, self.signed) {
            (SampleKind::Float32, ..) => SampleType::Float32,
            (SampleKind::Float64, ..) => SampleType::Float64,
            (SampleKind::Integer, 32, false) => SampleType::Uint32,
            (SampleKind::Integer, 32, true) => SampleType::Int32,
            (SampleKind::Integer, 16, false) => SampleType::Uint16,
            (SampleKind::Integer, 16, true) => SampleType::Int16,
            (SampleKind::Integer, _, false) => SampleType::Uint8,
            (SampleKind::Integer, _, true) => SampleType::Int8,
        }
    }

    /// The value that a MONOCHROME1 sample is subtracted from to make 0 black: smallest plus largest possible value.
    pub(super) fn mirror(&self) -> f32 {
        match self.kind {
            SampleKind::Integer if self.signed => -1.0,
            SampleKind::Integer => crate::value_range::largest(self.bits_stored),
            SampleKind::Float32 | SampleKind::Float64 => 0.0,
        }
    }
}

impl Photometric {
    pub(super) fn is_colour(self) -> bool {
        !matches!(self, Self::Monochrome1 | Self::Monochrome2 | Self::Palette)
    }
}

/// A size, which must be there and whole; 0 is the limits' concern.
fn required(data_set: &DataSet<'_>, tag: Tag, name: &str) -> Result<u32, Error> {
    match data_set.get(tag) {
        None => Err(Error::damaged(Format::Dicom, format!("{name} is missing"))),
        Some(_) => data_set
            .unsigned(tag)
            .ok_or_else(|| Error::damaged(Format::Dicom, format!("{name} is no whole number"))),
    }
}

fn photometric(data_set: &DataSet<'_>, samples_per_pixel: u32) -> Result<Photometric, Error> {
    let Some(name) = data_set.text(tags::PHOTOMETRIC_INTERPRETATION) else {
        return Ok(if samples_per_pixel == 3 {
            Photometric::Rgb
        } else {
            Photometric::Monochrome2
        });
    };
    match name {
        "MONOCHROME1" => Ok(Photometric::Monochrome1),
        "MONOCHROME2" => Ok(Photometric::Monochrome2),
        "PALETTE COLOR" => Ok(Photometric::Palette),
        "RGB" => Ok(Photometric::Rgb),
        "YBR_FULL" => Ok(Photometric::YbrFull),
        "YBR_FULL_422" => Ok(Photometric::YbrFull422),
        "YBR_PARTIAL_422" => Ok(Photometric::YbrPartial422),
        "YBR_ICT" | "YBR_RCT" => Ok(Photometric::YbrJpeg2000),
        "HSV" | "ARGB" | "CMYK" | "YBR_PARTIAL_420" | "XYB" => {
            Err(Error::unsupported(Format::Dicom, format!("{name} colours")))
        }
        _ => Err(Error::unsupported(
            Format::Dicom,
            "an unknown kind of colours",
        )),
    }
}

/// Bits Allocated, Bits Stored, High Bit and Pixel Representation.
fn integer_bits(data_set: &DataSet<'_>) -> Result<(u8, u8, Option<u8>, bool), Error> {
    let allocated = required(data_set, tags::BITS_ALLOCATED, "Bits Allocated")?;
    let Some(allocated) = u8::try_from(allocated)
        .ok()
        .filter(|allocated| matches!(allocated, 1 | 8 | 16 | 32))
    else {
        let what = format!("{allocated} bits allocated for each sample");
        return Err(Error::unsupported(Format::Dicom, what));
    };
    let number = |tag: Tag| {
        data_set
            .unsigned(tag)
            .and_then(|bits| u8::try_from(bits).ok())
    };
    let stated = number(tags::BITS_STORED);
    let stored = stated
        .filter(|bits| (1..=allocated).contains(bits))
        .unwrap_or(allocated);
    let high = match data_set.get(tags::HIGH_BIT) {
        None => Some(stored - 1),
        Some(_) => number(tags::HIGH_BIT).filter(|_| stated.is_none_or(|bits| bits == stored)),
    };
    let signed = data_set.unsigned(tags::PIXEL_REPRESENTATION) == Some(1);
    Ok((allocated, stored, high, signed))
}

/// Bits below the stored ones. A High Bit that puts samples into the upper bits is often a mistake, as pydicom and GDCM
/// have it, who take the low bits always; it is believed where a sample has any of the bits above them.
fn shift(data_set: &DataSet<'_>, allocated: u8, stored: u8, high: Option<u8>) -> u8 {
    let Some(shift) = high
        .filter(|high| (stored..allocated).contains(high))
        .map(|high| high + 1 - stored)
    else {
        return 0;
    };
    let bytes = data_set.bytes(tags::PIXEL_DATA).unwrap_or_default();
    let encoding = data_set.encoding;
    let reaches_up = match allocated {
        8 => bytes.iter().any(|&byte| byte >> stored != 0),
        16 => bytes
            .as_chunks::<2>()
            .0
            .iter()
            .any(|&pair| encoding.u16(pair) >> stored != 0),
        32 => bytes
            .as_chunks::<4>()
            .0
            .iter()
            .any(|&quad| encoding.u32(quad) >> stored != 0),
        _ => false,
    };
    if reaches_up { shift } else { 0 }
}
