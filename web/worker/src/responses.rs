//! What the page is told of a model, an image and a result.

use engine::{Manifest, Report, Segmentation, UncertaintySummary, output};
use imaging::{Parts, Volume};
use protocol::{ImageInfo, MapInfo, ModelInfo, PartInfo, ResultInfo};
use segwithu::head::MapKind;

use crate::error::Error;
use crate::messages::count;
use crate::open::DecodedImage;

/// A model, for the page.
pub(crate) fn model_info(manifest: &Manifest) -> ModelInfo {
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
        sure_level: manifest.validation.sure_level,
    }
}

/// An opened image, for the page.
pub(crate) fn image_info(opened: &DecodedImage) -> Result<ImageInfo, Error> {
    let volume = &opened.volume;
    let grid = volume.grid()?;
    Ok(ImageInfo {
        shape: volume.shape,
        channels: volume.channels,
        format: volume.provenance.description(),
        display_range: volume.provenance.display_range(),
        notes: volume.provenance.notes.clone(),
        spacing: volume.spacing()?,
        affine: grid.map(|grid| grid.affine()),
        geometry_source: volume.geometry.source.map(|source| source.description()),
        series: opened.series.clone(),
        chosen: opened.chosen,
        part: part_info(&volume.provenance.parts),
        exports: output::mask_formats(volume),
    })
}

fn part_info(parts: &Parts) -> PartInfo {
    PartInfo {
        times: count(parts.times),
        time: count(parts.time),
        channels: count(parts.channels),
        channel: count(parts.channel),
    }
}

/// What a finished segmentation is described from.
pub(crate) struct ResultFacts<'a> {
    pub manifest: &'a Manifest,
    pub volume: &'a Volume,
    pub result: &'a Segmentation,
    pub uncertainty: &'a UncertaintySummary,
    pub backend: protocol::Backend,
    pub elapsed_ms: f64,
}

/// A finished segmentation, for the page.
pub(crate) fn result_info(facts: &ResultFacts<'_>) -> Result<ResultInfo, Error> {
    let ResultFacts {
        manifest,
        volume,
        result,
        uncertainty,
        backend,
        elapsed_ms,
    } = *facts;
    let report = Report::new(
        manifest,
        volume,
        result,
        uncertainty,
        backend.name(),
        elapsed_ms,
    )?;
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
        slices: uncertainty.slices.clone(),
        summary: report.summary.clone(),
        expected: uncertainty.expected,
        classes: uncertainty.classes.clone(),
        voxel_size: uncertainty.voxel_size,
        tolerance: count(engine::usual_tolerance(result.shape)),
        regions: uncertainty.regions.clone(),
        image_score: uncertainty.facts.score,
        in_distribution: uncertainty.image,
        probabilities_sent: all_are_sent(result),
        report: report.to_json()?,
    })
}

/// Most bytes of maps and probabilities that are sent with a result.
const MAX_SENT_AT_ONCE: usize = 32 << 20;

/// Whether a map is sent with the result: all of them are where they are small, else the ranking, which the page needs for
/// more than looking at it.
pub(crate) fn is_sent(result: &Segmentation, name: &str) -> bool {
    all_are_sent(result) || name == MapKind::Ranking.name()
}

/// Whether all maps and the probabilities of all classes are small enough to be sent with the result.
fn all_are_sent(result: &Segmentation) -> bool {
    let maps = result.labels.len().saturating_mul(result.maps.len());
    let floats = maps.saturating_add(result.logits.len());
    floats.saturating_mul(size_of::<f32>()) <= MAX_SENT_AT_ONCE
}
