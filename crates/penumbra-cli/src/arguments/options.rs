//! The options of all commands.

use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::*;

use super::values::{dropout, duration, fold, recipe};
use super::{DeviceChoice, ResultFormat, usage};
use crate::Error;
use crate::train::Fold;

/// All options that any command knows; each command takes the ones that it needs.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) model: Option<String>,
    pub(super) out: Option<PathBuf>,
    pub(super) run: Option<PathBuf>,
    pub(super) images: Option<PathBuf>,
    pub(super) labels: Option<PathBuf>,
    pub(super) config: Option<PathBuf>,
    pub(super) json: Option<PathBuf>,
    pub(super) cases: Option<Vec<String>>,
    pub(super) second_labels: Option<PathBuf>,
    pub(super) split: Option<String>,
    pub(super) splits: Option<PathBuf>,
    pub(super) fit_cases: Option<Vec<String>>,
    pub(super) fit_split: Option<String>,
    pub(super) members: Vec<String>,
    pub(super) dropout: Option<f64>,
    pub(super) dropout_model: Option<String>,
    pub(super) methods: Option<Vec<String>>,
    pub(super) maps: Option<Vec<String>>,
    pub(super) device: DeviceChoice,
    pub(super) time_budget: Option<Duration>,
    pub(super) recipe: Option<String>,
    pub(super) fold: Option<Fold>,
    pub(super) seed: Option<u64>,
    pub(super) resume: bool,
    pub(super) summary: bool,
    pub(super) runs: Option<usize>,
    pub(super) formats: Option<Vec<ResultFormat>>,
    pub(super) series: Option<usize>,
    pub(super) small_window: bool,
    pub(super) json_flag: bool,
    pub(super) rest: Vec<PathBuf>,
}

/// Reads the options that a command takes, and what stands beside them.
pub(super) fn parse_options(parser: &mut lexopt::Parser, command: &str) -> Result<Options, Error> {
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
            "screen" => &["model", "images", "out", "device"],
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
