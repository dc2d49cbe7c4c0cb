//! The parts of a model, trained one after the other.

use std::fmt::Write as _;
use std::time::Duration;

use burn::tensor::Device;
use evaluation::Progress;
use sha2::{Digest as _, Sha256};

use crate::backbone::BackboneLearner;
use crate::config::{HeadCases, RunConfig};
use crate::error::{ConfigPurpose, Error};
use crate::folds::Fold;
use crate::head::{BackboneFiles, HeadLearner};
use crate::prepared::Dataset;
use crate::run_folder::{PartName, RunFolder};
use crate::steps::{Deadline, Learner, Limits, Schedule, Start, StopReason, train};
use crate::storage::Storage;

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

/// What is to be trained, and how long.
#[derive(Debug, Clone)]
pub struct TrainOptions {
    /// What is trained.
    pub part: Part,
    /// A recipe of the head other than the configuration's own.
    pub recipe: Option<String>,
    /// A seed other than the configuration's, for members of an ensemble.
    pub seed: Option<u64>,
    /// Time after which training stops, to be resumed.
    pub time_budget: Option<Duration>,
    /// Whether to go on where the folder's state ends.
    pub resume: bool,
}

/// Everything that the parts of one invocation share.
#[derive(Debug)]
pub struct Session<'a> {
    /// The configuration, with the normalisation that the data set was given.
    pub config: &'a RunConfig,
    /// The training and validation cases.
    pub dataset: &'a Dataset,
    /// What is trained.
    pub options: &'a TrainOptions,
    /// Where the run's files are.
    pub storage: &'a dyn Storage,
    /// Where tensors live. Values are read from it at once, so in a browser it must be the CPU.
    pub device: &'a Device,
    /// When to stop.
    pub deadline: Deadline,
    /// Is told after every step.
    pub progress: &'a dyn Progress,
}

impl Session<'_> {
    /// Trains what the options ask for, for pictures or for volumes.
    ///
    /// # Errors
    /// A backbone that is missing or of another configuration, a loss that is no longer finite, and those of the storage.
    pub fn run(&self) -> Result<(), Error> {
        if self.config.model.spatial_dims == 3 {
            self.parts::<5>()
        } else {
            self.parts::<4>()
        }
    }

    fn parts<const D: usize>(&self) -> Result<(), Error> {
        match self.options.part {
            Part::Backbone(fold) => self.backbone::<D>(fold).map(|_| ()),
            Part::Head => self.head::<D>().map(|_| ()),
            Part::All => {
                let mut backbones = vec![None];
                if let HeadCases::Folds(of) = self.config.head.cases {
                    backbones.extend((1..=of).map(|number| Some(Fold { number, of })));
                }
                for fold in backbones {
                    if self.backbone::<D>(fold)? == StopReason::OutOfTime {
                        return Ok(());
                    }
                }
                self.head::<D>().map(|_| ())
            }
        }
    }

    const fn folder<'b>(&'b self, part: &'b PartName) -> RunFolder<'b> {
        RunFolder::new(self.storage, part)
    }

    fn backbone<const D: usize>(&self, fold: Option<Fold>) -> Result<StopReason, Error> {
        let section = &self.config.backbone;
        let whole = self.folder(&PartName::Backbone);
        let branch_at = (section.fold_start > 0.0)
            .then_some((section.fold_start * section.steps as f64) as usize);
        let mut branch = None;
        if fold.is_some() {
            let best = whole.weights("best");
            if !self.storage.contains(&best) {
                return Err(Error::NoBackbone {
                    file: self.storage.display_name(&best),
                    fold: None,
                });
            }
            whole.check_config(self.config, &BACKBONE_SECTIONS, ConfigPurpose::Fold)?;
            branch = branch_at.map(|_| whole.branch());
        }
        let run = PartRun {
            part: fold.map_or(PartName::Backbone, PartName::FoldBackbone),
            sections: &BACKBONE_SECTIONS,
            schedule: Schedule {
                steps: section.steps,
                validate_every: section.validate_every,
                tolerance: section.tolerance,
                branch_at: if fold.is_none() { branch_at } else { None },
            },
            branch,
            identity: String::new(),
        };
        self.part(&run, || {
            BackboneLearner::<D>::new(self.config, self.dataset, fold, self.device)
        })
    }

    fn head<const D: usize>(&self) -> Result<StopReason, Error> {
        let section = &self.config.head;
        let files = self.backbone_files()?;
        self.folder(&PartName::Backbone).check_config(
            self.config,
            &BACKBONE_SECTIONS,
            ConfigPurpose::Head,
        )?;
        let run = PartRun {
            part: PartName::Head(self.options.recipe.clone()),
            sections: &["head"],
            schedule: Schedule {
                steps: section.steps,
                validate_every: section.validate_every,
                tolerance: section.tolerance,
                branch_at: None,
            },
            branch: None,
            identity: digest(&files),
        };
        self.part(&run, || {
            HeadLearner::<D>::new(self.config, self.dataset, &files, self.device)
        })
    }

    /// Trains a part, where it starts or where its state ends.
    fn part<L: Learner>(
        &self,
        run: &PartRun<'_>,
        learner: impl FnOnce() -> Result<L, Error>,
    ) -> Result<StopReason, Error> {
        let folder = self.folder(&run.part);
        let resume = self.options.resume;
        if resume && self.storage.contains(&folder.state()) {
            folder.check_config(self.config, run.sections, ConfigPurpose::Resume)?;
        }
        let mut learner = learner()?;
        folder.write_config(self.config)?;
        let start = Start {
            resume,
            branch: run.branch.clone(),
        };
        let limits = Limits {
            deadline: self.deadline,
            progress: self.progress,
        };
        let identity = &run.identity;
        train(
            &mut learner,
            &run.schedule,
            folder,
            &start,
            identity,
            limits,
        )
    }

    /// The backbones that the head reads, the whole one first.
    fn backbone_files(&self) -> Result<BackboneFiles, Error> {
        let mut files = vec![self.backbone_file(None)?];
        if let HeadCases::Folds(of) = self.config.head.cases {
            for number in 1..=of {
                files.push(self.backbone_file(Some(Fold { number, of }))?);
            }
        }
        Ok(files)
    }

    fn backbone_file(&self, fold: Option<Fold>) -> Result<Vec<u8>, Error> {
        let part = fold.map_or(PartName::Backbone, PartName::FoldBackbone);
        let file = self.folder(&part).weights("best");
        let bytes = self.storage.read(&file)?;
        bytes.ok_or_else(|| Error::NoBackbone {
            file: self.storage.display_name(&file),
            fold,
        })
    }
}

/// How a part is trained.
struct PartRun<'a> {
    part: PartName,
    /// Sections of the configuration that its state depends on.
    sections: &'a [&'a str],
    schedule: Schedule,
    /// The state that it branches off from, if it does.
    branch: Option<String>,
    /// What its state depends on beside the configuration.
    identity: String,
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
