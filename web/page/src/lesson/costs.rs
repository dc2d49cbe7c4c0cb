//! Figure *costs*: what a missed pixel and a false alarm cost decides where the border belongs.

/// What a threshold leads to, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Counts {
    /// Pixels marked as object.
    pub marked: u64,
    /// Object pixels that are not marked.
    pub missed: f64,
    /// Marked pixels that are no object.
    pub false_alarms: f64,
}

impl Counts {
    /// What both amount to if a missed pixel costs as much as `ratio` false alarms, in false alarms.
    #[must_use]
    pub fn cost(&self, ratio: f64) -> f64 {
        self.missed * ratio + self.false_alarms
    }
}

/// The probability from which marking costs less than not marking, if a missed pixel costs `ratio` times a false alarm: not
/// marking costs `p · ratio`, marking `1 − p` (Elkan, The foundations of cost-sensitive learning, IJCAI 2001).
#[must_use]
pub fn threshold(ratio: f64) -> f64 {
    1.0 / (1.0 + ratio.max(0.0))
}

/// What the image's own probabilities expect of a threshold.
#[must_use]
pub fn expected(probability: &[f32], threshold: f64) -> Counts {
    let mut counts = Counts::default();
    for p in probability.iter().map(|p| f64::from(*p)) {
        if p >= threshold {
            counts.marked += 1;
            counts.false_alarms += 1.0 - p;
        } else {
            counts.missed += p;
        }
    }
    counts
}

/// What labels say of a threshold; voxels without a label do not count.
#[must_use]
pub fn counted(probability: &[f32], truth: &[bool], threshold: f64) -> Counts {
    let mut counts = Counts::default();
    for (p, object) in probability.iter().zip(truth) {
        let marked = f64::from(*p) >= threshold;
        match (marked, object) {
            (true, true) => counts.marked += 1,
            (true, false) => {
                counts.marked += 1;
                counts.false_alarms += 1.0;
            }
            (false, true) => counts.missed += 1.0,
            (false, false) => {}
        }
    }
    counts
}

/// The ratio of costs at a place of the slider, -1..=1: from 1 to 20, over even, to 20 to 1.
#[must_use]
pub fn ratio(place: f64) -> f64 {
    20.0_f64.powf(place.clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    /// Pixels whose probabilities are frequencies: of those with p = k/10, k of ten are object.
    fn calibrated() -> (Vec<f32>, Vec<bool>) {
        let all = (0..=10).flat_map(|k: u8| (0..10).map(move |n: u8| (f32::from(k) / 10.0, n < k)));
        all.unzip()
    }

    #[test]
    fn the_threshold_of_bayes_costs_least_where_probabilities_are_frequencies() {
        let (probability, truth) = calibrated();
        for ratio in [0.1, 0.5, 1.0, 3.0, 12.0] {
            let best = counted(&probability, &truth, threshold(ratio)).cost(ratio);
            for step in 0..=100 {
                let other = counted(&probability, &truth, f64::from(step) / 100.0);
                assert!(best <= other.cost(ratio) + 1e-9, "{ratio}: {step}");
            }
        }
    }

    #[test]
    fn what_is_expected_is_what_is_counted_where_probabilities_are_frequencies() {
        let (probability, truth) = calibrated();
        for at in [0.05, 0.35, 0.5, 0.95] {
            let (said, found) = (
                expected(&probability, at),
                counted(&probability, &truth, at),
            );
            assert_eq!(said.marked, found.marked);
            assert!(
                (said.missed - found.missed).abs() < 1e-4,
                "{said:?} {found:?}"
            );
            assert!((said.false_alarms - found.false_alarms).abs() < 1e-4);
        }
    }

    #[test]
    fn dear_misses_lower_the_threshold() {
        assert!((threshold(1.0) - 0.5).abs() < 1e-12 && (threshold(9.0) - 0.1).abs() < 1e-12);
        assert!((ratio(0.0) - 1.0).abs() < 1e-12 && (ratio(1.0) * ratio(-1.0) - 1.0).abs() < 1e-12);
    }
}
