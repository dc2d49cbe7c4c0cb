//! `dataset.json`: what a data set is, and which classes it has.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::Error;

/// `dataset.json` as nnU-Net writes it, as far as it is used, and what this project adds for the model card.
#[derive(Debug, Clone, Deserialize)]
pub struct DatasetDescription {
    /// Name of the data set.
    #[serde(default = "unstated")]
    pub name: String,
    /// Class names and their identifiers, background 0.
    pub labels: BTreeMap<String, u8>,
    /// Modality, for people.
    #[serde(default = "unstated")]
    pub modality: String,
    /// Licence of the data.
    #[serde(default = "unstated", alias = "license")]
    pub licence: String,
    /// Where the data come from.
    #[serde(default = "unstated", alias = "reference")]
    pub source: String,
    /// How to cite them.
    #[serde(default = "unstated")]
    pub citation: String,
    /// Ending of the files, with its dot.
    pub file_ending: String,
}

fn unstated() -> String {
    "not stated".to_owned()
}

impl DatasetDescription {
    /// Reads and checks the bytes of `dataset.json`; `file` stands in messages.
    ///
    /// # Errors
    /// [`Error::Json`] for what is no such description, [`Error::TooFewClasses`], [`Error::ClassId`] for identifiers that
    /// are not 0, 1, 2 .. each once, and [`Error::FileEnding`] for an ending without its dot.
    pub fn from_json(file: &str, bytes: &[u8]) -> Result<Self, Error> {
        let description: Self = serde_json::from_slice(bytes).map_err(|source| Error::Json {
            file: file.to_owned(),
            source,
        })?;
        description.check(file)?;
        Ok(description)
    }

    fn check(&self, file: &str) -> Result<(), Error> {
        let entries = self.labels.len();
        let file = || file.to_owned();
        if entries < 2 {
            return Err(Error::TooFewClasses {
                file: file(),
                entries,
            });
        }
        let ids = self.labels.values().copied().collect::<BTreeSet<_>>();
        for (name, &id) in &self.labels {
            if usize::from(id) >= entries || ids.len() != entries {
                return Err(Error::ClassId {
                    file: file(),
                    class: name.clone(),
                    id,
                    largest: entries - 1,
                });
            }
        }
        if !self.file_ending.starts_with('.') {
            return Err(Error::FileEnding {
                file: file(),
                ending: self.file_ending.clone(),
            });
        }
        Ok(())
    }

    /// Number of classes, background included.
    pub fn classes(&self) -> usize {
        self.labels.len()
    }

    /// Class names by identifier.
    pub fn class_names(&self) -> Vec<String> {
        let mut names = self.labels.iter().collect::<Vec<_>>();
        names.sort_by_key(|(_, id)| **id);
        names.into_iter().map(|(name, _)| name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::DatasetDescription;

    fn description(labels: &str) -> Result<DatasetDescription, String> {
        let text = format!(r#"{{"labels": {labels}, "file_ending": ".png"}}"#);
        DatasetDescription::from_json("dataset.json", text.as_bytes())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn class_names_stand_in_the_order_of_their_identifiers() {
        let names = description(r#"{"background": 0, "zebra": 1, "ape": 2}"#).unwrap();
        assert_eq!(names.class_names(), ["background", "zebra", "ape"]);
    }

    #[test]
    fn identifiers_with_a_gap_or_twice_are_refused_by_name() {
        let error = description(r#"{"background": 0, "ape": 2}"#).unwrap_err();
        assert!(error.contains("`ape` has the identifier 2"), "{error}");
        assert!(description(r#"{"background": 0, "ape": 0}"#).is_err());
        assert!(description(r#"{"background": 0}"#).is_err());
    }
}
