//! A bundle of a run: merged weights, a known answer, a validation curve and test figures.

use std::collections::BTreeMap;

use burn::tensor::Device;
use dataset::{Cases, DatasetDescription};
use engine::{Bundle, Engine, known_answer};
use evaluation::{Evaluator, Method, Progress, calibrate};
use segwithu::head::Head;
use segwithu::model::SegWithU;
use segwithu::weights::{Precision, save};
use uq::LogitScore;

use super::card::{CardTexts, model_card};
use super::fitted::write_fitted;
use super::refit::refitted;
use super::validation::{in_distribution, test_figures, validation_of};
use crate::Error;
use crate::artifacts::{manifest, network};
use crate::backbone::MAX_WEIGHT_BYTES;
use crate::config::RunConfig;
use crate::run_folder::{PartName, RunFolder};
use crate::storage::Storage;

/// What a bundle is made of.
#[derive(Debug)]
pub struct BundleSource<'a> {
    /// Where the run's files are.
    pub storage: &'a dyn Storage,
    /// The recipe that the head was trained by, where it is not the configuration's own.
    pub recipe: Option<&'a str>,
    /// `dataset.json`.
    pub description: &'a DatasetDescription,
    /// Number of training cases.
    pub train_cases: usize,
    /// Cases that the curve and the refits are taken from.
    pub validation: &'a dyn Cases,
    /// Groups of cases, such as patients, where they are known: from the case's name to the group's.
    pub groups: BTreeMap<String, String>,
    /// Cases that the test figures are taken from.
    pub test: &'a dyn Cases,
    /// Where the bundle is evaluated.
    pub device: &'a Device,
    /// Is told after every case.
    pub progress: &'a dyn Progress,
}

/// A bundle with its card.
#[derive(Debug, Clone)]
pub struct PackedBundle {
    /// Manifest and weights.
    pub bundle: Bundle,
    /// The model card, Markdown.
    pub card: String,
}

/// The configuration that the head of a run was trained by.
///
/// # Errors
/// Those of the run's files.
pub fn head_config(storage: &dyn Storage, recipe: Option<&str>) -> Result<RunConfig, Error> {
    RunFolder::new(storage, &PartName::Head(recipe.map(str::to_owned))).config()
}

/// Makes a bundle of a run; it is evaluated on the validation cases for its curve and on the test cases for its figures.
///
/// # Errors
/// Weights that a page may not load, and those of the run's files, of the cases and of the engine.
pub async fn pack(source: &BundleSource<'_>) -> Result<PackedBundle, Error> {
    let part = PartName::Head(source.recipe.map(str::to_owned));
    let head = RunFolder::new(source.storage, &part);
    let backbone = RunFolder::new(source.storage, &PartName::Backbone);
    let config = head.config()?;
    let files = [
        source.storage.require(&backbone.weights("best"))?,
        source.storage.require(&head.weights("best"))?,
    ];
    let merge = Merge {
        files: &files,
        config: &config,
        description: source.description,
        validation: source.validation,
        device: source.device,
        progress: source.progress,
    };
    let weights = if config.model.spatial_dims == 3 {
        merge.weights::<5>().await?
    } else {
        merge.weights::<4>().await?
    };
    if weights.len() > MAX_WEIGHT_BYTES {
        return Err(Error::WeightBytes {
            bytes: weights.len(),
            most: MAX_WEIGHT_BYTES,
        });
    }
    let mut bundle = Bundle::new(manifest(&config, source.description)?, weights);
    let reference = Engine::new(&bundle, &Device::flex())?;
    bundle.manifest.known_answer = known_answer(&reference).await?;

    let engine = Engine::new(&bundle, source.device)?;
    let mut evaluator = Evaluator::new(&engine, vec![Method::SegWithU]);
    evaluator.progress = source.progress;
    evaluator.groups = source.groups.clone();
    let (validation, ranking) = evaluator.evaluate(source.validation).await?;
    if let Some(ranking) = ranking {
        bundle.manifest.validation = validation_of(&validation, &ranking);
    }
    bundle.manifest.in_distribution = in_distribution(&validation);
    calibrate(&bundle.manifest, &validation.per_case)?.apply(&mut bundle.manifest)?;
    evaluator.methods.push(Method::Logits(LogitScore::Entropy));
    let (test, _) = evaluator.evaluate(source.test).await?;
    bundle.manifest.test = test_figures(&test);

    let texts = CardTexts {
        refit: config.head.refit,
        train_cases: source.train_cases,
        recipe: source.recipe,
        limits: &config.bundle.limits,
    };
    let card = write_fitted(&model_card(&bundle.manifest, &texts), &bundle.manifest);
    Ok(PackedBundle { bundle, card })
}

/// What the weights of a bundle are made of.
struct Merge<'a> {
    /// Backbone and head.
    files: &'a [Vec<u8>; 2],
    config: &'a RunConfig,
    description: &'a DatasetDescription,
    validation: &'a dyn Cases,
    device: &'a Device,
    progress: &'a dyn Progress,
}

impl Merge<'_> {
    /// Backbone and head in one file, in half precision, a few numbers of the head fitted anew where the configuration
    /// says so.
    async fn weights<const D: usize>(&self) -> Result<Vec<u8>, Error> {
        let [backbone, head] = self.files;
        let model: SegWithU<D> = network(self.config, self.description, backbone, Some(head))?;
        let Some(wanted) = self.config.head.refit else {
            return Ok(save(&model, "", Precision::Half)?);
        };
        let SegWithU { backbone, head } = model;
        let with = |head: &Head<D>| -> Result<Vec<u8>, Error> {
            let model = SegWithU {
                backbone: backbone.clone(),
                head: head.clone(),
            };
            Ok(save(&model, "", Precision::Half)?)
        };
        let engine_of = |head: &Head<D>| -> Result<Engine, Error> {
            let bundle = Bundle::new(manifest(self.config, self.description)?, with(head)?);
            Ok(Engine::new(&bundle, self.device)?)
        };
        with(&refitted(wanted, head, self.validation, self.progress, engine_of).await?)
    }
}
