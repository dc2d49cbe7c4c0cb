//! Which stored axis runs which way through the patient: as nibabel says, for any matrix.
#![allow(clippy::unwrap_used)]

use imaging::Grid;
use imaging::geometry::{Affine, Axis, AxisCodes, Direction, Orientation, Reorientation};
use proptest::prelude::*;

/// Nine numbers of a matrix, row by row, and its axis codes by nibabel 5.4.2 (NumPy's seed 13): 200 rotations with
/// voxel sizes from 0.3 to 6 mm, 100 of them sheared as well, 100 random matrices.
///
/// ```python
/// import numpy, nibabel
/// random = numpy.random.default_rng(13)
/// def rotation():
///     q, r = numpy.linalg.qr(random.normal(size=(3, 3)))
///     return q * numpy.sign(numpy.diag(r))
/// for index in range(400):
///     matrix = rotation() * random.uniform(0.3, 6, 3)
///     if index >= 200:
///         matrix = matrix @ (numpy.eye(3) + numpy.triu(random.uniform(-1, 1, (3, 3)), 1))
///     if index >= 300:
///         matrix = random.normal(size=(3, 3))
///     matrix = matrix.round(4)
///     affine = numpy.eye(4)
///     affine[:3, :3] = matrix
///     print(*matrix.ravel(), "".join(nibabel.aff2axcodes(affine)), sep=",")
/// ```
const BY_NIBABEL: &str = include_str!("data/nibabel_axis_codes.csv");

fn affine([[a, b, c], [d, e, f], [g, h, i]]: [[f64; 3]; 3]) -> Affine {
    [
        [a, b, c, -90.0],
        [d, e, f, 12.5],
        [g, h, i, 700.0],
        [0.0, 0.0, 0.0, 1.0],
    ]
}

#[test]
fn matrices_get_the_codes_that_nibabel_gives() {
    let mut lines = 0;
    for line in BY_NIBABEL.lines() {
        let (numbers, codes) = line.rsplit_once(',').unwrap();
        let numbers: Vec<f64> = numbers
            .split(',')
            .map(|text| text.parse().unwrap())
            .collect();
        let [x, y, z] = numbers.as_chunks::<3>().0 else {
            unreachable!("nine numbers: {line}");
        };
        let affine = affine([*x, *y, *z]);
        let orientation = Orientation::from_affine(&affine).unwrap();
        assert_eq!(orientation.codes().to_string(), codes, "{line}");
        let grid = Grid::new([4, 5, 6], affine).unwrap();
        assert_eq!(grid.orientation(), orientation.codes());
        lines += 1;
    }
    assert_eq!(lines, 400);
}

/// A rotation, evenly distributed (K. Shoemake, "Uniform random rotations", Graphics Gems III, 1992), perhaps mirrored.
fn rotation() -> impl Strategy<Value = [[f64; 3]; 3]> {
    (0.0..1.0, 0.0..1.0, 0.0..1.0, any::<bool>()).prop_map(
        |(u, v, w, is_mirrored): (f64, f64, f64, bool)| {
            let turn = std::f64::consts::TAU;
            let (outer, inner) = ((1.0 - u).sqrt(), u.sqrt());
            let [a, b, c, d] = [
                inner * (turn * w).cos(),
                outer * (turn * v).sin(),
                outer * (turn * v).cos(),
                inner * (turn * w).sin(),
            ];
            let sign = if is_mirrored { -1.0 } else { 1.0 };
            [
                [
                    1.0 - 2.0 * (c * c + d * d),
                    2.0 * (b * c - a * d),
                    sign * 2.0 * (b * d + a * c),
                ],
                [
                    2.0 * (b * c + a * d),
                    1.0 - 2.0 * (b * b + d * d),
                    sign * 2.0 * (c * d - a * b),
                ],
                [
                    2.0 * (b * d - a * c),
                    2.0 * (c * d + a * b),
                    sign * (1.0 - 2.0 * (b * b + c * c)),
                ],
            ]
        },
    )
}

fn scaled(rotation: [[f64; 3]; 3], sizes: [f64; 3]) -> Affine {
    affine(rotation.map(|row| std::array::from_fn(|axis| row[axis] * sizes[axis])))
}

/// nibabel's `io_orientation` for a rotation, which needs no decomposition, line by line:
///
/// ```python
/// in_axes = np.argsort(np.min(-(R**2), axis=0))
/// for in_ax in in_axes:
///     out_ax = np.argmax(np.abs(R[:, in_ax]))
///     sign = 1 if R[out_ax, in_ax] >= 0 else -1
///     R[out_ax, :] = 0
/// ```
fn greedy(mut rotation: [[f64; 3]; 3]) -> String {
    let clearest = |axis: usize| {
        (0..3)
            .map(|row| -rotation[row][axis].powi(2))
            .fold(0.0, f64::min)
    };
    let mut axes = [0, 1, 2];
    axes.sort_by(|&a, &b| clearest(a).total_cmp(&clearest(b)));
    let mut letters = [' '; 3];
    for axis in axes {
        let world = (0..3)
            .max_by(|&a, &b| rotation[a][axis].abs().total_cmp(&rotation[b][axis].abs()))
            .unwrap();
        let [negative, positive] = [['L', 'R'], ['P', 'A'], ['I', 'S']][world];
        letters[axis] = if rotation[world][axis] >= 0.0 {
            positive
        } else {
            negative
        };
        rotation[world] = [0.0; 3];
    }
    letters.iter().collect()
}

fn letters_of(orientation: &Orientation) -> [[String; 2]; 3] {
    Axis::ALL.map(|axis| orientation.end_letters(axis))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn a_rotation_gets_its_codes_greedily_and_each_side_once(
        rotation in rotation(),
        sizes in [0.2..8.0, 0.2..8.0, 0.2..8.0],
    ) {
        let orientation = Orientation::from_affine(&scaled(rotation, sizes)).unwrap();
        let codes = orientation.codes();
        prop_assert_eq!(codes.to_string(), greedy(rotation));
        for (world, (axis, direction)) in codes.patient_axes().into_iter().enumerate() {
            prop_assert_eq!(direction.axis(), world);
            prop_assert_eq!(axis.of(codes.directions()), direction);
        }
        // What the letters promise: the code first, and every side that is 15 degrees away from the other axes' planes.
        for (index, axis) in Axis::ALL.into_iter().enumerate() {
            let directions = orientation.directions(axis);
            prop_assert_eq!(directions[0], axis.of(codes.directions()));
            for (world, row) in rotation.iter().enumerate() {
                let named = directions.iter().any(|side| side.axis() == world);
                let turned = row[index].abs() > 15_f64.to_radians().sin() + 1e-9;
                prop_assert!(named || !turned, "{:?} {:?}", rotation, directions);
            }
        }
    }

    #[test]
    fn the_letters_follow_when_a_volume_is_turned_round(
        rotation in rotation(),
        wanted in (0..48_usize).prop_map(|index| AxisCodes::all().nth(index).unwrap()),
    ) {
        let grid = Grid::new([3, 4, 5], scaled(rotation, [1.0, 2.0, 3.0])).unwrap();
        let turned = Reorientation::to(&grid, wanted);
        let (before, after) = (Orientation::of_grid(&grid), Orientation::of_grid(turned.to_grid()));
        prop_assert_eq!(after.codes(), wanted);
        let (letters_before, letters_after) = (letters_of(&before), letters_of(&after));
        for ((old, direction), (new, wanted)) in before.codes().patient_axes().into_iter().zip(wanted.patient_axes()) {
            let [first, last] = old.of(letters_before.each_ref()).clone();
            let expected = if direction == wanted { [first, last] } else { [last, first] };
            prop_assert_eq!(new.of(letters_after.each_ref()), &expected);
        }
    }
}

#[test]
fn a_small_turn_changes_no_letter_and_a_larger_one_adds_one() {
    let turned = |degrees: f64| {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        let rotation = [[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]];
        letters_of(&Orientation::from_affine(&scaled(rotation, [2.0, 3.0, 4.0])).unwrap())
    };
    let letters = |texts: [[&str; 2]; 3]| texts.map(|ends| ends.map(str::to_owned));
    assert_eq!(turned(14.0), letters([["L", "R"], ["P", "A"], ["I", "S"]]));
    assert_eq!(
        turned(16.0),
        letters([["LP", "RA"], ["PR", "AL"], ["I", "S"]])
    );
}

#[test]
fn a_matrix_that_flattens_the_volume_has_no_orientation() {
    let plain = affine([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);
    let mut flat = plain;
    flat[2] = [0.0; 4];
    let mut not_a_number = plain;
    not_a_number[0][0] = f64::NAN;
    let parallel = affine([[1.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]);
    for affine in [flat, not_a_number, parallel] {
        assert_eq!(Orientation::from_affine(&affine), None);
    }
    assert_eq!(
        Orientation::from_affine(&plain)
            .unwrap()
            .codes()
            .directions(),
        [Direction::Right, Direction::Anterior, Direction::Superior]
    );
}
