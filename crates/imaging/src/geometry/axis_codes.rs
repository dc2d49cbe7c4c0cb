//! Which way the axes of a volume run, as three letters.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::affine::{Matrix, columns_norms, divide_columns, nearest_rotation, transposed};
use super::axis::Axis;
use crate::Error;

/// Cosines this close count as equal, so that rounding does not decide between the axes of a volume turned by exactly
/// 45 degrees.
const TIE: f64 = 1e-9;

/// A direction in the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Direction {
    Left,
    Right,
    Posterior,
    Anterior,
    Inferior,
    Superior,
}

impl Direction {
    const ALL: [Self; 6] = [
        Self::Left,
        Self::Right,
        Self::Posterior,
        Self::Anterior,
        Self::Inferior,
        Self::Superior,
    ];

    /// The direction along an axis of RAS+ (0: left to right, 1: posterior to anterior, 2: inferior to superior).
    pub(super) fn along(axis: usize, positive: bool) -> Self {
        match (axis, positive) {
            (0, false) => Self::Left,
            (0, true) => Self::Right,
            (1, false) => Self::Posterior,
            (1, true) => Self::Anterior,
            (_, false) => Self::Inferior,
            (_, true) => Self::Superior,
        }
    }

    /// The axis of RAS+ that the direction lies on: 0 left-right, 1 posterior-anterior, 2 inferior-superior.
    pub fn axis(self) -> usize {
        match self {
            Self::Left | Self::Right => 0,
            Self::Posterior | Self::Anterior => 1,
            Self::Inferior | Self::Superior => 2,
        }
    }

    /// Whether coordinates in RAS+ grow in this direction.
    pub fn is_positive(self) -> bool {
        matches!(self, Self::Right | Self::Anterior | Self::Superior)
    }

    /// The direction's letter: L, R, P, A, I or S.
    pub fn letter(self) -> char {
        match self {
            Self::Left => 'L',
            Self::Right => 'R',
            Self::Posterior => 'P',
            Self::Anterior => 'A',
            Self::Inferior => 'I',
            Self::Superior => 'S',
        }
    }

    /// The other end of the same axis.
    pub fn opposite(self) -> Self {
        Self::along(self.axis(), !self.is_positive())
    }
}

/// The directions in which columns, rows and planes are counted, as nibabel's `aff2axcodes`: `RAS` means that column
/// numbers grow to the patient's right, row numbers to anterior and plane numbers to superior.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct AxisCodes([Direction; 3]);

impl AxisCodes {
    /// Columns to the right, rows to anterior, planes to superior: NIfTI's own.
    pub const RAS: Self = Self([Direction::Right, Direction::Anterior, Direction::Superior]);
    /// Columns to the left, rows to posterior, planes to superior: DICOM's own.
    pub const LPS: Self = Self([Direction::Left, Direction::Posterior, Direction::Superior]);

    /// Axis codes from the directions of columns, rows and planes; `None` unless each axis occurs once.
    pub fn new(directions: [Direction; 3]) -> Option<Self> {
        let mut seen = [false; 3];
        for (axis, seen) in seen.iter_mut().enumerate() {
            *seen = directions.iter().any(|direction| direction.axis() == axis);
        }
        (seen == [true; 3]).then_some(Self(directions))
    }

    /// The directions of columns, rows and planes.
    pub fn directions(self) -> [Direction; 3] {
        self.0
    }

    /// All 48 of them.
    pub fn all() -> impl Iterator<Item = Self> {
        Direction::ALL.into_iter().flat_map(|columns| {
            Direction::ALL.into_iter().flat_map(move |rows| {
                Direction::ALL
                    .into_iter()
                    .filter_map(move |planes| Self::new([columns, rows, planes]))
            })
        })
    }

    /// The axis codes of an invertible matrix, also an oblique or sheared one.
    ///
    /// nibabel's `io_orientation` (5.4): from the orthogonal matrix closest to the matrix of unit columns (the factor
    /// `P Q` of its singular value decomposition `P S Q`), the axes take the direction they point along most, the clearest
    /// axis first, each direction once.
    pub(super) fn of(linear: &Matrix) -> Self {
        let unit = divide_columns(linear, columns_norms(linear));
        let [columns, rows, planes] = transposed(&nearest_rotation(&unit));
        // Rounded, because the order of the sort must be a total one and rounding errors must not decide.
        let clearness = |cosines: &[f64; 3]| {
            let largest = cosines.iter().copied().map(f64::abs).fold(0.0, f64::max);
            Reverse((largest / TIE).round() as i64)
        };
        let mut axes = [
            (Axis::Column, columns),
            (Axis::Row, rows),
            (Axis::Plane, planes),
        ];
        axes.sort_by_key(|(_, cosines)| clearness(cosines));
        let mut codes = Self::RAS;
        let mut taken = [false; 3];
        for (axis, cosines) in axes {
            let mut best: Option<(usize, f64, &mut bool)> = None;
            for ((world, cosine), taken) in cosines.into_iter().enumerate().zip(&mut taken) {
                let beats = best
                    .as_ref()
                    .is_none_or(|(_, value, _)| cosine.abs() > value.abs() + TIE);
                if !*taken && beats {
                    best = Some((world, cosine, taken));
                }
            }
            if let Some((world, cosine, taken)) = best {
                *taken = true;
                *axis.of_mut(&mut codes.0) = Direction::along(world, cosine >= 0.0);
            }
        }
        codes
    }

    /// For each axis of the patient (left to right, posterior to anterior, inferior to superior) the stored axis that
    /// runs along it, and the direction in which that one is counted.
    ///
    /// The first is the axis across sagittal planes, the second that across coronal and the third that across axial ones.
    pub fn patient_axes(self) -> [(Axis, Direction); 3] {
        let [columns, rows, planes] = self.0;
        let mut axes = [
            (Axis::Column, columns),
            (Axis::Row, rows),
            (Axis::Plane, planes),
        ];
        axes.sort_by_key(|(_, direction)| direction.axis());
        axes
    }
}

impl fmt::Display for AxisCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|direction| write!(f, "{}", direction.letter()))
    }
}

impl FromStr for AxisCodes {
    type Err = Error;

    /// Reads three letters, one each of R or L, A or P, S or I, in any order.
    fn from_str(text: &str) -> Result<Self, Error> {
        let direction = |letter: char| {
            Direction::ALL
                .into_iter()
                .find(|direction| direction.letter() == letter)
        };
        let directions: Option<Vec<Direction>> = text.chars().take(4).map(direction).collect();
        directions
            .and_then(|directions| <[Direction; 3]>::try_from(directions).ok())
            .and_then(Self::new)
            .ok_or_else(|| Error::AxisCodes {
                found: text.chars().take(12).collect(),
            })
    }
}

impl TryFrom<String> for AxisCodes {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<AxisCodes> for String {
    fn from(codes: AxisCodes) -> Self {
        codes.to_string()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{AxisCodes, Direction};
    use crate::Error;

    #[test]
    fn there_are_48_and_each_is_its_own_text() {
        let all: Vec<AxisCodes> = AxisCodes::all().collect();
        assert_eq!(all.len(), 48);
        for codes in all {
            assert_eq!(codes.to_string().parse::<AxisCodes>().unwrap(), codes);
            let json = serde_json::to_string(&codes).unwrap();
            assert_eq!(json, format!("\"{codes}\""));
            assert_eq!(serde_json::from_str::<AxisCodes>(&json).unwrap(), codes);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "RA", "RAR", "RLS", "ras", "RASS", "RAß", "right"] {
            assert_eq!(
                text.parse::<AxisCodes>(),
                Err(Error::AxisCodes { found: text.into() })
            );
        }
    }

    #[test]
    fn opposites_share_an_axis() {
        for direction in Direction::ALL {
            let opposite = direction.opposite();
            assert_eq!(opposite.axis(), direction.axis());
            assert_ne!(opposite, direction);
            assert_eq!(opposite.opposite(), direction);
        }
    }

    /// `a = numpy.eye(4); a[:3, :3] = matrix; print("".join(nibabel.aff2axcodes(a)))`, nibabel 5.4.2. Rotations by up to
    /// 100 degrees, shears beyond 45 degrees, and random matrices.
    #[test]
    fn oblique_and_sheared_matrices_get_the_codes_that_nibabel_gives() {
        let table: [([[f64; 3]; 3], &str); 14] = [
            ([[1.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 0.0, 2.0]], "RAS"),
            ([[-2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]], "LAS"),
            (
                [
                    [-1.8794, -0.684, 0.0],
                    [-0.684, 1.8794, 0.0],
                    [0.0, 0.0, 2.0],
                ],
                "LAS",
            ),
            (
                [
                    [0.5, -0.75, 2.1651],
                    [0.866, 0.433, -1.25],
                    [0.0, 0.5, 4.3301],
                ],
                "ALS",
            ),
            (
                [
                    [-0.2983, -0.1917, 2.2632],
                    [-0.2934, -0.3447, -1.9284],
                    [-0.2738, 0.5783, -0.3991],
                ],
                "PSR",
            ),
            ([[1.0, 0.9, 0.0], [0.0, 1.0, 0.9], [0.9, 0.0, 1.0]], "RAS"),
            ([[1.0, 0.8, 0.7], [0.1, 1.0, 0.8], [0.0, 0.2, 1.0]], "RAS"),
            ([[1.0, 2.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], "RAS"),
            ([[0.5, 0.9, 0.0], [0.9, 0.5, 0.1], [0.0, 0.3, -4.0]], "ARI"),
            (
                [
                    [-1.9012, -2.5791, -7.3669],
                    [-0.2351, -2.5349, 1.0851],
                    [0.1568, -0.3739, -10.067],
                ],
                "LPI",
            ),
            (
                [
                    [-0.5387, -0.097, 0.4532],
                    [-1.5301, -0.9555, -3.9141],
                    [-0.8088, 2.1218, -3.2301],
                ],
                "LSP",
            ),
            (
                [
                    [-1.1872, -1.1586, -0.7848],
                    [0.8988, 2.2904, -5.2941],
                    [-0.7946, 1.2938, -7.9697],
                ],
                "ILP",
            ),
            (
                [
                    [-2.0353, -0.609, -3.5997],
                    [0.1641, 4.4895, -3.3269],
                    [-0.6239, 0.4108, 1.9721],
                ],
                "LAS",
            ),
            (
                [
                    [-0.858, 1.9441, 0.771],
                    [0.0893, -1.1821, -0.4744],
                    [-1.9977, -2.2628, 1.4514],
                ],
                "IRP",
            ),
        ];
        for (matrix, expected) in table {
            assert_eq!(AxisCodes::of(&matrix).to_string(), expected, "{matrix:?}");
        }
    }
}
