//! What the page is told of a model, an image and a result.

use engine::{Manifest, Report, Segmentation, UncertaintySummary, output};
use imaging::Volume;
use protocol::{ImageInfo, MapInfo, ModelInfo, ResultInfo};
use segwithu::head::MapKind;

use crate::error::Error;
use crate::open::Opened;

/// A model, for the page.
pub fn model_info(manifest: &Manifest) -> ModelInfo {
    ModelInfo {
        id: manifest.id.clone(),
        title: manifest.title.clone(),
        modality: manifest.modality.clone(),
        classes: manifest.classes.clone(),
        licence: manifest.licence.clone(),
        source: manifest.source.clone(),
        citation: manifest.citation.clone(),
        weights_sha256: manifest.weights.sha256.clone(),
        patch: manifest.preprocessing.patch.clone(),
        validation_curve: manifest.validation.risk_coverage.clone(),
        test_metrics: manifest.test.figures.clone(),
    }
}

/// An opened image, for the page.
pub fn image_info(opened: &Opened) -> Result<ImageInfo, Error> {
    let volume = &opened.volume;
    let grid = volume.grid()?;
    Ok(ImageInfo {
        shape: volume.shape,
        channels: volume.channels,
        format: volume.provenance.description(),
        display_range: volume.provenance.display_range(),
        notes: volume.provenance.notes.clone(),
        spacing: grid.map(|grid| grid.spacing()),
        affine: grid.map(|grid| grid.affine()),
        geometry_source: volume.geometry.source.map(|source| source.description()),
        series: opened.series.clone(),
        chosen: opened.chosen,
        exports: output::mask_formats(volume),
    })
}

/// What a finished segmentation is described from.
pub struct ResultFacts<'a> {
    pub manifest: &'a Manifest,
    pub volume: &'a Volume,
    pub result: &'a Segmentation,
    pub doubt: &'a UncertaintySummary,
    pub backend: protocol::Backend,
    pub elapsed_ms: f64,
}

/// A finished segmentation, for the page.
pub fn result_info(facts: &ResultFacts<'_>) -> Result<ResultInfo, Error> {
    let ResultFacts {
        manifest,
        volume,
        result,
        doubt,
        backend,
        elapsed_ms,
    } = *facts;
    let report = Report::new(manifest, volume, result, doubt, backend.name(), elapsed_ms)?;
    let maps = report.maps.iter().map(|map| MapInfo {
        summary: map.clone(),
        sent: is_sent(result, &map.name),
    });
    Ok(ResultInfo {
        shape: result.shape,
        maps: maps.collect(),
        class_pixels: result.class_voxels(manifest.classes.len()),
        notes: result.notes.clone(),
        windows: count(result.windows),
        elapsed_ms,
        slices: doubt.slices.clone(),
        regions: doubt.regions.clone(),
        image_score: doubt.image,
        report: report.to_json()?,
    })
}

/// Most bytes of maps that are sent with a result.
const SENT_AT_ONCE: usize = 32 << 20;

/// Whether a map is sent with the result: all of them are where they are small, else the ranking, which the page needs for
/// more than looking at it.
pub fn is_sent(result: &Segmentation, name: &str) -> bool {
    let floats = result.labels.len().saturating_mul(result.maps.len());
    floats.saturating_mul(size_of::<f32>()) <= SENT_AT_ONCE || name == MapKind::Ranking.name()
}

/// A count for a message.
pub fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
