//! Training of the uncertainty head on a frozen backbone.

use std::path::Path;
use std::time::Duration;

use burn::module::Module as _;
use burn::tensor::{Device, Tensor, TensorData};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use segwithu::SegWithUConfig;
use segwithu::backbone::DynUNet;
use segwithu::head::Head;
use segwithu::train::{
    AdamW, HeadLoss, HeadLossWeights, HeadTargets, PairIndices, clip_gradients, cosine_rate,
    trainable,
};
use segwithu::weights::Weights;
use serde::Serialize;

use super::backbone::{backbone_config, both_splits, largest_class, number, validation_batches};
use super::config::{Augmentation, RunConfig};
use super::dataset::DatasetDescription;
use super::patches::{Batch, PatchSampler};
use super::run_folder::RunFolder;
use crate::Error;

/// Decoupled weight decay and limit of the gradient's norm: the reference's.
const WEIGHT_DECAY: f64 = 0.01;
const CLIP_NORM: f64 = 12.0;

#[derive(Debug, Serialize)]
struct Progress {
    loss: f64,
    gradient_norm: f64,
    learning_rate: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    validation_loss: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    validation_auroc: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entropy_auroc: Option<f64>,
}

/// A batch after the frozen backbone.
struct Prepared {
    logits: Tensor<4>,
    taps: Vec<Tensor<4>>,
    targets: HeadTargets<4>,
    errors: Vec<bool>,
}

/// Trains the head and leaves `head_best.safetensors` and `head_last.safetensors` in the folder, which must hold the
/// backbone's weights.
pub fn train_head(
    config: &RunConfig,
    folder: &Path,
    device: &Device,
    budget: Option<Duration>,
) -> Result<(), Error> {
    let section = &config.head;
    let description = DatasetDescription::read(&config.data)?;
    let classes = description.labels.len();
    let (training, validation) = both_splits(config, &description)?;
    let whole = SegWithUConfig::new(backbone_config(config, classes))
        .with_num_probes(config.model.num_probes);
    let weights_path = RunFolder::weights_path(folder, "backbone", "best");
    let bytes =
        std::fs::read(&weights_path).map_err(|source| Error::file(&weights_path, &source))?;
    let backbone: DynUNet<4> =
        Weights::from_bytes(&bytes)?.load(whole.backbone.init(device)?, "backbone.", device)?;
    let mut run = RunFolder::create(folder, "head", config, section.steps)?;

    device.seed(config.seed);
    let mut head: Head<4> = trainable(whole.head().init(device)?);
    println!("{} parameters", head.num_params());
    let mut optimiser = AdamW::new(WEIGHT_DECAY);
    let weights = HeadLossWeights::default();
    let random = |stream| {
        let mut random = ChaCha8Rng::seed_from_u64(config.seed);
        random.set_stream(stream);
        random
    };
    let sampler = |cases, share, augmentation, stream| {
        PatchSampler::new(
            cases,
            config.model.in_channels,
            section.patch,
            share,
            augmentation,
            random(stream),
        )
    };
    let mut patches = sampler(&training, section.foreground_share, section.augmentation, 3);
    let held_out = validation_batches(
        sampler(&validation, 0.5, Augmentation::default(), 4),
        section.batch,
    );
    let mut pair_random = random(5);

    let mut best = f64::INFINITY;
    let (mut sum, mut count) = (0.0, 0_usize);
    for step in 0..section.steps {
        let prepared = prepare(
            &backbone,
            &patches.draw(section.batch),
            classes,
            device,
            &mut pair_random,
        )?;
        let maps = head.forward(prepared.logits.clone(), &prepared.taps)?;
        let loss = HeadLoss::new(&prepared.logits, &maps, &prepared.targets).total(&weights);
        let gradients = clip_gradients(&head, &loss.backward(), CLIP_NORM)?;
        let rate = cosine_rate(step, section.steps, section.rates[0], section.rates[1]);
        head = optimiser.step(head, &gradients, rate);
        let value = number(loss)?;
        if !value.is_finite() {
            return Err(Error::Training(format!(
                "the loss became {value} at step {step}; lower head.rates (now {:?})",
                section.rates
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
                validation_loss: None,
                validation_auroc: None,
                entropy_auroc: None,
            };
            (sum, count) = (0.0, 0);
            if validate {
                // The same pairs at every validation, so that losses compare.
                let scores = validate_head(
                    &head.valid(),
                    &backbone,
                    &held_out,
                    classes,
                    device,
                    &mut random(6),
                )?;
                progress.validation_loss = Some(scores.loss);
                progress.validation_auroc = scores.auroc;
                progress.entropy_auroc = scores.entropy_auroc;
                run.save(&head, "", "last")?;
                if scores.loss < best {
                    best = scores.loss;
                    run.save(&head, "", "best")?;
                }
            }
            run.log(done, &progress)?;
        }
        if last {
            break;
        }
    }
    println!("best validation loss {best:.4}");
    Ok(())
}

fn prepare(
    backbone: &DynUNet<4>,
    batch: &Batch,
    classes: usize,
    device: &Device,
    random: &mut ChaCha8Rng,
) -> Result<Prepared, Error> {
    let [count, _, rows, columns] = batch.shape;
    let images = Tensor::from_data(TensorData::new(batch.images.clone(), batch.shape), device);
    let output = backbone.forward(images)?;
    let logits = output.logits.clone().into_data().try_into_vec::<f32>();
    let logits = logits
        .map_err(|error| Error::Training(format!("the logits could not be read ({error:?})")))?;
    let found = largest_class(&logits, classes, rows * columns);
    let errors = found
        .iter()
        .zip(&batch.labels)
        .map(|(found, truth)| found != truth)
        .collect::<Vec<_>>();
    let pairs = PairIndices::sample(&errors, |_, count, _| random.random_range(0..count));
    let targets = HeadTargets::new(
        &batch.labels,
        &errors,
        pairs,
        [count, classes, rows, columns],
        device,
    );
    Ok(Prepared {
        logits: output.logits,
        taps: output.taps,
        targets,
        errors,
    })
}

struct Scores {
    loss: f64,
    auroc: Option<f64>,
    entropy_auroc: Option<f64>,
}

fn validate_head(
    head: &Head<4>,
    backbone: &DynUNet<4>,
    batches: &[Batch],
    classes: usize,
    device: &Device,
    random: &mut ChaCha8Rng,
) -> Result<Scores, Error> {
    let weights = HeadLossWeights::default();
    let (mut loss, mut ranking, mut entropy, mut errors) =
        (0.0, Vec::new(), Vec::new(), Vec::new());
    for batch in batches {
        let prepared = prepare(backbone, batch, classes, device, random)?;
        let maps = head.forward(prepared.logits.clone(), &prepared.taps)?;
        let terms = HeadLoss::new(&prepared.logits, &maps, &prepared.targets);
        loss += number(terms.total(&weights))? / batches.len() as f64;
        for (map, values) in [(&maps.ranking, &mut ranking), (&maps.entropy, &mut entropy)] {
            let data = map.clone().into_data().try_into_vec::<f32>();
            values.extend(data.map_err(|error| {
                Error::Training(format!("a map could not be read ({error:?})"))
            })?);
        }
        errors.extend(prepared.errors);
    }
    Ok(Scores {
        loss,
        auroc: uq::Ranking::new(&ranking, &errors)?.auroc(),
        entropy_auroc: uq::Ranking::new(&entropy, &errors)?.auroc(),
    })
}
