//! Temperature scaling: one number that makes the softmax as likely as it can be.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::logit_differences::{check_logits, evenly_spaced, logit_differences};

/// The range in which the temperature is looked for.
const MIN_TEMPERATURE: f64 = 0.01;
const MAX_TEMPERATURE: f64 = 100.0;
/// Steps of the search; each at least halves the interval.
const MAX_STEPS: usize = 80;

/// A fitted temperature.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Temperature {
    /// What logits are divided by, 0.01 to 100; above 1 the probabilities become softer.
    pub temperature: f64,
    /// Negative log-likelihood in nats of the fitted voxels at temperature 1,
    pub nll_before: f64,
    /// and at the fitted temperature.
    pub nll_after: f64,
    /// Number of voxels that were fitted.
    pub voxels: usize,
}

/// Voxels that a temperature is fitted on (Guo et al., ICML 2017).
///
/// Of every case at most a given number of voxels is kept, evenly spaced in its memory; each stands for as many as it
/// replaces. Memory is 4 (classes + 2) bytes for a kept voxel.
#[derive(Debug, Clone, PartialEq)]
pub struct TemperatureFit {
    classes: usize,
    max_per_case: usize,
    /// Differences of a voxel's logits from that of its label, `[voxels, classes]`.
    logit_differences: Vec<f32>,
    weights: Vec<f32>,
}

/// The mean negative log-likelihood as a function of the inverse temperature, and its first two derivatives.
struct Likelihood {
    value: f64,
    slope: f64,
    curvature: f64,
}

impl TemperatureFit {
    /// For logits of that many classes; at most `max_per_case` voxels of a case are kept (at least one is).
    pub fn new(classes: usize, max_per_case: usize) -> Self {
        Self {
            classes,
            max_per_case: max_per_case.max(1),
            logit_differences: Vec::new(),
            weights: Vec::new(),
        }
    }

    /// Adds a case: logits `[classes, voxels]` and the true class of every voxel.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::UnknownClass`] and [`Error::NotANumber`] for arrays that do not fit. Nothing is added
    /// then.
    pub fn add(&mut self, logits: &[f32], labels: &[u8]) -> Result<(), Error> {
        check_logits(logits, labels, self.classes)?;
        let kept = evenly_spaced(labels.len(), self.max_per_case);
        let weight = labels.len() as f32 / kept.len() as f32;
        for voxel in kept {
            self.logit_differences
                .extend(logit_differences(logits, labels, voxel));
            self.weights.push(weight);
        }
        Ok(())
    }

    /// -ln p(label) = ln of the sum of e^(beta difference): convex in beta, the inverse temperature.
    fn at(&self, beta: f64) -> Likelihood {
        let (mut value, mut slope, mut curvature, mut total) = (0.0, 0.0, 0.0, 0.0);
        for (logit_differences, &weight) in self
            .logit_differences
            .chunks_exact(self.classes.max(1))
            .zip(&self.weights)
        {
            let weight = f64::from(weight);
            let largest = logit_differences
                .iter()
                .copied()
                .fold(f32::NEG_INFINITY, f32::max);
            let (mut sum, mut first, mut second) = (0.0, 0.0, 0.0);
            for &difference in logit_differences {
                let difference = f64::from(difference);
                let term = (beta * (difference - f64::from(largest))).exp();
                sum += term;
                first += term * difference;
                second += term * difference * difference;
            }
            let mean = first / sum;
            value += weight * (beta * f64::from(largest) + sum.ln());
            slope += weight * mean;
            curvature += weight * (second / sum - mean * mean);
            total += weight;
        }
        Likelihood {
            value: value / total,
            slope: slope / total,
            curvature: curvature / total,
        }
    }

    /// The temperature with the least negative log-likelihood, by Newton's method with bisection as its guard. At an end
    /// of the range where the likelihood still rises there. `None` without voxels.
    pub fn fit(&self) -> Option<Temperature> {
        if self.weights.is_empty() {
            return None;
        }
        let (mut low, mut high) = (1.0 / MAX_TEMPERATURE, 1.0 / MIN_TEMPERATURE);
        let mut beta = 1.0;
        if self.at(low).slope >= 0.0 {
            (beta, high) = (low, low);
        } else if self.at(high).slope <= 0.0 {
            (beta, low) = (high, high);
        }
        for _ in 0..MAX_STEPS {
            if high - low <= 1e-9 * high {
                break;
            }
            let here = self.at(beta);
            if here.slope > 0.0 {
                high = beta;
            } else {
                low = beta;
            }
            let newton = beta - here.slope / here.curvature;
            let next = if newton > low && newton < high {
                newton
            } else {
                // The middle of the logarithms: the range spans four powers of ten.
                (low * high).sqrt()
            };
            if (next - beta).abs() <= 1e-10 * beta {
                beta = next;
                break;
            }
            beta = next;
        }
        Some(Temperature {
            temperature: 1.0 / beta,
            nll_before: self.at(1.0).value,
            nll_after: self.at(beta).value,
            voxels: self.weights.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::TemperatureFit;
    use crate::Error;

    /// Voxels with odds of 3 : 1 in truth, whose logits claim `claimed` times the log-odds.
    fn overconfident(claimed: f32) -> TemperatureFit {
        let mut fit = TemperatureFit::new(2, 1000);
        let logit = claimed * 3.0_f32.ln();
        let logits = [logit, logit, logit, logit, 0.0, 0.0, 0.0, 0.0];
        fit.add(&logits, &[0, 0, 0, 1]).unwrap();
        fit
    }

    #[test]
    fn the_temperature_is_how_much_the_logits_exaggerate() {
        for claimed in [0.05, 0.5, 1.0, 2.5, 60.0] {
            let found = overconfident(claimed).fit().unwrap();
            let ratio = found.temperature / f64::from(claimed);
            assert!((ratio - 1.0).abs() < 1e-5, "{claimed}: {found:?}");
            assert!(found.nll_after <= found.nll_before + 1e-12);
            let entropy = -(0.75_f64 * 0.75_f64.ln() + 0.25 * 0.25_f64.ln());
            assert!((found.nll_after - entropy).abs() < 1e-6);
        }
    }

    #[test]
    fn logits_that_are_always_right_end_at_the_coolest_and_always_wrong_at_the_hottest() {
        let mut right = TemperatureFit::new(2, 10);
        right.add(&[5.0, -5.0], &[0]).unwrap();
        assert!((right.fit().unwrap().temperature - 0.01).abs() < 1e-9);
        let mut wrong = TemperatureFit::new(2, 10);
        wrong.add(&[5.0, -5.0], &[1]).unwrap();
        assert!((wrong.fit().unwrap().temperature - 100.0).abs() < 1e-6);
        assert_eq!(TemperatureFit::new(2, 10).fit(), None);
    }

    #[test]
    fn a_part_of_the_voxels_stands_for_all() {
        let logits: Vec<f32> = (0..9000)
            .map(|index| ((index * 7919) % 61) as f32 / 9.0)
            .collect();
        let labels: Vec<u8> = (0..3000)
            .map(|index| ((index * 104_729) % 3) as u8)
            .collect();
        let temperature = |limit| {
            let mut fit = TemperatureFit::new(3, limit);
            fit.add(&logits, &labels).unwrap();
            fit.fit().unwrap()
        };
        let (all, some) = (temperature(3000), temperature(1000));
        assert_eq!((all.voxels, some.voxels), (3000, 1000));
        assert!((all.nll_before / some.nll_before - 1.0).abs() < 0.1);
    }

    #[test]
    fn faults_are_named() {
        let mut fit = TemperatureFit::new(2, 10);
        assert!(matches!(fit.add(&[0.0], &[0]), Err(Error::Length { .. })));
        assert!(matches!(
            fit.add(&[0.0; 2], &[2]),
            Err(Error::UnknownClass { .. })
        ));
        assert!(matches!(
            fit.add(&[0.0, f32::NAN], &[0]),
            Err(Error::NotANumber { .. })
        ));
        assert_eq!(fit, TemperatureFit::new(2, 10));
    }
}
