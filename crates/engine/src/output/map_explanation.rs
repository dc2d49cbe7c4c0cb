//! What maps say, for files that hold more than numbers.

use segwithu::head::MapKind;

/// What a map says, in at most 64 characters.
pub(super) const fn explanation(kind: MapKind) -> &'static str {
    match kind {
        MapKind::Ranking => "Ranking score: the larger, the likelier wrong",
        MapKind::Calibration => "Variance that tempers the class probabilities",
        MapKind::Epistemic => "Variance of the class probabilities under perturbation",
        MapKind::Aleatoric => "Learnt noise level",
        MapKind::Residual => "Mean square of the perturbation of the logits",
        MapKind::Entropy => "Entropy of the class probabilities, in nats",
        MapKind::Margin => "Difference of the two largest class probabilities",
        MapKind::Weight => "Weight exp(-4 margin) of uncertain voxels",
        MapKind::Anchor => "Fixed sum of maps that the ranking score starts from",
        MapKind::Probe => "Mean square of the probe responses",
    }
}
