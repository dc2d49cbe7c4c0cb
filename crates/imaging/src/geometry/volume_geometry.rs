//! What a file says of where its voxels lie.

use super::affine::Affine;

/// Where voxels lie in the patient.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Geometry {
    /// From voxel (column, row, plane) to millimetres in RAS+; always invertible where a decoder gives it. `None` for
    /// pictures without geometry.
    pub affine: Option<Affine>,
    /// Which of the file's statements the matrix comes from; `None` without a matrix.
    pub source: Option<GeometrySource>,
    /// Millimetres between planes, rows and columns, where a file says how large its voxels are and nothing of how they lie
    /// (OME-TIFF and ImageJ). Without a meaning beside a matrix, which has sizes of its own.
    pub spacing: Option<[f64; 3]>,
}

/// Which statement of a file its geometry comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum GeometrySource {
    /// The rows srow_x, srow_y and srow_z of a NIfTI header.
    Sform {
        /// sform_code, which names the space: 1 scanner, 2 aligned, 3 Talairach, 4 MNI 152, 5 template.
        code: i32,
    },
    /// The quaternion, offsets and pixdim of a NIfTI header.
    Qform {
        /// qform_code, as for the sform.
        code: i32,
    },
    /// Voxel sizes alone (pixdim of a NIfTI header whose codes are both 0). Nothing says which way the patient lies;
    /// as nibabel does, columns are taken to run to the left, rows to anterior and planes to superior, about the
    /// image's centre.
    VoxelSizes,
    /// Image Position (Patient) and Image Orientation (Patient) of DICOM.
    Dicom,
    /// Directions, sizes and origin of an NRRD, MetaImage or MGH header.
    Header,
}

impl GeometrySource {
    /// The source in words, one sentence without a full stop: `"sform (code 1, scanner coordinates) of the NIfTI
    /// header"`.
    pub fn description(self) -> String {
        match self {
            Self::Sform { code } => format!("sform ({}) of the NIfTI header", space(code)),
            Self::Qform { code } => format!("qform ({}) of the NIfTI header", space(code)),
            Self::VoxelSizes => {
                "voxel sizes alone, so left and right are an assumption (the header has neither sform nor qform)"
                    .to_owned()
            }
            Self::Header => "directions and sizes of the header".to_owned(),
            Self::Dicom => "Image Position and Image Orientation (Patient)".to_owned(),
        }
    }

    /// Whether the file itself says which side is left.
    pub fn tells_left_from_right(self) -> bool {
        self != Self::VoxelSizes
    }
}

/// A form code of NIfTI-1 (nifti1.h, "xform codes") in words.
fn space(code: i32) -> String {
    let name = match code {
        1 => "scanner coordinates",
        2 => "aligned to another image",
        3 => "Talairach",
        4 => "MNI 152",
        5 => "another template",
        _ => return format!("code {code}"),
    };
    format!("code {code}, {name}")
}
