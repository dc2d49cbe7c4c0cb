//! What the page is told of a model, an image and a result.

use engine::{Manifest, Segmentation, output};
use imaging::Volume;
use protocol::{
    ClassInfo, CurvePoint, ExportFormat, ImageInfo, MapInfo, ModelInfo, ResultInfo, SeriesInfo,
};

use crate::error::Error;

/// A model, for the page.
pub fn model_info(manifest: &Manifest) -> ModelInfo {
    let classes = manifest.classes.iter();
    let curve = manifest.validation.risk_coverage.iter();
    ModelInfo {
        id: manifest.id.clone(),
        title: manifest.title.clone(),
        modality: manifest.modality.clone(),
        classes: classes
            .map(|class| ClassInfo {
                id: class.id,
                name: class.name.clone(),
                colour: class.colour,
            })
            .collect(),
        licence: manifest.licence.clone(),
        source: manifest.source.clone(),
        citation: manifest.citation.clone(),
        weights_sha256: manifest.weights.sha256.clone(),
        patch: manifest.preprocessing.patch.clone(),
        validation_curve: curve
            .map(|point| CurvePoint {
                coverage: point.coverage,
                risk: point.risk,
            })
            .collect(),
        test_metrics: manifest.test.figures.clone(),
    }
}

/// An opened image, for the page.
pub fn image_info(volume: &Volume) -> ImageInfo {
    ImageInfo {
        shape: volume.shape,
        channels: volume.channels,
        format: volume.provenance.description(),
        display_range: volume.provenance.display_range(),
        notes: volume.provenance.notes.clone(),
        spacing: None,
        affine: volume.geometry.affine,
        geometry_source: None,
        series: vec![SeriesInfo {
            description: volume.provenance.description(),
            shape: volume.shape,
        }],
        chosen: 0,
        exports: vec![ExportFormat::Png],
    }
}

/// A finished segmentation, for the page.
pub fn result_info(
    manifest: &Manifest,
    volume: &Volume,
    result: &Segmentation,
    backend: protocol::Backend,
    elapsed_ms: f64,
) -> Result<ResultInfo, Error> {
    let report = output::report(manifest, volume, result, backend.name(), elapsed_ms);
    let maps = result.maps.iter().map(|map| {
        let [minimum, maximum] = output::range(&map.values);
        MapInfo {
            name: map.kind.name().to_owned(),
            minimum,
            maximum,
        }
    });
    Ok(ResultInfo {
        shape: result.shape,
        maps: maps.collect(),
        class_pixels: result.class_voxels(manifest.classes.len()),
        windows: u32::try_from(result.windows).unwrap_or(u32::MAX),
        elapsed_ms,
        report: output::report_json(&report)?,
        slices: Vec::new(),
        regions: Vec::new(),
        image_score: None,
    })
}
