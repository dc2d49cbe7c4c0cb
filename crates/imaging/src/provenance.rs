//! What is known of a file beyond its voxels.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::stored::StoredValues;

/// A file format, found by a file's first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Format {
    /// Portable Network Graphics (ISO/IEC 15948).
    Png,
    /// JPEG (ITU-T T.81), baseline and progressive.
    Jpeg,
    /// Tagged Image File Format 6.0 and BigTIFF.
    Tiff,
    /// Windows bitmap.
    Bmp,
    /// Graphics Interchange Format, first frame.
    Gif,
    /// WebP (RFC 9649), lossy and lossless, first frame.
    WebP,
    /// Digital Imaging and Communications in Medicine (PS3.10 files).
    Dicom,
    /// NIfTI-1 and NIfTI-2, one file or a pair, compressed or not, first volume of a series.
    Nifti,
    /// Nearly Raw Raster Data, which is only written.
    Nrrd,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Tiff => "TIFF",
            Self::Bmp => "BMP",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
            Self::Dicom => "DICOM",
            Self::Nifti => "NIfTI",
            Self::Nrrd => "NRRD",
        })
    }
}

/// The type of a sample as the file stores it. Sub-byte samples count as [`SampleType::Uint8`]; see
/// [`Provenance::bits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it")]
pub enum SampleType {
    Uint8,
    Int8,
    Uint16,
    Int16,
    Uint32,
    Int32,
    Uint64,
    Int64,
    Float16,
    Float32,
    Float64,
}

impl SampleType {
    /// The type's name as in NumPy: `"uint8"`, `"float32"`, ...
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uint8 => "uint8",
            Self::Int8 => "int8",
            Self::Uint16 => "uint16",
            Self::Int16 => "int16",
            Self::Uint32 => "uint32",
            Self::Int32 => "int32",
            Self::Uint64 => "uint64",
            Self::Int64 => "int64",
            Self::Float16 => "float16",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
        }
    }

    /// Bytes of one sample, 1 to 8.
    pub fn bytes(self) -> usize {
        match self {
            Self::Uint8 | Self::Int8 => 1,
            Self::Uint16 | Self::Int16 | Self::Float16 => 2,
            Self::Uint32 | Self::Int32 | Self::Float32 => 4,
            Self::Uint64 | Self::Int64 | Self::Float64 => 8,
        }
    }

    /// Whether the samples are floating-point numbers.
    pub fn is_float(self) -> bool {
        matches!(self, Self::Float16 | Self::Float32 | Self::Float64)
    }

    /// Whether the samples are integers that are never negative.
    pub fn is_unsigned(self) -> bool {
        matches!(
            self,
            Self::Uint8 | Self::Uint16 | Self::Uint32 | Self::Uint64
        )
    }

    /// Whether some value of the type is lost in a 32-bit float (24 bits of mantissa).
    pub fn exceeds_f32(self) -> bool {
        matches!(
            self,
            Self::Uint32 | Self::Int32 | Self::Uint64 | Self::Int64 | Self::Float64
        )
    }
}

impl fmt::Display for SampleType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How the file stores colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    /// One grey value per pixel, black at 0 (an inverted scale is already put right).
    Grey,
    /// Red, green and blue (JPEG's YCbCr and CMYK are already converted).
    Rgb,
    /// An index into a table of colours. A table of greys only makes a grey volume.
    Palette,
}

/// Where a volume comes from and what was done to the file's samples on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Provenance {
    /// The file's format.
    pub format: Format,
    /// The type of the file's samples.
    pub sample_type: SampleType,
    /// Bits of one sample, 1 to 64.
    pub bits: u8,
    /// The file's colour model.
    pub colour: Colour,
    /// Set where the file says that 0 is white: the voxels are this value (the largest of the type; -1, the smallest plus
    /// the largest, for signed samples) less the stored samples, so that 0 is black.
    pub inverted_from: Option<f32>,
    /// One sentence for each thing that was left out or changed: a dropped alpha channel, a rotation, a wrong name.
    pub notes: Vec<String>,
    pub(crate) display_range: [f32; 2],
    pub(crate) stored: StoredValues,
}

impl Provenance {
    /// Format, depth and colour in words: `"PNG, 16-bit grey"`, `"TIFF, 32-bit float grey"`.
    pub fn description(&self) -> String {
        let colour = match self.colour {
            Colour::Grey => "grey",
            Colour::Rgb => "RGB",
            Colour::Palette => "palette",
        };
        let kind = match self.sample_type {
            t if t.is_float() => "float ",
            SampleType::Int8 | SampleType::Int16 | SampleType::Int32 | SampleType::Int64 => {
                "signed "
            }
            _ => "",
        };
        format!("{}, {}-bit {kind}{colour}", self.format, self.bits)
    }

    /// The values to show as black and as white when nothing else is asked for, low before high.
    ///
    /// The window that the file asks for, if it does (DICOM). Else, for samples of at most 8 bits and for 16-bit colour the whole range of the type (0 to 255 for 8 bits); else the
    /// smallest and largest finite voxel, because a 12-bit picture in a 16-bit file would otherwise be black.
    pub fn display_range(&self) -> [f32; 2] {
        self.display_range
    }
}
