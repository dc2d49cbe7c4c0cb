//! The formats that results are saved in.

use serde::{Deserialize, Serialize};

/// A format that results are saved in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExportFormat {
    /// Portable Network Graphics: masks of pictures.
    Png,
    /// TIFF, one page per plane: masks in 8 bits, maps in 32-bit floats.
    Tiff,
    /// NIfTI-1, compressed, in the image's own geometry and with its header where the image is NIfTI.
    Nifti,
    /// NRRD segmentation of 3D Slicer: masks.
    Nrrd,
    /// DICOM Segmentation: masks of DICOM images.
    DicomSegmentation,
    /// DICOM Parametric Map: maps of DICOM images.
    DicomParametricMap,
    /// A zip of NIfTI and JSON sidecar under names of BIDS derivatives.
    Bids,
}

impl ExportFormat {
    /// All formats.
    pub const ALL: [Self; 7] = [
        Self::Png,
        Self::Tiff,
        Self::Nifti,
        Self::Nrrd,
        Self::DicomSegmentation,
        Self::DicomParametricMap,
        Self::Bids,
    ];

    /// The format's own name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Tiff => "TIFF",
            Self::Nifti => "NIfTI",
            Self::Nrrd => "NRRD",
            Self::DicomSegmentation => "DICOM Segmentation",
            Self::DicomParametricMap => "DICOM Parametric Map",
            Self::Bids => "BIDS",
        }
    }

    /// Media type of such a file.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Tiff => "image/tiff",
            Self::Nifti => "application/gzip",
            Self::Nrrd => "application/octet-stream",
            Self::DicomSegmentation | Self::DicomParametricMap => "application/dicom",
            Self::Bids => "application/zip",
        }
    }
}
