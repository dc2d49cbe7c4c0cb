//! The files that a visitor saves and that `penumbra predict` writes, byte for byte the same.

mod bids;
mod dicom;
mod picture;

pub use picture::overlay_png;

use imaging::encode::{Segment, Space, nifti_map, nifti_mask, nrrd_segmentation};
use imaging::{Format, Volume};
use vocabulary::ExportFormat;

use crate::{Error, Manifest, MapResult, Segmentation};

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
pub fn mask_formats(volume: &Volume) -> Vec<ExportFormat> {
    let mut formats = Vec::new();
    if is_picture(volume) {
        formats.push(ExportFormat::Png);
    }
    formats.extend([ExportFormat::Nifti, ExportFormat::Nrrd, ExportFormat::Tiff]);
    if dicom::source_of(volume).is_some() {
        formats.push(ExportFormat::DicomSegmentation);
    }
    formats.push(ExportFormat::Bids);
    formats
}

/// The formats that an image's maps can be saved in, the usual one first: TIFF for pictures, NIfTI for volumes.
#[must_use]
pub fn map_formats(volume: &Volume) -> Vec<ExportFormat> {
    let mut formats = if is_picture(volume) {
        vec![ExportFormat::Tiff, ExportFormat::Nifti]
    } else {
        vec![ExportFormat::Nifti, ExportFormat::Tiff]
    };
    if dicom::source_of(volume).is_some() {
        formats.push(ExportFormat::DicomParametricMap);
    }
    formats.push(ExportFormat::Bids);
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
    pub fn mask(&self, format: ExportFormat) -> Result<OutputFile, Error> {
        let (suffix, bytes) = match format {
            ExportFormat::Png => ("_seg.png", picture::mask_png(self)?),
            ExportFormat::Tiff => ("_seg.tif", picture::mask_tiff(self)?),
            ExportFormat::Nifti => ("_seg.nii.gz", self.mask_nifti()?),
            ExportFormat::Nrrd => (".seg.nrrd", self.mask_nrrd()?),
            ExportFormat::DicomSegmentation => ("_seg.dcm", dicom::mask(self)?),
            ExportFormat::Bids => (
                "_desc-segwithu_dseg.zip",
                bids::mask(self, &self.mask_nifti()?)?,
            ),
            ExportFormat::DicomParametricMap => {
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
    pub fn map(&self, map: &MapResult, format: ExportFormat) -> Result<OutputFile, Error> {
        let name = map.kind.name();
        let (suffix, bytes) = match format {
            ExportFormat::Tiff => (format!("_{name}.tif"), picture::map_tiff(self, map)?),
            ExportFormat::Nifti => (format!("_{name}.nii.gz"), self.map_nifti(map)?),
            ExportFormat::DicomParametricMap => (format!("_{name}.dcm"), dicom::map(self, map)?),
            ExportFormat::Bids => (
                format!("_desc-segwithu{name}_probseg.zip"),
                bids::map(self, map, &self.map_nifti(map)?)?,
            ),
            ExportFormat::Png | ExportFormat::Nrrd | ExportFormat::DicomSegmentation => {
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

    fn refused(&self, what: &'static str, format: ExportFormat, instead: &[ExportFormat]) -> Error {
        let names: Vec<_> = instead.iter().map(|format| format.name()).collect();
        Error::FileFormat {
            what,
            format: format.name(),
            instead: names.join(", "),
        }
    }
}
