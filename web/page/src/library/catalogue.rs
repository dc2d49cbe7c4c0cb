//! The lists of models and sample images that are served with the page.

use serde::Deserialize;

use crate::errors::Error;

/// `models/index.json`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Models {
    /// The models, the default first.
    pub models: Vec<Model>,
}

/// A model that the visitor can choose.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Model {
    /// Folder name under `models/`.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Modality, such as `light microscopy`.
    #[serde(default)]
    pub modality: String,
    /// 2 for a network that sees planes, 3 for one that sees volumes; none where the list does not say.
    #[serde(default)]
    pub dimensions: Option<usize>,
    /// Channels that the network takes: 1 grey, 3 red, green and blue; none where the list does not say.
    #[serde(default)]
    pub channels: Option<usize>,
}

/// `samples/index.json`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Samples {
    /// The samples, the one on which the page opens first.
    pub samples: Vec<Sample>,
}

/// An image that is served with the page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sample {
    /// Identifier in the address.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// File name under `samples/`.
    pub file: String,
    /// File name of the true labels under `samples/`, where there are any.
    pub labels: Option<String>,
    /// The model that fits.
    pub model: String,
    /// Licence, as SPDX identifier.
    pub licence: String,
    /// Where it comes from and how to cite it.
    pub source: String,
}

/// Reads one of the two lists.
///
/// # Errors
/// [`Error::Catalogue`] with the file's name and the reader's own words.
pub fn parse<T: for<'de> Deserialize<'de>>(file: &str, text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Catalogue {
        file: file.to_owned(),
        fault: error.to_string(),
    })
}

/// What the page opens with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Model to load.
    pub model: String,
    /// Sample to segment, by identifier.
    pub sample: Option<String>,
    /// What the address asked for in vain.
    pub faults: Vec<Error>,
}

/// Chooses what the page opens with from the address and the lists: the model that the address names, else the one
/// that the sample was made for, else that of the first sample, however the models are listed; the sample that the address
/// names, else the first for the model.
///
/// # Errors
/// [`Error::Catalogue`] when there is no model at all.
pub fn opening(
    models: &Models,
    samples: &Samples,
    model: Option<&str>,
    sample: Option<&str>,
) -> Result<Opening, Error> {
    let mut faults = Vec::new();
    let named_model = model.and_then(|id| {
        let found = models.models.iter().find(|entry| entry.id == id);
        if found.is_none() {
            faults.push(Error::Model {
                value: id.to_owned(),
            });
        }
        found
    });
    let named_sample = sample.and_then(|id| {
        let found = samples.samples.iter().find(|entry| entry.id == id);
        if found.is_none() {
            faults.push(Error::Sample {
                value: id.to_owned(),
            });
        }
        found
    });
    let fits = |id: &str| models.models.iter().find(|entry| entry.id == id);
    let model = named_model
        .or_else(|| named_sample.and_then(|sample| fits(&sample.model)))
        .or_else(|| {
            samples
                .samples
                .iter()
                .find_map(|sample| fits(&sample.model))
        })
        .or_else(|| models.models.first())
        .ok_or_else(|| Error::Catalogue {
            file: "models/index.json".to_owned(),
            fault: "it names no model".to_owned(),
        })?;
    let sample =
        named_sample.or_else(|| samples.samples.iter().find(|entry| entry.model == model.id));
    Ok(Opening {
        model: model.id.clone(),
        sample: sample.map(|entry| entry.id.clone()),
        faults,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn model(id: &str) -> Model {
        Model {
            id: id.into(),
            title: id.into(),
            modality: "light microscopy".into(),
            dimensions: Some(2),
            channels: Some(3),
        }
    }

    fn lists() -> (Models, Samples) {
        let samples: Samples = parse(
            "samples/index.json",
            include_str!("../../../samples/index.json"),
        )
        .unwrap();
        (
            Models {
                models: vec![model("other"), model("dsb2018_nuclei")],
            },
            samples,
        )
    }

    #[test]
    fn the_bundled_samples_are_there_and_complete() {
        let (_, samples) = lists();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples");
        assert!(samples.samples.len() >= 3);
        let size = |file: &str| {
            let bytes = std::fs::read(folder.join(file)).unwrap();
            imaging::open(&bytes, file, &imaging::Limits::default()).unwrap();
            bytes.len()
        };
        for sample in &samples.samples {
            for file in std::iter::once(&sample.file).chain(&sample.labels) {
                assert!(size(file) < 1_000_000, "{file} is {} bytes", size(file));
            }
            // Free licences; those that ask for it are attributed.
            assert!(["CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0"].contains(&sample.licence.as_str()));
            let source = sample.source.to_lowercase();
            assert!(
                source.contains("test split: not used in training"),
                "{source}"
            );
        }
        // Every visit begins with the first one.
        let first = &samples.samples[0];
        assert!(first.licence == "CC0-1.0" && size(&first.file) < 200_000);
    }

    #[test]
    fn the_address_decides_first() {
        let (models, samples) = lists();
        let chosen = opening(
            &models,
            &samples,
            Some("dsb2018_nuclei"),
            Some("crowded-tissue"),
        )
        .unwrap();
        assert_eq!(
            chosen,
            Opening {
                model: "dsb2018_nuclei".into(),
                sample: Some("crowded-tissue".into()),
                faults: vec![]
            }
        );
    }

    #[test]
    fn a_sample_brings_its_model_and_a_model_its_sample() {
        let (models, samples) = lists();
        assert_eq!(
            opening(&models, &samples, None, Some("stained-tissue"))
                .unwrap()
                .model,
            "dsb2018_nuclei"
        );
        assert_eq!(
            opening(&models, &samples, Some("dsb2018_nuclei"), None)
                .unwrap()
                .sample
                .as_deref(),
            Some("fluorescence")
        );
        assert_eq!(
            opening(&models, &samples, Some("other"), None)
                .unwrap()
                .sample,
            None
        );
    }

    #[test]
    fn without_an_address_the_first_sample_decides_whatever_the_order_of_models() {
        let (models, samples) = lists();
        assert_eq!(models.models[0].id, "other");
        let chosen = opening(&models, &samples, None, None).unwrap();
        assert_eq!(
            (chosen.model.as_str(), chosen.sample.as_deref()),
            ("dsb2018_nuclei", Some("fluorescence"))
        );
        let none = Samples { samples: vec![] };
        let chosen = opening(&models, &none, None, None).unwrap();
        assert_eq!((chosen.model.as_str(), chosen.sample), ("other", None));
    }

    #[test]
    fn what_does_not_exist_is_named_and_replaced() {
        let (models, samples) = lists();
        let chosen = opening(&models, &samples, Some("lung"), Some("knee")).unwrap();
        assert_eq!(chosen.model, "dsb2018_nuclei");
        let told: Vec<String> = chosen.faults.iter().map(ToString::to_string).collect();
        assert!(
            told[0].contains("lung") && told[1].contains("knee"),
            "{told:?}"
        );
    }

    #[test]
    fn an_older_list_says_less_of_its_models() {
        let text = r#"{"models": [{"id": "a", "title": "A", "modality": "MRI"}]}"#;
        let models: Models = parse("models/index.json", text).unwrap();
        assert_eq!(
            (models.models[0].dimensions, models.models[0].channels),
            (None, None)
        );
    }

    #[test]
    fn a_broken_list_is_named() {
        let error = parse::<Models>("models/index.json", "{\"models\": 3}").unwrap_err();
        let details = error.details().unwrap();
        assert!(details.contains("models/index.json"), "{details}");
    }
}
