//! Scaling of the logits voxel by voxel: a few numbers that say by how much, from what the maps say.

use crate::Error;
use crate::error::{check_length, check_numbers};
use crate::logit_differences::{check_logits, evenly_spaced, logit_differences};
use crate::minimise::{Slope, minimise};

/// Weights and bias of the variance `kappa = softplus(bias + sum of weights * features)`, by which logits are softened:
/// `z / sqrt(1 + kappa)` (SegWithU's calibration layer).
#[derive(Debug, Clone, PartialEq)]
pub struct LogitScaling {
    /// One weight for each feature.
    pub weights: Vec<f64>,
    /// Bias.
    pub bias: f64,
}

/// A fitted [`LogitScaling`].
#[derive(Debug, Clone, PartialEq)]
pub struct FittedLogitScaling {
    /// What was found.
    pub scaling: LogitScaling,
    /// The mean negative log-likelihood in nats that was minimised, where the search began,
    pub nll_before: f64,
    /// and where it ended.
    pub nll_after: f64,
}

/// Voxels of one kind, each with its features and its logits.
#[derive(Debug, Clone, Default, PartialEq)]
struct Voxels {
    /// Differences of a voxel's logits from that of its label, `[voxels, classes]`.
    logit_differences: Vec<f32>,
    /// `[voxels, features]`.
    features: Vec<f32>,
    weights: Vec<f32>,
}

/// What the fit takes from one image.
#[derive(Debug, Clone, Copy)]
pub struct LogitScalingCase<'a> {
    /// Raw logits, `[classes, voxels]`.
    pub logits: &'a [f32],
    /// The features, each `[voxels]`.
    pub features: &'a [&'a [f32]],
    /// True class of every voxel.
    pub labels: &'a [u8],
    /// The band near the objects.
    pub near: &'a [bool],
}

/// Voxels that a scaling is fitted on.
///
/// The likelihood is a mean of two means: over all voxels, and over those near the objects, where errors are. Of every
/// case at most a given number of each is kept, evenly spaced in memory; each stands for as many as it replaces.
#[derive(Debug, Clone, PartialEq)]
pub struct LogitScalingFit {
    classes: usize,
    features: usize,
    max_per_case: usize,
    near_share: f64,
    all: Voxels,
    near: Voxels,
}

impl LogitScalingFit {
    /// For logits of that many classes and that many features. `near_share`, 0 to 1, is the weight of the voxels near the
    /// objects. At most `max_per_case` voxels of a case are kept of either kind (at least one is).
    ///
    /// # Errors
    /// [`Error::Setting`] where the share lies outside.
    pub fn new(
        classes: usize,
        features: usize,
        near_share: f64,
        max_per_case: usize,
    ) -> Result<Self, Error> {
        if !(0.0..=1.0).contains(&near_share) {
            return Err(Error::Setting {
                what: "the share of voxels near the objects",
                value: near_share.to_string(),
                requirement: "between 0 and 1",
            });
        }
        Ok(Self {
            classes,
            features,
            max_per_case: max_per_case.max(1),
            near_share,
            all: Voxels::default(),
            near: Voxels::default(),
        })
    }

    /// Adds a case.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::UnknownClass`] and [`Error::NotANumber`] for arrays that do not fit. Nothing is added
    /// then.
    pub fn add(&mut self, case: &LogitScalingCase<'_>) -> Result<(), Error> {
        check_logits(case.logits, case.labels, self.classes)?;
        let voxels = case.labels.len();
        check_length("the band near the objects", case.near.len(), voxels)?;
        check_length("the list of features", case.features.len(), self.features)?;
        for feature in case.features {
            check_length("a feature", feature.len(), voxels)?;
            check_numbers("a feature", feature)?;
        }
        let near = (0..voxels)
            .filter(|&voxel| case.near.get(voxel) == Some(&true))
            .collect::<Vec<_>>();
        let limit = self.max_per_case;
        self.all.keep(case, voxels, limit, Some);
        self.near
            .keep(case, near.len(), limit, |place| near.get(place).copied());
        Ok(())
    }

    /// The mean negative log-likelihood at `[weights.., bias]`, and its gradient.
    fn at(&self, parameters: &[f64]) -> Slope {
        let mut sum = Slope {
            value: 0.0,
            gradient: vec![0.0; parameters.len()],
        };
        for (voxels, share) in [
            (&self.all, 1.0 - self.near_share),
            (&self.near, self.near_share),
        ] {
            if share > 0.0 && !voxels.weights.is_empty() {
                voxels.add_slope(parameters, self.classes, share, &mut sum);
            }
        }
        sum
    }

    /// The scaling with the least negative log-likelihood that is found from `start`. `None` without voxels, or where
    /// `start` has another number of weights.
    pub fn fit(&self, start: &LogitScaling) -> Option<FittedLogitScaling> {
        if self.all.weights.is_empty() || start.weights.len() != self.features {
            return None;
        }
        let mut point = start.weights.clone();
        point.push(start.bias);
        let (mut weights, nll_before, nll_after) = minimise(point, |point| self.at(point));
        let bias = weights.pop()?;
        Some(FittedLogitScaling {
            scaling: LogitScaling { weights, bias },
            nll_before,
            nll_after,
        })
    }
}

impl Voxels {
    /// Keeps evenly spaced ones of `count` voxels, whose places in the image `at` knows.
    fn keep(
        &mut self,
        case: &LogitScalingCase<'_>,
        count: usize,
        limit: usize,
        at: impl Fn(usize) -> Option<usize>,
    ) {
        let kept = evenly_spaced(count, limit);
        let weight = count as f32 / kept.len() as f32;
        for voxel in kept.filter_map(at) {
            self.logit_differences
                .extend(logit_differences(case.logits, case.labels, voxel));
            self.features.extend(
                case.features
                    .iter()
                    .map(|feature| feature.get(voxel).copied().unwrap_or_default()),
            );
            self.weights.push(weight);
        }
    }

    /// Adds `share` times the mean over these voxels. With beta = (1 + kappa)^(-1/2), -ln p(label) is the logarithm of the
    /// sum of e^(beta difference), and its slope in beta the mean difference under the softened probabilities.
    fn add_slope(&self, parameters: &[f64], classes: usize, share: f64, sum: &mut Slope) {
        let Some((&bias, weights)) = parameters.split_last() else {
            return;
        };
        let total: f64 = self.weights.iter().copied().map(f64::from).sum();
        let voxels = self
            .logit_differences
            .chunks_exact(classes.max(1))
            .zip(self.features.chunks_exact(weights.len().max(1)))
            .zip(&self.weights);
        for ((logit_differences, features), &weight) in voxels {
            let weight = share * f64::from(weight) / total;
            let features = || features.iter().copied().map(f64::from);
            let argument = bias + features().zip(weights).map(|(f, w)| f * w).sum::<f64>();
            let (kappa, rate) = softplus(argument);
            let beta = (1.0 + kappa).powf(-0.5);
            let largest = logit_differences
                .iter()
                .copied()
                .fold(f32::NEG_INFINITY, f32::max);
            let largest = f64::from(largest);
            let (mut exponentials, mut first) = (0.0, 0.0);
            for &difference in logit_differences {
                let difference = f64::from(difference);
                let term = (beta * (difference - largest)).exp();
                exponentials += term;
                first += term * difference;
            }
            sum.value += weight * (beta * largest + exponentials.ln());
            let in_argument = first / exponentials * -0.5 * beta.powi(3) * rate;
            let slopes = features().chain([1.0]);
            for (slope, factor) in sum.gradient.iter_mut().zip(slopes) {
                *slope += weight * in_argument * factor;
            }
        }
    }
}

/// ln(1 + e^t) and its slope.
fn softplus(t: f64) -> (f64, f64) {
    (
        t.max(0.0) + (-t.abs()).exp().ln_1p(),
        1.0 / (1.0 + (-t).exp()),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{LogitScaling, LogitScalingCase, LogitScalingFit};
    use crate::Error;

    const START: [f64; 2] = [0.0, 0.0];

    fn scaling([weight, bias]: [f64; 2]) -> LogitScaling {
        LogitScaling {
            weights: vec![weight],
            bias,
        }
    }

    /// Two kinds of voxels, told by the feature: at 0 the logits' odds are true, at 1 they are `exaggeration` times the
    /// log-odds.
    fn two_kinds(exaggeration: f32, near_share: f64) -> LogitScalingFit {
        let odds = 3.0_f32.ln();
        let logits = [[odds; 4], [exaggeration * odds; 4], [0.0; 4], [0.0; 4]].concat();
        let features = [[0.0_f32; 4], [1.0; 4]].concat();
        let mut fit = LogitScalingFit::new(2, 1, near_share, 100).unwrap();
        fit.add(&LogitScalingCase {
            logits: &logits,
            features: &[&features],
            labels: &[0, 0, 0, 1, 0, 0, 0, 1],
            near: &[false, false, false, false, true, true, true, true],
        })
        .unwrap();
        fit
    }

    fn temperature(fitted: &LogitScaling, feature: f64) -> f64 {
        let argument = fitted.bias + fitted.weights[0] * feature;
        (1.0 + argument.exp().ln_1p()).sqrt()
    }

    #[test]
    fn logits_are_softened_where_the_feature_says_that_they_exaggerate() {
        for exaggeration in [1.5, 3.0, 6.0] {
            let fit = two_kinds(exaggeration, 0.5);
            let found = fit.fit(&scaling(START)).unwrap();
            // A scaling cannot be 1, but it comes near.
            let plain = temperature(&found.scaling, 0.0);
            let soft = temperature(&found.scaling, 1.0);
            assert!(plain < 1.02, "{exaggeration}: {plain}");
            assert!(
                (soft / f64::from(exaggeration) - 1.0).abs() < 0.01,
                "{soft}"
            );
            assert!(found.nll_after < found.nll_before);
        }
    }

    #[test]
    fn the_share_of_the_near_voxels_decides_where_one_number_must_do_for_all() {
        let temperature_at = |near_share: f64| {
            let mut fit = two_kinds(4.0, near_share);
            // The feature says nothing.
            for voxels in [&mut fit.all, &mut fit.near] {
                voxels.features.fill(0.0);
            }
            temperature(&fit.fit(&scaling(START)).unwrap().scaling, 0.0)
        };
        let (all, half, near) = (
            temperature_at(0.0),
            temperature_at(0.5),
            temperature_at(1.0),
        );
        assert!(all < half && half < near, "{all} {half} {near}");
        assert!((near / 4.0 - 1.0).abs() < 0.01, "{near}");
    }

    #[test]
    fn the_gradient_is_that_of_the_value() {
        let fit = two_kinds(3.0, 0.3);
        let point = [0.4, -0.7];
        let slope = fit.at(&point);
        for axis in 0..2 {
            let shifted = |by: f64| {
                let mut place = point;
                place[axis] += by;
                fit.at(&place).value
            };
            let difference = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
            assert!((slope.gradient[axis] - difference).abs() < 1e-8);
        }
    }

    #[test]
    fn a_part_of_the_voxels_stands_for_all() {
        let logits: Vec<f32> = (0..9000)
            .map(|index| ((index * 7919) % 61) as f32 / 9.0)
            .collect();
        let labels: Vec<u8> = (0..3000)
            .map(|index| ((index * 104_729) % 3) as u8)
            .collect();
        let feature: Vec<f32> = (0..3000).map(|index| (index % 7) as f32 / 7.0).collect();
        let near: Vec<bool> = (0..3000).map(|index| index % 5 == 0).collect();
        let value = |limit| {
            let mut fit = LogitScalingFit::new(3, 1, 0.5, limit).unwrap();
            fit.add(&LogitScalingCase {
                logits: &logits,
                features: &[&feature],
                labels: &labels,
                near: &near,
            })
            .unwrap();
            fit.fit(&scaling(START)).unwrap().nll_after
        };
        assert!((value(3000) / value(400) - 1.0).abs() < 0.1);
    }

    #[test]
    fn faults_are_named() {
        assert!(matches!(
            LogitScalingFit::new(2, 1, 1.5, 10),
            Err(Error::Setting { .. })
        ));
        let mut fit = LogitScalingFit::new(2, 1, 0.5, 10).unwrap();
        assert_eq!(fit.fit(&scaling(START)), None);
        let case = LogitScalingCase {
            logits: &[0.0, 1.0],
            features: &[&[0.5]],
            labels: &[1],
            near: &[true],
        };
        let features: [&[f32]; 1] = [&[f32::NAN]];
        for broken in [
            LogitScalingCase {
                logits: &[0.0],
                ..case
            },
            LogitScalingCase {
                features: &[],
                ..case
            },
            LogitScalingCase {
                features: &features,
                ..case
            },
            LogitScalingCase {
                labels: &[2],
                ..case
            },
            LogitScalingCase { near: &[], ..case },
        ] {
            assert!(fit.add(&broken).is_err());
        }
        assert_eq!(fit, LogitScalingFit::new(2, 1, 0.5, 10).unwrap());
        fit.add(&case).unwrap();
        assert_eq!(
            fit.fit(&LogitScaling {
                weights: Vec::new(),
                bias: 0.0
            }),
            None
        );
    }
}
