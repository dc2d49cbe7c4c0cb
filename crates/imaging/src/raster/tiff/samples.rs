//! Samples of 1 to 64 bits, packed in rows, and the predictions that are undone before they are read.

use crate::memory::reserve;
use crate::sample::Samples;
use crate::{Error, Format, SampleType};

/// What one sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SampleKind {
    /// 1 to 64.
    pub bits: u8,
    pub encoding: Encoding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Unsigned,
    Signed,
    Float,
}

impl SampleKind {
    /// By BitsPerSample and SampleFormat (339).
    pub(super) fn new(bits: u64, format: u64) -> Result<Self, Error> {
        let encoding = match format {
            2 => Encoding::Signed,
            3 => Encoding::Float,
            5 | 6 => return Err(Error::unsupported(Format::Tiff, "complex numbers")),
            _ => Encoding::Unsigned,
        };
        let is_known = match encoding {
            Encoding::Unsigned => matches!(bits, 1..=16 | 24 | 32 | 64),
            Encoding::Signed => matches!(bits, 8 | 16 | 32 | 64),
            Encoding::Float => matches!(bits, 16 | 24 | 32 | 64),
        };
        if !is_known {
            let what = match encoding {
                Encoding::Unsigned => format!("samples of {bits} bits"),
                Encoding::Signed => format!("samples of {bits} bits with a sign"),
                Encoding::Float => format!("floating-point samples of {bits} bits"),
            };
            return Err(Error::unsupported(Format::Tiff, what));
        }
        Ok(Self {
            bits: bits as u8,
            encoding,
        })
    }

    pub(super) fn sample_type(self) -> SampleType {
        match (self.encoding, self.bits) {
            (Encoding::Unsigned, 1..=8) => SampleType::Uint8,
            (Encoding::Unsigned, 9..=16) => SampleType::Uint16,
            (Encoding::Unsigned, 17..=32) => SampleType::Uint32,
            (Encoding::Unsigned, _) => SampleType::Uint64,
            (Encoding::Signed, 8) => SampleType::Int8,
            (Encoding::Signed, 16) => SampleType::Int16,
            (Encoding::Signed, 32) => SampleType::Int32,
            (Encoding::Signed, _) => SampleType::Int64,
            (Encoding::Float, 16) => SampleType::Float16,
            (Encoding::Float, 24 | 32) => SampleType::Float32,
            (Encoding::Float, _) => SampleType::Float64,
        }
    }

    /// Bytes of a row of `count` samples.
    pub(super) fn row_bytes(self, count: usize) -> Option<usize> {
        Some(count.checked_mul(usize::from(self.bits))?.div_ceil(8))
    }

    /// Room for `count` samples.
    pub(super) fn room(self, count: usize) -> Result<Samples, Error> {
        Ok(match self.sample_type() {
            SampleType::Uint8 => Samples::U8(crate::memory::allocate(count, 0)?),
            SampleType::Uint16 => Samples::U16(crate::memory::allocate(count, 0)?),
            SampleType::Int8
            | SampleType::Int16
            | SampleType::Uint32
            | SampleType::Int32
            | SampleType::Uint64
            | SampleType::Int64
            | SampleType::Float16
            | SampleType::Float32
            | SampleType::Float64 => Samples::F32(crate::memory::allocate(count, 0.0)?),
        })
    }

    /// Puts the first samples of a packed row, as many as there is room for between `from` and `to`.
    pub(super) fn place(
        self,
        row: &[u8],
        big_endian: bool,
        target: &mut Samples,
        (from, to): (usize, usize),
    ) {
        match target {
            Samples::U8(target) => {
                let target = target.get_mut(from..to).unwrap_or_default();
                if self.bits == 8 {
                    target
                        .iter_mut()
                        .zip(row)
                        .for_each(|(to, &byte)| *to = byte);
                } else {
                    for (index, sample) in target.iter_mut().enumerate() {
                        *sample = packed_bits(row, index, self.bits) as u8;
                    }
                }
            }
            Samples::U16(target) => {
                let target = target.get_mut(from..to).unwrap_or_default();
                if self.bits == 16 {
                    for (sample, &pair) in target.iter_mut().zip(row.as_chunks::<2>().0) {
                        *sample = if big_endian {
                            u16::from_be_bytes(pair)
                        } else {
                            u16::from_le_bytes(pair)
                        };
                    }
                } else {
                    for (index, sample) in target.iter_mut().enumerate() {
                        *sample = packed_bits(row, index, self.bits) as u16;
                    }
                }
            }
            Samples::F32(target) => {
                let target = target.get_mut(from..to).unwrap_or_default();
                let bytes = usize::from(self.bits) / 8;
                for (sample, field) in target.iter_mut().zip(row.chunks_exact(bytes.max(1))) {
                    let append = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
                    let word = if big_endian {
                        field.iter().fold(0, append)
                    } else {
                        field.iter().rev().fold(0, append)
                    };
                    *sample = self.value(word);
                }
            }
        }
    }

    /// The number that whole bytes stand for, as a 32-bit float.
    fn value(self, word: u64) -> f32 {
        match (self.encoding, self.bits) {
            (Encoding::Unsigned, _) => word as f32,
            (Encoding::Signed, bits) => {
                let spare = 64 - u32::from(bits);
                ((word << spare).cast_signed() >> spare) as f32
            }
            (Encoding::Float, 16) => half(word as u16),
            (Encoding::Float, 24) => three_bytes(word as u32),
            (Encoding::Float, 32) => f32::from_bits(word as u32),
            (Encoding::Float, _) => f64::from_bits(word) as f32,
        }
    }
}

/// The `index`th sample of `bits` (1 to 16), most significant bit first.
fn packed_bits(row: &[u8], index: usize, bits: u8) -> u32 {
    let start = index * usize::from(bits);
    let window = (0..3).fold(0_u32, |window, byte| {
        window << 8 | u32::from(row.get(start / 8 + byte).copied().unwrap_or(0))
    });
    let spare = 24 - (start % 8) as u32 - u32::from(bits);
    window >> spare & ((1 << bits) - 1)
}

/// IEEE 754 binary16.
fn half(word: u16) -> f32 {
    let sign = if word & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(word >> 10 & 31), f32::from(word & 1023));
    sign * match exponent {
        0 => fraction * 2.0_f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1024.0 + fraction) * 2.0_f32.powi(exponent - 25),
    }
}

/// Adobe's 24-bit float: a sign, 7 bits of exponent and 16 of fraction (TIFF Technical Note 3).
fn three_bytes(word: u32) -> f32 {
    let sign = if word & 0x80_0000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = ((word >> 16 & 127).cast_signed(), (word & 0xFFFF) as f32);
    sign * match exponent {
        0 => fraction * 2.0_f32.powi(-78),
        127 if fraction == 0.0 => f32::INFINITY,
        127 => f32::NAN,
        _ => (65536.0 + fraction) * 2.0_f32.powi(exponent - 79),
    }
}

/// Undoes the prediction (TIFF 6.0 section 14 and Technical Note 3) of rows of `stride` bytes with `step` samples for
/// each pixel.
pub(super) fn unpredict(
    bytes: &mut [u8],
    predictor: u64,
    kind: SampleKind,
    stride: usize,
    step: usize,
    big_endian: bool,
) -> Result<(), Error> {
    if predictor <= 1 || stride == 0 || step == 0 {
        return Ok(());
    }
    let width = usize::from(kind.bits) / 8;
    if !kind.bits.is_multiple_of(8) || !matches!(predictor, 2 | 3) {
        let what = format!(
            "the prediction {predictor} of samples of {} bits",
            kind.bits
        );
        return Err(Error::unsupported(Format::Tiff, what));
    }
    for row in bytes.chunks_mut(stride) {
        if predictor == 2 {
            accumulate(row, width, step, big_endian);
        } else {
            floating(row, width, step, big_endian)?;
        }
    }
    Ok(())
}

/// Adds to each sample that of the pixel before.
fn accumulate(row: &mut [u8], width: usize, step: usize, big_endian: bool) {
    let distance = width * step;
    for start in (distance..row.len()).step_by(width) {
        let mut carry = 0_u16;
        for place in 0..width {
            let place = if big_endian { width - 1 - place } else { place };
            let before = row.get(start - distance + place).copied().unwrap_or(0);
            if let Some(byte) = row.get_mut(start + place) {
                let sum = u16::from(*byte) + u16::from(before) + carry;
                *byte = sum as u8;
                carry = sum >> 8;
            }
        }
    }
}

/// Bytes are differences, those of equal significance stand together, the most significant ones first.
fn floating(row: &mut [u8], width: usize, step: usize, big_endian: bool) -> Result<(), Error> {
    for place in step..row.len() {
        let before = row.get(place - step).copied().unwrap_or(0);
        if let Some(byte) = row.get_mut(place) {
            *byte = byte.wrapping_add(before);
        }
    }
    let count = row.len() / width.max(1);
    let mut sorted: Vec<u8> = reserve(row.len())?;
    for sample in 0..count {
        for place in 0..width {
            let place = if big_endian { place } else { width - 1 - place };
            sorted.push(row.get(place * count + sample).copied().unwrap_or(0));
        }
    }
    row.iter_mut().zip(sorted).for_each(|(to, byte)| *to = byte);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{SampleKind, half, packed_bits, three_bytes, unpredict};

    #[test]
    fn twelve_bits_are_packed_without_gaps() {
        let row = [0x12, 0x3A, 0xBC];
        assert_eq!(
            [0, 1].map(|index| packed_bits(&row, index, 12)),
            [0x123, 0xABC]
        );
        assert_eq!(packed_bits(&[0b0110_0000], 1, 2), 0b10);
    }

    #[test]
    fn short_floats() {
        assert_eq!(
            [0x3C00, 0xC000, 0x0001, 0x7C00].map(half),
            [1.0, -2.0, 2.0_f32.powi(-24), f32::INFINITY]
        );
        assert_eq!([0x3F_0000, 0xC0_8000].map(three_bytes), [1.0, -3.0]);
    }

    #[test]
    fn predictions_are_undone_in_both_byte_orders() {
        let kind = SampleKind::new(16, 1).unwrap();
        let mut little = [0xFF, 0x00, 0x01, 0x00];
        unpredict(&mut little, 2, kind, 4, 1, false).unwrap();
        assert_eq!(little, [0xFF, 0x00, 0x00, 0x01]);
        let mut big = [0x00, 0xFF, 0x00, 0x01];
        unpredict(&mut big, 2, kind, 4, 1, true).unwrap();
        assert_eq!(big, [0x00, 0xFF, 0x01, 0x00]);
        // 1.0 and 2.0: bytes 3F 40 | 80 00 | 00 00 | 00 00 as differences.
        let mut floats = [0x3F, 0x01, 0x40, 0x80, 0x00, 0x00, 0x00, 0x00];
        unpredict(&mut floats, 3, SampleKind::new(32, 3).unwrap(), 8, 1, true).unwrap();
        assert_eq!(floats, [0x3F, 0x80, 0, 0, 0x40, 0, 0, 0]);
    }
}
