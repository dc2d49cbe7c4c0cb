//! The header of a NIfTI file.

use std::fmt;

use super::data_type::DataType;
use super::version::NiftiVersion;
use crate::byte_order::ByteOrder;

/// The header of a NIfTI file: all that is needed to read its voxels and to write others in the same place.
///
/// Its `Debug` output leaves the texts out, because some programs write a patient's name there.
#[derive(Clone, PartialEq)]
pub struct NiftiHeader {
    /// Which standard it follows.
    pub version: NiftiVersion,
    /// Whether numbers are stored with their most significant byte first.
    pub big_endian: bool,
    /// Whether header and voxels are in one file (`.nii`) or in two (`.hdr` and `.img`).
    pub single_file: bool,
    /// Sizes along 1 to 7 axes, each at least 1: columns, rows, planes, then time and others.
    pub dimensions: Vec<u64>,
    pub(crate) data_type: DataType,
    /// `pixdim`: the sign of the third axis of the qform, then the voxel size along each axis, in the header's own
    /// units.
    pub voxel_sizes: [f64; 8],
    /// What was put right in the header, in sentences.
    pub(crate) repairs: Vec<&'static str>,
    /// The byte of the file at which the voxels start.
    pub(crate) voxels_start: u64,
    /// `scl_slope`; 0 and numbers that are not finite mean no scaling.
    pub slope: f64,
    /// `scl_inter`.
    pub intercept: f64,
    /// `xyzt_units`: units of space in the lower 3 bits (1 metre, 2 millimetre, 3 micrometre), of time in the next 3.
    pub units: i32,
    /// `intent_code`: what the voxels mean; 0 nothing in particular, 1002 labels.
    pub intent: i32,
    /// `dim_info`: which axes are frequency, phase and slice of an acquisition.
    pub acquisition_axes: u8,
    /// `descrip`, as it is.
    pub description: [u8; 80],
    /// `qform_code`: the space of the quaternion; 0 where it means nothing.
    pub qform_code: i32,
    /// `quatern_b`, `quatern_c`, `quatern_d`.
    pub quaternion: [f64; 3],
    /// `qoffset_x`, `qoffset_y`, `qoffset_z`, in the header's own units.
    pub offset: [f64; 3],
    /// `sform_code`: the space of the rows; 0 where they mean nothing.
    pub sform_code: i32,
    /// `srow_x`, `srow_y`, `srow_z`, in the header's own units.
    pub sform: [[f64; 4]; 3],
}

impl fmt::Debug for NiftiHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NiftiHeader")
            .field("version", &self.version)
            .field("dimensions", &self.dimensions)
            .field("data_type", &self.data_type)
            .field("qform_code", &self.qform_code)
            .field("sform_code", &self.sform_code)
            .finish_non_exhaustive()
    }
}

impl NiftiHeader {
    pub(super) fn byte_order(&self) -> ByteOrder {
        if self.big_endian {
            ByteOrder::BigEndian
        } else {
            ByteOrder::LittleEndian
        }
    }

    /// Planes, rows and columns.
    pub(crate) fn planes_rows_columns(&self) -> [u64; 3] {
        let size = |axis: usize| self.dimensions.get(axis).copied().unwrap_or(1);
        [size(2), size(1), size(0)]
    }

    /// The number of volumes: time points and whatever else comes after the three axes of space.
    pub(crate) fn volumes(&self) -> u64 {
        self.dimensions
            .iter()
            .skip(3)
            .fold(1, |product: u64, &size| product.saturating_mul(size))
    }

    /// Time points and channels: the fifth axis holds the components of vectors, the others follow each other in time.
    pub(crate) fn times_and_channels(&self) -> (u64, u64) {
        let channels = self.dimensions.get(4).copied().unwrap_or(1);
        (self.volumes() / channels.max(1), channels)
    }

    /// Slope and intercept where the file asks for scaling that changes anything.
    pub(crate) fn scaling(&self) -> Option<[f64; 2]> {
        let usable = self.slope != 0.0 && self.slope.is_finite() && self.intercept.is_finite();
        let changes = self.slope != 1.0 || self.intercept != 0.0;
        // Colours have no scale (nifti1.h, "DATA SCALING").
        (usable && changes && self.data_type.channels() == 1)
            .then_some([self.slope, self.intercept])
    }
}
