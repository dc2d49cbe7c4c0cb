//! A data set, decoded and prepared for the network, in memory.

use dataset::{DatasetDescription, LabelledImage, Splits, foreground_normalisation};
use engine::{SpatialTransform, match_labels};
use imaging::Volume;
use imaging::normalise::Normalisation;

use crate::Error;
use crate::case::Case;
use crate::config::{NormalisationChoice, RunConfig};

/// A decoded case with what messages call its files.
#[derive(Debug)]
pub struct NamedCase {
    /// Name of the case.
    pub name: String,
    /// What messages call the image and the label file.
    pub display_names: [String; 2],
    /// The image with its labels.
    pub image: LabelledImage,
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
    /// Checks and prepares the training and validation cases, one after the other as the iterators give them.
    ///
    /// # Errors
    /// The first fault of an iterator or of a case, with its file.
    pub fn new(
        config: &RunConfig,
        description: DatasetDescription,
        splits: Splits,
        training: impl IntoIterator<Item = Result<NamedCase, Error>>,
        validation: impl IntoIterator<Item = Result<NamedCase, Error>>,
    ) -> Result<Self, Error> {
        Self::check_colours(config, &description, "dataset.json")?;
        let prepare = |case: Result<NamedCase, Error>| case.and_then(|case| prepared(config, case));
        let mut training = training
            .into_iter()
            .map(prepare)
            .collect::<Result<Vec<_>, _>>()?;
        let mut validation = validation
            .into_iter()
            .map(prepare)
            .collect::<Result<Vec<_>, _>>()?;
        let normalisation = match config.preprocessing.normalisation.known() {
            Some(normalisation) => normalisation,
            None => {
                let cases = training.iter();
                let values = cases.map(|case| (case.image.as_slice(), case.labels.as_slice()));
                foreground_normalisation(values).ok_or_else(|| Error::NoForeground {
                    data: config.data.display().to_string(),
                })?
            }
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

    /// Refuses a configuration whose colours are not one for each class; `file` is what the message calls `dataset.json`.
    ///
    /// # Errors
    /// [`Error::Colours`].
    pub(crate) fn check_colours(
        config: &RunConfig,
        description: &DatasetDescription,
        file: &str,
    ) -> Result<(), Error> {
        let (colours, classes) = (config.bundle.colours.len(), description.classes());
        if colours == classes {
            return Ok(());
        }
        Err(Error::Colours {
            colours,
            classes,
            file: file.to_owned(),
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

/// Checks a case and brings it onto the network's grid, not normalised yet.
fn prepared(config: &RunConfig, case: NamedCase) -> Result<Case, Error> {
    let NamedCase {
        name,
        display_names,
        image,
    } = case;
    let [image_file, label_file] = display_names;
    let LabelledImage { volume, labels } = image;
    let dims = config.model.spatial_dims;
    if (dims == 2) != (volume.shape[0] == 1) {
        return Err(Error::Planes {
            file: image_file,
            planes: volume.shape[0],
            spatial_dims: dims,
        });
    }
    if let Some(&value) = volume.voxels.iter().find(|value| !value.is_finite()) {
        return Err(Error::NotFinite {
            file: image_file,
            value,
        });
    }
    let fault = |file: String| move |source: engine::Error| Error::Case { file, source };
    let matched = match_labels(&volume, labels).map_err(fault(label_file.clone()))?;
    if matched.note.is_some() {
        return Err(Error::LabelGrid { file: label_file });
    }
    onto_network_grid(config, &name, &volume, matched.ids).map_err(fault(image_file))
}

/// Orientation, spacing and channels as the engine prepares an image; normalised once all cases are there.
fn onto_network_grid(
    config: &RunConfig,
    name: &str,
    volume: &Volume,
    labels: Vec<u8>,
) -> Result<Case, engine::Error> {
    let channels = config.model.in_channels;
    let transform = SpatialTransform::new(volume, &config.preparation(Normalisation::ZScore))?;
    Ok(Case {
        name: name.to_owned(),
        size: transform.grid(),
        image: transform.prepare(volume.to_channels(channels)?, channels)?,
        labels: transform.prepare_labels(labels)?,
    })
}
