//! Training of the segmentation network.

use std::path::Path;
use std::time::Duration;

use burn::module::Module as _;
use burn::tensor::{Device, Tensor, TensorData};
use rand::SeedableRng as _;
use rand::rngs::ChaCha8Rng;
use segwithu::backbone::{DynUNet, DynUNetConfig};
use segwithu::train::{Sgd, backbone_loss, clip_gradients, one_hot, polynomial_rate, trainable};
use serde::Serialize;

use super::config::{Augmentation, RunConfig};
use super::dataset::{Case, DatasetDescription, Split, read_cases};
use super::patches::{Batch, PatchSampler};
use super::run_folder::RunFolder;
use crate::Error;

/// Momentum, coupled weight decay and limit of the gradient's norm: the reference's.
const MOMENTUM: f64 = 0.99;
const WEIGHT_DECAY: f64 = 3e-5;
const CLIP_NORM: f64 = 12.0;
/// Validation patches, drawn once, the same for every validation.
const VALIDATION_PATCHES: usize = 64;

#[derive(Debug, Serialize)]
struct Progress {
    loss: f64,
    gradient_norm: f64,
    learning_rate: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    validation_dice: Option<f64>,
}

/// The backbone that a configuration describes.
pub fn backbone_config(config: &RunConfig, classes: usize) -> DynUNetConfig {
    DynUNetConfig::new(2, config.model.in_channels, classes, config.model.filters)
}

/// Trains the backbone and leaves `backbone_best.safetensors` and `backbone_last.safetensors` in the folder.
pub fn train_backbone(
    config: &RunConfig,
    folder: &Path,
    device: &Device,
    budget: Option<Duration>,
) -> Result<(), Error> {
    let section = &config.backbone;
    let description = DatasetDescription::read(&config.data)?;
    let classes = description.labels.len();
    let (training, validation) = both_splits(config, &description)?;
    println!(
        "{}: {} training and {} validation cases",
        description.name,
        training.len(),
        validation.len()
    );
    let mut run = RunFolder::create(folder, "backbone", config, section.steps)?;

    device.seed(config.seed);
    let mut network: DynUNet<4> = trainable(backbone_config(config, classes).init(device)?);
    println!("{} parameters", network.num_params());
    let mut optimiser = Sgd::new(MOMENTUM, WEIGHT_DECAY);
    let sampler = |cases, share, augmentation, stream| {
        let mut random = ChaCha8Rng::seed_from_u64(config.seed);
        random.set_stream(stream);
        PatchSampler::new(
            cases,
            config.model.in_channels,
            section.patch,
            share,
            augmentation,
            random,
        )
    };
    let mut patches = sampler(&training, section.foreground_share, section.augmentation, 1);
    let held_out = validation_batches(
        sampler(&validation, 0.5, Augmentation::default(), 2),
        section.batch,
    );

    let mut best = f64::NEG_INFINITY;
    let (mut sum, mut count) = (0.0, 0_usize);
    for step in 0..section.steps {
        let batch = patches.draw(section.batch);
        let (images, labels) = tensors(&batch, classes, device);
        let loss = backbone_loss(
            &network.forward_supervised(images.autodiff())?,
            &labels.autodiff(),
        );
        let gradients = clip_gradients(&network, &loss.backward(), CLIP_NORM)?;
        let rate = polynomial_rate(step, section.steps, section.rate);
        network = optimiser.step(network, &gradients, rate);
        let value = number(loss)?;
        if !value.is_finite() {
            return Err(Error::Training(format!(
                "the loss became {value} at step {step}; lower backbone.rate (now {})",
                section.rate
            )));
        }
        (sum, count) = (sum + value, count + 1);

        let done = step + 1;
        let last = done == section.steps || budget.is_some_and(|budget| run.elapsed() >= budget);
        let validate = last || done.is_multiple_of(section.validate_every);
        if validate || done.is_multiple_of(50) {
            let mut progress = Progress {
                loss: sum / count as f64,
                gradient_norm: gradients.norm,
                learning_rate: rate,
                validation_dice: None,
            };
            (sum, count) = (0.0, 0);
            if validate {
                let dice = validation_dice(&network.valid(), &held_out, classes, device)?;
                progress.validation_dice = Some(dice);
                run.save(&network, "backbone.", "last")?;
                if dice > best {
                    best = dice;
                    run.save(&network, "backbone.", "best")?;
                }
            }
            run.log(done, &progress)?;
        }
        if last {
            break;
        }
    }
    println!("best validation Dice on patches {best:.4}");
    Ok(())
}

/// The same patches for every validation.
pub fn validation_batches(mut sampler: PatchSampler<'_>, batch: usize) -> Vec<Batch> {
    (0..VALIDATION_PATCHES.div_ceil(batch))
        .map(|_| sampler.draw(batch))
        .collect()
}

/// Images and one-hot labels of a batch.
pub fn tensors(batch: &Batch, classes: usize, device: &Device) -> (Tensor<4>, Tensor<4>) {
    let [count, _, rows, columns] = batch.shape;
    let images = Tensor::from_data(TensorData::new(batch.images.clone(), batch.shape), device);
    (
        images,
        one_hot(&batch.labels, [count, classes, rows, columns], device),
    )
}

/// A scalar loss.
pub fn number(loss: Tensor<1>) -> Result<f64, Error> {
    let values = loss.into_data().try_into_vec::<f32>();
    let value = values.ok().and_then(|values| values.first().copied());
    value.map(f64::from).ok_or_else(|| {
        Error::Training("the loss could not be read from the device; use --device cpu".to_owned())
    })
}

/// Largest class of every voxel, `[batch, rows, columns]`, from logits `[batch, classes, rows, columns]`.
pub fn largest_class(logits: &[f32], classes: usize, voxels: usize) -> Vec<u8> {
    let mut output = Vec::with_capacity(logits.len() / classes.max(1));
    for sample in logits.chunks_exact(classes * voxels) {
        for voxel in 0..voxels {
            let mut best = 0;
            for class in 1..classes {
                if sample[class * voxels + voxel] > sample[best * voxels + voxel] {
                    best = class;
                }
            }
            output.push(best as u8);
        }
    }
    output
}

/// Dice over all held-out patches pooled, the mean over foreground classes.
fn validation_dice(
    network: &DynUNet<4>,
    batches: &[Batch],
    classes: usize,
    device: &Device,
) -> Result<f64, Error> {
    let mut counts = vec![[0_u64; 3]; classes];
    for batch in batches {
        let (images, _) = tensors(batch, classes, device);
        let logits = network
            .forward(images)?
            .logits
            .into_data()
            .try_into_vec::<f32>();
        let logits = logits.map_err(|error| {
            Error::Training(format!("the logits could not be read ({error:?})"))
        })?;
        let voxels = batch.shape[2] * batch.shape[3];
        for (found, &truth) in largest_class(&logits, classes, voxels)
            .into_iter()
            .zip(&batch.labels)
        {
            counts[usize::from(found)][0] += 1;
            counts[usize::from(truth)][1] += 1;
            counts[usize::from(found)][2] += u64::from(found == truth);
        }
    }
    let dice = counts[1..].iter().map(|&[found, truth, both]| {
        if found + truth == 0 {
            1.0
        } else {
            2.0 * both as f64 / (found + truth) as f64
        }
    });
    Ok(dice.sum::<f64>() / (classes - 1) as f64)
}

/// The training and the validation cases.
pub fn both_splits(
    config: &RunConfig,
    description: &DatasetDescription,
) -> Result<(Vec<Case>, Vec<Case>), Error> {
    let read = |split| {
        read_cases(
            &config.data,
            description,
            split,
            config.model.in_channels,
            &config.preprocessing.normalisation,
        )
    };
    Ok((read(Split::Train)?, read(Split::Val)?))
}
