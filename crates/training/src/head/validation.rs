//! What a validation of the head looks at.

use burn::tensor::Tensor;
use segwithu::head::Head;
use segwithu::ops::read_back_blocking;
use segwithu::train::HeadLoss;
use uq::{argmax, near_mask};

use super::learner::HeadLearner;
use super::metrics::{HeadMetrics, HeadOutput};
use crate::Error;
use crate::backbone::window;
use crate::case::Case;
use crate::config::HeadScore;
use crate::inference::infer_case;
use crate::log::Metrics;
use crate::random::Purpose;
use crate::steps::ValidationMetrics;

impl<const D: usize> HeadLearner<'_, D> {
    /// Score and metrics of the present weights.
    pub(super) fn validation_metrics(&self) -> Result<ValidationMetrics, Error> {
        let head = self.head.evaluated();
        let mut collected = HeadMetrics::default();
        let mut metrics = self.validate_patches(&head, &mut collected)?;
        for case in self.whole.unwrap_or_default() {
            self.validate_case(&head, case, &mut collected)?;
        }
        metrics.extend(collected.finish()?);
        let metric = |name: &str| metrics.get(name).copied();
        let score = match self.config.head.best_by {
            HeadScore::Loss => metric("validation_loss").map_or(f64::NEG_INFINITY, |loss| -loss),
            HeadScore::Auroc => {
                // Undefined without errors: then every ranking is as good as chance.
                let (all, near) = (metric("auroc all"), metric("auroc near"));
                f64::midpoint(all.unwrap_or(0.5), near.unwrap_or(0.5))
            }
        };
        Ok(ValidationMetrics { score, metrics })
    }

    /// The mean of every term of the loss over the validation patches, and how the maps rank errors where no
    /// whole images do.
    fn validate_patches(
        &self,
        head: &Head<D>,
        collected: &mut HeadMetrics,
    ) -> Result<Metrics, Error> {
        let mut metrics = Metrics::new();
        let share = 1.0 / self.loss_patches.len().max(1) as f64;
        for (index, batch) in self.loss_patches.iter().enumerate() {
            let output = self.backbone(0)?.forward(batch.images(&self.device))?;
            // The same pairs at every validation, so that losses compare.
            let frozen = (output.logits, output.taps);
            let prepared = self.prepare(batch, frozen, Purpose::ValidationPairs, index)?;
            let maps = head.forward(prepared.logits.clone(), &prepared.taps)?;
            let terms = HeadLoss::new(&prepared.logits, &maps, &prepared.targets);
            let total = terms.total(&self.config.head.loss);
            for (name, term) in [
                ("validation_loss", &total),
                ("validation_loss nll", &terms.nll),
                ("validation_loss error", &terms.error),
                ("validation_loss pairwise", &terms.pairwise),
                ("validation_loss tail", &terms.tail),
                ("brier", &terms.brier),
            ] {
                let value = read_back_blocking(term.clone())?
                    .first()
                    .copied()
                    .unwrap_or(f32::NAN);
                *metrics.entry(name.to_owned()).or_default() += share * f64::from(value);
            }
            if self.whole.is_none() {
                let voxels = batch.voxels();
                let logits = read_back_blocking(prepared.logits)?;
                let [ranking, calibration, entropy] =
                    [maps.ranking, maps.calibration, maps.entropy];
                let (ranking, calibration, entropy) = (
                    read_back_blocking(ranking)?,
                    read_back_blocking(calibration)?,
                    read_back_blocking(entropy)?,
                );
                for slot in 0..batch.cases.len() {
                    let of = |values: &[f32], channels: usize| {
                        values
                            .chunks_exact(channels * voxels)
                            .nth(slot)
                            .map(<[f32]>::to_vec)
                    };
                    let ids =
                        |values: &[u8]| values.chunks_exact(voxels).nth(slot).map(<[u8]>::to_vec);
                    collected.add(&HeadOutput {
                        classes: self.classes,
                        logits: of(&logits, self.classes).unwrap_or_default(),
                        ranking: of(&ranking, 1).unwrap_or_default(),
                        calibration: of(&calibration, 1).unwrap_or_default(),
                        entropy: of(&entropy, 1).unwrap_or_default(),
                        predicted: ids(&prepared.predicted).unwrap_or_default(),
                        truth: ids(&batch.labels).unwrap_or_default(),
                        near: prepared
                            .near
                            .chunks_exact(voxels)
                            .nth(slot)
                            .map(<[bool]>::to_vec)
                            .unwrap_or_default(),
                    })?;
                }
            }
        }
        Ok(metrics)
    }

    fn validate_case(
        &self,
        head: &Head<D>,
        case: &Case,
        collected: &mut HeadMetrics,
    ) -> Result<(), Error> {
        let backbone = self.backbone(0)?;
        let voxels = case.labels.len();
        let outputs = self.classes + 3;
        let channels = self.config.model.in_channels;
        let mut logits = infer_case::<D>(
            case,
            channels,
            outputs,
            window(self.config),
            &self.device,
            |image| {
                let output = backbone.forward(image)?;
                let maps = head.forward(output.logits.clone(), &output.taps)?;
                Ok(Tensor::cat(
                    vec![output.logits, maps.ranking, maps.calibration, maps.entropy],
                    1,
                ))
            },
        )?;
        let mut rest = logits.split_off((self.classes * voxels).min(logits.len()));
        let mut next = || {
            let tail = rest.split_off(voxels.min(rest.len()));
            std::mem::replace(&mut rest, tail)
        };
        let (ranking, calibration, entropy) = (next(), next(), next());
        let predicted = argmax(&logits, self.classes, voxels);
        let near = near_mask(&case.labels, &predicted, case.size)?;
        collected.add(&HeadOutput {
            classes: self.classes,
            logits,
            ranking,
            calibration,
            entropy,
            predicted,
            truth: case.labels.clone(),
            near,
        })
    }
}
