//! The command line's words.

use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::*;

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
                  [--fit-cases a,b,..|--fit-split val] [--splits FILE] [--members ID|DIR,..]
                  [--dropout RATE] [--dropout-model ID|DIR] [--second-labels DIR] [--device cpu|gpu] --json FILE
    Compares masks and uncertainty with true labels, the method beside its rivals. Temperature and expected Dice are fitted
    on the cases to fit; splits are read from splits.json beside the images unless --splits names another file. With a
    second observer's labels the scores are also compared with the disagreement of the two.
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

/// All options that any command knows; each command takes the ones that it needs.
#[derive(Debug, Default)]
struct Options {
    model: Option<String>,
    out: Option<PathBuf>,
    run: Option<PathBuf>,
    images: Option<PathBuf>,
    labels: Option<PathBuf>,
    config: Option<PathBuf>,
    json: Option<PathBuf>,
    cases: Option<Vec<String>>,
    second_labels: Option<PathBuf>,
    split: Option<String>,
    splits: Option<PathBuf>,
    fit_cases: Option<Vec<String>>,
    fit_split: Option<String>,
    members: Vec<String>,
    dropout: Option<f64>,
    dropout_model: Option<String>,
    methods: Option<Vec<String>>,
    maps: Option<Vec<String>>,
    device: DeviceChoice,
    time_budget: Option<Duration>,
    recipe: Option<String>,
    fold: Option<Fold>,
    seed: Option<u64>,
    resume: bool,
    summary: bool,
    runs: Option<usize>,
    formats: Option<Vec<ResultFormat>>,
    series: Option<usize>,
    small_window: bool,
    json_flag: bool,
    rest: Vec<PathBuf>,
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
    if let Command::Evaluate(options) = &mut command {
        options.command = line;
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

fn parse_options(parser: &mut lexopt::Parser, command: &str) -> Result<Options, Error> {
    let wrong = |error: lexopt::Error| usage(error.to_string());
    let mut options = Options::default();
    while let Some(argument) = parser.next().map_err(wrong)? {
        let allowed: &[&str] = match command {
            "predict" => &[
                "model", "out", "device", "maps", "format", "series", "window",
            ],
            "evaluate" => &[
                "model",
                "images",
                "labels",
                "second-labels",
                "cases",
                "split",
                "splits",
                "fit-cases",
                "fit-split",
                "methods",
                "members",
                "dropout",
                "dropout-model",
                "device",
                "json",
            ],
            "results" => &["json", "out", "summary"],
            "train" => &[
                "config",
                "out",
                "device",
                "time-budget",
                "resume",
                "recipe",
                "fold",
                "seed",
            ],
            "pack" => &["run", "out", "device", "recipe"],
            "info" => &["json"],
            "bench" => &["model", "device", "runs"],
            _ => &[],
        };
        let name = match argument {
            Long(name) if allowed.contains(&name) => name.to_owned(),
            Value(path) if matches!(command, "predict" | "info") => {
                options.rest.push(PathBuf::from(path));
                continue;
            }
            other => return Err(wrong(other.unexpected())),
        };
        if command == "info" {
            options.json_flag = true;
            continue;
        }
        let flag = match name.as_str() {
            "resume" => Some(&mut options.resume),
            "summary" => Some(&mut options.summary),
            _ => None,
        };
        if let Some(flag) = flag {
            *flag = true;
            continue;
        }
        let value = parser.value().map_err(wrong)?;
        let text = value.to_string_lossy().into_owned();
        let list = || {
            Some(
                text.split(',')
                    .map(|word| word.trim().to_owned())
                    .filter(|word| !word.is_empty())
                    .collect(),
            )
        };
        match name.as_str() {
            "model" => options.model = Some(text),
            "out" => options.out = Some(value.into()),
            "run" => options.run = Some(value.into()),
            "images" => options.images = Some(value.into()),
            "labels" => options.labels = Some(value.into()),
            "config" => options.config = Some(value.into()),
            "json" => options.json = Some(value.into()),
            "cases" => options.cases = list(),
            "second-labels" => options.second_labels = Some(value.into()),
            "split" => options.split = Some(text),
            "splits" => options.splits = Some(value.into()),
            "fit-cases" => options.fit_cases = list(),
            "fit-split" => options.fit_split = Some(text),
            "members" => options.members = list().unwrap_or_default(),
            "dropout" => options.dropout = Some(dropout(&text)?),
            "dropout-model" => options.dropout_model = Some(text),
            "methods" => options.methods = list(),
            "maps" => options.maps = list(),
            "device" => {
                options.device = match text.as_str() {
                    "cpu" => DeviceChoice::Cpu,
                    "gpu" => DeviceChoice::Gpu,
                    "cuda" => DeviceChoice::Cuda,
                    _ => {
                        return Err(usage(format!(
                            "there is no device `{text}`; choose `cpu`, `gpu` or `cuda`"
                        )));
                    }
                }
            }
            "format" => {
                let words = text.split(',').map(str::trim);
                options.formats = Some(
                    words
                        .map(ResultFormat::from_word)
                        .collect::<Result<_, _>>()?,
                );
            }
            "series" => {
                let number = text.parse().map_err(|_| {
                    usage(format!(
                        "`{text}` is no series; give its number, counted from 0"
                    ))
                })?;
                options.series = Some(number);
            }
            "window" => {
                options.small_window = match text.as_str() {
                    "model" => false,
                    "small" => true,
                    _ => {
                        return Err(usage(format!(
                            "there is no window `{text}`; choose `model` or `small`"
                        )));
                    }
                }
            }
            "time-budget" => options.time_budget = Some(duration(&text)?),
            "recipe" => options.recipe = Some(recipe(&text)?),
            "fold" => options.fold = Some(fold(&text)?),
            "seed" => {
                let seed = text.parse().map_err(|_| {
                    usage(format!(
                        "`{text}` is no seed; give a whole number from 0 on"
                    ))
                });
                options.seed = Some(seed?);
            }
            _ => {
                let runs = text.parse().ok().filter(|&runs| runs > 0);
                options.runs = Some(runs.ok_or_else(|| {
                    usage(format!("`{text}` is no number of runs; give 1 or more"))
                })?);
            }
        }
    }
    Ok(options)
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

/// A recipe's name, which becomes part of file names.
fn recipe(text: &str) -> Result<String, Error> {
    let plain = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    if text.is_empty() || !text.chars().all(plain) {
        return Err(usage(format!(
            "`{text}` is no name of a recipe; use letters, digits, `_` and `-`"
        )));
    }
    Ok(text.to_owned())
}

/// `2/4`: the second of four folds.
fn fold(text: &str) -> Result<Fold, Error> {
    let parts = text.split_once('/').and_then(|(number, of)| {
        Some(Fold {
            number: number.parse().ok()?,
            of: of.parse().ok()?,
        })
    });
    parts
        .filter(|fold| (2..=20).contains(&fold.of) && (1..=fold.of).contains(&fold.number))
        .ok_or_else(|| {
            usage(format!(
                "`{text}` is no fold; write `2/4` for the second of four, of 2 to 20"
            ))
        })
}

/// A probability above 0 and under 1.
fn dropout(text: &str) -> Result<f64, Error> {
    let rate = text.parse().ok().filter(|&rate| rate > 0.0 && rate < 1.0);
    rate.ok_or_else(|| {
        usage(format!(
            "`{text}` is no probability of dropout; give a number above 0 and under 1"
        ))
    })
}

/// `90s`, `40m` or `2h`.
fn duration(text: &str) -> Result<Duration, Error> {
    let fault = || {
        usage(format!(
            "`{text}` is no duration; write `90s`, `40m` or `2h`"
        ))
    };
    let unit = text.chars().last().ok_or_else(fault)?;
    let seconds = match unit {
        's' => 1.0,
        'm' => 60.0,
        'h' => 3600.0,
        _ => return Err(fault()),
    };
    let number: f64 = text[..text.len() - unit.len_utf8()]
        .parse()
        .map_err(|_| fault())?;
    Duration::try_from_secs_f64(number * seconds).map_err(|_| fault())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::{Command, DeviceChoice, ResultFormat, parse};
    use crate::train::{Fold, Part};

    fn words(line: &str) -> Result<Command, crate::Error> {
        parse(line.split_whitespace().map(std::ffi::OsString::from))
    }

    #[test]
    fn the_contract_is_understood() {
        let command =
            words("predict --model m --out o --device gpu --maps ranking,entropy a.png b.png")
                .unwrap();
        let Command::Predict(options) = command else {
            panic!("{command:?}")
        };
        assert_eq!(
            (options.model.as_str(), options.device, options.files.len()),
            ("m", DeviceChoice::Gpu, 2)
        );
        assert_eq!(options.maps.unwrap(), ["ranking", "entropy"]);
        assert_eq!((options.formats, options.series), (None, None));
        let command =
            words("predict --model m --out o --format nifti,dicom --series 2 --window small scans")
                .unwrap();
        let Command::Predict(options) = command else {
            panic!("{command:?}")
        };
        assert_eq!(
            options.formats.unwrap(),
            [ResultFormat::Nifti, ResultFormat::Dicom]
        );
        assert_eq!((options.series, options.small_window), (Some(2), true));
        let command =
            words("train head --config c --out o --time-budget 40m --resume --recipe band")
                .unwrap();
        let Command::Train { options, .. } = command else {
            panic!("{command:?}")
        };
        assert_eq!(options.time_budget.unwrap().as_secs(), 2400);
        assert!(options.resume && options.part == Part::Head);
        assert_eq!(options.recipe.unwrap(), "band");
        let command = words("train backbone --config c --out o --fold 2/4 --device cuda").unwrap();
        let Command::Train { options, device } = command else {
            panic!("{command:?}")
        };
        let fold = Fold { number: 2, of: 4 };
        assert_eq!(options.part, Part::Backbone(Some(fold)));
        assert_eq!((options.resume, device), (false, DeviceChoice::Cuda));
        assert!(matches!(
            words("info --json a.png").unwrap(),
            Command::Info { json: true, .. }
        ));
    }

    #[test]
    fn an_evaluation_knows_its_own_command() {
        let line = "evaluate --model m --images i --labels l --split test --fit-split val --methods all --members a,b --dropout 0.2 --json out.json";
        let Command::Evaluate(options) = words(line).unwrap() else {
            panic!("not an evaluation")
        };
        assert_eq!(options.command, format!("penumbra {line}"));
        assert_eq!(options.split.as_deref(), Some("test"));
        assert_eq!((options.members.len(), options.dropout), (2, Some(0.2)));
        assert_eq!(
            super::command_line(&["a b".into(), "it's".into()]),
            r"penumbra 'a b' 'it'\''s'"
        );
        let command = words("results --json a.json,b.json --out docs/results.md").unwrap();
        let Command::Results { json, .. } = command else {
            panic!("{command:?}")
        };
        assert_eq!(json.len(), 2);
    }

    #[test]
    fn wrong_usage_is_said_in_a_sentence_with_exit_code_2() {
        for line in [
            "fly",
            "predict a.png",
            "predict --model m --out o --format jpeg a.png",
            "predict --model m --out o --series first a.png",
            "predict --model m --out o --window large a.png",
            "train tail",
            "info",
            "bench --model m --runs 0",
            "pack --model m",
            "train head --config c --out o --time-budget 4x",
            "train backbone --config c --out o --fold 5/4",
            "train backbone --config c --out o --recipe band",
            "train all --config c --out o --fold 1/4",
            "train all --config c --out o --seed -1",
            "train head --config c --out o --recipe ../up",
            "evaluate --model m --images i --labels l --json j --dropout 1",
            "results --out docs/results.md",
        ] {
            let error = words(line).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line}: {error}");
            assert!(
                error.to_string().ends_with("see `penumbra help`"),
                "{error}"
            );
        }
    }
}
