//! The folder of a run: per part a configuration, a log as JSON lines, curves, weights and the state to go on from.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::config::RunConfig;
use super::folds::Fold;
use crate::Error;
use crate::model::{read, write};

/// The part of a model that is trained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartName {
    /// The segmentation network.
    Backbone,
    /// The segmentation network of a fold.
    FoldBackbone(Fold),
    /// The uncertainty head, by a recipe where one is named.
    Head(Option<String>),
}

impl PartName {
    /// Every file of the part begins with this.
    fn stem(&self) -> String {
        match self {
            Self::Backbone => "backbone".to_owned(),
            Self::FoldBackbone(fold) => format!("backbone_fold{}of{}", fold.number, fold.of),
            Self::Head(None) => "head".to_owned(),
            Self::Head(Some(recipe)) => format!("head_{recipe}"),
        }
    }
}

/// A part's files in the folder of a run.
#[derive(Debug, Clone)]
pub struct RunFolder {
    path: PathBuf,
    stem: String,
}

impl RunFolder {
    /// The files of a part in a folder, which need not exist.
    pub fn new(path: &Path, part: &PartName) -> Self {
        Self {
            path: path.to_path_buf(),
            stem: part.stem(),
        }
    }

    /// Name of the part.
    pub fn part(&self) -> &str {
        &self.stem
    }

    /// Weights of the given kind: `best` or `last`.
    pub fn weights(&self, kind: &str) -> PathBuf {
        self.file(&format!("_{kind}.safetensors"))
    }

    /// Everything that the next step depends on.
    pub fn state(&self) -> PathBuf {
        self.file("_state.safetensors")
    }

    /// The state in which fold backbones branch off.
    pub fn branch(&self) -> PathBuf {
        self.file("_branch.safetensors")
    }

    /// The log, one JSON object a line.
    pub fn log(&self) -> PathBuf {
        self.file(".jsonl")
    }

    /// A plot of the log.
    pub fn curves(&self, what: &str) -> PathBuf {
        self.file(&format!("_{what}.svg"))
    }

    fn config_path(&self) -> PathBuf {
        self.file(".config.json")
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.path.join(format!("{}{ending}", self.stem))
    }

    /// Writes the part's configuration, with the seed and every number that was measured.
    pub fn write_config(&self, config: &RunConfig) -> Result<(), Error> {
        let path = self.config_path();
        let text = serde_json::to_string_pretty(config).map_err(|error| Error::Config {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        write(&path, text.as_bytes())
    }

    /// The part's configuration.
    pub fn config(&self) -> Result<RunConfig, Error> {
        let path = self.config_path();
        serde_json::from_slice(&read(&path)?).map_err(|error| Error::Config {
            path,
            reason: error.to_string(),
        })
    }

    /// Refuses a configuration that differs from the part's own in a section that matters to `what`.
    pub fn check_config(
        &self,
        config: &RunConfig,
        sections: &[&str],
        what: &str,
    ) -> Result<(), Error> {
        let path = self.config_path();
        let fault = |error: serde_json::Error| Error::Config {
            path: path.clone(),
            reason: error.to_string(),
        };
        // Both by way of their text, so that numbers are read alike; a key that did not exist then has its usual value.
        let by_text = |config: &RunConfig| -> Result<Value, Error> {
            let text = serde_json::to_string(config).map_err(fault)?;
            serde_json::from_str(&text).map_err(fault)
        };
        let (earlier, now) = (by_text(&self.config()?)?, by_text(config)?);
        for section in sections {
            if let Some((key, old, new)) =
                first_difference(section, &earlier[section], &now[section])
            {
                return Err(Error::Config {
                    path: path.clone(),
                    reason: format!("{key} is {old} there and {new} in this configuration; {what}"),
                });
            }
        }
        Ok(())
    }

    /// Writes a file that appears under its name only when complete.
    pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
        let partial = path.with_extension("partial");
        write(&partial, bytes)?;
        std::fs::rename(&partial, path).map_err(|source| Error::file(path, &source))
    }
}

/// The first key under `name` whose values differ, with both.
fn first_difference(name: &str, old: &Value, new: &Value) -> Option<(String, String, String)> {
    match (old, new) {
        (Value::Object(left), Value::Object(right)) => {
            let keys = left
                .keys()
                .chain(right.keys().filter(|key| !left.contains_key(*key)));
            keys.into_iter().find_map(|key| {
                let absent = &Value::Null;
                let (left, right) = (left.get(key), right.get(key));
                first_difference(
                    &format!("{name}.{key}"),
                    left.unwrap_or(absent),
                    right.unwrap_or(absent),
                )
            })
        }
        _ if old == new => None,
        _ => Some((name.to_owned(), old.to_string(), new.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::first_difference;

    #[test]
    fn the_first_difference_is_named_with_both_values() {
        let old = json!({"steps": 10, "patch": [32, 32], "rate": 0.1});
        assert_eq!(first_difference("head", &old, &old), None);
        let mut new = old.clone();
        new["patch"] = json!([48, 32]);
        let found = first_difference("head", &old, &new);
        let expected = (
            "head.patch".to_owned(),
            "[32,32]".to_owned(),
            "[48,32]".to_owned(),
        );
        assert_eq!(found, Some(expected));
        let added = json!({"steps": 10, "patch": [32, 32], "rate": 0.1, "tolerance": 3});
        let found = first_difference("head", &old, &added);
        assert!(found.is_some_and(|(key, old, _)| key == "head.tolerance" && old == "null"));
    }
}
