//! What a decoder hands over: pages of samples, not yet arranged.

use super::exif_orientation::Orientation;
use crate::choice::Parts;
use crate::sample::Samples;
use crate::{Colour, Error, Format, SampleType};

/// How a decoder arranged the samples of several channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrangement {
    /// `[rows, columns, samples]`.
    Interleaved,
    /// `[samples, rows, columns]`.
    Planar,
}

/// One picture of a file.
#[derive(Debug)]
pub(crate) struct Page {
    pub rows: usize,
    pub columns: usize,
    /// Samples per pixel, those beyond the colour's own included.
    pub samples_per_pixel: usize,
    pub arrangement: Arrangement,
    pub samples: Samples,
    /// Colours of a palette, 8 bits each.
    pub palette: Vec<[u8; 3]>,
    pub orientation: Orientation,
}

/// A whole file: pages of equal size and type.
#[derive(Debug)]
pub(crate) struct Picture {
    pub format: Format,
    pub sample_type: SampleType,
    pub bits: u8,
    pub colour: Colour,
    /// Whether 0 stands for white; the samples are as stored.
    pub white_is_zero: bool,
    pub notes: Vec<String>,
    pub pages: Vec<Page>,
    /// What there was to choose from.
    pub parts: Parts,
    /// Millimetres between planes, rows and columns, where the file says so.
    pub spacing: Option<[f64; 3]>,
}

impl Page {
    /// Checks what the arranging code relies on, so that it may index: sizes above 0 and as many samples as they say.
    pub(crate) fn check(&self, format: Format, channels: usize) -> Result<(), Error> {
        let expected = self
            .rows
            .checked_mul(self.columns)
            .and_then(|pixels| pixels.checked_mul(self.samples_per_pixel));
        if self.rows == 0
            || self.columns == 0
            || self.samples_per_pixel < channels
            || expected != Some(self.samples.len())
        {
            return Err(Error::damaged(
                format,
                "the number of samples does not fit the image's size",
            ));
        }
        Ok(())
    }
}
