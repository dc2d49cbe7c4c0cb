//! Arithmetic of 3 x 3 and homogeneous 4 x 4 matrices.

/// A homogeneous matrix, row by row; the last row is 0 0 0 1.
pub type Affine = [[f64; 4]; 4];

/// A matrix, row by row.
pub(crate) type Matrix = [[f64; 3]; 3];

/// Newton's iteration doubles the digits at each step once near; far from it, it halves the distance. The worst matrix
/// that a grid admits needs about 30 steps.
const MAX_STEPS: usize = 64;

/// Rotation, zoom and shear, without the translation.
pub(crate) fn linear_part(affine: &Affine) -> Matrix {
    let [x, y, z, _] = *affine;
    [x, y, z].map(|[column, row, plane, _]| [column, row, plane])
}

/// The lengths of the columns: how far apart voxels are along each of their axes.
pub(crate) fn columns_norms(matrix: &Matrix) -> [f64; 3] {
    // Not `hypot`, so that 3 mm along one axis is exactly 3 mm on every target.
    transposed(matrix).map(|column| dot(column, column).sqrt())
}

/// The matrix with its columns divided by `lengths`.
pub(crate) fn divide_columns(matrix: &Matrix, lengths: [f64; 3]) -> Matrix {
    matrix.map(|row| zip(row, lengths, |value, length| value / length))
}

fn zip<T, U>([a, b, c]: [T; 3], [d, e, f]: [T; 3], combine: impl Fn(T, T) -> U) -> [U; 3] {
    [combine(a, d), combine(b, e), combine(c, f)]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    zip(a, b, |a, b| a * b).into_iter().sum()
}

pub(crate) fn determinant([a, b, c]: &Matrix) -> f64 {
    let [x, y, z] = cross(b, c);
    a[0] * x + a[1] * y + a[2] * z
}

fn cross(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// The transposed inverse of a matrix whose determinant is not 0.
fn inverse_transposed(matrix: &Matrix) -> Matrix {
    let [a, b, c] = matrix;
    let determinant = determinant(matrix);
    [cross(b, c), cross(c, a), cross(a, b)].map(|row| row.map(|value| value / determinant))
}

pub(super) fn transposed(&[[a, b, c], [d, e, f], [g, h, i]]: &Matrix) -> Matrix {
    [[a, d, g], [b, e, h], [c, f, i]]
}

/// The inverse of an affine matrix whose linear part has a determinant other than 0.
pub(crate) fn inverse(affine: &Affine) -> Affine {
    let linear = transposed(&inverse_transposed(&linear_part(affine)));
    let origin = [affine[0][3], affine[1][3], affine[2][3]];
    let offset = |row: &[f64; 3]| {
        -row.iter()
            .zip(origin)
            .map(|(factor, value)| factor * value)
            .sum::<f64>()
    };
    let [x, y, z] = linear.map(|row| [row[0], row[1], row[2], offset(&row)]);
    [x, y, z, [0.0, 0.0, 0.0, 1.0]]
}

/// `first` after `second`.
pub(crate) fn product(first: &Affine, second: &Affine) -> Affine {
    let [[a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]] = *second;
    let columns = [[a, e, i, m], [b, f, j, n], [c, g, k, o], [d, h, l, p]];
    first.map(|row| columns.map(|column| row.iter().zip(column).map(|(a, b)| a * b).sum()))
}

/// Where a point goes.
pub(crate) fn transform(affine: &Affine, [x, y, z]: [f64; 3]) -> [f64; 3] {
    let [to_x, to_y, to_z, _] = affine;
    [to_x, to_y, to_z].map(|[a, b, c, d]| a * x + b * y + c * z + d)
}

/// The orthogonal matrix closest to an invertible one: the orthogonal factor U of its polar decomposition, which is
/// `P Q` of its singular value decomposition `P S Q`. By Newton's iteration `X <- (X + X^-T) / 2` (N. J. Higham,
/// "Computing the polar decomposition, with applications", SIAM J. Sci. Stat. Comput. 7, 1986).
pub(crate) fn nearest_rotation(matrix: &Matrix) -> Matrix {
    let mut current = *matrix;
    for _ in 0..MAX_STEPS {
        let other = inverse_transposed(&current);
        let next = zip(current, other, |row, other| {
            zip(row, other, |a, b| (a + b) / 2.0)
        });
        let change = next
            .iter()
            .flatten()
            .zip(current.iter().flatten())
            .map(|(new, old)| (new - old).abs())
            .fold(0.0, f64::max);
        current = next;
        if change < 1e-15 {
            break;
        }
    }
    current
}

/// Whether the columns are at right angles to each other, to within `tolerance` of their cosines.
pub(crate) fn is_orthogonal(matrix: &Matrix, tolerance: f64) -> bool {
    let lengths = columns_norms(matrix);
    let [a, b, c] = transposed(&divide_columns(matrix, lengths));
    [(a, b), (a, c), (b, c)]
        .into_iter()
        .all(|(a, b)| dot(a, b).abs() <= tolerance)
}

#[cfg(test)]
mod tests {
    use super::{Matrix, determinant, inverse, is_orthogonal, nearest_rotation, product};

    fn assert_close(found: &[f64], expected: &[f64]) {
        for (a, b) in found.iter().zip(expected) {
            assert!((a - b).abs() < 1e-12, "{found:?} {expected:?}");
        }
    }

    #[test]
    fn a_matrix_times_its_inverse_is_the_identity() {
        let affine = [
            [2.0, 0.3, -0.1, 5.0],
            [-0.2, 1.5, 0.4, -7.0],
            [0.1, -0.6, 3.0, 11.0],
            [0.0, 0.0, 0.0, 1.0],
        ];
        let identity = product(&affine, &inverse(&affine));
        for (row, values) in identity.iter().enumerate() {
            let mut expected = [0.0; 4];
            expected[row] = 1.0;
            assert_close(values, &expected);
        }
    }

    /// `u, s, v = numpy.linalg.svd([[2, .3, -.1], [-.2, 1.5, .4], [.1, -.6, 3]]); print(u @ v)`
    #[test]
    fn the_nearest_rotation_is_that_of_the_singular_value_decomposition() {
        let matrix: Matrix = [[2.0, 0.3, -0.1], [-0.2, 1.5, 0.4], [0.1, -0.6, 3.0]];
        let found = nearest_rotation(&matrix);
        let expected: Matrix = [
            [
                0.9897871570322156,
                0.14064654419286077,
                -0.023236466613719337,
            ],
            [
                -0.13228266916394085,
                0.9669428647721178,
                0.21799722866393104,
            ],
            [
                0.053128892449854206,
                -0.21269707537457247,
                0.9756727294098952,
            ],
        ];
        assert_close(found.as_flattened(), expected.as_flattened());
        assert!(is_orthogonal(&found, 1e-12) && !is_orthogonal(&matrix, 1e-3));
        assert!((determinant(&found) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn mirrored_matrices_stay_mirrored() {
        let found = nearest_rotation(&[[-1.0, 0.2, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);
        assert!((determinant(&found) + 1.0).abs() < 1e-12);
    }
}
