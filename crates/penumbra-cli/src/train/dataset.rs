//! A data set in nnU-Net layout, in memory.

use std::collections::BTreeMap;
use std::path::Path;

use imaging::normalise::Normalisation;
use imaging::{Limits, open, open_labels};
use serde::Deserialize;

use crate::Error;

/// An image with its true labels.
#[derive(Debug, Clone)]
pub struct Case {
    /// Rows and columns.
    pub size: [usize; 2],
    /// Normalised values, `[channels, rows, columns]`.
    pub image: Vec<f32>,
    /// Class identifiers, `[rows, columns]`.
    pub labels: Vec<u8>,
}

/// `dataset.json`, as far as it is used.
#[derive(Debug, Clone, Deserialize)]
pub struct DatasetDescription {
    /// Name of the data set.
    pub name: String,
    /// Class names and their identifiers, background 0.
    pub labels: BTreeMap<String, u8>,
    /// Modality, for people.
    pub modality: String,
    /// Licence of the data.
    pub licence: String,
    /// Where the data come from.
    pub source: String,
    /// How to cite them.
    pub citation: String,
    /// Ending of the files, with its dot.
    pub file_ending: String,
}

#[derive(Debug, Deserialize)]
struct Splits {
    train: Vec<String>,
    val: Vec<String>,
    test: Vec<String>,
}

/// One of the fixed parts of a data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// For fitting.
    Train,
    /// For choosing.
    Val,
    /// For the report.
    Test,
}

impl DatasetDescription {
    /// Reads `dataset.json`.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        read_json(&folder.join("dataset.json"))
    }

    /// Class names by identifier.
    pub fn class_names(&self) -> Result<Vec<String>, Error> {
        let mut names = vec![String::new(); self.labels.len()];
        for (name, &id) in &self.labels {
            let slot = names.get_mut(usize::from(id)).ok_or_else(|| {
                Error::Data(format!("class `{name}` of dataset.json has the identifier {id}, but identifiers must run from 0 without a gap"))
            })?;
            slot.clone_from(name);
        }
        Ok(names)
    }
}

/// Names of the cases of a split.
pub fn split_names(folder: &Path, split: Split) -> Result<Vec<String>, Error> {
    let splits: Splits = read_json(&folder.join("splits.json"))?;
    let (label, names) = match split {
        Split::Train => ("train", splits.train),
        Split::Val => ("val", splits.val),
        Split::Test => ("test", splits.test),
    };
    if names.is_empty() {
        return Err(Error::Data(format!(
            "the split `{label}` of {} is empty; list at least one case",
            folder.display()
        )));
    }
    Ok(names)
}

/// Reads the cases of a split, normalised for the network.
pub fn read_cases(
    folder: &Path,
    description: &DatasetDescription,
    split: Split,
    channels: usize,
    normalisation: &Normalisation,
) -> Result<Vec<Case>, Error> {
    let classes = description.labels.len() as u8;
    let limits = Limits::default();
    split_names(folder, split)?
        .into_iter()
        .map(|name| {
            let file = format!("{name}{}", description.file_ending);
            let image_path = folder.join("images").join(&file);
            let label_path = folder.join("labels").join(&file);
            let fault = |path: &Path, error: imaging::Error| Error::Image {
                path: path.to_path_buf(),
                source: error,
            };
            let volume = open(&read(&image_path)?, &file, &limits)
                .map_err(|error| fault(&image_path, error))?;
            let labels = open_labels(&read(&label_path)?, &file, &limits, classes)
                .map_err(|error| fault(&label_path, error))?;
            let [planes, rows, columns] = volume.shape;
            if labels.shape != volume.shape || planes != 1 {
                return Err(Error::Data(format!(
                    "{} has shape {:?}, but its image has {:?}; both must be pictures of one size",
                    label_path.display(),
                    labels.shape,
                    volume.shape
                )));
            }
            let mut image = volume
                .to_channels(channels)
                .map_err(|error| fault(&image_path, error))?;
            if image.iter().any(|value| !value.is_finite()) {
                return Err(Error::Data(format!(
                    "{} holds a value that is not finite; remove the case",
                    image_path.display()
                )));
            }
            normalisation.apply(&mut image);
            Ok(Case {
                size: [rows, columns],
                image,
                labels: labels.ids,
            })
        })
        .collect()
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::file(path, &source))
}

fn read_json<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, Error> {
    serde_json::from_slice(&read(path)?).map_err(|error| Error::Config {
        path: path.to_path_buf(),
        reason: error.to_string(),
    })
}
