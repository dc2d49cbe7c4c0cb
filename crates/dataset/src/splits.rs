//! `splits.json`: which cases are for what, and which belong together. Everything that reads that file reads it here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::Error;

/// Key of the groups; every other key that holds a list is a split.
const GROUPS: &str = "groups";

/// The parts of a data set that training knows. Files may list others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// For fitting.
    Train,
    /// For choosing.
    Val,
    /// For the report.
    Test,
}

impl Split {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Train, Self::Val, Self::Test];

    /// Key in `splits.json`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Val => "val",
            Self::Test => "test",
        }
    }
}

/// What a case belongs to, such as its patient: a number or a text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Group {
    Number(serde_json::Number),
    Name(String),
}

impl fmt::Display for Group {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(formatter),
            Self::Name(name) => name.fmt(formatter),
        }
    }
}

/// `splits.json`, checked: no case is in two of `train`, `val` and `test`, nor is a group.
#[derive(Debug, Clone, Default)]
pub struct Splits {
    /// As the file was named.
    file: String,
    /// Names of cases by split; `None` where a list holds something else.
    splits: BTreeMap<String, Option<Vec<String>>>,
    groups: BTreeMap<String, Group>,
}

impl Splits {
    /// Reads and checks the bytes of `splits.json`; `file` stands in messages.
    ///
    /// The file is one JSON object. Every list in it is a split: names of cases. `groups` gives the group of a case, a text
    /// or a number; a case without one is its own group. Other keys, such as a seed, are left alone.
    ///
    /// # Errors
    /// [`Error::Json`], [`Error::Groups`] and [`Error::Group`] for anything else, and [`Error::ListedTwice`] and
    /// [`Error::SharedGroup`] for a case or a group in two of `train`, `val` and `test`.
    pub fn from_json(file: &str, bytes: &[u8]) -> Result<Self, Error> {
        let mut all: BTreeMap<String, Value> =
            serde_json::from_slice(bytes).map_err(|source| Error::Json {
                file: file.to_owned(),
                source,
            })?;
        let groups = all.remove(GROUPS);
        let groups = groups.map_or_else(|| Ok(BTreeMap::new()), |value| groups_of(file, value));
        let splits = all.into_iter().filter_map(|(split, value)| match value {
            Value::Array(names) => Some((split, texts(names))),
            _ => None,
        });
        let splits = Self {
            file: file.to_owned(),
            splits: splits.collect(),
            groups: groups?,
        };
        splits.check()?;
        Ok(splits)
    }

    fn check(&self) -> Result<(), Error> {
        let mut seen = BTreeSet::new();
        let mut split_of_group = BTreeMap::new();
        for split in Split::ALL.map(Split::name) {
            for name in self.splits.get(split).into_iter().flatten().flatten() {
                if !seen.insert(name) {
                    return Err(Error::ListedTwice {
                        file: self.file.clone(),
                        case: name.clone(),
                    });
                }
                let first = *split_of_group.entry(self.group_key(name)).or_insert(split);
                if first != split {
                    return Err(Error::SharedGroup {
                        file: self.file.clone(),
                        group: self.group(name),
                        case: name.clone(),
                        splits: [first, split],
                    });
                }
            }
        }
        Ok(())
    }

    /// Names of the cases of a split, at least one.
    ///
    /// # Errors
    /// [`Error::UnknownSplit`], [`Error::EmptySplit`], and [`Error::SplitEntry`] for one that lists something that is no
    /// name.
    pub fn names(&self, split: &str) -> Result<&[String], Error> {
        let (file, split_name) = (self.file.clone(), split.to_owned());
        match self.splits.get(split) {
            None => Err(Error::UnknownSplit {
                file,
                split: split_name,
                known: self.splits.keys().cloned().collect(),
            }),
            Some(None) => Err(Error::SplitEntry {
                file,
                split: split_name,
            }),
            Some(Some(names)) if names.is_empty() => Err(Error::EmptySplit {
                file,
                split: split_name,
            }),
            Some(Some(names)) => Ok(names),
        }
    }

    /// The group of a case, for people; a case without one is its own.
    pub fn group(&self, case: &str) -> String {
        self.groups
            .get(case)
            .map_or_else(|| case.to_owned(), ToString::to_string)
    }

    /// A text that the cases of one group share, and by which groups are sorted: the group as JSON writes it, or the
    /// case's own name. Folds are drawn in this order, so it must never change.
    pub fn group_key(&self, case: &str) -> String {
        match self.groups.get(case) {
            Some(Group::Number(number)) => number.to_string(),
            Some(Group::Name(name)) => Value::from(name.as_str()).to_string(),
            None => case.to_owned(),
        }
    }

    /// The groups of all cases that the file gives one.
    pub fn groups(&self) -> BTreeMap<String, String> {
        let named = self.groups.iter();
        named
            .map(|(case, group)| (case.clone(), group.to_string()))
            .collect()
    }
}

/// The names in a list, if it holds nothing else.
fn texts(names: Vec<Value>) -> Option<Vec<String>> {
    let text = |name| match name {
        Value::String(name) => Some(name),
        _ => None,
    };
    names.into_iter().map(text).collect()
}

fn groups_of(file: &str, value: Value) -> Result<BTreeMap<String, Group>, Error> {
    let Value::Object(groups) = value else {
        return Err(Error::Groups {
            file: file.to_owned(),
            found: value.to_string(),
        });
    };
    let group = |(case, value): (String, Value)| match serde_json::from_value(value.clone()) {
        Ok(group) => Ok((case, group)),
        Err(_) => Err(Error::Group {
            file: file.to_owned(),
            case,
            found: value.to_string(),
        }),
    };
    groups.into_iter().map(group).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Splits;

    fn read(text: &str) -> Result<Splits, String> {
        Splits::from_json("splits.json", text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_case_twice_and_a_group_in_two_splits_are_refused_by_name() {
        let error = read(r#"{"train": ["a", "b"], "val": ["b"]}"#).unwrap_err();
        assert!(error.contains("`b` is listed twice"), "{error}");
        for group in ["7", r#""p""#] {
            let text = format!(
                r#"{{"train": ["a"], "val": ["b"], "groups": {{"a": {group}, "b": {group}}}}}"#
            );
            let error = read(&text).unwrap_err();
            let end = format!(
                "the group {} of the case `b` is in the splits `train` and `val`; keep it in one",
                group.trim_matches('"')
            );
            assert!(error.ends_with(&end), "{error}");
        }
        assert!(read(r#"{"train": ["a"], "val": ["b"], "test": []}"#).is_ok());
    }

    #[test]
    fn groups_are_texts_or_numbers_for_everyone_who_reads_them() {
        let splits = read(r#"{"groups": {"a": 7, "b": "seven", "c": 7}}"#).unwrap();
        let groups: Vec<_> = splits.groups().into_values().collect();
        assert_eq!(groups, ["7", "seven", "7"]);
        assert_eq!(
            ["a", "b", "d"].map(|case| splits.group(case)),
            ["7", "seven", "d"]
        );
        assert_eq!(
            ["a", "b", "d"].map(|case| splits.group_key(case)),
            ["7", r#""seven""#, "d"]
        );
        for (groups, end) in [
            (
                r#"{"a": [1]}"#,
                "the group of the case `a` is [1], but it must be a text or a number",
            ),
            (
                "3",
                "`groups` is 3, but it must be an object from cases to their groups",
            ),
        ] {
            let error = read(&format!(r#"{{"groups": {groups}}}"#)).unwrap_err();
            assert!(error.ends_with(end), "{error}");
        }
    }

    #[test]
    fn splits_are_read_by_name() {
        let splits = read(r#"{"seed": 1, "val": ["a", "b"], "test": [], "odd": [3]}"#).unwrap();
        assert_eq!(splits.names("val").unwrap(), ["a", "b"]);
        for (split, end) in [
            (
                "train",
                "there is no split `train`; choose among odd, test, val",
            ),
            ("test", "the split `test` is empty; list at least one case"),
            (
                "odd",
                "lists something that is no name; list names of cases",
            ),
        ] {
            let error = splits.names(split).unwrap_err().to_string();
            assert!(error.ends_with(end), "{error}");
        }
        assert!(read("[]").unwrap_err().starts_with("splits.json: "));
    }
}
