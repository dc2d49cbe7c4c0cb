//! A regular grid of voxels in the patient.

use super::affine::{
    Affine, columns_norms, determinant, divide_columns, inverse, linear_part, transform,
};
use super::axis_codes::AxisCodes;
use crate::Error;

/// The smallest and largest voxel, in millimetres. Nothing that images people is outside, and within, no product of
/// the numbers here overflows.
pub(super) const VOXEL_SIZES: std::ops::RangeInclusive<f64> = 1e-6..=1e6;
/// The farthest first voxel, in millimetres.
const FARTHEST: f64 = 1e9;
/// The smallest volume of the parallelepiped that unit vectors along the three axes span: below it they lie in a plane,
/// or nearly so.
const MIN_INDEPENDENCE: f64 = 1e-6;

/// A shape and where it lies. Checked when made: at least one voxel, an affine matrix with finite entries and axes that
/// span space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    shape: [usize; 3],
    affine: Affine,
}

impl Grid {
    /// A grid of `shape` (planes, rows, columns), with `affine` from voxel (column, row, plane) to millimetres in RAS+.
    ///
    /// # Errors
    /// [`Error::Geometry`] where a side is 0 or the number of voxels beyond what memory can address, where the matrix
    /// is not affine and finite, a voxel is smaller than a nanometre or larger than a kilometre, the first voxel is
    /// more than 1000 km away, or the axes lie in one plane.
    pub fn new(shape: [usize; 3], affine: Affine) -> Result<Self, Error> {
        let fault = |detail: String| Err(Error::Geometry { detail });
        let [planes, rows, columns] = shape;
        let voxels = planes
            .checked_mul(rows)
            .and_then(|pixels| pixels.checked_mul(columns));
        // A 16th, so that a few numbers per voxel still have a size in bytes.
        if !voxels.is_some_and(|voxels| (1..=isize::MAX as usize / 16).contains(&voxels)) {
            return fault(format!("a size of {planes} x {rows} x {columns} voxels"));
        }
        if affine.iter().flatten().any(|value| !value.is_finite()) {
            return fault("an affine matrix with numbers that are not finite".to_owned());
        }
        if affine[3] != [0.0, 0.0, 0.0, 1.0] {
            return fault("an affine matrix whose last row is not 0 0 0 1".to_owned());
        }
        let linear = linear_part(&affine);
        let sizes = columns_norms(&linear);
        if let Some(size) = sizes.iter().find(|size| !VOXEL_SIZES.contains(size)) {
            return fault(format!("a voxel size of {size} mm"));
        }
        if [affine[0][3], affine[1][3], affine[2][3]]
            .iter()
            .any(|value| value.abs() > FARTHEST)
        {
            return fault("a position more than 1000 km away".to_owned());
        }
        if determinant(&divide_columns(&linear, sizes)).abs() < MIN_INDEPENDENCE {
            return fault("axes that lie in one plane".to_owned());
        }
        Ok(Self { shape, affine })
    }

    /// A grid whose columns run to the right, rows to anterior and planes to superior, from the origin; for images that
    /// say nothing but their voxel sizes (planes, rows, columns; millimetres), or not even that.
    ///
    /// # Errors
    /// As [`Grid::new`].
    pub fn axis_aligned(shape: [usize; 3], spacing: [f64; 3]) -> Result<Self, Error> {
        let [plane, row, column] = spacing;
        Self::new(
            shape,
            [
                [column, 0.0, 0.0, 0.0],
                [0.0, row, 0.0, 0.0],
                [0.0, 0.0, plane, 0.0],
                [0.0, 0.0, 0.0, 1.0],
            ],
        )
    }

    /// A grid made from a checked one by operations that keep it valid.
    pub(super) fn derived(shape: [usize; 3], affine: Affine) -> Self {
        Self { shape, affine }
    }

    /// Planes, rows and columns, each at least 1.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// From voxel (column, row, plane) to millimetres in RAS+.
    pub fn affine(&self) -> Affine {
        self.affine
    }

    /// The number of voxels: planes x rows x columns.
    pub fn voxels(&self) -> usize {
        self.shape.iter().product()
    }

    /// The distance between neighbouring planes, rows and columns along their own axis, in millimetres.
    pub fn spacing(&self) -> [f64; 3] {
        let [column, row, plane] = columns_norms(&linear_part(&self.affine));
        [plane, row, column]
    }

    /// The directions in which columns, rows and planes are counted.
    pub fn orientation(&self) -> AxisCodes {
        AxisCodes::of(&linear_part(&self.affine))
    }

    /// From millimetres in RAS+ to voxel (column, row, plane).
    pub fn inverse(&self) -> Affine {
        inverse(&self.affine)
    }

    /// The place, in millimetres in RAS+, of a voxel (column, row, plane); fractions lie between voxels' centres.
    pub fn to_patient(&self, voxel: [f64; 3]) -> [f64; 3] {
        transform(&self.affine, voxel)
    }

    /// The voxel (column, row, plane) at a place in millimetres in RAS+; integers are voxels' centres.
    pub fn to_voxel(&self, place: [f64; 3]) -> [f64; 3] {
        transform(&self.inverse(), place)
    }

    /// Whether two grids have the same shape and each voxel of one lies within a hundredth of the smallest spacing of
    /// its counterpart, so that one's labels are the other's, voxel for voxel.
    pub fn is_close_to(&self, other: &Self) -> bool {
        self.shape == other.shape && self.largest_distance(other) <= 0.01
    }

    /// How far apart voxels of the same number are at most, in units of the smallest spacing of `self`.
    pub(crate) fn largest_distance(&self, other: &Self) -> f64 {
        let smallest = self.spacing().into_iter().fold(f64::INFINITY, f64::min);
        let [planes, rows, columns] = self.shape.map(|length| (length - 1) as f64);
        // Both maps are affine, so that the corners differ the most.
        let squares = (0..8_u8).map(|corner| {
            let at = |bit: u8, end: f64| if corner & bit == 0 { 0.0 } else { end };
            let voxel = [at(1, columns), at(2, rows), at(4, planes)];
            self.to_patient(voxel)
                .into_iter()
                .zip(other.to_patient(voxel))
                .map(|(a, b)| (a - b) * (a - b))
                .sum::<f64>()
        });
        squares.fold(0.0, f64::max).sqrt() / smallest
    }
}
