//! The header of a file that is to be written.

use super::data_type::DataType;
use super::forms::{Quaternion, geometry, sizes};
use super::header::NiftiHeader;
use super::version::NiftiVersion;
use crate::GeometrySource;
use crate::geometry::{Affine, columns_norms, linear_part};

/// The largest side of NIfTI-1, whose sizes are 16-bit numbers with a sign.
const MAX_SIDE: usize = i16::MAX as usize;
/// The form code for coordinates of the scanner.
const SCANNER: i32 = 1;
/// The code for millimetres.
const MILLIMETRES: i32 = 2;

/// A header for voxels of `data_type` on the grid of an image: from the image's own header where that fits the shape
/// (planes, rows, columns), else from its affine matrix.
pub(crate) fn placed(
    shape: [usize; 3],
    affine: Option<Affine>,
    spacing: Option<[f64; 3]>,
    source: Option<&NiftiHeader>,
    data_type: DataType,
) -> NiftiHeader {
    let [planes, rows, columns] = shape.map(|length| length as u64);
    let fitting = source.filter(|header| header.planes_rows_columns() == [planes, rows, columns]);
    let mut header = match fitting {
        Some(header) => carried(header, shape),
        None => from_affine(affine, spacing),
    };
    // NIfTI-2 only where it must be, because ITK and what is built on it cannot read it.
    header.version = if shape.into_iter().any(|length| length > MAX_SIDE) {
        NiftiVersion::Two
    } else {
        NiftiVersion::One
    };
    // A picture stays one of two dimensions if it was one.
    let axes = fitting.map_or(3, |header| header.dimensions.len().min(3));
    header.dimensions = vec![columns, rows, planes];
    header.dimensions.truncate(axes);
    header.data_type = data_type;
    header
}

/// What of an image's header holds for results on its grid.
fn carried(source: &NiftiHeader, shape: [usize; 3]) -> NiftiHeader {
    let mut header = NiftiHeader {
        big_endian: false,
        single_file: true,
        voxels_start: 0,
        slope: 1.0,
        intercept: 0.0,
        intent: 0,
        repairs: Vec::new(),
        ..source.clone()
    };
    let ([columns, rows, planes], _) = sizes(source);
    let sign = if source.voxel_sizes[0] == -1.0 {
        -1.0
    } else {
        1.0
    };
    header.voxel_sizes = [sign, columns, rows, planes, 1.0, 1.0, 1.0, 1.0];
    // A form that was passed over when the image was opened must not be the one that others then choose.
    let (geometry, _) = geometry(source, shape);
    let uses_sform = matches!(geometry.source, Some(GeometrySource::Sform { .. }));
    let uses_qform = matches!(geometry.source, Some(GeometrySource::Qform { .. }));
    if !uses_sform {
        header.sform_code = 0;
    }
    if !uses_sform && !uses_qform || source.qform_code < 0 {
        header.qform_code = 0;
    }
    header
}

fn from_affine(affine: Option<Affine>, spacing: Option<[f64; 3]>) -> NiftiHeader {
    let mut description = [0; 80];
    for (target, &byte) in description.iter_mut().zip(b"Penumbra") {
        *target = byte;
    }
    let mut header = NiftiHeader {
        version: NiftiVersion::One,
        big_endian: false,
        single_file: true,
        dimensions: Vec::new(),
        data_type: DataType::Number(crate::SampleType::Uint8),
        voxel_sizes: [1.0; 8],
        voxels_start: 0,
        repairs: Vec::new(),
        slope: 1.0,
        intercept: 0.0,
        units: 0,
        intent: 0,
        acquisition_axes: 0,
        description,
        qform_code: 0,
        quaternion: [0.0; 3],
        offset: [0.0; 3],
        sform_code: 0,
        sform: [[0.0; 4]; 3],
    };
    if let Some([plane, row, column]) = spacing {
        // Sizes without a form (nifti1.h, "METHOD 1"): nothing says how they lie.
        header.units = MILLIMETRES;
        header.voxel_sizes = [1.0, column, row, plane, 1.0, 1.0, 1.0, 1.0];
    }
    if let Some(affine) = affine {
        header.units = MILLIMETRES;
        header.sform_code = SCANNER;
        let [x, y, z, _] = affine;
        header.sform = [x, y, z];
        let [columns, rows, planes] = columns_norms(&linear_part(&affine));
        header.voxel_sizes = [1.0, columns, rows, planes, 1.0, 1.0, 1.0, 1.0];
        if let Some((quaternion, sign)) = Quaternion::of(&affine) {
            header.qform_code = SCANNER;
            header.quaternion = quaternion.0;
            header.offset = header.sform.map(|row| row[3]);
            header.voxel_sizes[0] = sign;
        }
    }
    header
}
