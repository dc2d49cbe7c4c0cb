//! `penumbra pack`: from a training run to a bundle.

mod refit;

use std::path::Path;

use burn::tensor::Device;
use engine::{
    Bundle, CurvePoint, Engine, InDistribution, Manifest, Moments, OperatingPoint, TestFigures,
    Validation, known_answer,
};
use segwithu::head::Head;
use segwithu::model::SegWithU;
use segwithu::weights::{Precision, save};
use serde::Serialize;
use uq::{DiceEstimator, Ranking};

use crate::Error;
use crate::arguments::DeviceChoice;
use crate::card::{CardTexts, model_card};
use crate::evaluate::{CaseFigures, CasePaths, Evaluation, evaluate};
use crate::model::{device, read, write};
use crate::train::{
    DatasetDescription, MOST_WEIGHT_BYTES, PartName, RunConfig, RunFolder, Split, Splits,
};
use crate::trained::{manifest, network};
use refit::refitted;

/// Points of the validation curve.
const CURVE_POINTS: usize = 201;

/// Packs a run; the bundle is evaluated on the validation split for its curve and on the test split for its figures.
pub fn run(
    run: &Path,
    recipe: Option<&str>,
    out: &Path,
    choice: DeviceChoice,
) -> Result<(), Error> {
    let backbone = RunFolder::new(run, &PartName::Backbone);
    let head = RunFolder::new(run, &PartName::Head(recipe.map(str::to_owned)));
    let config = head.config()?;
    let description = DatasetDescription::read(&config.data)?;
    let splits = Splits::read(&config.data)?;
    let files = [
        read(&backbone.weights("best"))?,
        read(&head.weights("best"))?,
    ];
    let validation_cases = cases(&config, &description, &splits, Split::Val)?;
    let ask = Merge {
        files: &files,
        config: &config,
        description: &description,
        validation: &validation_cases,
        choice,
    };
    let weights = if config.model.spatial_dims == 3 {
        ask.weights::<5>()?
    } else {
        ask.weights::<4>()?
    };
    if weights.len() > MOST_WEIGHT_BYTES {
        return Err(Error::Data(format!(
            "the weights take {} bytes, more than the {MOST_WEIGHT_BYTES} that a page may load; train with fewer filters",
            weights.len()
        )));
    }
    let mut bundle = Bundle::new(manifest(&config, &description)?, weights);
    let reference = Engine::new(&bundle, &Device::flex())?;
    bundle.manifest.known_answer = pollster::block_on(known_answer(&reference))?;

    let engine = Engine::new(&bundle, &device(choice)?)?;
    let method = ["segwithu".to_owned()];
    let (validation, ranking) = evaluate(&engine, &validation_cases, &method)?;
    if let Some(ranking) = ranking {
        bundle.manifest.validation = validation_of(&validation, &ranking);
    }
    bundle.manifest.in_distribution = in_distribution(&validation);
    let methods = ["segwithu".to_owned(), "entropy".to_owned()];
    let (test, _) = evaluate(
        &engine,
        &cases(&config, &description, &splits, Split::Test)?,
        &methods,
    )?;
    bundle.manifest.test = test_figures(&test);

    let json = bundle.manifest.to_json()?;
    write(&out.join(&bundle.manifest.weights.file), bundle.weights())?;
    write(&out.join("model.json"), json.as_bytes())?;
    let texts = CardTexts {
        refit: config.head.refit,
        train_cases: splits.names(&config.data, Split::Train)?.len(),
        recipe,
        limits: &config.bundle.limits,
    };
    write(
        &out.join("README.md"),
        model_card(&bundle.manifest, &texts).as_bytes(),
    )?;
    if let Some(models) = out.parent() {
        write_index(models)?;
    }
    println!(
        "{}: {} bytes of weights, {:?}",
        out.display(),
        bundle.weights().len(),
        bundle.manifest.test.figures
    );
    Ok(())
}

/// What the weights of a bundle are made of.
struct Merge<'a> {
    /// Backbone and head.
    files: &'a [Vec<u8>; 2],
    config: &'a RunConfig,
    description: &'a DatasetDescription,
    validation: &'a [CasePaths],
    choice: DeviceChoice,
}

impl Merge<'_> {
    /// Backbone and head in one file, in half precision, a few numbers of the head fitted anew where the configuration
    /// says so.
    fn weights<const D: usize>(&self) -> Result<Vec<u8>, Error> {
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
            Ok(Engine::new(&bundle, &device(self.choice)?)?)
        };
        with(&refitted(wanted, head, self.validation, engine_of)?)
    }
}

fn cases(
    config: &RunConfig,
    description: &DatasetDescription,
    splits: &Splits,
    split: Split,
) -> Result<Vec<CasePaths>, Error> {
    let names = splits.names(&config.data, split)?;
    let paths = names.iter().map(|name| {
        let (image, labels) = description.paths(&config.data, name);
        CasePaths {
            name: name.clone(),
            image,
            labels,
        }
    });
    Ok(paths.collect())
}

fn validation_of(validation: &Evaluation, ranking: &Ranking) -> Validation {
    let curve = ranking.risk_coverage(CURVE_POINTS);
    Validation {
        cases: validation.cases,
        risk_coverage: curve
            .iter()
            .map(|point| CurvePoint {
                coverage: point.coverage,
                risk: point.risk,
            })
            .collect(),
        thresholds: curve
            .iter()
            .map(|point| OperatingPoint {
                referred: 1.0 - point.coverage,
                ranking: f64::from(point.threshold),
            })
            .collect(),
        dice: validation.dice.values().sum::<f64>() / validation.dice.len().max(1) as f64,
        dice_estimator: dice_estimator(&validation.per_case),
    }
}

/// What an image's maps say about its Dice, fitted on the validation cases; none with fewer than three.
fn dice_estimator(cases: &[CaseFigures]) -> Option<DiceEstimator> {
    let statistics: Vec<_> = cases.iter().map(|case| case.statistics).collect();
    let dice: Vec<f64> = cases.iter().map(CaseFigures::mean_dice).collect();
    DiceEstimator::fit(&statistics, &dice).ok()
}

fn in_distribution(validation: &Evaluation) -> InDistribution {
    let moments = |value: fn(&CaseFigures) -> f64| {
        let values: Vec<f64> = validation.per_case.iter().map(value).collect();
        Moments::of(&values)
    };
    let ranking = moments(|case| case.mean_ranking);
    let entropy = moments(|case| case.mean_entropy);
    InDistribution {
        ranking_mean: ranking.mean,
        ranking_deviation: ranking.deviation,
        entropy_mean: entropy.mean,
        entropy_deviation: entropy.deviation,
        log_entropy: Some(moments(|case| case.mean_log_entropy)),
    }
}

fn test_figures(test: &Evaluation) -> TestFigures {
    let mut figures = test
        .dice
        .iter()
        .map(|(class, &dice)| (format!("Dice {class}"), dice))
        .collect::<Vec<_>>();
    for (name, method) in &test.methods {
        let named = [
            ("AUROC", &method.figures.auroc),
            ("AURC", &method.figures.aurc),
            ("ECE", &method.figures.ece),
        ];
        for (figure, pair) in named {
            figures.extend(pair.all.map(|value| (format!("{figure}, {name}"), value)));
            figures.extend(
                pair.near
                    .map(|value| (format!("{figure} near, {name}"), value)),
            );
        }
    }
    TestFigures {
        cases: test.cases,
        figures,
    }
}

#[derive(Serialize)]
struct Index {
    models: Vec<IndexEntry>,
}

#[derive(Serialize)]
struct IndexEntry {
    id: String,
    title: String,
    modality: String,
    /// 2 for pictures, 3 for volumes: by this and by the channels the page tells which model fits an image.
    dimensions: usize,
    channels: usize,
}

/// Lists all bundles beside this one for the page, in `index.json`.
fn write_index(models: &Path) -> Result<(), Error> {
    let entries = std::fs::read_dir(models).map_err(|source| Error::file(models, &source))?;
    let mut listed = Vec::new();
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path().join("model.json");
        if path.is_file() {
            let manifest = Manifest::from_json(&read(&path)?)?;
            listed.push(IndexEntry {
                id: manifest.id,
                title: manifest.title,
                modality: manifest.modality,
                dimensions: manifest.architecture.spatial_dims,
                channels: manifest.architecture.in_channels,
            });
        }
    }
    listed.sort_by(|a, b| a.id.cmp(&b.id));
    let text = serde_json::to_string_pretty(&Index { models: listed }).unwrap_or_default();
    write(&models.join("index.json"), text.as_bytes())
}
