//! Small systems of linear equations.

/// Solves a symmetric positive definite system by Cholesky's decomposition.
#[allow(
    clippy::indexing_slicing,
    reason = "every index is below the length of the arrays, which is a constant"
)]
pub(crate) fn solve<const N: usize>(matrix: [[f64; N]; N], right: [f64; N]) -> [f64; N] {
    let mut lower = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            lower[i][j] = if i == j {
                (matrix[i][i] - sum).sqrt()
            } else {
                (matrix[i][j] - sum) / lower[j][j]
            };
        }
    }
    let mut solution = right;
    for i in 0..N {
        let sum: f64 = (0..i).map(|k| lower[i][k] * solution[k]).sum();
        solution[i] = (solution[i] - sum) / lower[i][i];
    }
    for i in (0..N).rev() {
        let sum: f64 = (i + 1..N).map(|k| lower[k][i] * solution[k]).sum();
        solution[i] = (solution[i] - sum) / lower[i][i];
    }
    solution
}

#[cfg(test)]
mod tests {
    use super::solve;

    #[test]
    fn a_system_by_hand() {
        let found = solve(
            [[4.0, 2.0, 0.0], [2.0, 5.0, 3.0], [0.0, 3.0, 6.0]],
            [8.0, 21.0, 24.0],
        );
        let wanted = [1.0, 2.0, 3.0];
        assert!(
            found
                .iter()
                .zip(wanted)
                .all(|(found, wanted)| (found - wanted).abs() < 1e-12)
        );
    }
}
