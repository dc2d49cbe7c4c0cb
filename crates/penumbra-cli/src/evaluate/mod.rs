//! `penumbra evaluate`: masks and uncertainty against true labels.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use engine::{Engine, Segmentation};
use imaging::{Limits, open_labels};
use segwithu::head::MapKind;
use serde::Serialize;
use uq::{Calibration, Layout, Probabilities, Ranking, dice_per_class, error_map, near_mask};

use crate::Error;
use crate::arguments::EvaluateOptions;
use crate::model::{engine, open, read, segment, stem, write};

/// The figures of a method over all voxels, and over those near an object.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Pair {
    pub all: Option<f64>,
    pub near: Option<f64>,
}

/// One method's figures.
#[derive(Debug, Clone, Default, Serialize)]
pub struct MethodFigures {
    pub auroc: Pair,
    pub auprc: Pair,
    pub aurc: Pair,
    pub eaurc: Pair,
    pub fpr95: Pair,
    pub nll: Pair,
    pub brier: Pair,
    pub ece: Pair,
    pub ms_per_case: f64,
}

/// One case's figures.
#[derive(Debug, Clone, Serialize)]
pub struct CaseFigures {
    pub case: String,
    pub dice: BTreeMap<String, f64>,
    pub error_rate: f64,
    pub mean_ranking: f64,
    pub mean_entropy: f64,
    pub ms: f64,
}

/// What `--json` receives.
#[derive(Debug, Clone, Serialize)]
pub struct Evaluation {
    pub model: String,
    pub cases: usize,
    pub dice: BTreeMap<String, f64>,
    pub methods: BTreeMap<String, MethodFigures>,
    pub per_case: Vec<CaseFigures>,
}

/// How a method ranks voxels, and which probabilities it stands for.
#[derive(Debug, Clone, Copy)]
struct Method {
    name: &'static str,
    score: MapKind,
    /// Whether a larger score means less doubt.
    turned: bool,
    tempered: bool,
}

/// Methods that one pass gives.
const METHODS: [Method; 3] = [
    Method {
        name: "segwithu",
        score: MapKind::Ranking,
        turned: false,
        tempered: true,
    },
    Method {
        name: "entropy",
        score: MapKind::Entropy,
        turned: false,
        tempered: false,
    },
    Method {
        name: "margin",
        score: MapKind::Margin,
        turned: true,
        tempered: false,
    },
];

/// Everything that is pooled over cases for one method.
struct Pool {
    method: Method,
    scores: Vec<f32>,
    calibration: Calibration,
    calibration_near: Calibration,
}

/// Evaluates on the given cases.
pub fn run(options: &EvaluateOptions) -> Result<(), Error> {
    let engine = engine(&options.model, options.device)?;
    let cases = pair_cases(&options.images, &options.labels, options.cases.as_deref())?;
    let (evaluation, _) = evaluate(&engine, &cases, &options.methods)?;
    let text = serde_json::to_string_pretty(&evaluation)
        .map_err(|error| Error::Data(format!("the figures have no JSON form ({error})")))?;
    write(&options.json, text.as_bytes())?;
    for (class, dice) in &evaluation.dice {
        println!("Dice {class:16} {dice:.4}");
    }
    for (name, figures) in &evaluation.methods {
        let show = |pair: &Pair| {
            let text = |value: Option<f64>| {
                value.map_or_else(|| "-".to_owned(), |value| format!("{value:.5}"))
            };
            format!("{} / {}", text(pair.all), text(pair.near))
        };
        println!(
            "{name:10} AUROC {}  AURC {}  ECE {} (all / near)",
            show(&figures.auroc),
            show(&figures.aurc),
            show(&figures.ece)
        );
    }
    Ok(())
}

/// An image with its labels.
#[derive(Debug, Clone)]
pub struct CasePaths {
    pub name: String,
    pub image: PathBuf,
    pub labels: PathBuf,
}

/// Pairs images and labels by the stem of their names.
pub fn pair_cases(
    images: &Path,
    labels: &Path,
    wanted: Option<&[String]>,
) -> Result<Vec<CasePaths>, Error> {
    let list = |folder: &Path| -> Result<BTreeMap<String, PathBuf>, Error> {
        let entries = std::fs::read_dir(folder).map_err(|source| Error::file(folder, &source))?;
        let paths = entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.is_file());
        Ok(paths.map(|path| (stem(&path), path)).collect())
    };
    let (images_found, mut labels_found) = (list(images)?, list(labels)?);
    let names = wanted.map_or_else(
        || images_found.keys().cloned().collect::<Vec<_>>(),
        <[String]>::to_vec,
    );
    if names.is_empty() {
        return Err(Error::Data(format!(
            "{} holds no image; choose another folder",
            images.display()
        )));
    }
    names
        .into_iter()
        .map(|name| {
            let image = images_found.get(&name).cloned();
            match (image, labels_found.remove(&name)) {
                (Some(image), Some(labels)) => Ok(CasePaths {
                    name,
                    image,
                    labels,
                }),
                (None, _) => Err(Error::Data(format!(
                    "there is no image `{name}` in {}; check --cases",
                    images.display()
                ))),
                (_, None) => Err(Error::Data(format!(
                    "there are no labels `{name}` in {}; labels pair with images by stem",
                    labels.display()
                ))),
            }
        })
        .collect()
}

/// Figures over all cases, and the pooled ranking for the validation curve.
pub fn evaluate(
    engine: &Engine,
    cases: &[CasePaths],
    methods: &[String],
) -> Result<(Evaluation, Option<Ranking>), Error> {
    let mut pools = methods
        .iter()
        .map(|name| {
            METHODS
                .into_iter()
                .find(|method| method.name == name)
                .ok_or_else(|| {
                    let known = METHODS.map(|method| method.name).join(", ");
                    Error::Usage(format!("there is no method `{name}`; choose among {known}"))
                })
        })
        .map(|method| {
            method.map(|method| Pool {
                method,
                scores: Vec::new(),
                calibration: Calibration::default(),
                calibration_near: Calibration::default(),
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let names = engine
        .manifest()
        .classes
        .iter()
        .map(|class| class.name.clone())
        .collect::<Vec<_>>();
    let (mut errors, mut near) = (Vec::new(), Vec::new());
    let mut per_case = Vec::with_capacity(cases.len());
    for (index, case) in cases.iter().enumerate() {
        let figures = add_case(engine, case, &names, &mut pools, &mut errors, &mut near)?;
        println!(
            "{} of {}: {} {:?}",
            index + 1,
            cases.len(),
            case.name,
            figures.dice
        );
        per_case.push(figures);
    }
    let count = per_case.len().max(1) as f64;
    let dice = names.iter().skip(1).map(|name| {
        let sum = per_case
            .iter()
            .filter_map(|case| case.dice.get(name))
            .sum::<f64>();
        (name.clone(), sum / count)
    });
    let ms_per_case = per_case.iter().map(|case| case.ms).sum::<f64>() / count;
    let mut figures = BTreeMap::new();
    let mut pooled = None;
    for pool in pools {
        let (name, ranking, value) = finish(pool, &errors, &near, ms_per_case)?;
        if name == "segwithu" {
            pooled = Some(ranking);
        }
        figures.insert(name.to_owned(), value);
    }
    let model = engine.manifest().id.clone();
    Ok((
        Evaluation {
            model,
            cases: per_case.len(),
            dice: dice.collect(),
            methods: figures,
            per_case,
        },
        pooled,
    ))
}

fn add_case(
    engine: &Engine,
    case: &CasePaths,
    names: &[String],
    pools: &mut [Pool],
    errors: &mut Vec<bool>,
    near: &mut Vec<bool>,
) -> Result<CaseFigures, Error> {
    let volume = open(&case.image)?;
    let classes = names.len();
    let labels = open_labels(&read(&case.labels)?, "", &Limits::default(), classes as u8).map_err(
        |source| Error::Image {
            path: case.labels.clone(),
            source,
        },
    )?;
    if labels.shape != volume.shape {
        return Err(Error::Data(format!(
            "{} has shape {:?}, but its image has {:?}; labels must have the image's size",
            case.labels.display(),
            labels.shape,
            volume.shape
        )));
    }
    let (result, ms) = segment(engine, &volume)?;
    let wrong = error_map(&result.labels, &labels.ids)?;
    let close = near_mask(&labels.ids, &result.labels, labels.shape)?;
    for pool in pools {
        let method = pool.method;
        let map = result.map(method.score).unwrap_or_default();
        pool.scores.extend(
            map.iter()
                .map(|&value| if method.turned { -value } else { value }),
        );
        let values = result.probabilities(method.tempered);
        let probabilities = Probabilities {
            values: &values,
            classes,
            layout: Layout::ClassFirst,
        };
        pool.calibration.add(&probabilities, &labels.ids, None)?;
        pool.calibration_near
            .add(&probabilities, &labels.ids, Some(&close))?;
    }
    let dice = dice_per_class(&result.labels, &labels.ids, classes)?;
    let figures = CaseFigures {
        case: case.name.clone(),
        dice: names.iter().cloned().zip(dice).skip(1).collect(),
        error_rate: wrong.iter().filter(|&&wrong| wrong).count() as f64 / wrong.len().max(1) as f64,
        mean_ranking: mean(&result, MapKind::Ranking),
        mean_entropy: mean(&result, MapKind::Entropy),
        ms,
    };
    errors.extend(wrong);
    near.extend(close);
    Ok(figures)
}

fn mean(result: &Segmentation, kind: MapKind) -> f64 {
    let map = result.map(kind).unwrap_or_default();
    map.iter().map(|&value| f64::from(value)).sum::<f64>() / map.len().max(1) as f64
}

fn finish(
    pool: Pool,
    errors: &[bool],
    near: &[bool],
    ms_per_case: f64,
) -> Result<(&'static str, Ranking, MethodFigures), Error> {
    let ranking = Ranking::new(&pool.scores, errors)?;
    let close = |index: &usize| near.get(*index) == Some(&true);
    let near_scores = (0..errors.len())
        .filter(close)
        .map(|index| pool.scores[index])
        .collect::<Vec<_>>();
    let near_errors = (0..errors.len())
        .filter(close)
        .map(|index| errors[index])
        .collect::<Vec<_>>();
    let (all, close) = (
        ranking.figures(),
        Ranking::new(&near_scores, &near_errors)?.figures(),
    );
    let (everywhere, nearby) = (&pool.calibration, &pool.calibration_near);
    let pair = |all, near| Pair { all, near };
    let figures = MethodFigures {
        auroc: pair(all.auroc, close.auroc),
        auprc: pair(all.auprc, close.auprc),
        aurc: pair(all.aurc, close.aurc),
        eaurc: pair(all.eaurc, close.eaurc),
        fpr95: pair(all.fpr95, close.fpr95),
        nll: pair(everywhere.nll(), nearby.nll()),
        brier: pair(everywhere.brier(), nearby.brier()),
        ece: pair(everywhere.ece15(), nearby.ece15()),
        ms_per_case,
    };
    Ok((pool.method.name, ranking, figures))
}
