//! What is known of a file before its pixels are decoded.

use super::image_pixel::ImagePixel;
use super::plane::Plane;
use super::segmentation::Segmentation;

/// One file.
#[derive(Debug, Clone)]
pub(crate) struct ScannedFile {
    /// Its place among the files given.
    pub file: usize,
    pub series_uid: String,
    pub frame_of_reference: String,
    /// Letters only, so that it can be shown.
    pub modality: Option<String>,
    pub series_number: Option<u32>,
    /// Third value of Image Type: a picture to plan others by.
    pub is_localiser: bool,
    pub sop_class_uid: String,
    pub sop_instance_uid: String,
    pub(super) pixel: ImagePixel,
    pub(super) planes: Vec<Plane>,
    /// Tells files of one SOP Instance UID apart: a sample of their bytes.
    pub(super) fingerprint: u64,
    pub(super) notes: Vec<String>,
    pub(super) segmentation: Option<Segmentation>,
}
