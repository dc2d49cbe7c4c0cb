//! Loss of the uncertainty head: seven terms, their weights, and how errors and pairs enter.

use burn::tensor::{Device, Int, Tensor, TensorData, activation};
use serde::{Deserialize, Serialize};

use super::voxel_weights::{VoxelWeights, vector};
use super::{PairIndices, one_hot};
use crate::head::{Maps, temper};
use crate::ops::softplus;

/// Weights of the terms. The default is the reference's.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HeadLossWeights {
    /// Negative log-likelihood of the tempered probabilities.
    pub nll: f64,
    /// Binary cross-entropy of the normalised ranking map against the errors.
    pub error: f64,
    /// Pairwise ranking of errors above correct voxels.
    pub pairwise: f64,
    /// Share of a softmax over the most certain voxels that falls on errors.
    pub tail: f64,
    /// Size of the perturbation.
    pub trust: f64,
    /// Distance of the ranking map from the anchor.
    pub anchor: f64,
    /// Residual where the margin is large.
    pub residual: f64,
}

impl Default for HeadLossWeights {
    fn default() -> Self {
        Self {
            nll: 0.5,
            error: 0.25,
            pairwise: 0.25,
            tail: 0.25,
            trust: 0.05,
            anchor: 0.05,
            residual: 0.05,
        }
    }
}

/// What the head's loss compares with.
#[derive(Debug, Clone)]
pub struct HeadTargets<const D: usize> {
    /// One-hot labels, `[batch, classes, size..]`.
    pub one_hot: Tensor<D>,
    /// 1 where the raw logits' largest class is wrong, `[batch x voxels]`.
    pub errors: Tensor<1>,
    /// Pairs for the ranking term.
    pub pairs: PairIndices,
    /// Where the terms look; evenly everywhere in the reference.
    pub voxel_weights: VoxelWeights,
}

impl<const D: usize> HeadTargets<D> {
    /// Targets from label identifiers and errors, both in row-major order over `[batch, size..]`, with even weights.
    #[must_use]
    pub fn new(
        labels: &[u8],
        errors: &[bool],
        pairs: PairIndices,
        shape: [usize; D],
        device: &Device,
    ) -> Self {
        let values = errors
            .iter()
            .map(|&wrong| f32::from(u8::from(wrong)))
            .collect::<Vec<_>>();
        Self {
            one_hot: one_hot(labels, shape, device),
            errors: vector(values, device),
            pairs,
            voxel_weights: VoxelWeights::default(),
        }
    }

    /// The same targets with voxels weighted.
    #[must_use]
    pub fn with_voxel_weights(self, voxel_weights: VoxelWeights) -> Self {
        Self {
            voxel_weights,
            ..self
        }
    }
}

/// The seven terms, each a tensor of one value, before weighting, and the Brier score that validation adds.
#[derive(Debug, Clone)]
pub struct HeadLoss {
    /// Mean of `-ln p_y` of the tempered probabilities.
    pub nll: Tensor<1>,
    /// Binary cross-entropy with logits.
    pub error: Tensor<1>,
    /// Mean of `softplus(u_correct - u_error)`.
    pub pairwise: Tensor<1>,
    /// A softmax of `-u / 0.25` over all voxels, summed over the errors.
    pub tail: Tensor<1>,
    /// Mean square of the perturbation and of its effect on the probabilities.
    pub trust: Tensor<1>,
    /// Smooth L1 distance from the normalised anchor.
    pub anchor: Tensor<1>,
    /// Mean of `(1 - w) rho`.
    pub residual: Tensor<1>,
    /// Mean over voxels of the squared distance of tempered probabilities and one-hot labels, 0 to 2.
    pub brier: Tensor<1>,
}

/// Temperature of the tail's softmax.
const TAIL_TEMPERATURE: f64 = 0.25;

impl HeadLoss {
    /// All terms. `logits` `[batch, classes, size..]`, constant; means run over all voxels of the batch together.
    #[must_use]
    pub fn new<const D: usize>(
        logits: &Tensor<D>,
        maps: &Maps<D>,
        targets: &HeadTargets<D>,
    ) -> Self {
        let dims = logits.dims();
        let voxels = dims[0] * dims[2..].iter().product::<usize>();
        let flat = |map: &Tensor<D>| map.clone().reshape([voxels]);

        let tempered = activation::softmax(temper(logits.clone(), maps.calibration.clone()), 1);
        let of_truth = (tempered.clone() * targets.one_hot.clone()).sum_dim(1);
        let voxel_weights = &targets.voxel_weights;
        let likelihood = flat(&of_truth.clamp_min(1e-12).log());
        let nll = mean(likelihood, voxel_weights.nll.as_ref()).neg();
        let brier = (tempered - targets.one_hot.clone())
            .square()
            .sum()
            .div_scalar(voxels as f64);

        let u = flat(&maps.ranking);
        let normalised = normalise(u.clone());
        let surprise = softplus(normalised.clone()) - normalised.clone() * targets.errors.clone();
        let error = mean(surprise, voxel_weights.error.as_ref());
        let pairwise = pairwise(&normalised, &targets.pairs);
        let tail = tail(&u, targets.errors.clone(), voxel_weights);

        let perturbed = activation::softmax(logits.clone() + maps.delta.clone(), 1);
        let effect = (perturbed - activation::softmax(logits.clone(), 1))
            .square()
            .mean();
        let trust = maps.delta.clone().square().mean() + effect.mul_scalar(0.25);

        let distance = (normalised - normalise(flat(&maps.anchor).detach())).abs();
        let bounded = distance.clone().clamp_max(1.0);
        let anchor = (bounded.clone() * (distance - bounded.mul_scalar(0.5))).mean();
        let easy = flat(&maps.weight).detach().neg().add_scalar(1.0);
        let residual = (easy * flat(&maps.residual)).mean();
        Self {
            nll,
            error,
            pairwise,
            tail,
            trust,
            anchor,
            residual,
            brier,
        }
    }

    /// The weighted sum, a tensor of one value.
    #[must_use]
    pub fn total(&self, weights: &HeadLossWeights) -> Tensor<1> {
        self.nll.clone().mul_scalar(weights.nll)
            + self.error.clone().mul_scalar(weights.error)
            + self.pairwise.clone().mul_scalar(weights.pairwise)
            + self.tail.clone().mul_scalar(weights.tail)
            + self.trust.clone().mul_scalar(weights.trust)
            + self.anchor.clone().mul_scalar(weights.anchor)
            + self.residual.clone().mul_scalar(weights.residual)
    }
}

/// `(u - mean) / (deviation + 1e-6)` over all voxels of the batch, population deviation; differentiated through both.
fn normalise(values: Tensor<1>) -> Tensor<1> {
    let centred = values.clone() - values.mean();
    // The square root has no derivative at 0: below this bound the map counts as constant and its gradient is 0.
    let deviation = centred.clone().square().mean().clamp_min(1e-24).sqrt();
    centred / deviation.add_scalar(1e-6)
}

/// The even mean, or the one with given weights.
fn mean(values: Tensor<1>, weights: Option<&Tensor<1>>) -> Tensor<1> {
    match weights {
        Some(weights) => (values * weights.clone()).sum(),
        None => values.mean(),
    }
}

/// A softmax over the most certain voxels, summed over the errors; a share of it within the band.
fn tail(u: &Tensor<1>, errors: Tensor<1>, voxel_weights: &VoxelWeights) -> Tensor<1> {
    let certainty = u.clone().div_scalar(-TAIL_TEMPERATURE);
    let errors = voxel_weights.tail_errors.clone().unwrap_or(errors);
    let everywhere = (activation::softmax(certainty.clone(), 0) * errors.clone()).sum();
    match &voxel_weights.tail_band {
        Some(band) => {
            let within = activation::softmax(certainty + band.outside.clone(), 0);
            everywhere.mul_scalar(1.0 - band.share) + (within * errors).sum().mul_scalar(band.share)
        }
        None => everywhere,
    }
}

fn pairwise(normalised: &Tensor<1>, pairs: &PairIndices) -> Tensor<1> {
    let device = normalised.device();
    if pairs.errors.is_empty() {
        return Tensor::zeros([1], &device);
    }
    let at = |positions: &[i32]| {
        let positions = Tensor::<1, Int>::from_data(
            TensorData::new(positions.to_vec(), [positions.len()]),
            &device,
        );
        normalised.clone().select(0, positions)
    };
    softplus(at(&pairs.correct) - at(&pairs.errors)).mean()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::{Device, Tensor};

    use super::{mean, tail};
    use crate::train::{TailBand, VoxelWeights, band_weights, vector};

    fn single(tensor: Tensor<1>) -> f32 {
        tensor.into_data().try_into_vec::<f32>().unwrap()[0]
    }

    #[test]
    fn even_weights_are_the_even_mean() {
        let device = Device::flex();
        let values = || vector(vec![1.0, 2.0, 3.0, 6.0], &device);
        let weights = vector(band_weights(&[false; 4], 0.5), &device);
        assert_eq!(single(mean(values(), None)), 3.0);
        assert!((single(mean(values(), Some(&weights))) - 3.0).abs() < 1e-6);
    }

    /// Of three equal scores one is an error: a third of the softmax everywhere, half of it in a band of two.
    #[test]
    fn a_share_of_the_tail_is_taken_within_the_band() {
        let device = Device::flex();
        let u = vector(vec![0.3; 3], &device);
        let errors = || vector(vec![1.0, 0.0, 0.0], &device);
        let everywhere = single(tail(&u, errors(), &VoxelWeights::default()));
        assert!((everywhere - 1.0 / 3.0).abs() < 1e-6);
        let voxel_weights = VoxelWeights {
            tail_band: TailBand::new(&[true, true, false], 0.5, &device),
            ..VoxelWeights::default()
        };
        let both = single(tail(&u, errors(), &voxel_weights));
        assert!((both - (0.5 / 3.0 + 0.25)).abs() < 1e-6);
        assert!(TailBand::new(&[false; 3], 0.5, &device).is_none());
        assert!(TailBand::new(&[true; 3], 0.0, &device).is_none());
    }
}
