//! How far from the values that are known a further one may lie.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Student's distribution with more degrees of freedom is the normal one within 1e-4, and statrs takes ever longer to
/// find its quantiles.
const MAX_FREEDOM: f64 = 1e5;

/// The limit of a prediction interval: how many standard deviations from the mean of `count` values of a normal
/// distribution a further value has to lie to be as rare as one beyond `deviations` (such as 3) of a distribution that
/// is known exactly.
///
/// Mean and deviation are those of the values themselves; the deviation is the population's, which divides by `count`.
/// The limit is `t sqrt((count + 1) / (count - 1))` with the quantile `t` of Student's distribution with `count - 1`
/// degrees of freedom (Hahn and Meeker, Statistical Intervals, 1991, section 4.7): with three deviations 8.1 for 5 values,
/// 3.6 for 20, and down to `deviations` for many.
///
/// `None` for fewer than two values, and for `deviations` that are not above 0 or beyond 8, where the probability is
/// below 1e-15.
#[must_use]
pub fn prediction_limit(count: usize, deviations: f64) -> Option<f64> {
    if count < 2 || !(deviations > 0.0 && deviations <= 8.0) {
        return None;
    }
    let count = count as f64;
    let beyond = Normal::standard().sf(deviations);
    let student = StudentsT::new(0.0, 1.0, (count - 1.0).min(MAX_FREEDOM)).ok()?;
    // By symmetry from the lower tail, where a small probability keeps its digits.
    let quantile = -student.inverse_cdf(beyond);
    Some(quantile * ((count + 1.0) / (count - 1.0)).sqrt())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::prediction_limit;

    /// Quantiles from `scipy.stats.t.ppf(scipy.stats.norm.cdf(3), count - 1)`.
    #[test]
    fn few_values_tell_less_than_many() {
        for (count, quantile) in [(5, 6.6202), (22, 3.3997), (1000, 3.0075)] {
            let n = f64::from(count);
            let expected = quantile * ((n + 1.0) / (n - 1.0)).sqrt();
            let found = prediction_limit(count as usize, 3.0).unwrap();
            assert!(
                (found / expected - 1.0).abs() < 1e-5,
                "{count}: {found} {expected}"
            );
        }
    }

    #[test]
    fn any_number_of_values_has_a_limit_that_falls_towards_the_known_distribution() {
        let counts = [2, 3, 10, 1000, 100_000, 1 << 20, u32::MAX as usize];
        let limits = counts.map(|count| prediction_limit(count, 3.0).unwrap());
        assert!(
            limits.windows(2).all(|pair| pair[0] > pair[1]),
            "{limits:?}"
        );
        assert!((limits[6] - 3.0).abs() < 1e-4);
        assert!(prediction_limit(usize::MAX, 3.0).unwrap() >= 3.0);
    }

    #[test]
    fn what_cannot_be_told_is_none() {
        assert_eq!(prediction_limit(1, 3.0), None);
        for deviations in [0.0, -1.0, 9.0, f64::NAN, f64::INFINITY] {
            assert_eq!(prediction_limit(10, deviations), None);
        }
        assert!(prediction_limit(10, 8.0).unwrap().is_finite());
    }
}
