//! Intervals by resampling whole cases (Efron's bootstrap), in memory that does not grow with the voxels.

use vocabulary::Interval;

use crate::error::check_length;
use crate::{Error, quantile};

/// How often every case is drawn in every replicate of the bootstrap.
///
/// Voxels of one image depend on each other, so whole cases are drawn, with replacement, as many as there are (Efron and
/// Tibshirani, An Introduction to the Bootstrap, 1993, chapter 8). The draws are made before the first case is seen;
/// cases then stream by. All methods of an evaluation use the same draws, so that differences between them are paired.
/// Takes two bytes for each case and replicate. Replicate 0 is the sample itself, every case once.
#[derive(Debug, Clone, PartialEq)]
pub struct Resampling {
    cases: usize,
    replicates: usize,
    /// `[cases, replicates + 1]`.
    times: Vec<u16>,
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): small, and the same everywhere.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Random orders. Equal seeds give equal orders.
#[derive(Debug, Clone)]
pub struct Shuffle {
    state: u64,
}

impl Shuffle {
    /// Begins with a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The numbers from 0 to below `count` in the next random order (Fisher and Yates; Knuth, The Art of Computer
    /// Programming 2, 3.4.2).
    pub fn order(&mut self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            order.swap(last, below(&mut self.state, last + 1));
        }
        order
    }
}

/// A number below `count`: the high half of a 128-bit product, uniform but for 2^-64.
fn below(state: &mut u64, count: usize) -> usize {
    ((u128::from(next(state)) * count as u128) >> 64) as usize
}

impl Resampling {
    /// Draws `replicates` times `cases` out of `cases` cases. Equal seeds give equal draws.
    pub fn new(cases: usize, replicates: usize, seed: u64) -> Self {
        let width = replicates + 1;
        let mut times = vec![0_u16; cases * width];
        let mut state = seed;
        for replicate in 1..width {
            for _ in 0..cases {
                let drawn = below(&mut state, cases);
                if let Some(count) = times.get_mut(drawn * width + replicate) {
                    *count = count.saturating_add(1);
                }
            }
        }
        for case in times.chunks_exact_mut(width) {
            if let Some(itself) = case.first_mut() {
                *itself = 1;
            }
        }
        Self {
            cases,
            replicates,
            times,
        }
    }

    /// Number of cases.
    pub const fn cases(&self) -> usize {
        self.cases
    }

    /// Number of replicates, the sample itself not counted.
    pub const fn replicates(&self) -> usize {
        self.replicates
    }

    /// How often a case is drawn in the sample itself (once) and in every replicate.
    pub(crate) fn of_case(&self, case: usize) -> Result<&[u16], Error> {
        let width = self.replicates + 1;
        self.times
            .get(case.saturating_mul(width)..case.saturating_add(1).saturating_mul(width))
            .ok_or_else(|| Error::Setting {
                what: "the number of the case",
                value: case.to_string(),
                requirement: "below the number of cases that was drawn from",
            })
    }

    /// The central 95 % of replicates, moved so that the sample itself stands at `metric`.
    ///
    /// `replicates[0]` is the sample itself as the replicates see it (in coarse bins, say); the move takes out what their
    /// coarseness does to all alike. `None` where the metric is undefined in the sample or in more than half of the
    /// replicates, or where there are fewer than two cases to draw from.
    pub fn interval(&self, replicates: &[Option<f64>], metric: Option<f64>) -> Option<Interval> {
        let (itself, rest) = replicates.split_first()?;
        let shift = metric? - (*itself)?;
        let mut values: Vec<f64> = rest.iter().filter_map(|value| *value).collect();
        if self.cases < 2 || values.is_empty() || values.len() * 2 < rest.len() {
            return None;
        }
        values.sort_by(f64::total_cmp);
        Some(Interval {
            low: quantile(&values, 0.025)? + shift,
            high: quantile(&values, 0.975)? + shift,
        })
    }

    /// Means over drawn cases of a value that every case has, or not: first of the sample itself, then of the replicates.
    ///
    /// # Errors
    /// [`Error::Length`] unless there is one value for every case.
    pub fn means(&self, values: &[Option<f64>]) -> Result<Vec<Option<f64>>, Error> {
        self.statistic(values, |drawn| {
            let (sum, count) = drawn
                .iter()
                .fold((0.0, 0_u64), |(sum, count), &(value, times)| {
                    (sum + value * f64::from(times), count + u64::from(times))
                });
            (count > 0).then(|| sum / count as f64)
        })
    }

    /// A statistic of drawn cases, given as (value, times drawn), without those that have no value: first of the sample
    /// itself, then of the replicates.
    ///
    /// # Errors
    /// [`Error::Length`] unless there is one value for every case.
    pub fn statistic<T: Copy>(
        &self,
        values: &[Option<T>],
        statistic: impl Fn(&[(T, u16)]) -> Option<f64>,
    ) -> Result<Vec<Option<f64>>, Error> {
        check_length("the list of values", values.len(), self.cases)?;
        let width = self.replicates + 1;
        let of_replicate = |replicate: usize| {
            let drawn: Vec<(T, u16)> = values
                .iter()
                .zip(self.times.chunks_exact(width))
                .filter_map(|(value, times)| {
                    let times = times.get(replicate).copied().filter(|&times| times > 0)?;
                    value.map(|value| (value, times))
                })
                .collect();
            statistic(&drawn)
        };
        Ok((0..width).map(of_replicate).collect())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Resampling, Shuffle};
    use crate::Error;

    #[test]
    fn random_orders_hold_every_number_once_and_each_place_is_as_likely() {
        let mut shuffle = Shuffle::new(3);
        let mut first = [0; 5];
        for _ in 0..5000 {
            let order = shuffle.order(5);
            first[order[0]] += 1;
            let mut sorted = order;
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2, 3, 4]);
        }
        // Five standard deviations of a binomial around 1000.
        assert!(
            first.iter().all(|count: &i32| (count - 1000).abs() < 142),
            "{first:?}"
        );
        assert!(shuffle.order(0).is_empty());
    }

    #[test]
    fn every_replicate_draws_as_many_cases_as_there_are() {
        let draws = Resampling::new(7, 50, 3);
        assert_eq!(draws, Resampling::new(7, 50, 3));
        assert_ne!(draws, Resampling::new(7, 50, 4));
        for replicate in 0..=50 {
            let drawn: u16 = (0..7)
                .map(|case| draws.of_case(case).unwrap()[replicate])
                .sum();
            assert_eq!(drawn, 7);
        }
        assert!((0..7).all(|case| draws.of_case(case).unwrap()[0] == 1));
        assert!(matches!(draws.of_case(7), Err(Error::Setting { .. })));
    }

    #[test]
    fn the_interval_of_a_mean_has_the_width_that_theory_says() {
        let values: Vec<Option<f64>> = (0..100).map(|case| Some(f64::from(case) / 99.0)).collect();
        let draws = Resampling::new(100, 2000, 1);
        let found = draws
            .interval(&draws.means(&values).unwrap(), Some(0.5))
            .unwrap();
        // Standard error of the mean of a uniform distribution over 100 cases: sqrt(1/12) / 10.
        let expected = 2.0 * 1.96 * (1.0_f64 / 12.0).sqrt() / 10.0;
        assert!(((found.high - found.low) / expected - 1.0).abs() < 0.1);
        assert!(found.low < 0.5 && 0.5 < found.high);
    }

    #[test]
    fn cases_without_a_value_are_left_out() {
        let draws = Resampling::new(3, 20, 1);
        let means = draws.means(&[Some(2.0), None, Some(4.0)]).unwrap();
        assert_eq!(means[0], Some(3.0));
        assert!(
            means
                .iter()
                .flatten()
                .all(|mean| (2.0..=4.0).contains(mean))
        );
        assert!(matches!(draws.means(&[None]), Err(Error::Length { .. })));
    }

    #[test]
    fn figures_that_are_rarely_defined_have_no_interval() {
        let draws = Resampling::new(2, 3, 1);
        let values = [Some(1.0), None, None, Some(2.0)];
        assert_eq!(draws.interval(&values, Some(1.0)), None);
        assert_eq!(draws.interval(&[Some(1.0), Some(1.0)], None), None);
        assert_eq!(draws.interval(&[], Some(1.0)), None);
        let alone = Resampling::new(1, 3, 1);
        assert_eq!(alone.interval(&[Some(1.0); 4], Some(1.0)), None);
    }
}
