//! Training of the segmentation network.

use burn::module::Module as _;
use burn::tensor::{Device, Tensor};
use rand::RngExt as _;
use segwithu::backbone::{DynUNet, DynUNetConfig};
use segwithu::ops::read_back_blocking;
use segwithu::train::{AdamW, Optimiser, Sgd, WeightAverage, backbone_loss, polynomial_rate};
use tracing::{info, warn};
use uq::{argmax, dice_per_class};

use crate::Error;
use crate::case::Case;
use crate::config::{
    Augmentation, BackboneOptimiser, RunConfig, Sampling, ValidationView, three_axes,
};
use crate::folds::{Fold, folds_of_cases, held_out_cases};
use crate::inference::{Window, infer_case};
use crate::log::Metrics;
use crate::optimised::OptimisedModule;
use crate::patches::{Batch, PatchSampler, PatchSettings};
use crate::prepared::Dataset;
use crate::random::{Purpose, generator};
use crate::steps::{Learner, ValidationMetrics};

/// Largest weights' file that a page may load: 3 MB.
pub const MAX_WEIGHT_BYTES: usize = 3_000_000;

/// Momentum and coupled weight decay: the reference's.
const MOMENTUM: f64 = 0.99;
const WEIGHT_DECAY: f64 = 3e-5;
/// Decoupled weight decay of AdamW: PyTorch's default, as for the head.
const DECOUPLED_WEIGHT_DECAY: f64 = 0.01;
/// Number of this part in the keys of random numbers.
const PART: u64 = 1;

/// The backbone that a configuration describes.
pub fn backbone_config(config: &RunConfig, classes: usize) -> DynUNetConfig {
    let model = &config.model;
    DynUNetConfig::new(
        model.spatial_dims,
        model.in_channels,
        classes,
        model.filters,
    )
    .with_dropout(config.backbone.dropout)
}

/// The window of inference.
pub fn window(config: &RunConfig) -> Window {
    Window {
        size: three_axes(&config.preprocessing.window),
        overlap: config.preprocessing.overlap,
    }
}

/// What the backbone is validated on.
enum HeldOut<'a> {
    Whole(&'a [Case]),
    Patches(Vec<Batch>),
}

/// A backbone in training.
pub struct BackboneLearner<'a, const D: usize> {
    config: &'a RunConfig,
    class_names: Vec<String>,
    network: OptimisedModule<DynUNet<D>>,
    sampler: PatchSampler<'a>,
    held_out: HeldOut<'a>,
    device: Device,
}

impl<'a, const D: usize> BackboneLearner<'a, D> {
    /// A backbone with initial weights: of all training cases that are not held out, or of those outside a fold.
    pub fn new(
        config: &'a RunConfig,
        dataset: &'a Dataset,
        fold: Option<Fold>,
        device: &Device,
    ) -> Result<Self, Error> {
        let section = &config.backbone;
        let cases = seen_cases(config, dataset, fold);
        if cases.is_empty() {
            return Err(Error::NoTrainingCase {
                held_out: section.held_out,
            });
        }
        info!(
            "{}: backbone of {} training cases, {} validation cases",
            dataset.description.name,
            cases.len(),
            dataset.validation.len()
        );
        let settings = PatchSettings {
            channels: config.model.in_channels,
            patch: three_axes(&section.patch),
            batch: section.batch,
            sampling: section.sampling,
            augmentation: section.augmentation,
            seed: config.seed,
            part: PART,
            validation: false,
        };
        let held_out = match section.validation {
            ValidationView::Whole => HeldOut::Whole(&dataset.validation),
            ValidationView::Patches(count) => {
                HeldOut::Patches(held_out_patches(&dataset.validation, settings, count))
            }
        };
        device.seed(generator(config.seed, PART, Purpose::Network, 0).random());
        let classes = dataset.description.classes();
        let network: DynUNet<D> = backbone_config(config, classes).init(device)?;
        let parameters = network.num_params();
        info!("{parameters} parameters");
        if 2 * parameters > MAX_WEIGHT_BYTES {
            warn!(
                "in half precision the weights take more than the {MAX_WEIGHT_BYTES} bytes that a page may load"
            );
        }
        let optimiser = match section.optimiser {
            BackboneOptimiser::Sgd => Optimiser::Sgd(Sgd::new(MOMENTUM, WEIGHT_DECAY)),
            BackboneOptimiser::AdamW => Optimiser::AdamW(AdamW::new(DECOUPLED_WEIGHT_DECAY)),
        };
        let average = (section.average > 0.0).then(|| WeightAverage::new(section.average));
        Ok(Self {
            config,
            class_names: dataset.description.class_names(),
            network: OptimisedModule::new(network, optimiser, average, "backbone.", device),
            sampler: PatchSampler::new(cases, settings),
            held_out,
            device: device.clone(),
        })
    }

    /// What the patches are drawn from.
    #[cfg(test)]
    pub const fn sampler(&self) -> &PatchSampler<'a> {
        &self.sampler
    }

    fn classes(&self) -> usize {
        self.class_names.len()
    }

    /// Dice of every class and case of the whole validation images.
    fn dice_of_cases(&self, cases: &[Case]) -> Result<Vec<Vec<f64>>, Error> {
        let network = self.network.evaluated();
        let classes = self.classes();
        let of_case = |case: &Case| {
            let logits = infer_case::<D>(
                case,
                self.config.model.in_channels,
                classes,
                window(self.config),
                &self.device,
                |image| Ok(network.forward(image)?.logits),
            )?;
            let predicted = argmax(&logits, classes, case.labels.len());
            Ok(dice_per_class(&predicted, &case.labels, classes)?)
        };
        cases.iter().map(of_case).collect()
    }

    /// Dice of every class over all patches pooled.
    fn dice_of_patches(&self, batches: &[Batch]) -> Result<Vec<f64>, Error> {
        let network = self.network.evaluated();
        let (mut predicted, mut truth) = (Vec::new(), Vec::new());
        for batch in batches {
            let logits = network.forward(batch.images::<D>(&self.device))?.logits;
            predicted.extend(argmax(
                &read_back_blocking(logits)?,
                self.classes(),
                batch.voxels(),
            ));
            truth.extend_from_slice(&batch.labels);
        }
        Ok(dice_per_class(&predicted, &truth, self.classes())?)
    }
}

/// The training cases that a backbone sees.
fn seen_cases<'a>(config: &RunConfig, dataset: &'a Dataset, fold: Option<Fold>) -> Vec<&'a Case> {
    let (cases, splits) = (&dataset.training, &dataset.splits);
    let held_out = held_out_cases(cases, splits, config.backbone.held_out, config.seed);
    let in_fold = match fold {
        Some(fold) => folds_of_cases(cases, splits, fold.of, config.seed)
            .into_iter()
            .map(|number| number + 1 == fold.number)
            .collect(),
        None => vec![false; cases.len()],
    };
    cases
        .iter()
        .zip(held_out.into_iter().zip(in_fold))
        .filter(|(_, (held_out, in_fold))| !held_out && !in_fold)
        .map(|(case, _)| case)
        .collect()
}

/// The same patches for every validation, half of them on foreground, unchanged.
pub fn held_out_patches(cases: &[Case], settings: PatchSettings, count: usize) -> Vec<Batch> {
    let settings = PatchSettings {
        sampling: Sampling::ForegroundShare(0.5),
        augmentation: Augmentation::default(),
        validation: true,
        ..settings
    };
    let sampler = PatchSampler::new(cases.iter().collect(), settings);
    (0..count.div_ceil(settings.batch))
        .map(|step| sampler.draw(step))
        .collect()
}

/// Mean Dice of every class over cases, as named metrics, and the mean over foreground classes.
fn dice_metrics(class_names: &[String], per_case: &[Vec<f64>]) -> ValidationMetrics {
    let mut metrics = Metrics::new();
    let count = per_case.len().max(1) as f64;
    for (class, name) in class_names.iter().enumerate().skip(1) {
        let sum = per_case
            .iter()
            .filter_map(|dice| dice.get(class))
            .sum::<f64>();
        metrics.insert(format!("dice {name}"), sum / count);
    }
    let score = metrics.values().sum::<f64>() / metrics.len().max(1) as f64;
    metrics.insert("dice".to_owned(), score);
    ValidationMetrics { score, metrics }
}

impl<const D: usize> Learner for BackboneLearner<'_, D> {
    type Module = DynUNet<D>;

    fn loss(&self, step: usize) -> Result<Tensor<1>, Error> {
        let batch = self.sampler.draw(step);
        // Whatever the network draws at random is a function of the step.
        let counter = step as u64 + 1;
        self.device
            .seed(generator(self.config.seed, PART, Purpose::Network, counter).random());
        let images = batch.images::<D>(&self.device).autodiff();
        let labels = batch.one_hot::<D>(self.classes(), &self.device).autodiff();
        let outputs = self.network.module().forward_supervised(images)?;
        Ok(backbone_loss(&outputs, &labels))
    }

    fn learning_rate(&self, step: usize) -> f64 {
        let section = &self.config.backbone;
        polynomial_rate(step, section.steps, section.first_rate())
    }

    fn rate_setting(&self) -> (&'static str, String) {
        let rate = self.config.backbone.first_rate();
        ("backbone.rate", rate.to_string())
    }

    fn validate(&self) -> Result<ValidationMetrics, Error> {
        let per_case = match &self.held_out {
            HeldOut::Whole(cases) => self.dice_of_cases(cases)?,
            HeldOut::Patches(batches) => vec![self.dice_of_patches(batches)?],
        };
        Ok(dice_metrics(&self.class_names, &per_case))
    }

    fn optimised(&self) -> &OptimisedModule<DynUNet<D>> {
        &self.network
    }

    fn optimised_mut(&mut self) -> &mut OptimisedModule<DynUNet<D>> {
        &mut self.network
    }
}

#[cfg(test)]
mod tests {
    use super::dice_metrics;

    #[test]
    fn the_score_is_the_mean_over_cases_and_foreground_classes() {
        let names = ["background", "a", "b"].map(str::to_owned);
        let cases = [vec![0.1, 1.0, 0.5], vec![0.1, 0.0, 0.7]];
        let validation = dice_metrics(&names, &cases);
        assert!((validation.score - 0.55).abs() < 1e-12);
        assert_eq!(validation.metrics["dice a"], 0.5);
        assert!((validation.metrics["dice b"] - 0.6).abs() < 1e-12);
        assert_eq!(validation.metrics["dice"], validation.score);
    }
}
