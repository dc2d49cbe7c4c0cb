//! What a directory says of its picture, checked.

use super::directory::Directory;
use super::samples::{Encoding, SampleKind};
use super::{FORMAT, tags};
use crate::{Colour, Error};

/// Channels of a hyperspectral picture; a tag of more is damage.
const MAX_SAMPLES: u64 = 4096;

/// PhotometricInterpretation, as far as samples are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Photometric {
    WhiteIsZero,
    BlackIsZero,
    Rgb,
    Palette,
    Cmyk,
    YCbCr,
}

/// Sizes, sample kind, colours, and where strips or tiles are.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub rows: usize,
    pub columns: usize,
    pub kind: SampleKind,
    pub samples_per_pixel: usize,
    pub photometric: Photometric,
    pub colour: Colour,
    pub is_planar: bool,
    pub compression: u64,
    pub predictor: u64,
    pub is_mirrored: bool,
    pub fax_options: u64,
    /// Rows and columns of a strip or tile.
    pub chunk: [usize; 2],
    pub is_tiled: bool,
    pub offsets: Vec<u64>,
    /// Empty where the file does not say them.
    pub lengths: Vec<u64>,
    /// ExtraSamples says alpha, or nothing of samples beyond the colours.
    extra_is_alpha: bool,
}

impl Layout {
    pub(super) fn read(directory: &Directory<'_>) -> Result<Self, Error> {
        let size = |tag: u16, name: &str| {
            directory
                .number(tag)
                .ok_or_else(|| Error::damaged(FORMAT, format!("it has no {name}")))
        };
        let (rows, columns) = (size(tags::ROWS, "height")?, size(tags::COLUMNS, "width")?);
        if rows == 0 || columns == 0 {
            return Err(Error::ZeroSize {
                format: FORMAT,
                columns,
                rows,
            });
        }
        let as_length = |size: u64| {
            usize::try_from(size).map_err(|_| Error::damaged(FORMAT, "a size is too large"))
        };
        let samples_per_pixel = directory.number(tags::SAMPLES_PER_PIXEL).unwrap_or(1);
        if samples_per_pixel == 0 || samples_per_pixel > MAX_SAMPLES {
            let detail = format!("it has {samples_per_pixel} samples for each pixel");
            return Err(Error::damaged(FORMAT, detail));
        }
        let kind = sample_kind(directory, samples_per_pixel)?;
        let (photometric, colour) = photometric(directory, samples_per_pixel, kind)?;
        let is_tiled = directory.has(tags::TILE_OFFSETS) || directory.has(tags::TILE_COLUMNS);
        let chunk = if is_tiled {
            let side = |tag: u16| directory.number(tag).filter(|&side| side > 0);
            let (Some(tile_rows), Some(tile_columns)) =
                (side(tags::TILE_ROWS), side(tags::TILE_COLUMNS))
            else {
                return Err(Error::damaged(FORMAT, "its tiles have no size"));
            };
            [as_length(tile_rows)?, as_length(tile_columns)?]
        } else {
            let strip_rows = directory.number(tags::ROWS_PER_STRIP).unwrap_or(rows);
            [as_length(strip_rows.clamp(1, rows))?, as_length(columns)?]
        };
        let (offsets, lengths) = if is_tiled && directory.has(tags::TILE_OFFSETS) {
            (tags::TILE_OFFSETS, tags::TILE_BYTE_COUNTS)
        } else {
            (tags::STRIP_OFFSETS, tags::STRIP_BYTE_COUNTS)
        };
        Ok(Self {
            rows: as_length(rows)?,
            columns: as_length(columns)?,
            kind,
            samples_per_pixel: samples_per_pixel as usize,
            photometric,
            colour,
            is_planar: directory.number(tags::PLANAR_CONFIGURATION) == Some(2)
                && samples_per_pixel > 1,
            compression: directory.number(tags::COMPRESSION).unwrap_or(1),
            predictor: directory.number(tags::PREDICTOR).unwrap_or(1),
            is_mirrored: directory.number(tags::FILL_ORDER) == Some(2),
            fax_options: directory.number(tags::T4_OPTIONS).unwrap_or(0),
            chunk,
            is_tiled,
            offsets: directory
                .numbers(offsets)
                .ok_or_else(|| Error::damaged(FORMAT, "it does not say where its pixels are"))?,
            lengths: directory.numbers(lengths).unwrap_or_default(),
            extra_is_alpha: directory
                .numbers(tags::EXTRA_SAMPLES)
                .is_none_or(|kinds| kinds.iter().any(|&kind| kind != 0) || kinds.len() == 1),
        })
    }

    /// Samples of a pixel that belong to its colour.
    pub(super) fn colour_samples(&self) -> usize {
        match self.photometric {
            Photometric::Rgb | Photometric::YCbCr => 3,
            Photometric::Cmyk => 4,
            Photometric::WhiteIsZero | Photometric::BlackIsZero | Photometric::Palette => 1,
        }
    }

    /// Channels to choose from: those of grey pictures whose further samples are no alpha.
    pub(super) fn channels(&self) -> usize {
        let is_grey = matches!(
            self.photometric,
            Photometric::WhiteIsZero | Photometric::BlackIsZero
        );
        match self.samples_per_pixel {
            // One more sample is alpha or unknown.
            2 if self.extra_is_alpha => 1,
            samples if is_grey => samples,
            _ => 1,
        }
    }

    pub(super) fn has_alpha(&self) -> bool {
        self.channels() == 1 && self.samples_per_pixel > self.colour_samples()
    }

    pub(super) fn white_is_zero(&self) -> bool {
        self.photometric == Photometric::WhiteIsZero
    }

    /// Bytes that a pixel needs once decoded.
    pub(super) fn bytes_per_pixel(&self) -> u64 {
        let sample = match self.kind.sample_type().bytes() {
            small @ (1 | 2) if self.kind.encoding == Encoding::Unsigned => small as u64,
            _ => 4,
        };
        sample * self.samples_per_pixel as u64
    }

    /// Planes that lie behind the first one without directories of their own, at most as many as the file says.
    pub(super) fn planes_behind(&self, directory: &Directory<'_>, declared: usize) -> usize {
        let (Some(&first), true) = (self.offsets.first(), self.is_contiguous()) else {
            return 0;
        };
        let Some(plane) = self.plane_bytes().filter(|&plane| plane > 0) else {
            return 0;
        };
        let available = (directory.file.bytes.len() as u64).saturating_sub(first) / plane;
        usize::try_from(available)
            .unwrap_or(usize::MAX)
            .min(declared)
            .saturating_sub(1)
    }

    /// Bytes of an uncompressed page.
    pub(super) fn plane_bytes(&self) -> Option<u64> {
        let row = self
            .kind
            .row_bytes(self.columns.checked_mul(self.samples_per_pixel)?)?;
        (row as u64).checked_mul(self.rows as u64)
    }

    /// Whether the page lies in one piece.
    fn is_contiguous(&self) -> bool {
        let strip = self
            .kind
            .row_bytes(self.columns.saturating_mul(self.samples_per_pixel))
            .and_then(|row| row.checked_mul(*self.chunk.first()?));
        let Some(strip) = strip else {
            return false;
        };
        self.compression == 1
            && !self.is_tiled
            && !self.is_planar
            && self.offsets.windows(2).all(|pair| match pair {
                [a, b] => a.checked_add(strip as u64) == Some(*b),
                _ => true,
            })
    }
}

fn sample_kind(directory: &Directory<'_>, samples: u64) -> Result<SampleKind, Error> {
    let same = |tag: u16, default: u64, name: &str| -> Result<u64, Error> {
        let Some(values) = directory.numbers(tag) else {
            return Ok(default);
        };
        let first = values.first().copied().unwrap_or(default);
        if values
            .iter()
            .take(samples as usize)
            .any(|&value| value != first)
        {
            let what = format!("channels of different {name}");
            return Err(Error::unsupported(FORMAT, what));
        }
        Ok(first)
    };
    let bits = same(tags::BITS_PER_SAMPLE, 1, "depths")?;
    let format = same(tags::SAMPLE_FORMAT, 1, "types")?;
    SampleKind::new(bits, format)
}

fn photometric(
    directory: &Directory<'_>,
    samples: u64,
    kind: SampleKind,
) -> Result<(Photometric, Colour), Error> {
    let colours = |photometric: Photometric, needed: u64| {
        if samples < needed {
            let detail =
                format!("it has {samples} samples for each pixel where its colours need {needed}");
            return Err(Error::damaged(FORMAT, detail));
        }
        Ok((photometric, Colour::Rgb))
    };
    let what = match directory.number(tags::PHOTOMETRIC) {
        Some(0) => return Ok((Photometric::WhiteIsZero, Colour::Grey)),
        // 4 is a mask. Files without the tag are grey.
        Some(1 | 4) | None => return Ok((Photometric::BlackIsZero, Colour::Grey)),
        Some(2) => return colours(Photometric::Rgb, 3),
        Some(3) => {
            if kind.encoding != Encoding::Unsigned || kind.bits > 8 {
                return Err(Error::unsupported(
                    FORMAT,
                    "a palette of more than 256 colours",
                ));
            }
            return Ok((Photometric::Palette, Colour::Palette));
        }
        Some(5) if kind.bits == 8 => return colours(Photometric::Cmyk, 4),
        Some(6) if kind.bits == 8 => return colours(Photometric::YCbCr, 3),
        Some(5 | 6) => format!("{}-bit YCbCr or CMYK colours", kind.bits),
        Some(8..=10) => "L*a*b* colours".to_owned(),
        Some(32_803 | 34_892) => "the raw data of a camera's sensor".to_owned(),
        Some(32_844 | 32_845) => "LogLuv colours".to_owned(),
        Some(other) => format!("unknown colours ({other})"),
    };
    Err(Error::unsupported(FORMAT, what))
}
