//! A data set in nnU-Net layout, decoded and prepared for the network, in memory.

mod description;
mod statistics;

pub use description::{DatasetDescription, Split, Splits};

use std::path::Path;

use engine::{Placement, match_labels};
use imaging::normalise::Normalisation;
use imaging::{Limits, Volume, open, open_labels};

use super::config::{NormalisationChoice, RunConfig};
use crate::Error;
use crate::model::read;

/// An image with its true labels on the network's grid.
#[derive(Debug, Clone)]
pub struct Case {
    /// Name without ending.
    pub name: String,
    /// Planes, rows and columns; one plane for a picture.
    pub size: [usize; 3],
    /// Normalised values, `[channels, planes, rows, columns]`.
    pub image: Vec<f32>,
    /// Class identifiers, `[planes, rows, columns]`.
    pub labels: Vec<u8>,
}

/// Everything that training reads.
#[derive(Debug)]
pub struct Dataset {
    /// `dataset.json`.
    pub description: DatasetDescription,
    /// `splits.json`.
    pub splits: Splits,
    /// Cases for fitting.
    pub training: Vec<Case>,
    /// Cases for choosing.
    pub validation: Vec<Case>,
    /// The normalisation that the images have been given.
    pub normalisation: Normalisation,
}

impl Dataset {
    /// Reads, checks and prepares the training and validation cases.
    pub fn read(config: &RunConfig) -> Result<Self, Error> {
        let description = DatasetDescription::read(&config.data)?;
        if config.bundle.colours.len() != description.classes() {
            return Err(Error::Data(format!(
                "bundle.colours lists {} colours for the {} classes of {}; give one for each, background first",
                config.bundle.colours.len(),
                description.classes(),
                config.data.join("dataset.json").display()
            )));
        }
        let splits = Splits::read(&config.data)?;
        let cases = |split| -> Result<Vec<Case>, Error> {
            let names = splits.names(&config.data, split)?;
            // All files first: a missing one should not be found after minutes of decoding.
            for name in names {
                let (image, labels) = description.paths(&config.data, name);
                for (path, what) in [(image, "image"), (labels, "label file")] {
                    if !path.is_file() {
                        return Err(Error::Data(format!(
                            "{} does not exist, but splits.json lists the case; add the {what} or remove the case",
                            path.display()
                        )));
                    }
                }
            }
            names
                .iter()
                .map(|name| read_case(config, &description, name))
                .collect()
        };
        let (mut training, mut validation) = (cases(Split::Train)?, cases(Split::Val)?);
        let normalisation = match config.preprocessing.normalisation.known() {
            Some(normalisation) => normalisation,
            None => statistics::measured(&training).ok_or_else(|| {
                Error::Data(format!(
                    "no training label of {} is other than background, so the intensities cannot be measured; choose normalisation `z_score`",
                    config.data.display()
                ))
            })?,
        };
        for case in training.iter_mut().chain(&mut validation) {
            normalisation.apply(&mut case.image);
        }
        Ok(Self {
            description,
            splits,
            training,
            validation,
            normalisation,
        })
    }

    /// The choice of normalisation with its numbers.
    pub const fn normalisation_choice(&self) -> NormalisationChoice {
        match self.normalisation {
            Normalisation::ZScore => NormalisationChoice::ZScore,
            Normalisation::Dataset {
                percentile_00_5,
                percentile_99_5,
                mean,
                std,
            } => NormalisationChoice::Dataset {
                percentile_00_5,
                percentile_99_5,
                mean,
                std,
            },
        }
    }
}

/// Reads a case onto the network's grid, not normalised yet.
fn read_case(
    config: &RunConfig,
    description: &DatasetDescription,
    name: &str,
) -> Result<Case, Error> {
    let (image_path, label_path) = description.paths(&config.data, name);
    let limits = Limits::default();
    let fault = |path: &Path, error: imaging::Error| Error::Image {
        path: path.to_path_buf(),
        source: error,
    };
    let file_name = |path: &Path| {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    let volume = open(&read(&image_path)?, &file_name(&image_path), &limits)
        .map_err(|error| fault(&image_path, error))?;
    let classes = description.classes() as u8;
    let labels = open_labels(
        &read(&label_path)?,
        &file_name(&label_path),
        &limits,
        classes,
    )
    .map_err(|error| fault(&label_path, error))?;
    if labels.shape != volume.shape {
        return Err(Error::Data(format!(
            "{} has {} and its image has {} (planes x rows x columns); labels must lie on the image's grid",
            label_path.display(),
            sizes(labels.shape),
            sizes(volume.shape)
        )));
    }
    let dims = config.model.spatial_dims;
    if (dims == 2) != (volume.shape[0] == 1) {
        return Err(Error::Data(format!(
            "{} has {} planes, but model.spatial_dims is {dims}; pictures need 2 and volumes 3",
            image_path.display(),
            volume.shape[0]
        )));
    }
    if let Some(value) = volume.voxels.iter().find(|value| !value.is_finite()) {
        return Err(Error::Data(format!(
            "{} holds the value {value}, which is no finite number; repair the image or remove the case",
            image_path.display()
        )));
    }
    let about_labels = |reason: String| Error::Data(format!("{}: {reason}", label_path.display()));
    let labels = match_labels(&volume, labels).map_err(|error| about_labels(error.to_string()))?;
    if labels.note.is_some() {
        return Err(about_labels(
            "the labels lie on another grid than their image, by the geometry of the two files; resample them onto it"
                .to_owned(),
        ));
    }
    onto_network_grid(config, name, &volume, labels.ids)
        .map_err(|error| Error::Data(format!("{}: {error}", image_path.display())))
}

/// Orientation, spacing and channels as the engine prepares an image; normalised once all cases are there.
fn onto_network_grid(
    config: &RunConfig,
    name: &str,
    volume: &Volume,
    labels: Vec<u8>,
) -> Result<Case, engine::Error> {
    let channels = config.model.in_channels;
    let placement = Placement::new(volume, &config.preparation(Normalisation::ZScore))?;
    Ok(Case {
        name: name.to_owned(),
        size: placement.grid(),
        image: placement.prepare(volume.to_channels(channels)?, channels)?,
        labels: placement.prepare_labels(labels)?,
    })
}

fn sizes([planes, rows, columns]: [usize; 3]) -> String {
    format!("{planes} x {rows} x {columns} voxels")
}
