//! The lessons: Markdown in `web/lessons`, one JSON a lesson and language for the page.
//!
//! A lesson is a folder. `lesson.<language>.md` has its title and what stands before the first step, `<n>.<language>.md` a step,
//! and any other file is served as it is. `words.<language>.json` beside the folders holds what the page itself says in that
//! language. docs/teaching.md tells authors more.

mod document;
mod markdown;
mod results;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::error::{Error, Result, file};
use crate::paths::Paths;
use crate::process::step;

/// Writes every lesson into the folder that trunk copies.
///
/// # Errors
/// [`Error::Content`] naming the file and what is wrong with it, [`Error::File`].
pub fn build(paths: &Paths) -> Result<()> {
    step("rendering the lessons", || {
        write(
            &paths.root.join("web/lessons"),
            &paths.root.join("docs/results.md"),
            &paths.lessons_dist(),
        )
    })
}

/// Renders the lessons of a folder. `measured` is the file with the tables of results that steps may show.
fn write(source: &Path, measured: &Path, target: &Path) -> Result<()> {
    let results = fs::read_to_string(measured).map_err(file("read", measured))?;
    let words = words(source)?;
    if target.exists() {
        fs::remove_dir_all(target).map_err(file("remove the folder", target))?;
    }
    fs::create_dir_all(target).map_err(file("make the folder", target))?;
    let mut index = Vec::new();
    for folder in entries(source)?.into_iter().filter(|path| path.is_dir()) {
        let id = name(&folder);
        let mut titles = BTreeMap::new();
        for (language, words) in &words {
            let Some(lesson) = document::read(&folder, language, &results)? else {
                continue;
            };
            let title = lesson.get("title").cloned().unwrap_or_default();
            titles.insert(language.clone(), title);
            let mut lesson = lesson;
            if let Value::Object(fields) = &mut lesson {
                fields.insert("id".to_owned(), json!(id));
                fields.insert("language".to_owned(), json!(language));
                fields.insert("words".to_owned(), words.clone());
            }
            let path = target.join(format!("{id}.{language}.json"));
            fs::write(&path, lesson.to_string()).map_err(file("write", &path))?;
        }
        if titles.is_empty() {
            return Err(Error::Content {
                path: folder,
                fault: "holds no lesson.<language>.md of a language that has a words.<language>.json: add one, or remove the folder".to_owned(),
            });
        }
        copy_others(&folder, &target.join(&id))?;
        index.push(json!({ "id": id, "titles": titles }));
    }
    let names: BTreeMap<&String, Option<&Value>> = words
        .iter()
        .map(|(language, words)| (language, words.get("language_name")))
        .collect();
    let path = target.join("index.json");
    let index = json!({ "languages": names, "lessons": index });
    fs::write(&path, index.to_string()).map_err(file("write", &path))
}

/// What the page says, by language.
fn words(source: &Path) -> Result<BTreeMap<String, Value>> {
    let mut found = BTreeMap::new();
    for path in entries(source)? {
        let file_name = name(&path);
        let language = file_name
            .strip_prefix("words.")
            .and_then(|rest| rest.strip_suffix(".json"));
        if let Some(language) = language {
            let text = fs::read_to_string(&path).map_err(file("read", &path))?;
            let words = serde_json::from_str(&text).map_err(|error| Error::Content {
                path: path.clone(),
                fault: format!("is no JSON ({error}): correct it"),
            })?;
            found.insert(language.to_owned(), words);
        }
    }
    Ok(found)
}

/// Copies what is no Markdown.
fn copy_others(folder: &Path, target: &Path) -> Result<()> {
    for path in entries(folder)? {
        if path.is_file() && path.extension().is_none_or(|extension| extension != "md") {
            fs::create_dir_all(target).map_err(file("make the folder", target))?;
            fs::copy(&path, target.join(name(&path))).map_err(file("copy", &path))?;
        }
    }
    Ok(())
}

/// What lies in a folder, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(file("read the folder", folder))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    #[test]
    fn every_lesson_of_the_repository_is_rendered_in_every_language_alike() {
        let target = std::env::temp_dir().join(format!("penumbra-lessons-{}", std::process::id()));
        let source = root().join("web/lessons");
        write(&source, &root().join("docs/results.md"), &target).unwrap();
        let read = |name: &str| -> Value {
            serde_json::from_str(&fs::read_to_string(target.join(name)).unwrap()).unwrap()
        };
        let index = read("index.json");
        for lesson in index["lessons"].as_array().unwrap() {
            let id = lesson["id"].as_str().unwrap();
            let languages = lesson["titles"].as_object().unwrap();
            let all: Vec<Value> = languages
                .keys()
                .map(|language| read(&format!("{id}.{language}.json")))
                .collect();
            let first = &all[0];
            for other in &all {
                let steps = other["steps"].as_array().unwrap();
                assert_eq!(steps.len(), first["steps"].as_array().unwrap().len());
                for (step, same) in steps.iter().zip(first["steps"].as_array().unwrap()) {
                    // A translation changes words, never what is asked, shown or right.
                    for key in [
                        "minutes", "sample", "model", "view", "figures", "options", "results",
                    ] {
                        assert_eq!(step[key], same[key], "{id}: {key}");
                    }
                    for key in ["kind", "right", "value", "tolerance"] {
                        assert_eq!(step["question"][key], same["question"][key], "{id}: {key}");
                    }
                    let choices =
                        |step: &Value| step["question"]["choices"].as_array().map(Vec::len);
                    assert_eq!(choices(step), choices(same), "{id}");
                }
            }
        }
        // Every language has the same words.
        let keys = |value: &Value| {
            value
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        let words = words(&source).unwrap();
        let mut words = words.values();
        let first = keys(words.next().unwrap());
        assert!(words.all(|other| keys(other) == first));
        fs::remove_dir_all(&target).unwrap();
    }
}
