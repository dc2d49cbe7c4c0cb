//! The types of voxels.

use crate::{Error, Format, SampleType};

/// A type of voxels that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DataType {
    /// One number.
    Number(SampleType),
    /// A complex number, real before imaginary part; its magnitude is read.
    Complex(SampleType),
    /// Red, green and blue, one byte each, together.
    Rgb24,
    /// Red, green, blue and alpha, one byte each, together.
    Rgba32,
}

impl DataType {
    /// The type of a `datatype` code.
    pub(crate) fn from_code(code: i32) -> Result<Self, Error> {
        let what = match code {
            2 => return Ok(Self::Number(SampleType::Uint8)),
            4 => return Ok(Self::Number(SampleType::Int16)),
            8 => return Ok(Self::Number(SampleType::Int32)),
            16 => return Ok(Self::Number(SampleType::Float32)),
            64 => return Ok(Self::Number(SampleType::Float64)),
            128 => return Ok(Self::Rgb24),
            256 => return Ok(Self::Number(SampleType::Int8)),
            512 => return Ok(Self::Number(SampleType::Uint16)),
            768 => return Ok(Self::Number(SampleType::Uint32)),
            1024 => return Ok(Self::Number(SampleType::Int64)),
            1280 => return Ok(Self::Number(SampleType::Uint64)),
            2304 => return Ok(Self::Rgba32),
            32 => return Ok(Self::Complex(SampleType::Float32)),
            1792 => return Ok(Self::Complex(SampleType::Float64)),
            1 => "one-bit voxels (datatype 1)".to_owned(),
            2048 => "complex voxels of 128-bit floats (datatype 2048)".to_owned(),
            1536 => "128-bit floats (datatype 1536)".to_owned(),
            _ => format!("voxels of the unknown datatype {code}"),
        };
        Err(Error::unsupported(Format::Nifti, what))
    }

    /// The `datatype` code. 16-bit floats have none; no NIfTI file that was read or made here holds any.
    pub(crate) fn code(self) -> i32 {
        match self {
            Self::Number(SampleType::Uint8) => 2,
            Self::Number(SampleType::Int16) => 4,
            Self::Number(SampleType::Int32) => 8,
            Self::Number(SampleType::Float32) => 16,
            Self::Number(SampleType::Float64) => 64,
            Self::Rgb24 => 128,
            Self::Number(SampleType::Int8) => 256,
            Self::Number(SampleType::Uint16) => 512,
            Self::Number(SampleType::Uint32) => 768,
            Self::Number(SampleType::Int64) => 1024,
            Self::Number(SampleType::Uint64) => 1280,
            Self::Rgba32 => 2304,
            Self::Number(SampleType::Float16) => 0,
            Self::Complex(SampleType::Float64) => 1792,
            Self::Complex(_) => 32,
        }
    }

    /// Bytes of one voxel, 1 to 16.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::Number(number) => number.bytes(),
            Self::Complex(number) => 2 * number.bytes(),
            Self::Rgb24 => 3,
            Self::Rgba32 => 4,
        }
    }

    /// The type of a single sample.
    pub(crate) fn sample_type(self) -> SampleType {
        match self {
            Self::Number(number) | Self::Complex(number) => number,
            Self::Rgb24 | Self::Rgba32 => SampleType::Uint8,
        }
    }

    /// The channels that a voxel keeps: 1, or 3 for colours (alpha is dropped).
    pub(crate) fn channels(self) -> usize {
        match self {
            Self::Number(_) | Self::Complex(_) => 1,
            Self::Rgb24 | Self::Rgba32 => 3,
        }
    }
}
