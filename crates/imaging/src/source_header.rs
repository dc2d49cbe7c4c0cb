//! What is kept of the file, so that results can be written beside it.

use crate::NiftiHeader;
use crate::dicom::SourceSeries;

/// The description of where a volume comes from that its own format needs to refer to it, beyond voxels and geometry.
///
/// It may hold patient data: never print it, never send it anywhere, write it only into files the user asks for.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SourceHeader {
    /// The DICOM series, one entry for each plane.
    Dicom(Box<SourceSeries>),
    /// The header of the NIfTI file.
    Nifti(Box<NiftiHeader>),
}
