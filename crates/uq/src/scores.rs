//! Baselines: probabilities and uncertainty from logits alone.
//!
//! Logits are `[classes, voxels]`; every score is larger where there is more doubt. Computed in 64 bits from differences of
//! logits, so that confident voxels, whose probability rounds to 1, keep their order.

use crate::Error;
use crate::error::{check_length, check_numbers};

/// A score of uncertainty that needs nothing but the logits of one pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogitScore {
    /// One minus the largest class probability, 0 to 1 - 1/classes (Hendrycks and Gimpel, ICLR 2017).
    Softmax,
    /// Entropy of the class probabilities in nats, 0 to ln(classes).
    Entropy,
    /// One minus the difference of the two largest class probabilities, 0 to 1.
    Margin,
    /// Free energy at temperature 1, -ln of the sum of e^logit, any number (Liu et al., NeurIPS 2020).
    Energy,
}

/// One voxel's logits as differences from the largest, and what they sum to.
struct Voxel {
    largest: f64,
    /// Sum over the classes but the largest of e^difference.
    rest: f64,
    /// The largest of those terms.
    second: f64,
    /// Sum over the classes but the largest of e^difference x difference.
    weighted: f64,
}

impl Voxel {
    fn new(logits: impl Iterator<Item = f32> + Clone) -> Self {
        let (place, largest) = logits.clone().enumerate().fold(
            (0, f64::NEG_INFINITY),
            |(best, largest), (class, logit)| {
                let logit = f64::from(logit);
                if logit > largest {
                    (class, logit)
                } else {
                    (best, largest)
                }
            },
        );
        let (mut rest, mut second, mut weighted) = (0.0, 0.0_f64, 0.0);
        for (_, logit) in logits.enumerate().filter(|&(class, _)| class != place) {
            let difference = f64::from(logit) - largest;
            let term = difference.exp();
            rest += term;
            second = second.max(term);
            // 0 x -infinity is meant to be 0 here.
            if term > 0.0 {
                weighted += term * difference;
            }
        }
        Self {
            largest,
            rest,
            second,
            weighted,
        }
    }

    fn score(&self, score: LogitScore) -> f64 {
        let total = 1.0 + self.rest;
        match score {
            LogitScore::Softmax => self.rest / total,
            LogitScore::Entropy => self.rest.ln_1p() - self.weighted / total,
            LogitScore::Margin => (self.rest + self.second) / total,
            LogitScore::Energy => -self.largest - self.rest.ln_1p(),
        }
    }
}

fn voxels_of(logits: &[f32], classes: usize) -> Result<usize, Error> {
    let voxels = logits.len().checked_div(classes).unwrap_or(0);
    check_length("the logits", logits.len(), voxels * classes)?;
    check_numbers("the logits", logits)?;
    Ok(voxels)
}

impl LogitScore {
    /// The score of every voxel.
    ///
    /// # Errors
    /// [`Error::Length`] if the logits are not `classes` for every voxel, [`Error::NotANumber`] for one that is not a
    /// number.
    pub fn of(self, logits: &[f32], classes: usize) -> Result<Vec<f32>, Error> {
        let voxels = voxels_of(logits, classes)?;
        let of_voxel = |voxel: usize| {
            let values = logits.iter().skip(voxel).step_by(voxels).copied();
            Voxel::new(values).score(self) as f32
        };
        Ok((0..voxels).map(of_voxel).collect())
    }
}

/// Class probabilities `[classes, voxels]` at a temperature: softmax of logits / temperature.
///
/// # Errors
/// As [`LogitScore::of`]; [`Error::Setting`] for a temperature that is not a positive number.
pub fn softmax(logits: &[f32], classes: usize, temperature: f64) -> Result<Vec<f32>, Error> {
    if !(temperature.is_finite() && temperature > 0.0) {
        return Err(Error::Setting {
            what: "the temperature",
            value: temperature.to_string(),
            requirement: "a positive number",
        });
    }
    let voxels = voxels_of(logits, classes)?;
    let mut probabilities = vec![0.0; logits.len()];
    for voxel in 0..voxels {
        let values = || logits.iter().skip(voxel).step_by(voxels);
        let largest = values().copied().fold(f32::NEG_INFINITY, f32::max);
        let term = |&logit: &f32| ((f64::from(logit) - f64::from(largest)) / temperature).exp();
        let total = values().map(term).sum::<f64>();
        let to = probabilities.iter_mut().skip(voxel).step_by(voxels);
        for (probability, logit) in to.zip(values()) {
            *probability = (term(logit) / total) as f32;
        }
    }
    Ok(probabilities)
}

/// Entropy in nats of class probabilities `[classes, voxels]`, each 0 to 1 and summing to 1 for each voxel: the score of
/// methods that average the probabilities of several passes.
///
/// # Errors
/// As [`LogitScore::of`].
pub fn entropy(probabilities: &[f32], classes: usize) -> Result<Vec<f32>, Error> {
    let voxels = voxels_of(probabilities, classes)?;
    let of_voxel = |voxel: usize| {
        let values = || {
            let values = probabilities.iter().skip(voxel).step_by(voxels);
            values.map(|&value| f64::from(value))
        };
        let (place, _) = values()
            .enumerate()
            .fold((0, -1.0), |best, (class, value)| {
                if value > best.1 { (class, value) } else { best }
            });
        let others = || {
            let others = values().enumerate().filter(|&(class, _)| class != place);
            others.map(|(_, value)| value).filter(|&value| value > 0.0)
        };
        // The largest probability is 1 less the others: of 1 - 1e-9 only that keeps a trace in 32 bits.
        let rest = others().sum::<f64>().min(1.0);
        let largest = if rest < 1.0 {
            -(1.0 - rest) * (-rest).ln_1p()
        } else {
            0.0
        };
        (largest - others().map(|value| value * value.ln()).sum::<f64>()) as f32
    };
    Ok((0..voxels).map(of_voxel).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{LogitScore, entropy, softmax};
    use crate::Error;

    /// Two voxels of three classes: odds 4 : 1 : 1 and 1 : 1 : 1.
    fn logits() -> [f32; 6] {
        let four = 4.0_f32.ln();
        [four, 0.0, 0.0, 0.0, 0.0, 0.0]
    }

    fn close(found: &[f32], expected: [f64; 2]) {
        for (&found, expected) in found.iter().zip(expected) {
            assert!(
                (f64::from(found) - expected).abs() < 1e-6,
                "{found} {expected}"
            );
        }
    }

    #[test]
    fn scores_by_hand() {
        let (p, q) = (2.0_f64 / 3.0, 1.0_f64 / 6.0);
        let of = |score: LogitScore| score.of(&logits(), 3).unwrap();
        close(&of(LogitScore::Softmax), [1.0 - p, 2.0 / 3.0]);
        close(&of(LogitScore::Margin), [1.0 - (p - q), 1.0]);
        close(
            &of(LogitScore::Entropy),
            [-(p * p.ln() + 2.0 * q * q.ln()), 3.0_f64.ln()],
        );
        close(&of(LogitScore::Energy), [-6.0_f64.ln(), -3.0_f64.ln()]);
        close(&softmax(&logits(), 3, 1.0).unwrap()[..2], [p, 1.0 / 3.0]);
        // At temperature 2 odds become their square roots.
        close(&softmax(&logits(), 3, 2.0).unwrap()[..2], [0.5, 1.0 / 3.0]);
    }

    #[test]
    fn the_entropy_of_probabilities_is_that_of_their_logits() {
        let values = [9.0, -2.0, 0.3, 25.0, 1.0, -7.0, 0.2, -25.0];
        let of_logits = LogitScore::Entropy.of(&values, 2).unwrap();
        let of_probabilities = entropy(&softmax(&values, 2, 1.0).unwrap(), 2).unwrap();
        for (left, right) in of_logits.iter().zip(of_probabilities) {
            assert!((left - right).abs() <= 1e-5 * left, "{left} {right}");
        }
        assert_eq!(entropy(&[1.0, 0.0], 2).unwrap(), [0.0]);
    }

    /// For two classes all three orders are one.
    #[test]
    fn confident_voxels_keep_their_order() {
        let gaps = [30.0_f32, 40.0, 50.0, 60.0];
        let values: Vec<f32> = gaps.into_iter().chain([0.0; 4]).collect();
        for score in [LogitScore::Softmax, LogitScore::Entropy, LogitScore::Margin] {
            let found = score.of(&values, 2).unwrap();
            assert!(
                found.windows(2).all(|pair| pair[0] > pair[1]),
                "{score:?} {found:?}"
            );
        }
    }

    #[test]
    fn faults_are_named() {
        assert!(matches!(
            LogitScore::Energy.of(&[0.0; 5], 2),
            Err(Error::Length { .. })
        ));
        assert!(matches!(
            LogitScore::Energy.of(&[0.0, f32::NAN], 2),
            Err(Error::NotANumber { index: 1, .. })
        ));
        assert!(matches!(
            softmax(&[0.0; 2], 2, 0.0),
            Err(Error::Setting { .. })
        ));
        assert!(LogitScore::Energy.of(&[], 0).unwrap().is_empty());
    }
}
