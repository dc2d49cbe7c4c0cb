//! Loss of the backbone: soft Dice and cross-entropy with deep supervision.

use burn::tensor::{Tensor, activation};

/// Shares of the main output and of the auxiliary outputs at 1/2 and 1/4 of the size.
pub const DEEP_WEIGHTS: [f64; 3] = [4.0 / 7.0, 2.0 / 7.0, 1.0 / 7.0];
/// Added to numerator and denominator of the soft Dice.
const SMOOTH: f64 = 1e-5;

/// Sum over the outputs of their share times (cross-entropy + 1 - soft Dice), a tensor of one value.
///
/// `logits` the main and auxiliary outputs at full size, `one_hot` the labels, all `[batch, classes, size..]`. The soft
/// Dice is the mean over all classes, background too, with sums over batch and space.
#[must_use]
pub fn backbone_loss<const D: usize>(logits: &[Tensor<D>], one_hot: &Tensor<D>) -> Tensor<1> {
    let dims = one_hot.dims();
    let (batch, classes) = (dims[0], dims[1]);
    let voxels = dims[2..].iter().product::<usize>();
    let truth = one_hot.clone().reshape([batch, classes, voxels]);
    let per_class = |values: Tensor<3>| values.sum_dim(2).sum_dim(0).reshape([classes]);
    let mut total: Option<Tensor<1>> = None;
    for (output, share) in logits.iter().zip(DEEP_WEIGHTS) {
        let log = activation::log_softmax(output.clone().reshape([batch, classes, voxels]), 1);
        let cross_entropy = (log.clone() * truth.clone())
            .sum()
            .div_scalar(-((batch * voxels) as f64));
        let probabilities = log.exp();
        let overlap = per_class(probabilities.clone() * truth.clone())
            .mul_scalar(2.0)
            .add_scalar(SMOOTH);
        let sizes = (per_class(truth.clone()) + per_class(probabilities)).add_scalar(SMOOTH);
        let dice = (overlap / sizes).mean();
        let loss = (cross_entropy - dice).add_scalar(1.0).mul_scalar(share);
        total = Some(match total {
            Some(sum) => sum + loss,
            None => loss,
        });
    }
    total.unwrap_or_else(|| Tensor::zeros([1], &one_hot.device()))
}
