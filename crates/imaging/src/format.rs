//! The file formats.

use std::fmt;

use serde::{Deserialize, Serialize};

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
    /// Nearly Raw Raster Data, attached or detached.
    Nrrd,
    /// MetaImage of ITK, `.mha` or `.mhd` with its samples beside it.
    MetaImage,
    /// FreeSurfer's MGH and MGZ.
    Mgh,
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
            Self::MetaImage => "MetaImage",
            Self::Mgh => "MGH",
        })
    }
}
