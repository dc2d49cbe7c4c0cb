//! The files of a run: per part a configuration, a log as JSON lines, curves, weights and the state to go on from.

use serde_json::Value;

use crate::config::RunConfig;
use crate::error::{ConfigPurpose, Error};
use crate::folds::Fold;
use crate::storage::Storage;

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

/// The files of one part of a run.
#[derive(Debug, Clone, Copy)]
pub struct RunFolder<'a> {
    /// Where they are.
    pub storage: &'a dyn Storage,
    part: &'a PartName,
}

impl<'a> RunFolder<'a> {
    /// The files of a part, which need not exist.
    pub const fn new(storage: &'a dyn Storage, part: &'a PartName) -> Self {
        Self { storage, part }
    }

    /// Name of the part.
    pub fn part(&self) -> String {
        self.part.stem()
    }

    /// Name of the weights' file of the given kind: `best` or `last`.
    pub fn weights(&self, kind: &str) -> String {
        self.file(&format!("_{kind}.safetensors"))
    }

    /// Name of the file with everything that the next step depends on.
    pub fn state(&self) -> String {
        self.file("_state.safetensors")
    }

    /// Name of the file with the state in which fold backbones branch off.
    pub fn branch(&self) -> String {
        self.file("_branch.safetensors")
    }

    /// Name of the log, one JSON object a line.
    pub fn log(&self) -> String {
        self.file(".jsonl")
    }

    /// Name of a plot of the log.
    pub fn curves(&self, what: &str) -> String {
        self.file(&format!("_{what}.svg"))
    }

    fn config_file(&self) -> String {
        self.file(".config.json")
    }

    fn file(&self, ending: &str) -> String {
        format!("{}{ending}", self.part.stem())
    }

    fn config_fault(&self, source: serde_json::Error) -> Error {
        Error::StoredConfig {
            file: self.storage.display_name(&self.config_file()),
            source,
        }
    }

    /// Writes the part's configuration, with the seed and every number that was measured.
    ///
    /// # Errors
    /// Those of the storage.
    pub fn write_config(&self, config: &RunConfig) -> Result<(), Error> {
        let text =
            serde_json::to_string_pretty(config).map_err(|error| self.config_fault(error))?;
        self.storage.write(&self.config_file(), text.as_bytes())
    }

    /// The part's configuration.
    ///
    /// # Errors
    /// [`Error::StoredConfig`] for what is none, and those of the storage.
    pub fn config(&self) -> Result<RunConfig, Error> {
        let bytes = self.storage.require(&self.config_file())?;
        serde_json::from_slice(&bytes).map_err(|error| self.config_fault(error))
    }

    /// Refuses a configuration that differs from the part's own in one of the sections.
    ///
    /// # Errors
    /// [`Error::OtherConfig`] with the key and both values, and those of [`config`](Self::config).
    pub fn check_config(
        &self,
        config: &RunConfig,
        sections: &[&str],
        purpose: ConfigPurpose,
    ) -> Result<(), Error> {
        let fault = |error: serde_json::Error| self.config_fault(error);
        // Both by way of their text, so that numbers are read alike; a key that did not exist then has its usual value.
        let by_text = |config: &RunConfig| -> Result<Value, Error> {
            let text = serde_json::to_string(config).map_err(fault)?;
            serde_json::from_str(&text).map_err(fault)
        };
        let (earlier, now) = (by_text(&self.config()?)?, by_text(config)?);
        for section in sections {
            let found = first_difference(section, &earlier[section], &now[section]);
            if let Some((key, earlier, now)) = found {
                return Err(Error::OtherConfig {
                    file: self.storage.display_name(&self.config_file()),
                    key,
                    earlier,
                    now,
                    purpose,
                });
            }
        }
        Ok(())
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
