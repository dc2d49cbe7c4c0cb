//! Which formats an image's results can be saved in.

use imaging::dicom::SourceSeries;
use imaging::{Format, SourceHeader, Volume};
use vocabulary::ExportFormat;

/// The formats that an image's mask can be saved in, the usual one first: PNG for pictures, NIfTI for volumes.
#[must_use]
pub fn mask_formats(volume: &Volume) -> Vec<ExportFormat> {
    let mut formats = Vec::new();
    if is_picture(volume) {
        formats.push(ExportFormat::Png);
    }
    formats.extend([ExportFormat::Nifti, ExportFormat::Nrrd, ExportFormat::Tiff]);
    if source_of(volume).is_some() {
        formats.push(ExportFormat::DicomSegmentation);
    }
    formats.push(ExportFormat::Bids);
    formats
}

/// The formats that an image's maps can be saved in, the usual one first: TIFF for pictures, NIfTI for volumes.
#[must_use]
pub fn map_formats(volume: &Volume) -> Vec<ExportFormat> {
    let mut formats = probability_formats(volume);
    if source_of(volume).is_some() {
        formats.push(ExportFormat::DicomParametricMap);
    }
    formats.push(ExportFormat::Bids);
    formats
}

/// The formats that the probabilities of an image's classes can be saved in, the usual one first: TIFF for pictures, NIfTI
/// for volumes.
#[must_use]
pub fn probability_formats(volume: &Volume) -> Vec<ExportFormat> {
    if is_picture(volume) {
        vec![ExportFormat::Tiff, ExportFormat::Nifti]
    } else {
        vec![ExportFormat::Nifti, ExportFormat::Tiff]
    }
}

/// Whether an image is one plane of a format for pictures, or of DICOM. A NIfTI file keeps its format.
fn is_picture(volume: &Volume) -> bool {
    volume.shape[0] == 1 && volume.provenance.format != Format::Nifti
}

/// The series that an image comes from, where it is DICOM.
pub(super) fn source_of(volume: &Volume) -> Option<&SourceSeries> {
    if let Some(SourceHeader::Dicom(series)) = &volume.source {
        Some(series)
    } else {
        None
    }
}
