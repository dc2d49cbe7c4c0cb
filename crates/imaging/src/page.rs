//! What a decoder hands over: one page of samples, not yet arranged.

use crate::orientation::Orientation;
use crate::{Colour, Error, Format, SampleType};

/// Samples as the file stores them, or the next wider type that holds them exactly (64-bit types excepted).
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Samples {
    U8(Vec<u8>),
    U16(Vec<u16>),
    F32(Vec<f32>),
}

impl Samples {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::U8(values) => values.len(),
            Self::U16(values) => values.len(),
            Self::F32(values) => values.len(),
        }
    }
}

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

/// A vector of `length` copies of `value`, or an error where the memory cannot be had: a refused file must not bring
/// down the whole page.
pub(crate) fn allocate<T: Clone>(length: usize, value: T) -> Result<Vec<T>, Error> {
    let mut vector = reserve(length)?;
    vector.resize(length, value);
    Ok(vector)
}

/// An empty vector with room for `length` values, or an error where the memory cannot be had.
pub(crate) fn reserve<T>(length: usize) -> Result<Vec<T>, Error> {
    let mut vector = Vec::new();
    let bytes = (length as u64).saturating_mul(size_of::<T>() as u64);
    vector
        .try_reserve_exact(length)
        .map_err(|_| Error::OutOfMemory { bytes })?;
    Ok(vector)
}

/// Unpacks rows of 1-, 2- or 4-bit samples, first sample in the high bits, each row padded to whole bytes.
pub(crate) fn unpack(
    packed: &[u8],
    bits: u8,
    per_row: usize,
    rows: usize,
) -> Result<Vec<u8>, Error> {
    let mut samples = allocate(per_row.saturating_mul(rows), 0_u8)?;
    let bits = usize::from(bits.clamp(1, 8));
    let stride = per_row.saturating_mul(bits).div_ceil(8);
    let mask = (0xFF_u16 >> (8 - bits)) as u8;
    if stride == 0 {
        return Ok(samples);
    }
    for (row, line) in samples
        .chunks_exact_mut(per_row.max(1))
        .zip(packed.chunks(stride))
    {
        for (index, sample) in row.iter_mut().enumerate() {
            let bit = index * bits;
            let byte = line.get(bit / 8).copied().unwrap_or(0);
            *sample = (byte >> (8 - bits - bit % 8)) & mask;
        }
    }
    Ok(samples)
}
