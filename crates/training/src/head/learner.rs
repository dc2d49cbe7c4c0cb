//! An uncertainty head on a frozen backbone, and what it learns from.

use burn::module::Module as _;
use burn::tensor::{Device, Tensor};
use rand::RngExt as _;
use segwithu::SegWithUConfig;
use segwithu::backbone::DynUNet;
use segwithu::head::Head;
use segwithu::ops::read_back_blocking;
use segwithu::train::{
    AdamW, HeadTargets, Optimiser, PairIndices, PairSampling, TailBand, VoxelOutcome, VoxelWeights,
    balanced_errors, band_weights, vector,
};
use segwithu::weights::Weights;
use tracing::info;
use uq::{argmax, near_mask};

use crate::Error;
use crate::backbone::{backbone_config, held_out_patches};
use crate::case::Case;
use crate::config::{HeadCases, RunConfig, ValidationView, three_axes};
use crate::folds::{folds_of_cases, held_out_cases};
use crate::optimised::OptimisedModule;
use crate::patches::{Batch, PatchSampler, PatchSettings, dims};
use crate::prepared::Dataset;
use crate::random::{Purpose, generator};

/// Decoupled weight decay: the reference's.
const WEIGHT_DECAY: f64 = 0.01;
/// Number of this part in the keys of random numbers.
pub(super) const PART: u64 = 2;
/// Fewest and most validation patches for the loss where whole images give the other metrics: one a case in between.
const LOSS_PATCHES: [usize; 2] = [16, 64];

/// Backbone and head that a configuration describes.
pub fn network_config(config: &RunConfig, classes: usize) -> SegWithUConfig {
    SegWithUConfig::new(backbone_config(config, classes)).with_num_probes(config.head.num_probes)
}

/// The bytes of the backbones that a head reads: the whole one first, then those of the folds.
pub type BackboneFiles = Vec<Vec<u8>>;

/// A head in training.
pub struct HeadLearner<'a, const D: usize> {
    pub(super) config: &'a RunConfig,
    pub(super) classes: usize,
    /// The whole backbone first, then those of the folds.
    pub(super) backbones: Vec<DynUNet<D>>,
    /// Index into `backbones` for every case of the sampler.
    pub(super) backbone_of_case: Vec<usize>,
    pub(super) head: OptimisedModule<Head<D>>,
    pub(super) sampler: PatchSampler<'a>,
    pub(super) loss_patches: Vec<Batch>,
    /// Whole validation images, where metrics other than the loss are taken from them.
    pub(super) whole: Option<&'a [Case]>,
    pub(super) device: Device,
}

/// A batch after the frozen backbone.
pub(super) struct Prepared<const D: usize> {
    pub(super) logits: Tensor<D>,
    pub(super) taps: Vec<Tensor<D>>,
    pub(super) predicted: Vec<u8>,
    pub(super) near: Vec<bool>,
    pub(super) targets: HeadTargets<D>,
}

impl<'a, const D: usize> HeadLearner<'a, D> {
    /// A head with initial weights on the given backbones.
    pub fn new(
        config: &'a RunConfig,
        dataset: &'a Dataset,
        files: &BackboneFiles,
        device: &Device,
    ) -> Result<Self, Error> {
        let section = &config.head;
        let classes = dataset.description.classes();
        let network = network_config(config, classes);
        let load = |bytes: &Vec<u8>| -> Result<DynUNet<D>, Error> {
            let empty = network.backbone.init(device)?;
            Ok(Weights::from_bytes(bytes)?.load(empty, "backbone.", device)?)
        };
        let backbones = files.iter().map(load).collect::<Result<Vec<_>, _>>()?;
        let (cases, backbone_of_case) = fitted_cases(config, dataset);
        info!(
            "{}: head on {} training cases and {} backbones, {} validation cases",
            dataset.description.name,
            cases.len(),
            backbones.len(),
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
        let (patches, whole) = match section.validation {
            ValidationView::Whole => {
                let [fewest, most] = LOSS_PATCHES;
                let cases = dataset.validation.as_slice();
                (cases.len().clamp(fewest, most), Some(cases))
            }
            ValidationView::Patches(count) => (count, None),
        };
        device.seed(generator(config.seed, PART, Purpose::Network, 0).random());
        let head: Head<D> = network.head().init(device)?;
        info!("{} parameters", head.num_params());
        let optimiser = Optimiser::AdamW(AdamW::new(WEIGHT_DECAY));
        Ok(Self {
            config,
            classes,
            backbones,
            backbone_of_case,
            head: OptimisedModule::new(head, optimiser, None, "", device),
            sampler: PatchSampler::new(cases, settings),
            loss_patches: held_out_patches(&dataset.validation, settings, patches),
            whole,
            device: device.clone(),
        })
    }

    /// What the patches are drawn from.
    #[cfg(test)]
    pub const fn sampler(&self) -> &PatchSampler<'a> {
        &self.sampler
    }

    pub(super) fn backbone(&self, index: usize) -> Result<&DynUNet<D>, Error> {
        let backbone = self.backbones.get(index);
        backbone.ok_or(Error::FoldOfCase(index))
    }

    /// Logits and taps of a training batch, every case through the backbone that it was kept from.
    pub(super) fn frozen(&self, batch: &Batch) -> Result<(Tensor<D>, Vec<Tensor<D>>), Error> {
        let numbers = batch
            .cases
            .iter()
            .map(|&case| self.backbone_of_case.get(case).copied().unwrap_or(0))
            .collect::<Vec<_>>();
        let first = numbers.first().copied().unwrap_or(0);
        if numbers.iter().all(|&number| number == first) {
            let output = self.backbone(first)?.forward(batch.images(&self.device))?;
            return Ok((output.logits, output.taps));
        }
        let (mut logits, mut taps) = (Vec::new(), Vec::<Vec<Tensor<D>>>::new());
        for (slot, &number) in numbers.iter().enumerate() {
            let output = self
                .backbone(number)?
                .forward(batch.image(slot, &self.device))?;
            logits.push(output.logits);
            taps.resize_with(output.taps.len(), Vec::new);
            for (list, tap) in taps.iter_mut().zip(output.taps) {
                list.push(tap);
            }
        }
        let taps = taps.into_iter().map(|list| Tensor::cat(list, 0)).collect();
        Ok((Tensor::cat(logits, 0), taps))
    }

    pub(super) fn prepare(
        &self,
        batch: &Batch,
        (logits, taps): (Tensor<D>, Vec<Tensor<D>>),
        purpose: Purpose,
        counter: usize,
    ) -> Result<Prepared<D>, Error> {
        let section = &self.config.head;
        let voxels = batch.voxels();
        let predicted = argmax(&read_back_blocking(logits.clone())?, self.classes, voxels);
        let outcomes = predicted
            .iter()
            .zip(&batch.labels)
            .map(|(&predicted, &truth)| VoxelOutcome::new(predicted, truth))
            .collect::<Vec<_>>();
        let mut near = Vec::with_capacity(predicted.len());
        for (predicted, truth) in predicted
            .chunks_exact(voxels)
            .zip(batch.labels.chunks_exact(voxels))
        {
            near.extend(near_mask(truth, predicted, batch.patch)?);
        }
        let sampling = PairSampling {
            band_share: section.band.pairs,
            balance: section.balance,
        };
        let mut random = generator(self.config.seed, PART, purpose, counter as u64);
        let pairs = PairIndices::draw(&outcomes, &near, sampling, || random.random::<f64>());
        let errors = outcomes
            .iter()
            .map(|outcome| outcome.is_error())
            .collect::<Vec<_>>();
        let shape = dims::<D>(batch.cases.len(), self.classes, batch.patch);
        let targets = HeadTargets::new(&batch.labels, &errors, pairs, shape, &self.device)
            .with_voxel_weights(self.voxel_weights(&outcomes, &near));
        Ok(Prepared {
            logits,
            taps,
            predicted,
            near,
            targets,
        })
    }

    /// The configuration's departures from the reference, for one batch.
    fn voxel_weights(&self, outcomes: &[VoxelOutcome], near: &[bool]) -> VoxelWeights {
        let section = &self.config.head;
        let weights =
            |share: f64| (share > 0.0).then(|| vector(band_weights(near, share), &self.device));
        VoxelWeights {
            nll: weights(section.band.nll),
            error: weights(section.band.error),
            tail_errors: section
                .balance
                .then(|| vector(balanced_errors(outcomes), &self.device)),
            tail_band: TailBand::new(near, section.band.tail, &self.device),
        }
    }
}

/// The cases that the head is fitted on, and for each the index of its backbone: 0 the whole one, then the folds'.
fn fitted_cases<'a>(config: &RunConfig, dataset: &'a Dataset) -> (Vec<&'a Case>, Vec<usize>) {
    let (cases, splits) = (&dataset.training, &dataset.splits);
    match config.head.cases {
        HeadCases::Training => (cases.iter().collect(), vec![0; cases.len()]),
        HeadCases::HeldOut => {
            let held_out = held_out_cases(cases, splits, config.backbone.held_out, config.seed);
            let kept = cases.iter().zip(held_out).filter(|(_, held_out)| *held_out);
            let kept = kept.map(|(case, _)| case).collect::<Vec<_>>();
            let count = kept.len();
            (kept, vec![0; count])
        }
        HeadCases::Folds(folds) => {
            let folds = folds_of_cases(cases, splits, folds, config.seed);
            (
                cases.iter().collect(),
                folds.into_iter().map(|fold| fold + 1).collect(),
            )
        }
    }
}
