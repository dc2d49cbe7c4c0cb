//! A lesson in one language, from its Markdown.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::markdown::Parts;
use super::results;
use crate::error::{Result, file};

/// Keys of a step's front matter that are more than options of its figures.
const KEYS: [&str; 10] = [
    "title",
    "minutes",
    "sample",
    "model",
    "figures",
    "results",
    "question",
    "answer",
    "tolerance",
    "unit",
];

/// A lesson as the page reads it, without identifier and words; none where it does not exist in this language.
///
/// # Errors
/// [`crate::error::Error::Content`] naming the file and what is wrong with it.
pub fn read(folder: &Path, language: &str, measured: &str) -> Result<Option<Value>> {
    let path = folder.join(format!("lesson.{language}.md"));
    if !path.is_file() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).map_err(file("read", &path))?;
    let parts = Parts::of(&path, &text)?;
    let mut steps = Vec::new();
    loop {
        let path = folder.join(format!("{}.{language}.md", steps.len() + 1));
        if !path.is_file() {
            break;
        }
        let text = fs::read_to_string(&path).map_err(file("read", &path))?;
        steps.push(step(&Parts::of(&path, &text)?, measured)?);
    }
    if steps.is_empty() {
        return Err(parts.fault(format!("is a lesson without steps: add 1.{language}.md")));
    }
    Ok(Some(json!({
        "title": parts.required("title")?,
        "introduction": parts.html_of("")?,
        "goals": parts.html_of("goals")?,
        "timing": parts.html_of("timing")?,
        "steps": steps,
    })))
}

fn step(parts: &Parts<'_>, measured: &str) -> Result<Value> {
    let minutes: f64 = number(parts, "minutes")?;
    let figures: Vec<&str> = parts.required("figures")?.split_whitespace().collect();
    let table = match parts.front.get("results") {
        Some(named) => results::table(measured, named).map_err(|fault| parts.fault(fault))?,
        None => Vec::new(),
    };
    let (mut options, mut view) = (Map::new(), Map::new());
    for (key, value) in &parts.front {
        if let Some(setting) = key.strip_prefix("view.") {
            view.insert(setting.to_owned(), json!(value));
        } else if !KEYS.contains(key) {
            options.insert((*key).to_owned(), json!(value));
        }
    }
    Ok(json!({
        "title": parts.required("title")?,
        "minutes": minutes,
        "sample": parts.required("sample")?,
        "model": parts.required("model")?,
        "view": view,
        "figures": figures,
        "options": options,
        "results": table,
        "introduction": parts.html_of("")?,
        "question": question(parts)?,
        "explore": parts.html_of("explore")?,
        "answer": parts.html_of("answer")?,
        "take_home": parts.html_of("take home")?,
        "pitfalls": parts.html_of("pitfalls")?,
    }))
}

fn question(parts: &Parts<'_>) -> Result<Value> {
    match parts.required("question")? {
        "choice" => {
            let (text, choices) = parts.choices("question")?;
            let right: usize = parts.required("answer")?.parse().unwrap_or(0);
            if choices.len() < 2 || right == 0 || right > choices.len() {
                return Err(parts.fault(format!(
                    "asks a question with {} choices and calls number {right} right: number the choices 1., 2., … and set `answer:` to one of them",
                    choices.len()
                )));
            }
            Ok(json!({ "kind": "choice", "text": text, "choices": choices, "right": right - 1 }))
        }
        "number" => Ok(json!({
            "kind": "number",
            "text": parts.html_of("question")?,
            "value": number(parts, "answer")?,
            "tolerance": number(parts, "tolerance")?,
            "unit": parts.front.get("unit").copied().unwrap_or_default(),
        })),
        other => Err(parts.fault(format!(
            "asks a question of the kind `{other}`: write `question: choice` or `question: number`"
        ))),
    }
}

fn number(parts: &Parts<'_>, key: &str) -> Result<f64> {
    let text = parts.required(key)?;
    let value: Option<f64> = text.parse().ok().filter(|value: &f64| value.is_finite());
    value.ok_or_else(|| parts.fault(format!("says `{key}: {text}`: write a number")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const STEP: &str = "---\ntitle: T\nminutes: 9\nsample: s\nmodel: m\nview.map: entropy\nfigures: cost readers\nstart: 3\nquestion: choice\nanswer: 2\n---\nIntro\n<!-- question -->\nWhich?\n\n1. a\n2. b\n\n<!-- explore -->\nLook.\n<!-- answer -->\nSo.\n<!-- take home -->\nThis.\n<!-- pitfalls -->\nThat.\n";

    fn of(text: &str) -> Result<Value> {
        step(&Parts::of(Path::new("1.en.md"), text).unwrap(), "")
    }

    #[test]
    fn a_step_becomes_what_the_page_reads() {
        let step = of(STEP).unwrap();
        assert_eq!(step["question"]["right"], 1);
        assert_eq!(step["question"]["choices"], json!(["a", "b"]));
        assert_eq!(step["view"], json!({ "map": "entropy" }));
        assert_eq!(step["options"], json!({ "start": "3" }));
        assert_eq!(step["figures"], json!(["cost", "readers"]));
        assert_eq!(step["take_home"], "<p>This.</p>");
    }

    #[test]
    fn a_question_about_a_number_has_a_tolerance() {
        let text = STEP.replace(
            "question: choice\nanswer: 2",
            "question: number\nanswer: 0.25\ntolerance: 0.05",
        );
        assert_eq!(of(&text).unwrap()["question"]["value"], 0.25);
        let text = STEP.replace(
            "question: choice\nanswer: 2",
            "question: number\nanswer: many",
        );
        assert!(of(&text).unwrap_err().to_string().contains("many"));
    }

    #[test]
    fn an_answer_that_is_no_choice_is_refused() {
        for (wrong, word) in [("answer: 3", "number 3"), ("answer: x", "number 0")] {
            let error = of(&STEP.replace("answer: 2", wrong)).unwrap_err();
            assert!(error.to_string().contains(word), "{error}");
        }
        let error = of(&STEP.replace("question: choice", "question: riddle")).unwrap_err();
        assert!(error.to_string().contains("riddle"));
    }
}
