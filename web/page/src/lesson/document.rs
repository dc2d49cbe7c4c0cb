//! A lesson as `cargo xtask lessons` writes it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::words::Words;

/// `lessons/index.json`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Index {
    /// Names of the languages in themselves, by their codes (`en`, `de`).
    pub languages: BTreeMap<String, String>,
    /// The lessons.
    pub lessons: Vec<Entry>,
}

/// A lesson in the list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// Its folder's name.
    pub id: String,
    /// Its title in every language that it exists in, by the language's code.
    pub titles: BTreeMap<String, String>,
}

/// A lesson in one language. All texts are HTML unless they are called titles or units.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Lesson {
    /// Its folder's name.
    pub id: String,
    /// Code of the language.
    pub language: String,
    /// Plain text.
    pub title: String,
    /// What it is about.
    pub introduction: String,
    /// For teachers: what learners can do afterwards.
    pub goals: String,
    /// For teachers: how the hour goes.
    pub timing: String,
    /// The steps, in their order.
    pub steps: Vec<Step>,
    /// What the page itself says.
    pub words: Words,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Step {
    /// Plain text.
    pub title: String,
    /// How long it takes.
    pub minutes: f64,
    /// The sample that it works on, by identifier.
    pub sample: String,
    /// The model that segments it, by identifier.
    pub model: String,
    /// How the picture is drawn, by setting: `mode`, `map`, `sure`, `referral`.
    #[serde(default)]
    pub view: BTreeMap<String, String>,
    /// Names of its figures.
    pub figures: Vec<String>,
    /// Settings of its figures.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
    /// A table of measured results.
    #[serde(default)]
    pub results: Vec<Measured>,
    /// What stands before the question.
    pub introduction: String,
    /// What is asked before anything is shown.
    pub question: Question,
    /// What to do with the figure.
    pub explore: String,
    /// Why the right answer is right.
    pub answer: String,
    /// What to remember.
    pub take_home: String,
    /// For teachers: what goes wrong.
    pub pitfalls: String,
}

/// A method on a test set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Measured {
    /// Its name in the results, such as `mc_dropout`.
    pub method: String,
    /// Area under the ROC curve, 0..=1.
    pub auroc: f64,
    /// Area under the risk-coverage curve, times 1000.
    pub aurc: f64,
    /// Expected calibration error, 0..=1.
    pub ece: f64,
    /// Mean time of a case in milliseconds.
    pub ms: f64,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Question {
    /// One of several.
    Choice {
        /// The question.
        text: String,
        /// What there is to choose from.
        choices: Vec<String>,
        /// Which is right, counted from 0.
        right: usize,
    },
    /// A number.
    Number {
        /// The question.
        text: String,
        /// The right one.
        value: f64,
        /// How far from it still counts as right.
        tolerance: f64,
        /// Plain text, perhaps empty.
        unit: String,
    },
}

/// The language in which a lesson is shown: the one asked for, else the first that the visitor reads, else English, else any.
#[must_use]
pub fn language<'a>(
    entry: &'a Entry,
    asked: Option<&str>,
    preferred: &[String],
) -> Option<&'a str> {
    let known = |code: &str| {
        let short = code.split('-').next().unwrap_or(code);
        let code = entry
            .titles
            .keys()
            .find(|known| *known == code || *known == short);
        code.map(String::as_str)
    };
    asked
        .and_then(known)
        .or_else(|| preferred.iter().find_map(|code| known(code)))
        .or_else(|| known("en"))
        .or_else(|| entry.titles.keys().next().map(String::as_str))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn the_language_is_the_one_asked_for_or_read_or_english() {
        let entry = Entry {
            id: "x".into(),
            titles: [("en", "A"), ("de", "B")]
                .map(|(code, title)| (code.into(), title.into()))
                .into(),
        };
        let read = |codes: &[&str]| {
            codes
                .iter()
                .map(|code| (*code).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(language(&entry, Some("de"), &read(&["en"])), Some("de"));
        assert_eq!(
            language(&entry, Some("fr"), &read(&["fr-CH", "de-CH"])),
            Some("de")
        );
        assert_eq!(language(&entry, None, &read(&["fr"])), Some("en"));
    }
}
