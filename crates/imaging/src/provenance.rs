//! What is known of a file beyond its voxels.

use serde::{Deserialize, Serialize};

use crate::choice::Parts;
use crate::stored_values::StoredValues;
use crate::{Format, SampleType};

/// The note about a dropped alpha channel.
pub(crate) const ALPHA_DROPPED: &str = "The alpha (transparency) channel was left out.";

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
    /// Time points and channels of the file, and which of them these voxels are.
    pub parts: Parts,
    /// The labels of a segmentation, by the numbers that its voxels hold; empty for images.
    pub segments: Vec<SegmentLabel>,
}

/// A label of a segmentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentLabel {
    /// Its number in the voxels, from 1.
    pub number: u16,
    /// Its name.
    pub name: String,
    /// Its colour, sRGB, if the file recommends one.
    pub colour: Option<[u8; 3]>,
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
            SampleType::Float16 | SampleType::Float32 | SampleType::Float64 => "float ",
            SampleType::Int8 | SampleType::Int16 | SampleType::Int32 | SampleType::Int64 => {
                "signed "
            }
            SampleType::Uint8 | SampleType::Uint16 | SampleType::Uint32 | SampleType::Uint64 => "",
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
