//! The calibration layer, fitted once more on validation images.
//!
//! A backbone is surer of the cases that it was trained on than of others, and a head that was fitted on the same cases
//! learns to soften too little. As temperature scaling does with its one number, this fits the four numbers of the
//! calibration layer on images that neither saw; the mask stays as it is.

use burn::module::Param;
use burn::tensor::{Device, Tensor, TensorData};
use dataset::Cases;
use engine::{Engine, Segmentation};
use evaluation::{Progress, map_of};
use segwithu::head::{Head, MapKind};
use segwithu::ops::read_back_blocking;
use uq::{FittedLogitScaling, LogitScaling, LogitScalingCase, LogitScalingFit};

use super::cases::{MAX_VOXELS, segment_cases};
use crate::Error;

/// Features of the calibration layer: ln(1 + epistemic + residual), ln(1 + aleatoric), margin (SegWithU, calibration head).
const FEATURES: usize = 3;

/// The calibration layer of a head as it is.
pub(super) fn logit_scaling_of<const D: usize>(head: &Head<D>) -> Result<LogitScaling, Error> {
    let layer = &head.unc_head.calibration_head;
    let numbers = |values: Vec<f32>| values.into_iter().map(f64::from).collect::<Vec<_>>();
    let bias = layer.bias.as_ref().map(Param::val).map(read_back_blocking);
    Ok(LogitScaling {
        weights: numbers(read_back_blocking(layer.weight.val())?),
        bias: bias
            .transpose()?
            .and_then(|bias| bias.first().copied())
            .map_or(0.0, f64::from),
    })
}

/// The head with another calibration layer.
pub(super) fn with_logit_scaling<const D: usize>(
    mut head: Head<D>,
    scaling: &LogitScaling,
) -> Head<D> {
    let device = &Device::flex();
    let layer = &mut head.unc_head.calibration_head;
    let shape = layer.weight.val().dims();
    let weights = scaling.weights.iter().map(|&weight| weight as f32);
    let weights = TensorData::new(weights.collect::<Vec<_>>(), shape);
    layer.weight = Param::from_tensor(Tensor::from_data(weights, device));
    let bias = TensorData::new(vec![scaling.bias as f32], [1]);
    layer.bias = Some(Param::from_tensor(Tensor::from_data(bias, device)));
    head
}

/// Fits the calibration layer on whole images; `near_share` of the likelihood is that of the voxels near the objects.
pub(super) async fn fit(
    engine: &Engine,
    cases: &dyn Cases,
    near_share: f64,
    start: &LogitScaling,
    progress: &dyn Progress,
) -> Result<FittedLogitScaling, Error> {
    let classes = engine.manifest().classes.len();
    let most = MAX_VOXELS / cases.len().max(1);
    let mut fit = LogitScalingFit::new(classes, FEATURES, near_share, most)?;
    segment_cases(engine, cases, progress, |result, labels, near| {
        let [perturbation, aleatoric] = features(result)?;
        fit.add(&LogitScalingCase {
            logits: &result.logits,
            features: &[&perturbation, &aleatoric, map_of(result, MapKind::Margin)?],
            labels,
            near,
        })?;
        Ok(())
    })
    .await?;
    fit.fit(start).ok_or(Error::NoValidationCase)
}

/// The features that are computed from maps.
fn features(result: &Segmentation) -> Result<[Vec<f32>; 2], Error> {
    let epistemic = map_of(result, MapKind::Epistemic)?;
    let residual = map_of(result, MapKind::Residual)?;
    let aleatoric = map_of(result, MapKind::Aleatoric)?;
    Ok([
        epistemic
            .iter()
            .zip(residual)
            .map(|(epistemic, residual)| (epistemic + residual).ln_1p())
            .collect(),
        aleatoric.iter().map(|value| value.ln_1p()).collect(),
    ])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::Device;
    use segwithu::head::HeadConfig;
    use uq::LogitScaling;

    use super::{logit_scaling_of, with_logit_scaling};

    #[test]
    fn the_layer_is_read_as_it_was_written_and_nothing_else_changes() {
        let device = Device::flex();
        let config = HeadConfig::new(vec![8, 8, 4], 4, 2);
        let head = config.init::<4>(&device).unwrap();
        let probe = |head: &segwithu::head::Head<4>| {
            let weights = head.unc_head.probe_conv.weight.val();
            segwithu::ops::read_back_blocking(weights).unwrap()
        };
        let before = probe(&head);
        let wanted = LogitScaling {
            weights: vec![1.5, -0.25, 4.0],
            bias: -2.0,
        };
        assert_ne!(logit_scaling_of(&head).unwrap(), wanted);
        let head = with_logit_scaling(head, &wanted);
        assert_eq!(logit_scaling_of(&head).unwrap(), wanted);
        assert_eq!(probe(&head), before);
    }
}
