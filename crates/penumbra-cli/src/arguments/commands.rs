//! Commands and their options.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use evaluation::{Method, REPLICATES};
use imaging::UnevenSpacing;
use segwithu::head::MapKind;
use training::{Fold, Part, TrainOptions};

use super::values::{Words, dropout, duration, fold, recipe, runs};
use crate::Error;

/// Stands for every method that has what it needs.
pub const ALL_METHODS: &str = "all";

/// Segmentation, and where not to trust it.
#[derive(Debug, Parser)]
#[command(
    name = "penumbra",
    version,
    disable_help_subcommand = false,
    after_help = "Exit code 0: done; 1: failed, with a sentence on stderr; 2: wrong usage.\n\
                  Research and teaching only, not for diagnosis."
)]
pub struct Arguments {
    /// Say more on stderr; twice for everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// A command with its options.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Segments images and writes the files that the page saves: mask, maps, overlay, report
    Predict(PredictOptions),
    /// Compares masks and uncertainty with true labels, the method beside its rivals
    Evaluate(Box<EvaluateOptions>),
    /// Fits what is fitted after training on labelled cases: expected errors, levels, promises
    Calibrate(CalibrateOptions),
    /// Says how unlike the model's own data the images of folders are, without labels
    Screen(ScreenOptions),
    /// Writes tables and plots of evaluations
    Results(ResultsOptions),
    /// Trains one part of a model, or all
    Train(TrainArguments),
    /// Makes a bundle of a run, with its validation curve and test figures
    Pack(PackOptions),
    /// Says what files, folders or zips hold: format, size, geometry, values, series
    Info(InfoOptions),
    /// Times the network on one window, the first run and the following ones apart
    Bench(BenchOptions),
    /// Lists the models that --model finds, what each segments and where it is
    Models,
    /// Writes completions for a shell
    Completions(CompletionsOptions),
}

/// Where the network runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum DeviceChoice {
    /// burn's CPU backend
    #[default]
    Cpu,
    /// The system's graphics API
    Gpu,
    /// NVIDIA's CUDA, in builds with the feature `cuda`
    Cuda,
}

/// A format of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ResultFormat {
    /// Mask as PNG, maps as TIFF
    Png,
    /// Mask and maps as TIFF
    Tiff,
    /// Mask and maps as NIfTI, in the image's own geometry
    Nifti,
    /// Mask as seg.nrrd, maps as NIfTI
    Nrrd,
    /// Mask as DICOM SEG, maps as parametric maps
    Dicom,
    /// Mask and maps with names and sidecars after BIDS, in zips
    Bids,
}

/// Which window the network slides over the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Window {
    /// The model's own
    #[default]
    Model,
    /// A small one that needs less memory
    Small,
}

/// How images that lie unevenly become a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SpacingChoice {
    /// All of them on the finest regular grid, planes between them interpolated
    Grid,
    /// The largest part that is evenly spaced
    Part,
}

impl From<SpacingChoice> for UnevenSpacing {
    fn from(choice: SpacingChoice) -> Self {
        match choice {
            SpacingChoice::Grid => Self::RegularGrid,
            SpacingChoice::Part => Self::LargestPart,
        }
    }
}

/// What `--maps` calls the probabilities of all classes.
pub const PROBABILITY: &str = "probability";

/// Options of `penumbra predict`. A folder or several DICOM files are a series, and so is a zip of them.
#[derive(Debug, Args)]
pub struct PredictOptions {
    /// Identifier of a model, see `penumbra models`, or the folder of a bundle
    #[arg(long, value_name = "ID|DIR", value_hint = ValueHint::DirPath)]
    pub model: String,
    /// Folder for the results
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
    /// Where the network runs
    #[arg(long, value_enum, default_value_t)]
    pub device: DeviceChoice,
    /// Maps that are written, and `probability` for the tempered probabilities of all classes in one file; all maps where
    /// none are named
    #[arg(long, value_delimiter = ',', value_parser = PossibleValuesParser::new(
        MapKind::ALL.map(MapKind::name).into_iter().chain([PROBABILITY])
    ))]
    pub maps: Option<Vec<String>>,
    /// Write the report as a table, too
    #[arg(long)]
    pub csv: bool,
    /// Formats of mask and maps; the usual one of the image where none are named
    #[arg(
        long = "format",
        value_enum,
        value_delimiter = ',',
        value_name = "FORMATS"
    )]
    pub formats: Option<Vec<ResultFormat>>,
    /// Which series of a folder, counted from 0; the one with the most images where none is named
    #[arg(long, value_name = "N")]
    pub series: Option<usize>,
    /// What becomes of a DICOM series whose images lie unevenly; as `penumbra info` has it where nothing is named
    #[arg(long, value_enum)]
    pub spacing: Option<SpacingChoice>,
    /// Which time point of a file with several, counted from 0
    #[arg(long, value_name = "N")]
    pub time: Option<usize>,
    /// Which channel of a file with more than colours have, counted from 0
    #[arg(long, value_name = "N")]
    pub channel: Option<usize>,
    /// Which window the network slides over the image
    #[arg(long, value_enum, default_value_t)]
    pub window: Window,
    /// Images
    #[arg(required = true, value_hint = ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,
}

/// Options of `penumbra evaluate`. Splits are read from splits.json beside the images unless --splits names another file;
/// cases that it puts into groups, such as patients, are also judged by group.
#[derive(Debug, Args)]
pub struct EvaluateOptions {
    /// Identifier of a model, see `penumbra models`, or the folder of a bundle
    #[arg(long, value_name = "ID|DIR", value_hint = ValueHint::DirPath)]
    pub model: String,
    /// Folder of images
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub images: PathBuf,
    /// Folder of true labels, which pair with images by stem
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub labels: PathBuf,
    /// A second observer's labels: scores are also compared with the disagreement of the two
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub second_labels: Option<PathBuf>,
    /// Cases to evaluate, by name; all images where neither this nor --split is given
    #[arg(long, conflicts_with = "split")]
    pub cases: Option<Words>,
    /// Cases to evaluate, by split
    #[arg(long)]
    pub split: Option<String>,
    /// The file of splits
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub splits: Option<PathBuf>,
    /// Cases that temperature and expected Dice are fitted on, by name
    #[arg(long, value_name = "CASES", conflicts_with = "fit_split")]
    pub fit_cases: Option<Words>,
    /// Cases that temperature and expected Dice are fitted on, by split
    #[arg(long, value_name = "SPLIT")]
    pub fit_split: Option<String>,
    /// Methods; `all` stands for those that have what they need
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "segwithu,softmax,entropy,margin,energy",
        value_parser = PossibleValuesParser::new(Method::ALL.map(Method::name).into_iter().chain([ALL_METHODS])),
    )]
    pub methods: Vec<String>,
    /// Further models of the ensemble: bundles, or folders of runs, whose backbones are taken
    #[arg(long, value_name = "ID|DIR|RUN,..")]
    pub members: Option<Words>,
    /// Probability of dropout that the backbone was trained with
    #[arg(long, value_name = "RATE", value_parser = dropout)]
    pub dropout: Option<f64>,
    /// The model with dropout, where it is another
    #[arg(long, value_name = "ID|DIR", value_hint = ValueHint::DirPath)]
    pub dropout_model: Option<String>,
    /// Where the network runs
    #[arg(long, value_enum, default_value_t)]
    pub device: DeviceChoice,
    /// Bootstrap replicates that intervals are drawn from; 0 for no intervals
    #[arg(long, value_name = "N", default_value_t = REPLICATES)]
    pub replicates: usize,
    /// File for the evaluation
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub json: PathBuf,
}

/// Options of `penumbra calibrate`. Cases fall into groups, such as patients, as splits.json says; a case without one is its
/// own.
#[derive(Debug, Args)]
pub struct CalibrateOptions {
    /// Identifier of a model, see `penumbra models`, or the folder of a bundle
    #[arg(long, value_name = "ID|DIR", value_hint = ValueHint::DirPath)]
    pub model: String,
    /// Data set with labels: `dataset.json`, `splits.json`, `images` and `labels`
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub data: Option<PathBuf>,
    /// Split of the data set
    #[arg(long, default_value = "val")]
    pub split: String,
    /// Evaluations of the model on labelled cases, instead of running it on a data set
    #[arg(long, value_name = "FILE,..", conflicts_with = "data")]
    pub cases: Option<Words>,
    /// Site file to write, JSON: numbers only
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, required_unless_present = "into_bundle")]
    pub out: Option<PathBuf>,
    /// Write the numbers into the bundle itself and its card
    #[arg(long)]
    pub into_bundle: bool,
    /// Where the network runs
    #[arg(long, value_enum, default_value_t)]
    pub device: DeviceChoice,
}

/// Options of `penumbra screen`.
#[derive(Debug, Args)]
pub struct ScreenOptions {
    /// Identifier of a model, see `penumbra models`, or the folder of a bundle
    #[arg(long, value_name = "ID|DIR", value_hint = ValueHint::DirPath)]
    pub model: String,
    /// Folders, each with or without a split of the splits.json beside it
    #[arg(long, value_name = "DIR[@SPLIT],..")]
    pub images: Words,
    /// File for the table, Markdown
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: PathBuf,
    /// Where the network runs
    #[arg(long, value_enum, default_value_t)]
    pub device: DeviceChoice,
}

/// Options of `penumbra results`.
#[derive(Debug, Args)]
pub struct ResultsOptions {
    /// Files of `penumbra evaluate`
    #[arg(long, value_name = "FILE,..")]
    pub json: Words,
    /// File for the document, Markdown; plots go into a folder beside it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: PathBuf,
    /// Write a line for each evaluation instead
    #[arg(long)]
    pub summary: bool,
    /// Write only the part about expected errors, places, whole images and promises, into a document that is there, and its
    /// figures into the folder beside it
    #[arg(long, conflicts_with = "summary")]
    pub doubt: bool,
    /// Evaluations of the same models on their validation cases: promises are tried out on these together with the others
    #[arg(long, value_name = "FILE,..", requires = "doubt")]
    pub validation: Option<Words>,
}

/// What `penumbra train` trains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PartChoice {
    /// The segmentation network
    Backbone,
    /// The uncertainty head, on the backbone in the same folder
    Head,
    /// The backbone, those of folds where the head asks for them, and the head
    All,
}

/// Options of `penumbra train`.
#[derive(Debug, Args)]
pub struct TrainArguments {
    /// What is trained
    #[arg(value_enum)]
    part: PartChoice,
    /// The configuration, TOML; docs/training.md explains it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: PathBuf,
    /// Folder of the run
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
    /// Where the network is trained
    #[arg(long, value_enum, default_value_t)]
    pub device: DeviceChoice,
    /// Time after which training stops, to be resumed: `90s`, `40m` or `2h`
    #[arg(long, value_name = "TIME", value_parser = duration)]
    time_budget: Option<Duration>,
    /// Go on where a run was cut
    #[arg(long)]
    resume: bool,
    /// Train the head by another recipe of the configuration, or by `reference`
    #[arg(long, value_name = "NAME", value_parser = recipe)]
    recipe: Option<String>,
    /// Train the backbone of the cases outside fold I of K, for a head with folds
    #[arg(long, value_name = "I/K", value_parser = fold)]
    fold: Option<Fold>,
    /// Another seed than the configuration's, for a member of an ensemble
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

impl TrainArguments {
    /// What is to be trained; a fold belongs to a backbone, a recipe to a head.
    pub fn options(&self) -> Result<TrainOptions, Error> {
        let part = match (self.part, self.fold) {
            (PartChoice::Backbone, fold) => {
                if let Some(recipe) = &self.recipe {
                    return Err(Error::RecipeOfBackbone(recipe.clone()));
                }
                Part::Backbone(fold)
            }
            (PartChoice::Head | PartChoice::All, Some(fold)) => {
                return Err(Error::FoldOfHead(fold));
            }
            (PartChoice::Head, None) => Part::Head,
            (PartChoice::All, None) => Part::All,
        };
        Ok(TrainOptions {
            part,
            recipe: self.recipe.clone(),
            seed: self.seed,
            time_budget: self.time_budget,
            resume: self.resume,
        })
    }
}

/// Options of `penumbra pack`.
#[derive(Debug, Args)]
pub struct PackOptions {
    /// Folder of the run
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub run: PathBuf,
    /// Folder for the bundle, such as web/models/ID
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
    /// Where the bundle is evaluated
    #[arg(long, value_enum, default_value_t)]
    pub device: DeviceChoice,
    /// The head's recipe, where it is not the configuration's own
    #[arg(long, value_name = "NAME", value_parser = recipe)]
    pub recipe: Option<String>,
}

/// Options of `penumbra info`.
#[derive(Debug, Args)]
pub struct InfoOptions {
    /// One JSON object from path to summary
    #[arg(long)]
    pub json: bool,
    /// Files, folders or zips
    #[arg(required = true, value_hint = ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,
}

/// Options of `penumbra bench`.
#[derive(Debug, Args)]
pub struct BenchOptions {
    /// Identifier of a model, see `penumbra models`, or the folder of a bundle
    #[arg(long, value_name = "ID|DIR", value_hint = ValueHint::DirPath)]
    pub model: String,
    /// Where the network runs
    #[arg(long, value_enum, default_value_t)]
    pub device: DeviceChoice,
    /// Runs after the first
    #[arg(long, value_name = "N", default_value = "5", value_parser = runs)]
    pub runs: usize,
}

/// Options of `penumbra completions`.
#[derive(Debug, Args)]
pub struct CompletionsOptions {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
