//! What a DICOM object that refers to a series has to know of it.

use std::fmt;

use dicom_object::InMemDicomObject;

/// The series that a volume was read from.
///
/// Its `Debug` output counts planes and shows nothing else, because everything here may identify a patient.
#[derive(Clone, PartialEq)]
pub struct SourceSeries {
    /// The attributes of the series' first image that hold for all of it: those of the modules Patient, General Study,
    /// Patient Study, General Series, Frame of Reference and General Equipment (PS3.3 section C.7) and whatever else
    /// stands in the groups 0008, 0010, 0012, 0018, 0020, 0032, 0038 and 0040. Pixel data, overlays, private
    /// attributes and functional groups are left out. Text is decoded, and Specific Character Set says so: ISO_IR 192
    /// (UTF-8), whatever the file had.
    pub attributes: InMemDicomObject,
    /// One for each plane of the volume, in the volume's order.
    pub planes: Vec<SourcePlane>,
}

/// The image, or the frame of an image, that one plane of a volume shows.
#[derive(Clone, PartialEq)]
pub struct SourcePlane {
    /// SOP Class UID (0008,0016).
    pub sop_class_uid: String,
    /// SOP Instance UID (0008,0018).
    pub sop_instance_uid: String,
    /// The frame, counted from 1; `None` for images of a single frame.
    pub frame_number: Option<u32>,
    /// Image Position (Patient) (0020,0032): centre of the first voxel, in millimetres, LPS+ as DICOM has it.
    pub image_position: Option<[f64; 3]>,
}

impl fmt::Debug for SourceSeries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceSeries")
            .field("planes", &self.planes.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SourcePlane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourcePlane").finish_non_exhaustive()
    }
}
