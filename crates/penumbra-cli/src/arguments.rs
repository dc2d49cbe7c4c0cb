//! The command line's words.

use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::*;

use crate::Error;

/// What `penumbra help` prints.
pub const USAGE: &str = "\
Penumbra: segmentation and where not to trust it

penumbra predict  --model ID|DIR --out DIR [--device cpu|gpu] [--maps a,b,..] [--format a,b,..] [--series N]
                  [--window model|small] FILES..
    Segments images and writes the files that the page saves: mask, maps, overlay, report. A folder or several DICOM
    files are a series, and so is a zip of them. Formats: png, tiff, nifti, nrrd, dicom, bids.
penumbra evaluate --model ID|DIR --images DIR --labels DIR [--cases a,b,..] [--methods a,b,..] [--device cpu|gpu] --json FILE
    Compares masks and uncertainty with true labels.
penumbra train backbone|head --config FILE --out DIR [--device cpu|gpu] [--time-budget 40m]
    Trains one part of a model; the head needs the backbone in the same folder.
penumbra pack     --run DIR --out web/models/ID [--device cpu|gpu]
    Makes a bundle of a run, with its validation curve and test figures.
penumbra info     [--json] FILES..
    Says what a file, a folder or a zip holds: format, size, geometry, values, series.
penumbra bench    --model ID|DIR [--device cpu|gpu] [--runs N]
    Times the network on one window, the first run and the following ones apart.

Exit code 0: done; 1: failed, with a sentence on stderr; 2: wrong usage.
Research and teaching only, not for diagnosis.";

/// Where the network runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeviceChoice {
    /// burn's CPU backend.
    #[default]
    Cpu,
    /// The system's graphics API through burn-wgpu.
    Gpu,
}

/// Which part of a model is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The segmentation network.
    Backbone,
    /// The uncertainty head.
    Head,
}

/// A command with its options.
#[derive(Debug)]
pub enum Command {
    Help,
    Predict(PredictOptions),
    Evaluate(EvaluateOptions),
    Train {
        part: Part,
        config: PathBuf,
        out: PathBuf,
        device: DeviceChoice,
        time_budget: Option<Duration>,
    },
    Pack {
        run: PathBuf,
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
    pub cases: Option<Vec<String>>,
    pub methods: Vec<String>,
    pub device: DeviceChoice,
    pub json: PathBuf,
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
    methods: Option<Vec<String>>,
    maps: Option<Vec<String>>,
    device: DeviceChoice,
    time_budget: Option<Duration>,
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
    let mut parser = lexopt::Parser::from_args(words);
    let wrong = |error: lexopt::Error| usage(error.to_string());
    let command = match parser.next().map_err(wrong)? {
        None | Some(Short('h') | Long("help")) => return Ok(Command::Help),
        Some(Value(word)) => word.to_string_lossy().into_owned(),
        Some(other) => return Err(wrong(other.unexpected())),
    };
    let part = if command == "train" {
        match parser.value().map_err(wrong)?.to_string_lossy().as_ref() {
            "backbone" => Some(Part::Backbone),
            "head" => Some(Part::Head),
            other => {
                return Err(usage(format!(
                    "`{other}` cannot be trained; choose `backbone` or `head`"
                )));
            }
        }
    } else {
        None
    };
    let options = parse_options(&mut parser, &command)?;
    build(&command, part, options)
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
                "model", "images", "labels", "cases", "methods", "device", "json",
            ],
            "train" => &["config", "out", "device", "time-budget"],
            "pack" => &["run", "out", "device"],
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
            "methods" => options.methods = list(),
            "maps" => options.maps = list(),
            "device" => {
                options.device = match text.as_str() {
                    "cpu" => DeviceChoice::Cpu,
                    "gpu" => DeviceChoice::Gpu,
                    _ => {
                        return Err(usage(format!(
                            "there is no device `{text}`; choose `cpu` or `gpu`"
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
        "evaluate" => Command::Evaluate(EvaluateOptions {
            model: required(options.model, "--model", command)?,
            images: required(options.images, "--images", command)?,
            labels: required(options.labels, "--labels", command)?,
            cases: options.cases,
            methods: options
                .methods
                .unwrap_or_else(|| vec!["segwithu".to_owned(), "entropy".to_owned()]),
            device,
            json: required(options.json, "--json", command)?,
        }),
        "train" => Command::Train {
            part: required(part, "`backbone` or `head`", command)?,
            config: required(options.config, "--config", command)?,
            out: required(options.out, "--out", command)?,
            device,
            time_budget: options.time_budget,
        },
        "pack" => Command::Pack {
            run: required(options.run, "--run", command)?,
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
        let command = words("train head --config c --out o --time-budget 40m").unwrap();
        let Command::Train { time_budget, .. } = command else {
            panic!("{command:?}")
        };
        assert_eq!(time_budget.unwrap().as_secs(), 2400);
        assert!(matches!(
            words("info --json a.png").unwrap(),
            Command::Info { json: true, .. }
        ));
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
