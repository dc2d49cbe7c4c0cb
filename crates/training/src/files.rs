//! Runs in folders. Everything else in this crate works on bytes; this is where paths are read and written.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use dataset::files::{CasePaths, DatasetFolder};
use dataset::{Cases as _, Split};
use engine::Bundle;
use evaluation::Progress;

use crate::Error;
use crate::artifacts::ensemble_member;
use crate::config::RunConfig;
use crate::prepared::{Dataset, NamedCase};
use crate::session::{Session, TrainOptions};
use crate::steps::Deadline;
use crate::storage::Storage;

/// A folder as the place of a run's files.
#[derive(Debug, Clone)]
pub struct FolderStorage(PathBuf);

impl FolderStorage {
    /// Files in a folder, which need not exist.
    pub fn new(path: &Path) -> Self {
        Self(path.to_path_buf())
    }

    fn fault(&self, name: &str, source: &std::io::Error) -> Error {
        Error::Storage {
            file: self.display_name(name),
            reason: source.to_string(),
        }
    }
}

impl Storage for FolderStorage {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        match std::fs::read(self.0.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(source) if source.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(self.fault(name, &source)),
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.0.join(name);
        let partial = path.with_extension("partial");
        std::fs::create_dir_all(&self.0)
            .and_then(|()| std::fs::write(&partial, bytes))
            .and_then(|()| std::fs::rename(&partial, &path))
            .map_err(|source| self.fault(name, &source))
    }

    fn append(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        std::fs::create_dir_all(&self.0)
            .and_then(|()| {
                let mut options = OpenOptions::new();
                options.append(true).create(true).open(self.0.join(name))
            })
            .and_then(|mut file| file.write_all(bytes))
            .map_err(|source| self.fault(name, &source))
    }

    fn contains(&self, name: &str) -> bool {
        self.0.join(name).is_file()
    }

    fn display_name(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

/// Reads and checks a configuration; its `data` becomes relative to the working directory.
///
/// # Errors
/// [`Error::ConfigFile`] with those of [`RunConfig::parse`], and [`dataset::Error::File`].
pub fn read_config(path: &Path, recipe: Option<&str>) -> Result<RunConfig, Error> {
    let fault = |source: Error| Error::ConfigFile {
        file: path.display().to_string(),
        source: Box::new(source),
    };
    let text = String::from_utf8(dataset::files::read(path)?).map_err(|_| fault(Error::NotText))?;
    let mut config = RunConfig::parse(&text, recipe).map_err(fault)?;
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    config.data = folder.join(&config.data);
    Ok(config)
}

/// Reads, checks and prepares the training and validation cases of a configuration.
///
/// # Errors
/// The first fault of the data set's description or of a case, with its file.
pub fn read_dataset(config: &RunConfig) -> Result<Dataset, Error> {
    let folder = DatasetFolder::open(&config.data)?;
    let file = config.data.join("dataset.json").display().to_string();
    Dataset::check_colours(config, &folder.description, &file)?;
    // All files first: a missing one should not be found after minutes of decoding.
    let training = folder.cases(Split::Train.name())?;
    let validation = folder.cases(Split::Val.name())?;
    let classes = folder.description.classes();
    let decode = |cases: &Vec<CasePaths>, index: usize| -> Result<NamedCase, Error> {
        Ok(NamedCase {
            name: cases.name(index).to_owned(),
            display_names: display_names(cases, index),
            image: cases.read(index, classes)?,
        })
    };
    Dataset::new(
        config,
        folder.description.clone(),
        folder.splits.clone(),
        (0..training.len()).map(|index| decode(&training, index)),
        (0..validation.len()).map(|index| decode(&validation, index)),
    )
}

/// The paths of a case's image and labels.
fn display_names(cases: &[CasePaths], index: usize) -> [String; 2] {
    cases.get(index).map_or_else(Default::default, |case| {
        [&case.image, &case.labels].map(|path| path.display().to_string())
    })
}

/// Trains what the options ask for, in a folder.
///
/// # Errors
/// Those of the configuration, of the data and of training.
pub fn train_in_folder(
    config: &Path,
    out: &Path,
    options: &TrainOptions,
    device: &Device,
    progress: &dyn Progress,
) -> Result<(), Error> {
    let deadline = Deadline::after(options.time_budget);
    let mut config = read_config(config, options.recipe.as_deref())?;
    config.seed = options.seed.unwrap_or(config.seed);
    let dataset = read_dataset(&config)?;
    config.preprocessing.normalisation = dataset.normalisation_choice();
    Session {
        config: &config,
        dataset: &dataset,
        options,
        storage: &FolderStorage::new(out),
        device,
        deadline,
        progress,
    }
    .run()
}

/// The backbone of a run in a folder as a member of an ensemble; none where the folder holds no run.
///
/// # Errors
/// Those of the run's files.
pub fn ensemble_member_from_folder(run: &Path) -> Result<Option<Bundle>, Error> {
    let storage = FolderStorage::new(run);
    ensemble_member(&storage, |config| {
        Ok(DatasetFolder::open(&config.data)?.description)
    })
}
