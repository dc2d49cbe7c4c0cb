//! `dataset.json` and `splits.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::Error;
use crate::model::read;

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
    /// Reads and checks `dataset.json`.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("dataset.json");
        let description: Self = read_json(&path)?;
        description
            .check()
            .map_err(|reason| Error::Config { path, reason })?;
        Ok(description)
    }

    fn check(&self) -> Result<(), String> {
        if self.labels.len() < 2 {
            return Err(format!(
                "`labels` has {} entries, but it must name the background and at least one class",
                self.labels.len()
            ));
        }
        let ids = self.labels.values().copied().collect::<BTreeSet<_>>();
        for (name, &id) in &self.labels {
            if usize::from(id) >= self.labels.len() || ids.len() != self.labels.len() {
                return Err(format!(
                    "the class `{name}` has the identifier {id}, but the identifiers must be 0 to {}, each once",
                    self.labels.len() - 1
                ));
            }
        }
        if !self.file_ending.starts_with('.') {
            return Err(format!(
                "`file_ending` is {:?}, but it must begin with a dot",
                self.file_ending
            ));
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

    /// Image and labels of a case: `images/` and `labels/`, or nnU-Net's own `imagesTr/` (with the number of the
    /// channel) and `labelsTr/` where there is no `images/`.
    pub fn paths(&self, folder: &Path, case: &str) -> (PathBuf, PathBuf) {
        let ending = &self.file_ending;
        let plain = folder.join("images");
        if plain.is_dir() {
            let file = format!("{case}{ending}");
            (plain.join(&file), folder.join("labels").join(&file))
        } else {
            (
                folder.join("imagesTr").join(format!("{case}_0000{ending}")),
                folder.join("labelsTr").join(format!("{case}{ending}")),
            )
        }
    }
}

/// `splits.json`: which cases are for what.
#[derive(Debug, Clone, Deserialize)]
pub struct Splits {
    train: Vec<String>,
    val: Vec<String>,
    #[serde(default)]
    test: Vec<String>,
    /// The group of a case, such as its patient: cases of a group are never separated.
    #[serde(default)]
    groups: BTreeMap<String, serde_json::Value>,
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

impl Splits {
    /// Reads and checks `splits.json`: no case twice, and no group in two splits.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("splits.json");
        let splits: Self = read_json(&path)?;
        splits
            .check()
            .map_err(|reason| Error::Config { path, reason })?;
        Ok(splits)
    }

    fn check(&self) -> Result<(), String> {
        let mut seen = BTreeSet::new();
        let mut group_splits = BTreeMap::new();
        for (label, names) in [
            ("train", &self.train),
            ("val", &self.val),
            ("test", &self.test),
        ] {
            for name in names {
                if !seen.insert(name) {
                    return Err(format!(
                        "the case `{name}` is listed twice; list it once, in one split"
                    ));
                }
                let group = self.group(name);
                let first = *group_splits.entry(group.clone()).or_insert(label);
                if first != label {
                    return Err(format!(
                        "the group {group} of the case `{name}` is in the splits `{first}` and `{label}`; keep it in one"
                    ));
                }
            }
        }
        Ok(())
    }

    /// Names of the cases of a split, at least one.
    pub fn names(&self, folder: &Path, split: Split) -> Result<&[String], Error> {
        let (label, names) = match split {
            Split::Train => ("train", &self.train),
            Split::Val => ("val", &self.val),
            Split::Test => ("test", &self.test),
        };
        if names.is_empty() {
            return Err(Error::Data(format!(
                "the split `{label}` of {} is empty; list at least one case",
                folder.join("splits.json").display()
            )));
        }
        Ok(names)
    }

    /// The group of a case; a case without one is its own.
    pub fn group(&self, case: &str) -> String {
        self.groups
            .get(case)
            .map_or_else(|| case.to_owned(), ToString::to_string)
    }
}

fn read_json<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, Error> {
    serde_json::from_slice(&read(path)?).map_err(|error| Error::Config {
        path: path.to_path_buf(),
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{DatasetDescription, Splits};

    fn description(labels: &str) -> Result<DatasetDescription, String> {
        let text = format!(r#"{{"labels": {labels}, "file_ending": ".png"}}"#);
        let description: DatasetDescription = serde_json::from_str(&text).unwrap();
        description.check().map(|()| description)
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

    #[test]
    fn a_case_twice_and_a_group_in_two_splits_are_refused_by_name() {
        let check = |text: &str| serde_json::from_str::<Splits>(text).unwrap().check();
        let error = check(r#"{"train": ["a", "b"], "val": ["b"]}"#).unwrap_err();
        assert!(error.contains("`b` is listed twice"), "{error}");
        let groups = r#"{"train": ["a"], "val": ["b"], "groups": {"a": 7, "b": 7}}"#;
        let error = check(groups).unwrap_err();
        assert!(error.contains("group 7 of the case `b`"), "{error}");
        assert!(check(r#"{"train": ["a"], "val": ["b"], "test": []}"#).is_ok());
    }
}
