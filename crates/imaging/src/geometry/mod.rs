//! Where voxels lie in the patient, and the ways between grids.
//!
//! One convention for every format: a homogeneous matrix, row by row, from voxel (column, row, plane), counted from 0
//! at the first voxel's centre, to millimetres in RAS+ (right, anterior and superior positive), as NIfTI-1 defines it.
//! Arrays are `[planes, rows, columns]`, planes slowest: a NIfTI file's i is the column, j the row, k the plane.
//!
//! * [`Grid`]: shape and matrix together; spacing, orientation, points.
//! * [`Orientation`]: which stored axis runs which way through the patient, and the letters at its ends.
//! * [`Reorientation`]: permuted and flipped axes, to any [`AxisCodes`] and back without loss.
//! * [`Resampling`]: another voxel size on the same field of view, as nnU-Net does it, or pictures of one size, and back.
//! * [`RightAngles`]: a sheared grid brought to right angles, for programs that know no others.
//! * [`resample_to_grid`], [`labels_to_grid`]: from any grid onto any other, through the patient's coordinates.

mod affine;
mod axis;
mod axis_codes;
mod grid;
mod orientation;
mod reorientation;
mod resample;
mod resampling;
mod right_angles;
mod transfer;
mod volume_geometry;

pub use affine::Affine;
pub use axis::Axis;
pub use axis_codes::{AxisCodes, Direction};
pub use grid::Grid;
pub use orientation::Orientation;
pub use reorientation::Reorientation;
pub use resample::{resample_area, resample_linear, resample_nearest};
pub use resampling::Resampling;
pub use right_angles::RightAngles;
pub use transfer::{labels_to_grid, resample_to_grid};
pub use volume_geometry::{Geometry, GeometrySource};

pub(crate) use affine::{
    columns_norms, determinant, divide_columns, is_orthogonal, linear_part, nearest_rotation,
};
