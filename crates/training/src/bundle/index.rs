//! The list of bundles that a page reads.

use engine::Manifest;
use serde::Serialize;

#[derive(Serialize)]
struct Index {
    models: Vec<IndexEntry>,
}

#[derive(Serialize)]
struct IndexEntry {
    id: String,
    title: String,
    modality: String,
    /// 2 for pictures, 3 for volumes: by this and by the channels the page tells which model fits an image.
    dimensions: usize,
    channels: usize,
}

/// `index.json` of the bundles with these manifests, sorted by identifier.
pub fn index_json(manifests: impl IntoIterator<Item = Manifest>) -> String {
    let mut models: Vec<IndexEntry> = manifests
        .into_iter()
        .map(|manifest| IndexEntry {
            id: manifest.id,
            title: manifest.title,
            modality: manifest.modality,
            dimensions: manifest.architecture.spatial_dims,
            channels: manifest.architecture.in_channels,
        })
        .collect();
    models.sort_by(|a, b| a.id.cmp(&b.id));
    serde_json::to_string_pretty(&Index { models }).unwrap_or_default()
}
