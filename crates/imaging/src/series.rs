//! A picture or a volume among the files that were given, not decoded yet.

use std::sync::Arc;

use crate::dicom::{self, Stack};
use crate::grid_file;
use crate::labels::of_dicom as labels_of_dicom;
use crate::open::guarded;
use crate::{
    Choice, Error, Format, Labels, Limits, NamedBytes, Summary, Volume, nifti, open_labels,
    open_nifti_pair_labels, open_part, summarise, summarise_nifti_pair, summary,
};

/// A picture or a volume, not decoded yet.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Series {
    /// What it is, without names and patient data: `"MR series 3, axial, 41 images of 64 x 52 pixels"`, `"PNG"`.
    pub description: String,
    /// Planes, rows and columns, where they are known without decoding.
    pub shape: Option<[usize; 3]>,
    /// The file's format.
    pub format: Format,
    /// Files that it is made of.
    pub files: usize,
    /// As [`Provenance::notes`](crate::Provenance::notes), as far as they are known without decoding.
    pub notes: Vec<String>,
    pub(crate) content: Content,
}

#[derive(Debug, Clone)]
pub(crate) enum Content {
    Single(Arc<NamedBytes>),
    NiftiPair {
        header: Arc<NamedBytes>,
        image: Arc<NamedBytes>,
    },
    /// A header with its samples in another file.
    Detached {
        header: Arc<NamedBytes>,
        data: Arc<NamedBytes>,
    },
    Dicom {
        stack: Arc<Stack>,
        files: Vec<Arc<NamedBytes>>,
    },
}

impl Series {
    /// Decodes the voxels.
    ///
    /// # Errors
    /// As [`open`](crate::open()).
    pub fn decode(&self, limits: &Limits) -> Result<Volume, Error> {
        self.decode_part(limits, &Choice::default())
    }

    /// Decodes the voxels of the time point and channel that are chosen.
    ///
    /// # Errors
    /// As [`open_part`](crate::open_part()).
    pub fn decode_part(&self, limits: &Limits, choice: &Choice) -> Result<Volume, Error> {
        match &self.content {
            Content::Single(file) => open_part(&file.bytes, &file.name, limits, choice),
            Content::NiftiPair { header, image } => {
                nifti::open_pair_part(&header.bytes, &image.bytes, limits, choice)
            }
            Content::Detached { header, data } => {
                grid_file::open(&header.bytes, &data.bytes, limits, choice)
            }
            Content::Dicom { stack, files } => {
                // Times and channels of DICOM are series of their own.
                choice.of(1, 1)?;
                let bytes: Vec<&[u8]> = files.iter().map(|file| file.bytes.as_slice()).collect();
                let stack = stack.with_spacing(choice.spacing)?;
                guarded(|| dicom::decode(stack, &bytes, limits))
            }
        }
    }

    /// Decodes class ids for a model with `classes` classes (background, id 0, included).
    ///
    /// # Errors
    /// As [`open_labels`](crate::open_labels()).
    pub fn decode_labels(&self, limits: &Limits, classes: u8) -> Result<Labels, Error> {
        match &self.content {
            Content::Single(file) => open_labels(&file.bytes, &file.name, limits, classes),
            Content::NiftiPair { header, image } => {
                open_nifti_pair_labels(&header.bytes, &image.bytes, limits, classes)
            }
            Content::Detached { header, data } => {
                grid_file::open_labels(&header.bytes, &data.bytes, limits, classes)
            }
            Content::Dicom { .. } => labels_of_dicom(&self.decode(limits)?, classes),
        }
    }

    /// Sums it up, with all volumes of a NIfTI series.
    ///
    /// # Errors
    /// As [`summarise`](crate::summarise()).
    pub fn summarise(&self, limits: &Limits) -> Result<Summary, Error> {
        match &self.content {
            Content::Single(file) => summarise(&file.bytes, &file.name, limits),
            Content::NiftiPair { header, image } => {
                summarise_nifti_pair(&header.bytes, &image.bytes, limits)
            }
            Content::Detached { .. } | Content::Dicom { .. } => Ok(summary(&self.decode(limits)?)),
        }
    }

    /// The name of its first file, for naming results after it. It may identify a patient: show and write it only
    /// where the user sees the file's name anyway.
    pub fn first_file_name(&self) -> &str {
        match &self.content {
            Content::Single(file) => &file.name,
            Content::NiftiPair { header, .. } | Content::Detached { header, .. } => &header.name,
            Content::Dicom { files, .. } => files.first().map_or("", |file| &file.name),
        }
    }
}
