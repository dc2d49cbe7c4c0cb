//! Training runs: configuration, data, patches, the step loop, the two parts of a model, the run folder.

mod augment;
mod backbone;
mod config;
mod dataset;
mod folds;
mod head;
mod log;
mod patches;
mod random;
mod run_folder;
mod steps;
#[cfg(test)]
mod tests;
mod whole;

pub use config::{Refit, RunConfig};
pub use dataset::{DatasetDescription, Split, Splits};
pub use folds::Fold;
pub use head::network_config;
pub use run_folder::{PartName, RunFolder};

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use burn::tensor::Device;
use sha2::{Digest as _, Sha256};

use crate::Error;
use crate::model::read;
use backbone::BackboneLearner;
use config::HeadCases;
use dataset::Dataset;
use head::{BackboneFiles, HeadLearner};
use steps::{Deadline, Outcome, Plan, Start, train};

/// Largest weights' file that a page may load: 3 MB.
pub const MOST_WEIGHT_BYTES: usize = 3_000_000;

/// Sections of a configuration that a backbone depends on.
const BACKBONE_SECTIONS: [&str; 4] = ["seed", "model", "preprocessing", "backbone"];

/// What is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The segmentation network, of all training cases or of those outside a fold.
    Backbone(Option<Fold>),
    /// The uncertainty head on the folder's backbone.
    Head,
    /// The backbone, the fold backbones where the head asks for them, and the head.
    All,
}

/// What `penumbra train` was asked to do.
#[derive(Debug, Clone)]
pub struct TrainOptions {
    /// What is trained.
    pub part: Part,
    /// The configuration file.
    pub config: PathBuf,
    /// A recipe of the head other than the configuration's own.
    pub recipe: Option<String>,
    /// A seed other than the configuration's, for members of an ensemble.
    pub seed: Option<u64>,
    /// The run's folder.
    pub out: PathBuf,
    /// Time after which training stops, to be resumed.
    pub time_budget: Option<Duration>,
    /// Whether to go on where the folder's state ends.
    pub resume: bool,
}

/// Trains what was asked for.
pub fn run(options: &TrainOptions, device: &Device) -> Result<(), Error> {
    let deadline = Deadline::after(options.time_budget);
    let mut config = RunConfig::read(&options.config, options.recipe.as_deref())?;
    config.seed = options.seed.unwrap_or(config.seed);
    let dataset = Dataset::read(&config)?;
    config.preprocessing.normalisation = dataset.normalisation_choice();
    let session = Session {
        config: &config,
        dataset: &dataset,
        options,
        device,
        deadline,
    };
    if config.model.spatial_dims == 3 {
        session.run::<5>()
    } else {
        session.run::<4>()
    }
}

/// Everything that the parts of one invocation share.
struct Session<'a> {
    config: &'a RunConfig,
    dataset: &'a Dataset,
    options: &'a TrainOptions,
    device: &'a Device,
    deadline: Deadline,
}

impl Session<'_> {
    fn run<const D: usize>(&self) -> Result<(), Error> {
        match self.options.part {
            Part::Backbone(fold) => self.backbone::<D>(fold).map(|_| ()),
            Part::Head => self.head::<D>().map(|_| ()),
            Part::All => {
                let mut backbones = vec![None];
                if let HeadCases::Folds(of) = self.config.head.cases {
                    backbones.extend((1..=of).map(|number| Some(Fold { number, of })));
                }
                for fold in backbones {
                    if self.backbone::<D>(fold)? == Outcome::OutOfTime {
                        return Ok(());
                    }
                }
                self.head::<D>().map(|_| ())
            }
        }
    }

    fn folder(&self, part: &PartName) -> RunFolder {
        RunFolder::new(&self.options.out, part)
    }

    fn backbone<const D: usize>(&self, fold: Option<Fold>) -> Result<Outcome, Error> {
        let section = &self.config.backbone;
        let whole = self.folder(&PartName::Backbone);
        let folder = match fold {
            Some(fold) => self.folder(&PartName::FoldBackbone(fold)),
            None => whole.clone(),
        };
        let branch_at = (section.fold_start > 0.0)
            .then_some((section.fold_start * section.steps as f64) as usize);
        let mut start = Start {
            resume: self.options.resume,
            branch: None,
        };
        if fold.is_some() {
            if !whole.weights("best").is_file() {
                return Err(Error::Data(format!(
                    "{} does not exist; train the whole backbone before those of folds",
                    whole.weights("best").display()
                )));
            }
            whole.check_config(
                self.config,
                &BACKBONE_SECTIONS,
                "a fold must be trained as the whole backbone was",
            )?;
            start.branch = branch_at.map(|_| whole.branch());
        }
        if start.resume && folder.state().is_file() {
            folder.check_config(
                self.config,
                &BACKBONE_SECTIONS,
                "go on with the configuration of the run, or train again without --resume",
            )?;
        }
        let mut learner = BackboneLearner::<D>::new(self.config, self.dataset, fold, self.device)?;
        folder.write_config(self.config)?;
        let plan = Plan {
            steps: section.steps,
            validate_every: section.validate_every,
            tolerance: section.tolerance,
            branch_at: if fold.is_none() { branch_at } else { None },
        };
        train(&mut learner, &plan, &folder, &start, "", self.deadline)
    }

    fn head<const D: usize>(&self) -> Result<Outcome, Error> {
        let section = &self.config.head;
        let whole = self.folder(&PartName::Backbone);
        let folder = self.folder(&PartName::Head(self.options.recipe.clone()));
        let files = self.backbone_files(&whole)?;
        whole.check_config(
            self.config,
            &BACKBONE_SECTIONS,
            "the head belongs to a backbone of the same configuration; train the backbone again or use its configuration",
        )?;
        let start = Start {
            resume: self.options.resume,
            branch: None,
        };
        if start.resume && folder.state().is_file() {
            folder.check_config(
                self.config,
                &["head"],
                "go on with the configuration of the run, or train again without --resume",
            )?;
        }
        let identity = digest(&files);
        let mut learner = HeadLearner::<D>::new(self.config, self.dataset, &files, self.device)?;
        folder.write_config(self.config)?;
        let plan = Plan {
            steps: section.steps,
            validate_every: section.validate_every,
            tolerance: section.tolerance,
            branch_at: None,
        };
        train(
            &mut learner,
            &plan,
            &folder,
            &start,
            &identity,
            self.deadline,
        )
    }

    /// The backbones that the head reads, the whole one first.
    fn backbone_files(&self, whole: &RunFolder) -> Result<BackboneFiles, Error> {
        let mut files = vec![backbone_file(
            &whole.weights("best"),
            "`penumbra train backbone`",
        )?];
        if let HeadCases::Folds(of) = self.config.head.cases {
            for number in 1..=of {
                let folder = self.folder(&PartName::FoldBackbone(Fold { number, of }));
                let command = format!("`penumbra train backbone --fold {number}/{of}`");
                files.push(backbone_file(&folder.weights("best"), &command)?);
            }
        }
        Ok(files)
    }
}

fn backbone_file(path: &Path, command: &str) -> Result<Vec<u8>, Error> {
    if !path.is_file() {
        return Err(Error::Data(format!(
            "{} does not exist; run {command} first",
            path.display()
        )));
    }
    read(path)
}

/// SHA-256 of all files together, hexadecimal.
fn digest(files: &[Vec<u8>]) -> String {
    let mut hasher = Sha256::new();
    for file in files {
        hasher.update(file);
    }
    hasher
        .finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
