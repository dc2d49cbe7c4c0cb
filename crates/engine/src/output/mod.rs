//! The files that a visitor saves and that `penumbra predict` writes, byte for byte the same.

mod bids;
mod dicom;
mod picture;

pub use picture::overlay_png;

use imaging::encode::{Segment, Space, nifti_map, nifti_mask, nrrd_segmentation};
use imaging::{Format, Volume};

use crate::{Error, Manifest, MapResult, Segmentation};

/// A file format for results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// Portable Network Graphics: masks of pictures.
    Png,
    /// TIFF, one page per plane: masks in 8 bits, maps in 32-bit floats.
    Tiff,
    /// NIfTI-1, compressed, in the image's own geometry and with its header where it is NIfTI.
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

impl FileFormat {
    /// The format in words.
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

    const fn media_type(self) -> &'static str {
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

/// A file to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// What follows the image's stem in its name, such as `_seg.nii.gz`.
    pub suffix: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The formats that an image's mask can be saved in, the usual one first: PNG for pictures, NIfTI for volumes.
#[must_use]
pub fn mask_formats(volume: &Volume) -> Vec<FileFormat> {
    let mut formats = Vec::new();
    if is_picture(volume) {
        formats.push(FileFormat::Png);
    }
    formats.extend([FileFormat::Nifti, FileFormat::Nrrd, FileFormat::Tiff]);
    if dicom::source_of(volume).is_some() {
        formats.push(FileFormat::DicomSegmentation);
    }
    formats.push(FileFormat::Bids);
    formats
}

/// The formats that an image's maps can be saved in, the usual one first: TIFF for pictures, NIfTI for volumes.
#[must_use]
pub fn map_formats(volume: &Volume) -> Vec<FileFormat> {
    let mut formats = if is_picture(volume) {
        vec![FileFormat::Tiff, FileFormat::Nifti]
    } else {
        vec![FileFormat::Nifti, FileFormat::Tiff]
    };
    if dicom::source_of(volume).is_some() {
        formats.push(FileFormat::DicomParametricMap);
    }
    formats.push(FileFormat::Bids);
    formats
}

/// Whether an image is one plane of a format for pictures, or of DICOM. A NIfTI file keeps its format.
fn is_picture(volume: &Volume) -> bool {
    volume.shape[0] == 1 && volume.provenance.format != Format::Nifti
}

/// The stem of the results' names: that of the file without its ending (`.nii.gz` and `.ome.tif` count as one), or the
/// folder's name where there are several files in one.
#[must_use]
pub fn stem(names: &[String]) -> String {
    let first = names.first().map_or("", String::as_str);
    let mut parts = first.rsplit(['/', '\\']);
    let base = parts.next().unwrap_or_default();
    if let (Some(folder), true) = (parts.next(), names.len() > 1) {
        return folder.to_owned();
    }
    imaging::stem(base)
}

/// What files are made from.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The model.
    pub manifest: &'a Manifest,
    /// The image; its voxels are not needed.
    pub volume: &'a Volume,
    /// The result.
    pub result: &'a Segmentation,
    /// Names of the image's files, for the names and the sidecar of BIDS.
    pub names: &'a [String],
    /// Local time as RFC 3339 has it, such as `2026-11-26T12:34:56`, for DICOM.
    pub moment: &'a str,
}

impl Context<'_> {
    fn stem(&self) -> String {
        stem(self.names)
    }

    /// The mask as a file.
    ///
    /// # Errors
    /// [`Error::FileFormat`] for a format of maps, [`imaging::Error::NotDicom`] for DICOM where the image is none, and those of
    /// the encoders.
    pub fn mask(&self, format: FileFormat) -> Result<OutputFile, Error> {
        let (suffix, bytes) = match format {
            FileFormat::Png => ("_seg.png", picture::mask_png(self)?),
            FileFormat::Tiff => ("_seg.tif", picture::mask_tiff(self)?),
            FileFormat::Nifti => ("_seg.nii.gz", self.mask_nifti()?),
            FileFormat::Nrrd => (".seg.nrrd", self.mask_nrrd()?),
            FileFormat::DicomSegmentation => ("_seg.dcm", dicom::mask(self)?),
            FileFormat::Bids => (
                "_desc-segwithu_dseg.zip",
                bids::mask(self, &self.mask_nifti()?)?,
            ),
            FileFormat::DicomParametricMap => {
                return Err(self.refused("a mask", format, &mask_formats(self.volume)));
            }
        };
        Ok(OutputFile {
            suffix: suffix.to_owned(),
            media_type: format.media_type(),
            bytes,
        })
    }

    /// A map as a file.
    ///
    /// # Errors
    /// [`Error::FileFormat`] for a format of masks, [`imaging::Error::NotDicom`] for DICOM where the image is none, and those of
    /// the encoders.
    pub fn map(&self, map: &MapResult, format: FileFormat) -> Result<OutputFile, Error> {
        let name = map.kind.name();
        let (suffix, bytes) = match format {
            FileFormat::Tiff => (format!("_{name}.tif"), picture::map_tiff(self, map)?),
            FileFormat::Nifti => (format!("_{name}.nii.gz"), self.map_nifti(map)?),
            FileFormat::DicomParametricMap => (format!("_{name}.dcm"), dicom::map(self, map)?),
            FileFormat::Bids => (
                format!("_desc-segwithu{name}_probseg.zip"),
                bids::map(self, map, &self.map_nifti(map)?)?,
            ),
            FileFormat::Png | FileFormat::Nrrd | FileFormat::DicomSegmentation => {
                return Err(self.refused("a map", format, &map_formats(self.volume)));
            }
        };
        Ok(OutputFile {
            suffix,
            media_type: format.media_type(),
            bytes,
        })
    }

    fn mask_nifti(&self) -> Result<Vec<u8>, Error> {
        Ok(nifti_mask(&self.result.labels, &Space::of(self.volume))?)
    }

    fn map_nifti(&self, map: &MapResult) -> Result<Vec<u8>, Error> {
        Ok(nifti_map(&map.values, &Space::of(self.volume))?)
    }

    fn mask_nrrd(&self) -> Result<Vec<u8>, Error> {
        let segments: Vec<Segment<'_>> = self
            .manifest
            .classes
            .iter()
            .skip(1)
            .map(|class| Segment {
                label: class.id,
                name: &class.name,
                colour: class.colour,
            })
            .collect();
        let space = Space::of(self.volume);
        Ok(nrrd_segmentation(&self.result.labels, &space, &segments)?)
    }

    fn refused(&self, what: &'static str, format: FileFormat, instead: &[FileFormat]) -> Error {
        let names: Vec<_> = instead.iter().map(|format| format.name()).collect();
        Error::FileFormat {
            what,
            format: format.name(),
            instead: names.join(", "),
        }
    }
}
