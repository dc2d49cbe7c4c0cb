//! The SegWithU uncertainty head: fused features, rank-1 probes of the logits, and the maps made of them.

mod config;
mod fusion;
mod init;
mod maps;
mod patterns;

pub use config::HeadConfig;
pub use fusion::{Fusion, FusionBlock};
pub use maps::{MapKind, Maps, temper};
pub use patterns::sign_patterns;

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor, TensorData, activation};

use crate::Error;
use crate::backbone::Kernel;
use crate::inference;
use crate::ops::{ConvolutionShape, convolve, softplus};
use init::uniform_kernel;
use maps::entropy_and_margin;

/// Added to every probe's scale.
pub(crate) const SCALE_FLOOR: f64 = 1e-6;
/// Steepness of the weight map in the margin.
pub(crate) const MARGIN_STEEPNESS: f64 = 4.0;
/// `alpha` at the start: `softplus(alpha) = 0.1`.
const INITIAL_ALPHA: f32 = -2.252_168_5;
/// Perturbed probabilities that are held at once, in values: 32 MiB of f32, well under WebGPU's smallest limit on a
/// binding (128 MiB), so that large windows are worked off in several groups of patterns.
pub(crate) const GROUP_VALUES: usize = 8 << 20;

const POINT: ConvolutionShape = ConvolutionShape {
    stride: 1,
    padding: 0,
};

/// Fusion and uncertainty head. Field names are the PyTorch reference's.
#[derive(Module, Debug)]
pub struct Head<const D: usize> {
    /// Fusion of the taps; none where the last tap serves as features.
    pub fusion: Option<Fusion<D>>,
    /// The probes and what is read off them.
    pub unc_head: UncertaintyHead<D>,
}

/// Probes, calibration, aleatoric branch and ranking.
#[derive(Module, Debug)]
pub struct UncertaintyHead<const D: usize> {
    /// Features to probe responses, `[probes, features, 1..]`.
    pub probe_conv: Kernel<D>,
    /// Probe responses to logits, `[classes, probes, 1..]`.
    pub probe_to_class: Kernel<D>,
    /// Scale of each probe before softplus, `[probes]`.
    pub alpha: Param<Tensor<1>>,
    /// `[1, 3 or 2, 1..]` and a bias.
    pub calibration_head: Kernel<D>,
    /// `[1, features, 1..]` and a bias.
    pub ale_head: Option<Kernel<D>>,
    /// Slope of the ranking score in the anchor, `[1]`.
    pub err_a: Param<Tensor<1>>,
    /// Offset of the ranking score, `[1]`.
    pub err_b: Param<Tensor<1>>,
    /// Share of the weight map in the ranking score before softplus, `[1]`.
    pub err_c: Param<Tensor<1>>,
}

impl HeadConfig {
    /// A head with random weights.
    ///
    /// # Errors
    /// [`Error::Config`] where the configuration does not describe a head.
    pub fn init<const D: usize>(&self, device: &Device) -> Result<Head<D>, Error> {
        self.check()?;
        let scalar = || Param::from_tensor(Tensor::zeros([1], device));
        let calibration_inputs = if self.use_aleatoric { 3 } else { 2 };
        Ok(Head {
            fusion: self
                .fusion
                .then(|| Fusion::new(&self.tap_channels, self.feature_channels, device)),
            unc_head: UncertaintyHead {
                probe_conv: uniform_kernel(
                    self.num_probes,
                    self.feature_channels,
                    1,
                    false,
                    device,
                ),
                probe_to_class: uniform_kernel(self.num_classes, self.num_probes, 1, false, device),
                alpha: Param::from_tensor(Tensor::full([self.num_probes], INITIAL_ALPHA, device)),
                calibration_head: uniform_kernel(1, calibration_inputs, 1, true, device),
                ale_head: self
                    .use_aleatoric
                    .then(|| uniform_kernel(1, self.feature_channels, 1, true, device)),
                err_a: scalar(),
                err_b: scalar(),
                err_c: scalar(),
            },
        })
    }
}

impl<const D: usize> Head<D> {
    /// Features that the maps are read off, `[batch, features, size..]`.
    ///
    /// # Errors
    /// [`Error::InputShape`] where there is no tap.
    pub fn fuse(&self, taps: &[Tensor<D>]) -> Result<Tensor<D>, Error> {
        let last = taps.last().ok_or_else(|| Error::InputShape {
            shape: vec![],
            requirement: "the uncertainty head needs at least one tap".to_owned(),
        })?;
        Ok(self
            .fusion
            .as_ref()
            .map_or_else(|| last.clone(), |fusion| fusion.forward(taps)))
    }

    /// All maps, from the logits and the taps of one pass.
    ///
    /// # Errors
    /// [`Error::InputShape`] where there is no tap.
    pub fn forward(&self, logits: Tensor<D>, taps: &[Tensor<D>]) -> Result<Maps<D>, Error> {
        let alpha = self.unc_head.alpha.val();
        let plain = inference::applies(&logits, &alpha)
            && taps.iter().all(|tap| inference::applies(tap, &alpha));
        if plain && !taps.is_empty() {
            return inference::run_head(self, logits, taps);
        }
        Ok(self.unc_head.forward(logits, self.fuse(taps)?))
    }
}

/// `[n]` as `[1, n, 1..]`, to act on channels.
fn on_channels<const D: usize>(vector: Tensor<1>) -> Tensor<D> {
    let mut shape = [1; D];
    shape[1] = vector.dims()[0];
    vector.reshape(shape)
}

impl<const D: usize> UncertaintyHead<D> {
    /// All maps. `logits` `[batch, classes, size..]`, `features` `[batch, features, size..]`.
    pub fn forward(&self, logits: Tensor<D>, features: Tensor<D>) -> Maps<D> {
        let v = convolve(features.clone(), self.probe_conv.weight.val(), None, POINT);
        let scale = softplus(self.alpha.val()).add_scalar(SCALE_FLOOR);
        // Columns of A scaled: what one probe adds to the logits per unit of response.
        let loading = self.probe_to_class.weight.val() * on_channels::<D>(scale);
        let delta = convolve(v.clone(), loading.clone(), None, POINT);

        let (entropy, margin) = entropy_and_margin(&logits);
        let weight = margin.clone().mul_scalar(-MARGIN_STEEPNESS).exp().detach();
        let epistemic = epistemic(&logits, &v, loading);
        let probe = v.clone().square().mean_dim(1);
        let residual = delta.clone().square().mean_dim(1);

        let aleatoric = self.ale_head.as_ref().map(|kernel| {
            let bias = kernel.bias.as_ref().map(Param::val);
            softplus(convolve(features, kernel.weight.val(), bias, POINT))
        });
        let mut inputs = vec![(epistemic.clone() + residual.clone()).log1p()];
        inputs.extend(aleatoric.clone().map(Tensor::log1p));
        inputs.push(margin.clone());
        let bias = self.calibration_head.bias.as_ref().map(Param::val);
        let calibration = softplus(convolve(
            Tensor::cat(inputs, 1),
            self.calibration_head.weight.val(),
            bias,
            POINT,
        ));

        let classes = logits.dims()[1] as f64;
        // For two classes ln 2 < 1, so the entropy is not brought to 1 there: the reference's rule.
        let entropy_share = entropy.clone().mul_scalar(0.25 / classes.ln().max(1.0));
        let anchor = epistemic.clone().log1p()
            + residual.clone().log1p().mul_scalar(0.5)
            + calibration.clone().log1p().mul_scalar(0.25)
            + entropy_share
            + weight.clone();
        let slope = on_channels::<D>(self.err_a.val().tanh().mul_scalar(0.1).add_scalar(1.0));
        let share = on_channels::<D>(softplus(self.err_c.val()));
        let ranking =
            anchor.clone() * slope + on_channels::<D>(self.err_b.val()) + weight.clone() * share;
        Maps {
            v,
            delta,
            ranking,
            calibration,
            epistemic,
            aleatoric,
            residual,
            entropy,
            margin,
            weight,
            anchor,
            probe,
        }
    }
}

/// Sum over classes of the population variance of the class probabilities under the sign patterns, `[batch, 1, size..]`.
///
/// The variance is taken of the differences to the unperturbed probabilities: the same number, without the
/// cancellation that sums of squares of probabilities would suffer in f32.
fn epistemic<const D: usize>(logits: &Tensor<D>, v: &Tensor<D>, loading: Tensor<D>) -> Tensor<D> {
    let dims = logits.dims();
    let (batch, classes, probes) = (dims[0], dims[1], v.dims()[1]);
    let voxels = dims[2..].iter().product::<usize>();
    let device = logits.device();
    let flat = logits.clone().reshape([batch, 1, classes, voxels]);
    let unperturbed = activation::softmax(flat.clone(), 2);
    let patterns = sign_patterns(probes);
    let group = (GROUP_VALUES / (batch * classes * voxels).max(1)).clamp(1, probes);

    let mut sum: Option<Tensor<4>> = None;
    let mut sum_of_squares: Option<Tensor<4>> = None;
    for rows in patterns.chunks(group) {
        let signs = TensorData::new(rows.concat(), [rows.len(), 1, probes]);
        let signs = Tensor::<3>::from_data(signs, &device);
        // One output channel per pattern and class: A scaled, with the pattern's signs.
        let mut shape = [1; D];
        shape[0] = rows.len() * classes;
        shape[1] = probes;
        let kernel = (loading.clone().reshape([1, classes, probes]) * signs).reshape(shape);
        let shift =
            convolve(v.clone(), kernel, None, POINT).reshape([batch, rows.len(), classes, voxels]);
        let difference = activation::softmax(flat.clone() + shift, 2) - unperturbed.clone();
        let squares = difference.clone().square().sum_dim(1);
        let total = difference.sum_dim(1);
        sum = Some(sum.map_or_else(|| total.clone(), |sum| sum + total.clone()));
        sum_of_squares =
            Some(sum_of_squares.map_or_else(|| squares.clone(), |sum| sum + squares.clone()));
    }
    let mut shape = dims;
    shape[1] = 1;
    match (sum, sum_of_squares) {
        (Some(sum), Some(squares)) => {
            let count = probes as f64;
            let variance = squares.div_scalar(count) - sum.div_scalar(count).square();
            variance.clamp_min(0.0).sum_dim(2).reshape(shape)
        }
        _ => Tensor::zeros(shape, &device),
    }
}
