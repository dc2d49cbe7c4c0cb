//! Rank correlation.

/// Spearman's rank correlation, -1 to 1: the product-moment correlation of ranks, equal values sharing the mean of their
/// ranks (Spearman, 1904; as `scipy.stats.spearmanr`).
///
/// Only as many pairs as the shorter slice has. `None` for fewer than two pairs, values that are not numbers, or where all
/// values of one side are equal.
pub fn spearman(left: &[f64], right: &[f64]) -> Option<f64> {
    let pairs: Vec<(f64, f64)> = left.iter().copied().zip(right.iter().copied()).collect();
    let once = vec![1; pairs.len()];
    weighted_spearman(&pairs, &once)
}

/// [`spearman`] of pairs of which each occurs a number of times.
pub fn weighted_spearman(pairs: &[(f64, f64)], times: &[u16]) -> Option<f64> {
    if pairs.iter().any(|(x, y)| x.is_nan() || y.is_nan()) {
        return None;
    }
    let x = ranks(pairs.iter().map(|pair| pair.0), times);
    let y = ranks(pairs.iter().map(|pair| pair.1), times);
    let total: f64 = times.iter().map(|&times| f64::from(times)).sum();
    let mean = (total + 1.0) / 2.0;
    let (mut shared, mut of_x, mut of_y) = (0.0, 0.0, 0.0);
    for ((x, y), &times) in x.into_iter().zip(y).zip(times) {
        let weight = f64::from(times);
        shared += weight * (x - mean) * (y - mean);
        of_x += weight * (x - mean).powi(2);
        of_y += weight * (y - mean).powi(2);
    }
    (total >= 2.0 && of_x > 0.0 && of_y > 0.0)
        .then(|| (shared / (of_x * of_y).sqrt()).clamp(-1.0, 1.0))
}

/// Rank of every value from 1 on, the mean of their places where values are equal.
fn ranks(values: impl Iterator<Item = f64>, times: &[u16]) -> Vec<f64> {
    let mut order: Vec<(f64, usize, f64)> = values
        .zip(times)
        .enumerate()
        .map(|(index, (value, &times))| (value, index, f64::from(times)))
        .collect();
    // Both zeros are one value.
    order.sort_by(|a, b| (a.0 + 0.0).total_cmp(&(b.0 + 0.0)));
    let mut ranks = vec![0.0; order.len()];
    let mut before = 0.0;
    for equal in order.chunk_by(|a, b| a.0 == b.0) {
        let here: f64 = equal.iter().map(|value| value.2).sum();
        for (_, index, _) in equal {
            if let Some(rank) = ranks.get_mut(*index) {
                *rank = before + (here + 1.0) / 2.0;
            }
        }
        before += here;
    }
    ranks
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{spearman, weighted_spearman};

    #[test]
    fn monotone_pairs_correlate_fully() {
        let x = [0.1, 0.2, 0.5, 3.0];
        assert_eq!(spearman(&x, &[1.0, 10.0, 100.0, 1e9]), Some(1.0));
        assert_eq!(spearman(&x, &[4.0, 3.0, 2.0, -7.0]), Some(-1.0));
    }

    /// scipy.stats.spearmanr([1, 2, 2, 3, 5], [5, 6, 7, 7, 1]).statistic
    #[test]
    fn equal_values_share_ranks() {
        let found = spearman(&[1.0, 2.0, 2.0, 3.0, 5.0], &[5.0, 6.0, 7.0, 7.0, 1.0]).unwrap();
        assert!((found - SCIPY).abs() < 1e-12, "{found}");
    }
    const SCIPY: f64 = -0.131_578_947_368_421_07;

    #[test]
    fn a_pair_drawn_twice_counts_as_two() {
        let pairs = [(1.0, 2.0), (2.0, 1.0), (3.0, 5.0)];
        let twice = [1.0, 2.0, 2.0, 3.0];
        let repeated = spearman(&twice, &[2.0, 1.0, 1.0, 5.0]);
        assert_eq!(weighted_spearman(&pairs, &[1, 2, 1]), repeated);
    }

    #[test]
    fn without_differences_there_is_no_correlation() {
        assert_eq!(spearman(&[1.0, 1.0], &[2.0, 3.0]), None);
        assert_eq!(spearman(&[1.0], &[2.0]), None);
        assert_eq!(spearman(&[1.0, f64::NAN], &[2.0, 3.0]), None);
        assert_eq!(spearman(&[-0.0, 0.0], &[2.0, 3.0]), None);
    }
}
