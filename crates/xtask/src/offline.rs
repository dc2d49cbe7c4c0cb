//! What the service worker needs to know of a build: every file with its size and hash, and the name of the build.
//!
//! Runs after the policy has been written, because that changes `index.html`. What it does to a build can be done again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::csp::Strictness;
use crate::error::{Error, Result, file};
use crate::hash::{sha256_base64, sha256_hex};

/// Place of the build's name in `index.html`; the page reads it there.
const NAME: &str = "<meta name=\"penumbra-build\" content=\"";
/// Place of the build in the service worker.
const BUILD: &str = "const BUILD = null;";
/// The service worker's file, in the sources and beside the page.
const WORKER: &str = "service-worker.js";
/// The switch that the service worker asks for.
const SWITCH: &str = "service-worker.json";
/// List of the files for people and programs that compare builds.
const LIST: &str = "files.json";

/// A file of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    bytes: usize,
    hex: String,
    base64: String,
}

impl Entry {
    fn of(content: &[u8]) -> Self {
        Self {
            bytes: content.len(),
            hex: sha256_hex(content),
            base64: sha256_base64(content),
        }
    }
}

/// By path below the page's folder, `/` between its parts.
type Files = BTreeMap<String, Entry>;

/// Writes the service worker of a built page, the list of its files and the build's name into `index.html`. In
/// development the service worker only takes itself away: trunk's server changes files after their hash was taken.
///
/// `root` is the workspace.
///
/// # Errors
/// [`Error::File`], or [`Error::Content`] where a place for the build is missing.
pub fn write(root: &Path, folder: &Path, strictness: Strictness) -> Result<()> {
    let source = root.join("web/offline").join(WORKER);
    let worker = fs::read_to_string(&source).map_err(file("read", &source))?;
    let index = folder.join("index.html");
    let page = fs::read_to_string(&index).map_err(file("read", &index))?;
    let (worker, page, list) = match strictness {
        Strictness::Development => (worker, named(&index, &page, "")?, None),
        Strictness::Release => {
            let nameless = named(&index, &page, "")?;
            let mut files = files(folder)?;
            files.insert("index.html".to_owned(), Entry::of(nameless.as_bytes()));
            let name = build_name(&files);
            let page = named(&index, &page, &name)?;
            files.insert("index.html".to_owned(), Entry::of(page.as_bytes()));
            let worker = insert(&worker, &name, &files).ok_or_else(|| Error::Content {
                path: source,
                fault: format!("has no line `{BUILD}`: restore it"),
            })?;
            (worker, page, Some(list(&name, &files)))
        }
    };
    let write = |name: &str, content: &str| {
        let path = folder.join(name);
        fs::write(&path, content).map_err(file("write", &path))
    };
    write("index.html", &page)?;
    write(WORKER, &worker)?;
    write(SWITCH, "{\"disabled\": false}\n")?;
    list.map_or(Ok(()), |list| write(LIST, &list))
}

/// The name of a build: a hash of all paths and contents. `index.html` counts without the name that it holds.
fn build_name(files: &Files) -> String {
    let lines: String = files
        .iter()
        .map(|(path, entry)| format!("{}  {path}\n", entry.hex))
        .collect();
    sha256_hex(lines.as_bytes())
}

/// A page with the build's name in its place.
fn named(path: &Path, page: &str, name: &str) -> Result<String> {
    let place = || {
        let from = page.find(NAME)? + NAME.len();
        let (before, rest) = page.split_at_checked(from)?;
        Some((before, rest.get(rest.find('"')?..)?))
    };
    let (before, after) = place().ok_or_else(|| Error::Content {
        path: path.to_path_buf(),
        fault: format!("has no `{NAME}\">`: put one into index.html"),
    })?;
    Ok(format!("{before}{name}{after}"))
}

/// The service worker with its build.
fn insert(worker: &str, name: &str, files: &Files) -> Option<String> {
    let entries: serde_json::Map<String, Value> = files
        .iter()
        .map(|(path, entry)| {
            let value = json!([entry.bytes, entry.base64, belongs_to_program(path)]);
            (path.clone(), value)
        })
        .collect();
    let build = json!({"id": name, "files": entries});
    worker
        .contains(BUILD)
        .then(|| worker.replacen(BUILD, &format!("const BUILD = {build};"), 1))
}

fn list(name: &str, files: &Files) -> String {
    let entries: serde_json::Map<String, Value> = files
        .iter()
        .map(|(path, entry)| {
            let value = json!({"bytes": entry.bytes, "sha256": entry.hex});
            (path.clone(), value)
        })
        .collect();
    format!("{:#}\n", json!({"build": name, "files": entries}))
}

/// Whether a file is kept on the first visit. Models are kept when they are chosen, samples when they are opened; their
/// lists belong to the program.
fn belongs_to_program(path: &str) -> bool {
    let own = ["models/index.json", "samples/index.json"];
    own.contains(&path) || !(path.starts_with("models/") || path.starts_with("samples/"))
}

/// The files of a built page that a visit may ask for.
fn files(folder: &Path) -> Result<Files> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)?;
    let names: Vec<(String, &PathBuf)> = paths
        .iter()
        .filter_map(|path| Some((relative(path, folder)?, path)))
        .collect();
    let known = |name: &str| names.iter().any(|(other, _)| other == name);
    let mut files = Files::new();
    for (name, path) in &names {
        if [WORKER, SWITCH, LIST].contains(&name.as_str()) || name.ends_with("/README.md") {
            continue;
        }
        // The same file, compressed for servers that can send it so.
        let plain = name
            .strip_suffix(".br")
            .or_else(|| name.strip_suffix(".gz"));
        if plain.is_some_and(known) {
            continue;
        }
        let content = fs::read(path).map_err(file("read", *path))?;
        files.insert(name.clone(), Entry::of(&content));
    }
    Ok(files)
}

fn relative(path: &Path, folder: &Path) -> Option<String> {
    let parts = path.strip_prefix(folder).ok()?.components();
    let parts: Option<Vec<&str>> = parts.map(|part| part.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(file("read the folder", folder))? {
        let path = entry.map_err(file("read the folder", folder))?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const PAGE: &str = "<head><meta name=\"penumbra-build\" content=\"\" /></head>";

    /// A built page in a folder of its own, which is removed at the end.
    struct Built(PathBuf);

    impl Built {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir()
                .join(format!("penumbra-offline-{name}-{}", std::process::id()));
            let built = Self(folder);
            built.put("index.html", PAGE);
            built.put("page.js", "program");
            built.put("worker/worker.js", "worker");
            built.put("models/index.json", "[]");
            built.put("models/a/model.json", "{}");
            built.put("models/a/README.md", "A card.");
            built.put("samples/volume.nii.gz", "volume");
            built
        }

        fn put(&self, path: &str, content: &str) {
            let path = self.0.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }

        fn get(&self, path: &str) -> String {
            fs::read_to_string(self.0.join(path)).unwrap()
        }

        fn write(&self) -> String {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
            write(&root, &self.0, Strictness::Release).unwrap();
            let page = self.get("index.html");
            let (_, rest) = page.split_once(NAME).unwrap();
            rest.split_once('"').unwrap().0.to_owned()
        }
    }

    impl Drop for Built {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    #[test]
    fn page_worker_and_list_name_the_same_build_with_the_hashes_of_what_lies_there() {
        let built = Built::new("same");
        let name = built.write();
        assert_eq!(name.len(), 64);
        let worker = built.get(WORKER);
        assert!(worker.contains(&format!("\"id\":\"{name}\"")) && !worker.contains(BUILD));
        let list: Value = serde_json::from_str(&built.get(LIST)).unwrap();
        assert_eq!(list["build"], name.as_str());
        let files = list["files"].as_object().unwrap();
        let paths: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(
            paths,
            [
                "index.html",
                "models/a/model.json",
                "models/index.json",
                "page.js",
                "samples/volume.nii.gz",
                "worker/worker.js"
            ]
        );
        for (path, entry) in files {
            let content = fs::read(built.0.join(path)).unwrap();
            assert_eq!(entry["sha256"], sha256_hex(&content).as_str(), "{path}");
            assert_eq!(entry["bytes"], content.len(), "{path}");
        }
    }

    #[test]
    fn a_build_has_the_same_name_each_time_and_another_one_after_any_change() {
        let built = Built::new("name");
        let name = built.write();
        assert_eq!(built.write(), name);
        built.put("samples/volume.nii.gz", "another");
        let changed = built.write();
        assert_ne!(changed, name);
        built.put("index.html", &PAGE.replace("<head>", "<head> "));
        assert_ne!(built.write(), changed);
    }

    #[test]
    fn compressed_copies_are_no_files_of_their_own() {
        let built = Built::new("compressed");
        let name = built.write();
        built.put("page.js.br", "x");
        built.put("page.js.gz", "y");
        assert_eq!(built.write(), name);
    }

    #[test]
    fn models_and_samples_are_kept_when_they_are_used() {
        for (path, at_once) in [
            ("index.html", true),
            ("worker/penumbra_bg.wasm", true),
            ("models/index.json", true),
            ("models/a/weights.safetensors", false),
            ("samples/index.json", true),
            ("samples/a.png", false),
        ] {
            assert_eq!(belongs_to_program(path), at_once, "{path}");
        }
    }

    #[test]
    fn in_development_nothing_is_kept() {
        let built = Built::new("development");
        built.write();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        write(&root, &built.0, Strictness::Development).unwrap();
        assert!(built.get(WORKER).contains(BUILD));
        assert!(built.get("index.html").contains(&format!("{NAME}\"")));
    }

    #[test]
    fn a_page_without_a_place_for_the_name_is_refused() {
        let error = named(Path::new("index.html"), "<head></head>", "x").unwrap_err();
        assert!(error.to_string().contains("penumbra-build"), "{error}");
    }
}
