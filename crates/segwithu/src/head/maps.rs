//! The maps that one pass gives.

use burn::tensor::{Tensor, activation};

/// A single-channel map of the method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MapKind {
    /// Ranking score `u`: the larger, the likelier is the voxel wrong. No unit, any real value.
    Ranking,
    /// Calibration `kappa > 0`: variance that softens the logits. No unit.
    Calibration,
    /// Epistemic `e`: variance of the class probabilities under the sign patterns, 0 to 1/4 per class.
    Epistemic,
    /// Aleatoric `a > 0`: learnt noise level. No unit.
    Aleatoric,
    /// Residual `rho >= 0`: mean square of the perturbation, in squared logits.
    Residual,
    /// Entropy of the class probabilities, in nats, 0 to ln(classes).
    Entropy,
    /// Difference of the two largest class probabilities, 0 to 1.
    Margin,
    /// `exp(-4 margin)`, e^-4 to 1.
    Weight,
    /// Anchor `A0`: the fixed sum of the other maps that the ranking score starts from. No unit.
    Anchor,
    /// Mean square of the probe responses. No unit.
    Probe,
}

impl MapKind {
    /// All maps, the ones that people look at first in front.
    pub const ALL: [Self; 10] = [
        Self::Ranking,
        Self::Calibration,
        Self::Epistemic,
        Self::Aleatoric,
        Self::Residual,
        Self::Entropy,
        Self::Margin,
        Self::Weight,
        Self::Anchor,
        Self::Probe,
    ];

    /// Name in file names and in the page's query.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ranking => "ranking",
            Self::Calibration => "calibration",
            Self::Epistemic => "epistemic",
            Self::Aleatoric => "aleatoric",
            Self::Residual => "residual",
            Self::Entropy => "entropy",
            Self::Margin => "margin",
            Self::Weight => "weight",
            Self::Anchor => "anchor",
            Self::Probe => "probe",
        }
    }

    /// The map with that name, where there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Everything that the head computes, each `[batch, 1, size..]` unless said.
#[derive(Debug, Clone)]
pub struct Maps<const D: usize> {
    /// Probe responses `v`, `[batch, probes, size..]`.
    pub v: Tensor<D>,
    /// Perturbation of the logits, `[batch, classes, size..]`.
    pub delta: Tensor<D>,
    /// See [`MapKind::Ranking`].
    pub ranking: Tensor<D>,
    /// See [`MapKind::Calibration`].
    pub calibration: Tensor<D>,
    /// See [`MapKind::Epistemic`].
    pub epistemic: Tensor<D>,
    /// See [`MapKind::Aleatoric`]; none where the head has no aleatoric branch.
    pub aleatoric: Option<Tensor<D>>,
    /// See [`MapKind::Residual`].
    pub residual: Tensor<D>,
    /// See [`MapKind::Entropy`].
    pub entropy: Tensor<D>,
    /// See [`MapKind::Margin`].
    pub margin: Tensor<D>,
    /// See [`MapKind::Weight`].
    pub weight: Tensor<D>,
    /// See [`MapKind::Anchor`].
    pub anchor: Tensor<D>,
    /// See [`MapKind::Probe`].
    pub probe: Tensor<D>,
}

impl<const D: usize> Maps<D> {
    /// One map, `[batch, 1, size..]`; none for the aleatoric map of a head without that branch.
    #[must_use]
    pub fn get(&self, kind: MapKind) -> Option<&Tensor<D>> {
        Some(match kind {
            MapKind::Ranking => &self.ranking,
            MapKind::Calibration => &self.calibration,
            MapKind::Epistemic => &self.epistemic,
            MapKind::Aleatoric => return self.aleatoric.as_ref(),
            MapKind::Residual => &self.residual,
            MapKind::Entropy => &self.entropy,
            MapKind::Margin => &self.margin,
            MapKind::Weight => &self.weight,
            MapKind::Anchor => &self.anchor,
            MapKind::Probe => &self.probe,
        })
    }
}

/// Tempered logits `z / max(1, sqrt(1 + kappa))`. They only ever soften the probabilities; the largest class stays.
///
/// `logits` `[batch, classes, size..]`, `calibration` `[batch, 1, size..]`.
#[must_use]
pub fn temper<const D: usize>(logits: Tensor<D>, calibration: Tensor<D>) -> Tensor<D> {
    logits / calibration.add_scalar(1.0).sqrt().clamp_min(1.0)
}

/// Entropy of the class probabilities in nats, and their margin, each `[batch, 1, size..]`.
pub(super) fn entropy_and_margin<const D: usize>(logits: &Tensor<D>) -> (Tensor<D>, Tensor<D>) {
    let probabilities = activation::softmax(logits.clone(), 1);
    let log = probabilities.clone().clamp_min(1e-12).log();
    let entropy = (probabilities.clone() * log).sum_dim(1).neg();
    let classes = probabilities.dims()[1];
    // The largest and second largest by pairwise comparison: sorting would read back from the device.
    let mut channels = (0..classes).map(|class| probabilities.clone().narrow(1, class, 1));
    let (Some(mut first), Some(second)) = (channels.next(), channels.next()) else {
        let margin = Tensor::ones_like(&entropy);
        return (entropy, margin);
    };
    let mut runner_up = first.clone().min_pair(second.clone());
    first = first.max_pair(second);
    for channel in channels {
        runner_up = runner_up.max_pair(first.clone().min_pair(channel.clone()));
        first = first.max_pair(channel);
    }
    (entropy, first - runner_up)
}
