//! Probabilities without the pattern that transposed convolutions leave in them.

/// A binomial filter `[1 2 1] / 4` along rows and columns; beyond the edge the last value goes on.
///
/// A network of transposed convolutions with stride 2 leaves a pattern of two pixels in its probabilities (Odena, Dumoulin
/// and Olah, "Deconvolution and checkerboard artifacts", Distill 2016): too weak to move a mask, strong enough to fray a
/// contour at 0.1 or 0.9. Of all symmetric filters of three taps this one removes exactly that frequency, and leaves slow
/// changes as they are. It is for what is drawn; what is read out, saved and counted is not filtered.
///
/// `values` `[rows, columns]`; values that do not fill the size come back as they are.
#[must_use]
pub fn smoothed(values: &[f32], [rows, columns]: [usize; 2]) -> Vec<f32> {
    if values.is_empty() || values.len() != rows.saturating_mul(columns) {
        return values.to_vec();
    }
    let along_rows: Vec<f32> = values
        .chunks_exact(columns)
        .flat_map(filtered_row)
        .collect();
    let row = |row: usize| along_rows.get(row * columns..).unwrap_or_default().iter();
    (0..rows)
        .flat_map(|at| {
            let (before, after) = (row(at.saturating_sub(1)), row((at + 1).min(rows - 1)));
            let here = row(at).take(columns);
            here.zip(before.zip(after))
                .map(|(here, (before, after))| 0.25 * before + 0.5 * here + 0.25 * after)
        })
        .collect()
}

fn filtered_row(row: &[f32]) -> impl Iterator<Item = f32> {
    let before = row.first().into_iter().chain(row);
    let after = row.iter().skip(1).chain(row.last());
    row.iter()
        .zip(before.zip(after))
        .map(|(here, (before, after))| 0.25 * before + 0.5 * here + 0.25 * after)
}

#[cfg(test)]
mod tests {
    use super::smoothed;

    const SIZE: [usize; 2] = [9, 12];

    #[test]
    fn a_pattern_of_two_pixels_is_gone_and_a_slope_stays() {
        let slope = |index: usize| 0.03 * (index / 12) as f32 + 0.01 * (index % 12) as f32;
        let pattern = |index: usize| {
            let [row, column] = [index / 12 % 2, index % 12 % 2];
            // Along rows, along columns, and in both.
            0.04 * (2.0 * row as f32 - 1.0)
                + 0.03 * (2.0 * column as f32 - 1.0)
                + 0.02 * (2.0 * ((row + column) % 2) as f32 - 1.0)
        };
        let values: Vec<f32> = (0..108)
            .map(|index| slope(index) + pattern(index))
            .collect();
        let found = smoothed(&values, SIZE);
        assert_eq!(found.len(), values.len());
        for row in 1..8 {
            for column in 1..11 {
                let index = row * 12 + column;
                assert!((found[index] - slope(index)).abs() < 1e-6, "{row} {column}");
            }
        }
    }

    #[test]
    fn what_is_everywhere_the_same_stays_at_the_edge_too() {
        assert!(
            smoothed(&[0.3; 108], SIZE)
                .iter()
                .all(|p| (p - 0.3).abs() < 1e-7)
        );
        assert_eq!(smoothed(&[0.1, 0.9], SIZE), [0.1, 0.9]);
        assert!(smoothed(&[], [0, 5]).is_empty());
        assert_eq!(smoothed(&[0.7], [1, 1]), [0.7]);
    }
}
