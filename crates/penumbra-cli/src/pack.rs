//! `penumbra pack`: from the folder of a run to the folder of a bundle.

use std::path::Path;

use dataset::Split;
use dataset::files::{DatasetFolder, read, write};
use engine::Manifest;
use training::files::FolderStorage;
use training::{BundleSource, PackedBundle, head_config, index_json, pack};

use crate::Error;
use crate::arguments::PackOptions;
use crate::model::device;
use crate::terminal::Terminal;

/// Packs a run, and lists the bundle for the page.
pub fn run(options: &PackOptions, terminal: &Terminal) -> Result<(), Error> {
    let storage = FolderStorage::new(&options.run);
    let config = head_config(&storage, options.recipe.as_deref())?;
    let data = DatasetFolder::open(&config.data)?;
    let source = BundleSource {
        storage: &storage,
        recipe: options.recipe.as_deref(),
        description: &data.description,
        train_cases: data.splits.names(Split::Train.name())?.len(),
        groups: data.splits.groups(),
        validation: &data.cases(Split::Val.name())?,
        test: &data.cases(Split::Test.name())?,
        device: &device(options.device)?,
        progress: terminal,
    };
    let PackedBundle { bundle, card } = pollster::block_on(pack(&source))?;
    let (manifest, out) = (&bundle.manifest, &options.out);
    write(&out.join(&manifest.weights.file), bundle.weights())?;
    write(&out.join("model.json"), manifest.to_json()?.as_bytes())?;
    write(&out.join("README.md"), card.as_bytes())?;
    if let Some(models) = out.parent() {
        write_index(models)?;
    }
    terminal.print(&format!(
        "{}: {} bytes of weights, {:?}",
        out.display(),
        bundle.weights().len(),
        manifest.test.figures
    ));
    Ok(())
}

/// Lists all bundles of a folder in its `index.json`.
fn write_index(models: &Path) -> Result<(), Error> {
    let entries =
        std::fs::read_dir(models).map_err(|source| dataset::Error::file(models, source))?;
    let mut manifests = Vec::new();
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path().join("model.json");
        if path.is_file() {
            manifests.push(Manifest::from_json(&read(&path)?)?);
        }
    }
    let text = index_json(manifests);
    write(&models.join("index.json"), text.as_bytes())?;
    Ok(())
}
