//! The share of the margin in the ranking map, fitted once more on validation images.
//!
//! The loss of training hardly depends on it, and a backbone's margin means more on images that it was trained on; how
//! much it is worth beside the other maps shows on others.

use burn::module::Param;
use burn::tensor::{Device, Tensor};
use dataset::Cases;
use engine::Engine;
use evaluation::{Progress, map_of};
use segwithu::head::{Head, MapKind};
use segwithu::ops::read_back_blocking;
use uq::{FittedMarginCoefficient, MarginCoefficientCase, MarginCoefficientFit, error_map};

use super::cases::{MAX_VOXELS, segment_cases};
use crate::Error;

/// How the ranking map is put together: `anchor` times the anchor and `margin` times the weight, which falls with the
/// margin (SegWithU, error calibration).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shares {
    /// `1 + 0.1 tanh(err_a)`.
    pub(super) anchor: f64,
    /// `softplus(err_c)`.
    pub(super) margin: f64,
}

/// The shares of a head as it is.
pub(super) fn shares_of<const D: usize>(head: &Head<D>) -> Result<Shares, Error> {
    let number = |parameter: &Param<Tensor<1>>| -> Result<f64, Error> {
        let values = read_back_blocking(parameter.val())?;
        Ok(values.first().copied().map_or(0.0, f64::from))
    };
    Ok(Shares {
        anchor: 0.1f64.mul_add(number(&head.unc_head.err_a)?.tanh(), 1.0),
        margin: softplus(number(&head.unc_head.err_c)?),
    })
}

/// The head with another share of the margin, above 0.
pub(super) fn with_margin_share<const D: usize>(mut head: Head<D>, share: f64) -> Head<D> {
    let parameter = inverse_softplus(share) as f32;
    let value = Tensor::from_floats([parameter], &Device::flex());
    head.unc_head.err_c = Param::from_tensor(value);
    head
}

/// ln(1 + e^t).
fn softplus(t: f64) -> f64 {
    t.max(0.0) + (-t.abs()).exp().ln_1p()
}

/// The number whose [`softplus`] a positive number is.
fn inverse_softplus(value: f64) -> f64 {
    value + (-(-value).exp()).ln_1p()
}

/// Fits the share of the margin on whole images, by the mean of AUROC over all voxels and over those near the objects.
pub(super) async fn fit(
    engine: &Engine,
    cases: &dyn Cases,
    start: Shares,
    progress: &dyn Progress,
) -> Result<FittedMarginCoefficient, Error> {
    let mut fit = MarginCoefficientFit::new(MAX_VOXELS / cases.len().max(1));
    segment_cases(engine, cases, progress, |result, labels, near| {
        let score = map_of(result, MapKind::Anchor)?.iter();
        let score = score.map(|&anchor| (start.anchor * f64::from(anchor)) as f32);
        fit.add(&MarginCoefficientCase {
            score: &score.collect::<Vec<_>>(),
            margin: map_of(result, MapKind::Weight)?,
            errors: &error_map(&result.labels, labels)?,
            near,
        })?;
        Ok(())
    })
    .await?;
    fit.fit(start.margin).ok_or(Error::NoWrongVoxel)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::Device;
    use segwithu::head::HeadConfig;

    use super::{shares_of, with_margin_share};

    #[test]
    fn the_share_is_read_as_it_was_written_and_the_anchor_keeps_its_own() {
        let device = Device::flex();
        let config = HeadConfig::new(vec![8, 8, 4], 4, 2);
        let mut head = config.init::<4>(&device).unwrap();
        let before = shares_of(&head).unwrap();
        assert_eq!(before.anchor, 1.0);
        assert!((before.margin - 2.0_f64.ln()).abs() < 1e-6);
        for share in [1.0 / 64.0, 1.0, 12.0, 128.0] {
            head = with_margin_share(head, share);
            let found = shares_of(&head).unwrap();
            assert!((found.margin / share - 1.0).abs() < 1e-5, "{found:?}");
            assert_eq!(found.anchor, before.anchor);
        }
    }
}
