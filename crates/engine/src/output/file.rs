//! Masks and maps as files.

use imaging::encode::{Segment, Space, nrrd_segmentation, tiff_f32_channels};
use vocabulary::ExportFormat;

use super::context::Context;
use super::formats::{map_formats, mask_formats, probability_formats};
use super::{bids, dicom, nifti, raster};
use crate::{Error, MapResult};

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

impl Context<'_> {
    /// The mask as a file: the corrected one where there is one, which its name says.
    ///
    /// # Errors
    /// [`Error::FileFormat`] for a format of maps, [`imaging::Error::NotDicom`] for DICOM where the image is none,
    /// [`Error::CorrectedSize`] and [`Error::CorrectedClass`] for a corrected mask that is not of this result, and those of
    /// the encoders.
    pub fn mask(&self, format: ExportFormat) -> Result<OutputFile, Error> {
        self.check_corrected()?;
        let (suffix, bytes) = match format {
            ExportFormat::Png => ("_seg.png", raster::mask_png(self)?),
            ExportFormat::Tiff => ("_seg.tif", raster::mask_tiff(self)?),
            ExportFormat::Nifti => ("_seg.nii.gz", self.mask_nifti()?),
            ExportFormat::Nrrd => (".seg.nrrd", self.mask_nrrd()?),
            ExportFormat::DicomSegmentation => ("_seg.dcm", dicom::mask(self)?),
            ExportFormat::Bids => {
                let suffix = if self.corrected.is_some() {
                    "_desc-corrected_dseg.zip"
                } else {
                    "_desc-segwithu_dseg.zip"
                };
                (suffix, bids::mask(self, &self.mask_nifti()?)?)
            }
            ExportFormat::DicomParametricMap => {
                return Err(self.refused("a mask", format, &mask_formats(self.volume)));
            }
        };
        // Names of BIDS say it in a place of their own.
        let mark = if self.corrected.is_some() && format != ExportFormat::Bids {
            "_corrected"
        } else {
            ""
        };
        Ok(OutputFile {
            suffix: format!("{mark}{suffix}"),
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
            ExportFormat::Tiff => (format!("_{name}.tif"), raster::map_tiff(self, map)?),
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

    /// The tempered probabilities of all classes as a file of 32-bit floats: one channel (TIFF) or one step of the fourth
    /// axis (NIfTI) for every class, background first, summing to 1.
    ///
    /// # Errors
    /// [`Error::FileFormat`] for any other format, and those of the encoders.
    pub fn probability(&self, format: ExportFormat) -> Result<OutputFile, Error> {
        let classes = self.manifest.classes.len();
        let values = || self.result.probabilities(true);
        let (suffix, bytes) = match format {
            ExportFormat::Tiff => (
                "_probability.tif",
                tiff_f32_channels(&values(), classes, self.result.shape)?,
            ),
            ExportFormat::Nifti => (
                "_probability.nii.gz",
                nifti::probabilities(self.volume, &values(), classes)?,
            ),
            ExportFormat::Png
            | ExportFormat::Nrrd
            | ExportFormat::DicomSegmentation
            | ExportFormat::DicomParametricMap
            | ExportFormat::Bids => {
                let instead = probability_formats(self.volume);
                return Err(self.refused("probabilities of several classes", format, &instead));
            }
        };
        Ok(OutputFile {
            suffix: suffix.to_owned(),
            media_type: format.media_type(),
            bytes,
        })
    }

    fn mask_nifti(&self) -> Result<Vec<u8>, Error> {
        nifti::mask(self.volume, self.labels())
    }

    fn map_nifti(&self, map: &MapResult) -> Result<Vec<u8>, Error> {
        nifti::map(self.volume, &map.values)
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
        Ok(nrrd_segmentation(self.labels(), &space, &segments)?)
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
