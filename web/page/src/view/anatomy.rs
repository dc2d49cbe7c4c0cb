//! Where a volume lies in the patient.
//!
//! Everything is told by the affine from voxel (column, row, plane) to RAS+ millimetres: right, anterior and superior
//! are positive, as in NIfTI-1.

use imaging::Grid;

use super::shape::Voxel;
use super::slice_plane::{Axis, AxisDirection};

/// A homogeneous matrix, row by row.
pub type Affine = [[f64; 4]; 4];

/// On which side of the screen the patient's right is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Convention {
    /// Patient's right on the left, as if one stood at the feet of the bed.
    #[default]
    Radiological,
    /// Patient's right on the right.
    Neurological,
}

impl Convention {
    /// Name in the select.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Radiological => "radiological",
            Self::Neurological => "neurological",
        }
    }

    /// By its name in the select.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Radiological, Self::Neurological]
            .into_iter()
            .find(|convention| convention.name() == name)
    }
}

/// A second letter stands at an edge from this cosine on: when the picture is turned by 15 degrees or more.
const OBLIQUE: f64 = 0.258;

/// The direction in the patient, of length 1, in which a voxel axis runs. None where the affine gives it no length.
fn direction(affine: &Affine, axis: Axis) -> Option<[f64; 3]> {
    let [x, y, z, _] = affine;
    let pick = |[column, row, plane, _]: &[f64; 4]| axis.of([*column, *row, *plane]);
    let vector = [pick(x), pick(y), pick(z)];
    let length = vector.iter().map(|part| part * part).sum::<f64>().sqrt();
    (length.is_finite() && length > 1e-12).then(|| vector.map(|part| part / length))
}

/// Millimetres from voxel to voxel, in the order of a [`Voxel`].
#[must_use]
pub fn spacing(affine: &Affine) -> [f64; 3] {
    let [x, y, z, _] = affine;
    Axis::ALL.map(|axis| {
        let pick = |[column, row, plane, _]: &[f64; 4]| axis.of([*column, *row, *plane]);
        let [x, y, z] = [pick(x), pick(y), pick(z)];
        (x * x + y * y + z * z).sqrt()
    })
}

/// The voxel axis that runs most nearly along each axis of the patient (right, anterior, superior), and whether it has
/// to be walked backwards to go that way.
///
/// It is nibabel's rule, as everywhere: [`imaging::Grid::orientation`]. None for an affine that maps the volume onto a
/// plane or a line, which says nothing about where the patient's sides are.
#[must_use]
pub fn orientation(affine: &Affine) -> Option<[AxisDirection; 3]> {
    let grid = Grid::new([1; 3], *affine).ok()?;
    let codes = grid.orientation().directions();
    let along = |anatomical: usize| {
        let mut axes = Axis::ALL.into_iter().zip(codes);
        let (axis, direction) = axes.find(|(_, direction)| direction.axis() == anatomical)?;
        Some(AxisDirection {
            axis,
            reversed: !direction.is_positive(),
        })
    };
    Some([along(0)?, along(1)?, along(2)?])
}

/// Position of a voxel's middle in the patient, RAS+ millimetres.
#[must_use]
pub fn position(affine: &Affine, voxel: Voxel) -> [f64; 3] {
    let [i, j, k] = voxel.map(|index| index as f64);
    let [x, y, z, _] = affine;
    [x, y, z].map(|[column, row, plane, offset]| column * i + row * j + plane * k + offset)
}

/// The letters of the patient's sides to which a direction leads: one letter, more where it runs obliquely, the side
/// that it runs to most first. Empty where the affine gives the axis no length.
#[must_use]
pub fn letters(affine: &Affine, along: AxisDirection) -> String {
    let Some(vector) = direction(affine, along.axis) else {
        return String::new();
    };
    let sign = if along.reversed { -1.0 } else { 1.0 };
    let sides = [['R', 'L'], ['A', 'P'], ['S', 'I']];
    let mut parts: Vec<(f64, char)> = vector
        .iter()
        .zip(sides)
        .map(|(part, [positive, negative])| {
            let part = sign * part;
            (part.abs(), if part >= 0.0 { positive } else { negative })
        })
        .collect();
    parts.sort_by(|one, other| other.0.total_cmp(&one.0));
    let shown = parts
        .into_iter()
        .enumerate()
        .filter(|(place, (cosine, _))| *place == 0 || *cosine > OBLIQUE);
    shown.map(|(_, (_, letter))| letter).collect()
}

/// The letter of the opposite side.
#[must_use]
pub fn opposite(letters: &str) -> String {
    let other = |letter| match letter {
        'R' => 'L',
        'L' => 'R',
        'A' => 'P',
        'P' => 'A',
        'S' => 'I',
        'I' => 'S',
        other => other,
    };
    letters.chars().map(other).collect()
}

/// The name of a side, for those who hear the page.
#[must_use]
pub fn side(letters: &str) -> String {
    let name = |letter| match letter {
        'R' => "right",
        'L' => "left",
        'A' => "front",
        'P' => "back",
        'S' => "head",
        'I' => "feet",
        _ => "perhaps",
    };
    let names: Vec<&str> = letters.chars().map(name).collect();
    names.join(" and ")
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    /// The 48 possibilities to lay the voxel axes along those of the patient, with 2, 3 and 4 mm voxels and an offset.
    pub(crate) fn orientations() -> Vec<Affine> {
        let orders = [
            [0, 1, 2],
            [0, 2, 1],
            [1, 0, 2],
            [1, 2, 0],
            [2, 0, 1],
            [2, 1, 0],
        ];
        let mut found = Vec::new();
        for order in orders {
            for signs in 0..8 {
                let mut affine = [[0.0; 4]; 4];
                for (axis, anatomical) in order.into_iter().enumerate() {
                    let sign = if (signs >> axis) & 1 == 0 { 1.0 } else { -1.0 };
                    affine[anatomical][axis] = sign * (axis as f64 + 2.0);
                    affine[anatomical][3] = -7.5 * sign;
                }
                affine[3][3] = 1.0;
                found.push(affine);
            }
        }
        found
    }

    fn turned(affine: &Affine, degrees: f64) -> Affine {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        let mut turned = *affine;
        for column in 0..3 {
            turned[0][column] = cosine * affine[0][column] - sine * affine[1][column];
            turned[1][column] = sine * affine[0][column] + cosine * affine[1][column];
        }
        turned
    }

    #[test]
    fn all_48_orientations_are_recognised() {
        let all = orientations();
        assert_eq!(all.len(), 48);
        for affine in &all {
            for (anatomical, direction) in orientation(affine).unwrap().into_iter().enumerate() {
                let mut voxel = direction.axis.with([3; 3], 3);
                let from = position(affine, voxel);
                voxel = direction
                    .axis
                    .with(voxel, if direction.reversed { 2 } else { 4 });
                let to = position(affine, voxel);
                for part in 0..3 {
                    assert_eq!(to[part] > from[part], part == anatomical, "{affine:?}");
                }
                assert_eq!(letters(affine, direction), ["R", "A", "S"][anatomical]);
            }
        }
    }

    #[test]
    fn a_small_turn_changes_no_axis_and_a_larger_one_adds_a_letter() {
        for affine in &orientations() {
            let plain = orientation(affine).unwrap();
            let slightly = turned(affine, 10.0);
            let more = turned(affine, 20.0);
            assert_eq!(orientation(&slightly), Some(plain));
            assert_eq!(orientation(&more), Some(plain));
            assert_eq!(letters(&slightly, plain[0]), "R");
            assert_eq!(letters(&more, plain[0]), "RA");
            assert_eq!(letters(&more, plain[1]), "AL");
            assert_eq!(letters(&more, plain[2]), "S");
        }
    }

    /// Rotations by random unit quaternions, from a linear congruential generator (Knuth's MMIX constants).
    fn rotations(count: usize) -> Vec<Affine> {
        let mut state = 7_u64;
        let mut number = move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64 * 2.0 - 1.0
        };
        let mut found = Vec::new();
        while found.len() < count {
            let [w, x, y, z] = [number(), number(), number(), number()];
            let square = w * w + x * x + y * y + z * z;
            if !(0.01..=1.0).contains(&square) {
                continue;
            }
            let s = 2.0 / square;
            found.push([
                [
                    1.0 - s * (y * y + z * z),
                    s * (x * y - z * w),
                    s * (x * z + y * w),
                    0.0,
                ],
                [
                    s * (x * y + z * w),
                    1.0 - s * (x * x + z * z),
                    s * (y * z - x * w),
                    0.0,
                ],
                [
                    s * (x * z - y * w),
                    s * (y * z + x * w),
                    1.0 - s * (x * x + y * y),
                    0.0,
                ],
                [0.0, 0.0, 0.0, 1.0],
            ]);
        }
        found
    }

    #[test]
    fn every_rotation_is_read_as_everywhere_else() {
        for affine in rotations(2000) {
            let directions = orientation(&affine).unwrap();
            let codes = Grid::new([2, 3, 4], affine).unwrap().orientation();
            for (axis, code) in Axis::ALL.into_iter().zip(codes.directions()) {
                let found = directions[code.axis()];
                assert_eq!((found.axis, !found.reversed), (axis, code.is_positive()));
            }
            // nibabel's rule: the clearest of all cosines decides first, whatever is left for the others.
            let cosines = (0..9).map(|entry| (entry / 3, entry % 3, affine[entry / 3][entry % 3]));
            let (anatomical, axis, cosine) = cosines
                .max_by(|one, other| one.2.abs().total_cmp(&other.2.abs()))
                .unwrap();
            let found = directions[anatomical];
            assert_eq!(
                (found.axis, found.reversed),
                (Axis::ALL[axis], cosine < 0.0),
                "{affine:?}"
            );
        }
    }

    #[test]
    fn an_affine_that_flattens_the_volume_says_nothing() {
        let mut flat = orientations()[0];
        flat[2] = [0.0; 4];
        assert_eq!(orientation(&flat), None);
        let mut broken = orientations()[0];
        broken[0][0] = f64::NAN;
        assert_eq!(orientation(&broken), None);
        let mut parallel = orientations()[0];
        for row in parallel.iter_mut().take(3) {
            row[1] = row[0];
        }
        assert_eq!(orientation(&parallel), None);
    }

    #[test]
    fn spacing_and_position_follow_the_affine() {
        for affine in &orientations() {
            assert_eq!(spacing(affine), [2.0, 3.0, 4.0]);
        }
        let affine = [
            [-2.0, 0.0, 0.0, 90.0],
            [0.0, 2.0, 0.0, -126.0],
            [0.0, 0.0, 2.0, -72.0],
            [0.0, 0.0, 0.0, 1.0],
        ];
        assert_eq!(position(&affine, [45, 63, 36]), [0.0; 3]);
    }

    #[test]
    fn opposite_letters_are_those_of_the_opposite_direction() {
        for affine in &orientations() {
            for axis in Axis::ALL {
                let direction = AxisDirection::along(axis);
                let back = AxisDirection {
                    axis,
                    reversed: true,
                };
                assert_eq!(opposite(&letters(affine, direction)), letters(affine, back));
            }
        }
        assert_eq!(side("RA"), "right and front");
    }
}
