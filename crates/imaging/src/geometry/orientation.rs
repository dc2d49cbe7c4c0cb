//! How the axes of a volume lie in the patient.

use super::affine::{Affine, columns_norms, divide_columns, linear_part, transposed};
use super::axis::Axis;
use super::axis_codes::{AxisCodes, Direction};
use super::grid::Grid;

/// From this cosine on a side is named beside the main one: the axis is turned towards it by 15 degrees or more.
const OBLIQUE: f64 = 0.258_819_045_102_520_76;

/// Which way each stored axis runs through the patient, and the letters to write at its ends.
///
/// Every part of the program that shows or turns a volume asks here, so that the letters on the screen, the planes of the
/// viewer and the grid of the network agree. The rule is that of nibabel's `io_orientation` (5.4): from the orthogonal
/// matrix closest to the matrix of unit columns (the factor `P Q` of its singular value decomposition `P S Q`), the axes
/// take the direction that they point along most, the clearest axis first, each direction once.
///
/// ```
/// use imaging::geometry::{Axis, Direction, Orientation};
///
/// // Columns run to the left, rows to posterior; planes lie 5 mm apart and are tilted by 20 degrees towards anterior.
/// let (sine, cosine) = 20_f64.to_radians().sin_cos();
/// let orientation = Orientation::from_affine(&[
///     [-1.0, 0.0, 0.0, 120.0],
///     [0.0, -cosine, 5.0 * sine, 90.0],
///     [0.0, sine, 5.0 * cosine, -60.0],
///     [0.0, 0.0, 0.0, 1.0],
/// ])
/// .unwrap();
/// assert_eq!(orientation.codes().to_string(), "LPS");
/// assert_eq!(orientation.codes().patient_axes()[2], (Axis::Plane, Direction::Superior));
/// assert_eq!(orientation.end_letters(Axis::Column), ["R", "L"]);
/// assert_eq!(orientation.end_letters(Axis::Plane), ["IP", "SA"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Orientation {
    codes: AxisCodes,
    /// Unit vectors in RAS+ along columns, rows and planes.
    unit_vectors: [[f64; 3]; 3],
}

impl Orientation {
    /// The orientation of a volume with `affine`, from voxel (column, row, plane) to millimetres in RAS+.
    ///
    /// `None` for a matrix that no [`Grid`] can have: it maps the volume onto a plane, say, and then nothing tells where
    /// the patient's sides are.
    pub fn from_affine(affine: &Affine) -> Option<Self> {
        Grid::new([1; 3], *affine).ok().as_ref().map(Self::of_grid)
    }

    /// The orientation of a grid.
    pub fn of_grid(grid: &Grid) -> Self {
        let linear = linear_part(&grid.affine());
        Self {
            codes: grid.orientation(),
            unit_vectors: transposed(&divide_columns(&linear, columns_norms(&linear))),
        }
    }

    /// The directions in which columns, rows and planes are counted.
    pub fn codes(&self) -> AxisCodes {
        self.codes
    }

    /// The sides of the patient that an axis runs to: the direction of its code, then those towards which it is turned by
    /// 15 degrees or more, the nearer one first.
    pub fn directions(&self, axis: Axis) -> Vec<Direction> {
        let main = axis.of(self.codes.directions());
        let vector = axis.of(self.unit_vectors);
        let mut others: Vec<(f64, Direction)> = vector
            .into_iter()
            .enumerate()
            .map(|(world, cosine)| (cosine.abs(), Direction::along(world, cosine >= 0.0)))
            .filter(|(cosine, side)| *cosine >= OBLIQUE && side.axis() != main.axis())
            .collect();
        others.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        std::iter::once(main)
            .chain(others.into_iter().map(|(_, side)| side))
            .collect()
    }

    /// The letters at the first and at the last voxel of an axis: one each, more where it runs obliquely (`["IP", "SA"]`),
    /// in the order of [`Orientation::directions`].
    pub fn end_letters(&self, axis: Axis) -> [String; 2] {
        let directions = self.directions(axis);
        [
            directions
                .iter()
                .map(|side| side.opposite().letter())
                .collect(),
            directions.iter().map(|side| side.letter()).collect(),
        ]
    }
}
