//! The command line's words.

mod options;
#[cfg(test)]
mod tests;
mod values;

use std::path::PathBuf;

use lexopt::prelude::*;

use options::{Options, parse_options};

use crate::Error;
use crate::train::{Fold, Part, TrainOptions};

/// What `penumbra help` prints.
pub const USAGE: &str = "\
Penumbra: segmentation and where not to trust it

penumbra predict  --model ID|DIR --out DIR [--device cpu|gpu] [--maps a,b,..] [--format a,b,..] [--series N]
                  [--window model|small] FILES..
    Segments images and writes the files that the page saves: mask, maps, overlay, report. A folder or several DICOM
    files are a series, and so is a zip of them. Formats: png, tiff, nifti, nrrd, dicom, bids.
penumbra evaluate --model ID|DIR --images DIR --labels DIR [--cases a,b,..|--split test] [--methods a,b,..|all]
                  [--fit-cases a,b,..|--fit-split val] [--splits FILE] [--members ID|DIR|RUN,..]
                  [--dropout RATE] [--dropout-model ID|DIR] [--second-labels DIR] [--device cpu|gpu] --json FILE
    Compares masks and uncertainty with true labels, the method beside its rivals. Temperature and expected Dice are fitted
    on the cases to fit; splits are read from splits.json beside the images unless --splits names another file. Members of an
    ensemble, beside the model itself, are bundles or folders of runs, whose backbones are taken. With a
    second observer's labels the scores are also compared with the disagreement of the two. Cases that the file of splits
    puts into groups, such as patients, are also judged by group, and labels of a group that lie in the wrong place are told.
penumbra screen   --model ID|DIR --images DIR[@SPLIT],.. --out FILE.md [--device cpu|gpu]
    Says how unlike the model's own data the images of each folder are, without labels.
penumbra results  --json FILE,.. --out FILE.md [--summary]
    Writes tables and plots of evaluations; --summary writes a line for each instead.
penumbra train backbone|head|all --config FILE --out DIR [--device cpu|gpu|cuda] [--time-budget 40m] [--resume] [--recipe NAME] [--fold I/K] [--seed N]
    Trains one part of a model, or all; the head needs the backbone in the same folder. --resume goes on where a run
    was cut; --recipe trains the head by another recipe of the configuration, or by `reference`; --fold trains the
    backbone of the cases outside fold I of K, for a head with folds; --seed trains a member of an ensemble.
penumbra pack     --run DIR --out web/models/ID [--device cpu|gpu|cuda] [--recipe NAME]
    Makes a bundle of a run, with its validation curve and test figures.
penumbra info     [--json] FILES..
    Says what a file, a folder or a zip holds: format, size, geometry, values, series.
penumbra bench    --model ID|DIR [--device cpu|gpu] [--runs N]
    Times the network on one window, the first run and the following ones apart.

Exit code 0: done; 1: failed, with a sentence on stderr; 2: wrong usage.
Research and teaching only, not for diagnosis.";

/// Methods of one pass that need nothing but the model.
const DEFAULT_METHODS: [&str; 5] = ["segwithu", "softmax", "entropy", "margin", "energy"];

/// Where the network runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeviceChoice {
    /// burn's CPU backend.
    #[default]
    Cpu,
    /// The system's graphics API through burn-wgpu.
    Gpu,
    /// NVIDIA's CUDA, in builds with the feature `cuda`.
    Cuda,
}

/// A command with its options.
#[derive(Debug)]
pub enum Command {
    Help,
    Predict(PredictOptions),
    Evaluate(Box<EvaluateOptions>),
    Screen(ScreenOptions),
    Results {
        json: Vec<PathBuf>,
        out: PathBuf,
        summary: bool,
    },
    Train {
        options: TrainOptions,
        device: DeviceChoice,
    },
    Pack {
        run: PathBuf,
        recipe: Option<String>,
        out: PathBuf,
        device: DeviceChoice,
    },
    Info {
        json: bool,
        files: Vec<PathBuf>,
    },
    Bench {
        model: String,
        device: DeviceChoice,
        runs: usize,
    },
}

/// A format of results, by its word on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultFormat {
    Png,
    Tiff,
    Nifti,
    Nrrd,
    Dicom,
    Bids,
}

impl ResultFormat {
    const ALL: [(&'static str, Self); 6] = [
        ("png", Self::Png),
        ("tiff", Self::Tiff),
        ("nifti", Self::Nifti),
        ("nrrd", Self::Nrrd),
        ("dicom", Self::Dicom),
        ("bids", Self::Bids),
    ];

    fn from_word(word: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|(name, _)| *name == word);
        found.map(|(_, format)| format).ok_or_else(|| {
            let known = Self::ALL.map(|(name, _)| name).join(", ");
            usage(format!("there is no format `{word}`; choose among {known}"))
        })
    }
}

/// Options of `penumbra predict`.
#[derive(Debug)]
pub struct PredictOptions {
    pub model: String,
    pub out: PathBuf,
    pub device: DeviceChoice,
    pub maps: Option<Vec<String>>,
    /// Formats of mask and maps; the usual one of the image where none are named.
    pub formats: Option<Vec<ResultFormat>>,
    /// Which series of a folder, counted from 0; the one with the most images where none is named.
    pub series: Option<usize>,
    pub small_window: bool,
    pub files: Vec<PathBuf>,
}

/// Options of `penumbra screen`.
#[derive(Debug)]
pub struct ScreenOptions {
    pub model: String,
    /// Folders, each with or without a split.
    pub images: Vec<String>,
    pub out: PathBuf,
    pub device: DeviceChoice,
    /// The words of the command, for those who want the same figures again.
    pub command: String,
}

/// Options of `penumbra evaluate`.
#[derive(Debug)]
pub struct EvaluateOptions {
    pub model: String,
    pub images: PathBuf,
    pub labels: PathBuf,
    /// A second observer's labels.
    pub second_labels: Option<PathBuf>,
    /// Cases to evaluate: by name,
    pub cases: Option<Vec<String>>,
    /// or by split.
    pub split: Option<String>,
    /// Where splits are listed.
    pub splits: Option<PathBuf>,
    /// Cases to fit on: by name,
    pub fit_cases: Option<Vec<String>>,
    /// or by split.
    pub fit_split: Option<String>,
    pub methods: Vec<String>,
    /// Further models of the ensemble.
    pub members: Vec<String>,
    /// Probability of dropout.
    pub dropout: Option<f64>,
    /// The model with dropout, where it is another.
    pub dropout_model: Option<String>,
    pub device: DeviceChoice,
    pub json: PathBuf,
    /// The words of the command, for those who want the same figures again.
    pub command: String,
}

fn usage(message: impl Into<String>) -> Error {
    Error::Usage(format!("{}; see `penumbra help`", message.into()))
}

fn required<T>(value: Option<T>, option: &str, command: &str) -> Result<T, Error> {
    value.ok_or_else(|| usage(format!("`penumbra {command}` needs {option}")))
}

/// Reads the words after the program's name.
pub fn parse(words: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Command, Error> {
    let words: Vec<std::ffi::OsString> = words.into_iter().collect();
    let line = command_line(&words);
    let mut parser = lexopt::Parser::from_args(words);
    let wrong = |error: lexopt::Error| usage(error.to_string());
    let command = match parser.next().map_err(wrong)? {
        None | Some(Short('h') | Long("help")) => return Ok(Command::Help),
        Some(Value(word)) => word.to_string_lossy().into_owned(),
        Some(other) => return Err(wrong(other.unexpected())),
    };
    let part = if command == "train" {
        match parser.value().map_err(wrong)?.to_string_lossy().as_ref() {
            "backbone" => Some(Part::Backbone(None)),
            "head" => Some(Part::Head),
            "all" => Some(Part::All),
            other => {
                return Err(usage(format!(
                    "`{other}` cannot be trained; choose `backbone`, `head` or `all`"
                )));
            }
        }
    } else {
        None
    };
    let options = parse_options(&mut parser, &command)?;
    let mut command = build(&command, part, options)?;
    match &mut command {
        Command::Evaluate(options) => options.command = line,
        Command::Screen(options) => options.command = line,
        _ => {}
    }
    Ok(command)
}

/// The words as they could be typed again.
fn command_line(words: &[std::ffi::OsString]) -> String {
    let mut line = "penumbra".to_owned();
    for word in words {
        let word = word.to_string_lossy();
        let plain =
            |character: char| character.is_alphanumeric() || "-_./,=:+@%".contains(character);
        if !word.is_empty() && word.chars().all(plain) {
            line.push_str(&format!(" {word}"));
        } else {
            line.push_str(&format!(" '{}'", word.replace('\'', r"'\''")));
        }
    }
    line
}

fn build(command: &str, part: Option<Part>, options: Options) -> Result<Command, Error> {
    let device = options.device;
    Ok(match command {
        "help" => Command::Help,
        "predict" => {
            if options.rest.is_empty() {
                return Err(usage("`penumbra predict` needs at least one image file"));
            }
            Command::Predict(PredictOptions {
                model: required(options.model, "--model", command)?,
                out: required(options.out, "--out", command)?,
                device,
                maps: options.maps,
                formats: options.formats,
                series: options.series,
                small_window: options.small_window,
                files: options.rest,
            })
        }
        "evaluate" => Command::Evaluate(Box::new(EvaluateOptions {
            model: required(options.model, "--model", command)?,
            images: required(options.images, "--images", command)?,
            labels: required(options.labels, "--labels", command)?,
            second_labels: options.second_labels,
            cases: options.cases,
            split: options.split,
            splits: options.splits,
            fit_cases: options.fit_cases,
            fit_split: options.fit_split,
            methods: options
                .methods
                .unwrap_or_else(|| DEFAULT_METHODS.map(str::to_owned).to_vec()),
            members: options.members,
            dropout: options.dropout,
            dropout_model: options.dropout_model,
            device,
            json: required(options.json, "--json", command)?,
            command: String::new(),
        })),
        "screen" => {
            let images = required(options.images, "--images", command)?;
            Command::Screen(ScreenOptions {
                model: required(options.model, "--model", command)?,
                images: images
                    .to_string_lossy()
                    .split(',')
                    .filter(|word| !word.is_empty())
                    .map(str::to_owned)
                    .collect(),
                out: required(options.out, "--out", command)?,
                device,
                command: String::new(),
            })
        }
        "results" => {
            let json = required(options.json, "--json", command)?;
            let json = json.to_string_lossy();
            Command::Results {
                json: json
                    .split(',')
                    .filter(|path| !path.is_empty())
                    .map(PathBuf::from)
                    .collect(),
                out: required(options.out, "--out", command)?,
                summary: options.summary,
            }
        }
        "train" => Command::Train {
            options: TrainOptions {
                part: part_of(part, options.fold, options.recipe.as_deref())?,
                config: required(options.config, "--config", command)?,
                recipe: options.recipe,
                seed: options.seed,
                out: required(options.out, "--out", command)?,
                time_budget: options.time_budget,
                resume: options.resume,
            },
            device,
        },
        "pack" => Command::Pack {
            run: required(options.run, "--run", command)?,
            recipe: options.recipe,
            out: required(options.out, "--out", command)?,
            device,
        },
        "info" => {
            if options.rest.is_empty() {
                return Err(usage("`penumbra info` needs at least one file"));
            }
            Command::Info {
                json: options.json_flag,
                files: options.rest,
            }
        }
        "bench" => Command::Bench {
            model: required(options.model, "--model", command)?,
            device,
            runs: options.runs.unwrap_or(5),
        },
        other => return Err(usage(format!("there is no command `{other}`"))),
    })
}

/// The part with its fold; a fold belongs to a backbone, a recipe to a head.
fn part_of(part: Option<Part>, fold: Option<Fold>, recipe: Option<&str>) -> Result<Part, Error> {
    match (
        required(part, "`backbone`, `head` or `all`", "train")?,
        fold,
        recipe,
    ) {
        (Part::Backbone(_), _, Some(recipe)) => Err(usage(format!(
            "the recipe `{recipe}` is one of the head; `train backbone` takes none"
        ))),
        (Part::Backbone(_), fold, None) => Ok(Part::Backbone(fold)),
        (_, Some(fold), _) => Err(usage(format!(
            "--fold {}/{} belongs to `train backbone`",
            fold.number, fold.of
        ))),
        (part, None, _) => Ok(part),
    }
}
