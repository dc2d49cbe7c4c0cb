//! Where models are found, from whatever folder the program is called.

use std::fmt;
use std::path::{Path, PathBuf};

use dataset::files::read;
use engine::{Bundle, Manifest};

use crate::Error;
use crate::variables::MODELS;

/// Where bundles lie in the source tree, and beside the program where it is installed with them.
const IN_REPOSITORY: &str = "web/models";
const BESIDE_PROGRAM: &str = "models";

/// A bundle inside the program.
#[derive(Debug, Clone, Copy)]
struct EmbeddedBundle {
    id: &'static str,
    manifest: &'static [u8],
    weights: &'static [u8],
}

// `static EMBEDDED: &[EmbeddedBundle]`, written by build.rs.
include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Where a model is.
#[derive(Debug, Clone)]
pub enum ModelLocation {
    /// In a folder of its own.
    Folder(PathBuf),
    /// Inside the program.
    Program(&'static [u8], &'static [u8]),
}

impl fmt::Display for ModelLocation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => path.display().fmt(formatter),
            Self::Program(..) => formatter.write_str("in the program"),
        }
    }
}

/// A model that was found.
#[derive(Debug, Clone)]
pub struct FoundModel {
    /// Its identifier: the name of its folder.
    pub id: String,
    /// Where it is.
    pub location: ModelLocation,
}

impl FoundModel {
    /// What the model says about itself.
    pub fn manifest(&self) -> Result<Manifest, Error> {
        Ok(match &self.location {
            ModelLocation::Folder(folder) => {
                Manifest::from_json(&read(&folder.join("model.json"))?)?
            }
            ModelLocation::Program(manifest, _) => Manifest::from_json(manifest)?,
        })
    }

    /// The model with its weights, checked.
    pub fn bundle(&self) -> Result<Bundle, Error> {
        Ok(match &self.location {
            ModelLocation::Folder(folder) => {
                let manifest = read(&folder.join("model.json"))?;
                let file = Manifest::from_json(&manifest)?.weights.file;
                Bundle::from_bytes(&manifest, read(&folder.join(file))?)?
            }
            ModelLocation::Program(manifest, weights) => {
                Bundle::from_bytes(manifest, weights.to_vec())?
            }
        })
    }
}

/// A model by the folder of its bundle, or by its identifier in one of the places where models are.
pub fn find(model: &str) -> Result<FoundModel, Error> {
    let folder = Path::new(model);
    if is_bundle(folder) {
        return Ok(FoundModel {
            id: model.to_owned(),
            location: ModelLocation::Folder(folder.to_path_buf()),
        });
    }
    let mut models = installed_models();
    if let Some(place) = models.iter().position(|found| found.id == model) {
        return Ok(models.swap_remove(place));
    }
    Err(Error::UnknownModel {
        model: model.to_owned(),
        known: models.into_iter().map(|found| found.id).collect(),
    })
}

/// All models by identifier: those of [`MODELS`], beside the program, in the repository around the working directory, and
/// in the program itself. Of models with the same identifier the first counts.
pub fn installed_models() -> Vec<FoundModel> {
    let folders = [
        std::env::var_os(MODELS).map(PathBuf::from),
        std::env::current_exe()
            .ok()
            .and_then(|program| Some(program.parent()?.join(BESIDE_PROGRAM))),
        std::env::current_dir().ok().and_then(|from| upwards(&from)),
    ];
    let in_folders = folders
        .into_iter()
        .flatten()
        .flat_map(|folder| bundles_in(&folder));
    let embedded = EMBEDDED.iter().map(|bundle| FoundModel {
        id: bundle.id.to_owned(),
        location: ModelLocation::Program(bundle.manifest, bundle.weights),
    });
    let mut models: Vec<FoundModel> = Vec::new();
    for model in in_folders.chain(embedded) {
        if !models.iter().any(|earlier| earlier.id == model.id) {
            models.push(model);
        }
    }
    models
}

fn is_bundle(folder: &Path) -> bool {
    folder.join("model.json").is_file()
}

/// The nearest `web/models` in a folder or above it.
fn upwards(from: &Path) -> Option<PathBuf> {
    from.ancestors()
        .map(|folder| folder.join(IN_REPOSITORY))
        .find(|folder| folder.is_dir())
}

/// The bundles in a folder, in the order of their names; none where it cannot be read.
fn bundles_in(folder: &Path) -> Vec<FoundModel> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut folders: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| is_bundle(path))
        .collect();
    folders.sort();
    let models = folders.into_iter().map(|path| FoundModel {
        id: path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        location: ModelLocation::Folder(path),
    });
    models.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use super::{ModelLocation, bundles_in, find, upwards};

    #[test]
    fn the_repositorys_models_are_found_from_any_folder_in_it() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let models = upwards(&root.join("crates/penumbra-cli/src")).unwrap();
        let found = bundles_in(&models);
        assert!(
            found.iter().any(|model| model.id == "hippocampus"),
            "{found:?}"
        );
        for model in &found {
            assert!(
                matches!(&model.location, ModelLocation::Folder(path) if path.starts_with(&models))
            );
            assert_eq!(model.manifest().unwrap().id, model.id);
        }
        assert!(bundles_in(Path::new("no/such/folder")).is_empty());
    }

    #[test]
    fn a_folder_is_a_model_and_an_unknown_identifier_is_told_what_there_is() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/models/hippocampus");
        let model = find(folder.to_str().unwrap()).unwrap();
        assert_eq!(model.manifest().unwrap().id, "hippocampus");
        let error = find("no-such-model").unwrap_err().to_string();
        assert!(
            error.starts_with("there is no model `no-such-model`; "),
            "{error}"
        );
    }
}
