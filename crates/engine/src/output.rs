//! The files that a visitor saves and that `penumbra predict` writes, byte for byte the same.

use imaging::render::{ColourMap, MapLayer, OverlayStyle, overlay, windowed};
use imaging::{Volume, encode};
use segwithu::head::MapKind;
use serde::Serialize;

use crate::{Error, Manifest, MapResult, Segmentation};

/// What a run was, beside its arrays; written as JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Name and version of this software.
    pub software: String,
    /// What the figures are not for.
    pub notice: &'static str,
    /// The model.
    pub model: ReportModel,
    /// `webgpu`, `gpu` or `cpu`.
    pub backend: String,
    /// Planes, rows, columns.
    pub shape: [usize; 3],
    /// How the image was stored, such as `PNG, 8-bit grey`.
    pub image: String,
    /// Windows that the network ran on.
    pub windows: usize,
    /// Milliseconds from the decoded image to the result.
    pub elapsed_ms: f64,
    /// Voxels and mean tempered probability of every class.
    pub classes: Vec<ReportClass>,
    /// Range and mean of every map.
    pub maps: Vec<ReportMap>,
    /// How unusual the image is among the validation images.
    pub in_distribution: ReportInDistribution,
}

/// The model of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportModel {
    /// Folder name.
    pub id: String,
    /// SHA-256 of the weights.
    pub weights_sha256: String,
    /// Licence of data and weights.
    pub licence: String,
    /// How to cite the data.
    pub citation: String,
}

/// A class of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportClass {
    /// Value in the mask.
    pub id: u8,
    /// Name.
    pub name: String,
    /// Voxels of the mask.
    pub voxels: u64,
    /// Mean tempered probability over these voxels; none where there are none.
    pub mean_probability: Option<f64>,
}

/// A map of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportMap {
    /// Name.
    pub name: &'static str,
    /// Smallest value.
    pub minimum: f32,
    /// Largest value.
    pub maximum: f32,
    /// Mean.
    pub mean: f64,
}

/// How unusual an image is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportInDistribution {
    /// Mean ranking score of the image, in standard deviations from the mean of the validation images.
    pub ranking_z: f64,
    /// Mean entropy of the image, in standard deviations from the mean of the validation images.
    pub entropy_z: f64,
}

const NOTICE: &str = "For research and teaching only, not for diagnosis.";

/// Smallest and largest value of a map; 0 and 0 where it is empty.
#[must_use]
pub fn range(values: &[f32]) -> [f32; 2] {
    let low = values.iter().copied().fold(f32::INFINITY, f32::min);
    let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    if low <= high { [low, high] } else { [0.0, 0.0] }
}

fn mean(values: impl Iterator<Item = f32>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u64), |(sum, count), value| {
        (sum + f64::from(value), count + 1)
    });
    (count > 0).then(|| sum / count as f64)
}

/// The report of a run.
#[must_use]
pub fn report(
    manifest: &Manifest,
    volume: &Volume,
    result: &Segmentation,
    backend: &str,
    elapsed_ms: f64,
) -> Report {
    let counts = result.class_voxels(manifest.classes.len());
    let of_class = |id: u8| {
        result
            .labels
            .iter()
            .zip(&result.probability)
            .filter(move |(label, _)| **label == id)
    };
    let classes = manifest
        .classes
        .iter()
        .zip(counts)
        .map(|(class, voxels)| ReportClass {
            id: class.id,
            name: class.name.clone(),
            voxels,
            mean_probability: mean(of_class(class.id).map(|(_, &probability)| probability)),
        });
    let describe = |map: &MapResult| {
        let [minimum, maximum] = range(&map.values);
        let mean = mean(map.values.iter().copied()).unwrap_or_default();
        ReportMap {
            name: map.kind.name(),
            minimum,
            maximum,
            mean,
        }
    };
    let usual = manifest.in_distribution;
    let standing = |kind, center: f64, deviation: f64| {
        let value = result
            .map(kind)
            .and_then(|map| mean(map.iter().copied()))
            .unwrap_or(center);
        if deviation > 0.0 {
            (value - center) / deviation
        } else {
            0.0
        }
    };
    Report {
        software: format!("Penumbra {}", env!("CARGO_PKG_VERSION")),
        notice: NOTICE,
        model: ReportModel {
            id: manifest.id.clone(),
            weights_sha256: manifest.weights.sha256.clone(),
            licence: manifest.licence.clone(),
            citation: manifest.citation.clone(),
        },
        backend: backend.to_owned(),
        shape: result.shape,
        image: volume.provenance.description(),
        windows: result.windows,
        elapsed_ms,
        classes: classes.collect(),
        maps: result.maps.iter().map(describe).collect(),
        in_distribution: ReportInDistribution {
            ranking_z: standing(
                MapKind::Ranking,
                usual.ranking_mean,
                usual.ranking_deviation,
            ),
            entropy_z: standing(
                MapKind::Entropy,
                usual.entropy_mean,
                usual.entropy_deviation,
            ),
        },
    }
}

/// A report as JSON text.
///
/// # Errors
/// [`Error::Manifest`] where a number has no JSON form.
pub fn report_json(report: &Report) -> Result<String, Error> {
    serde_json::to_string_pretty(report).map_err(|error| Error::Manifest(error.to_string()))
}

/// The mask as an 8-bit grey PNG whose values are class identifiers.
///
/// # Errors
/// Those of the encoder.
pub fn mask_png(result: &Segmentation) -> Result<Vec<u8>, Error> {
    let [_, rows, columns] = result.shape;
    Ok(encode::png_mask(&result.labels, rows, columns)?)
}

/// A map as a single-channel 32-bit float TIFF.
///
/// # Errors
/// Those of the encoder.
pub fn map_tiff(result: &Segmentation, map: &MapResult) -> Result<Vec<u8>, Error> {
    let [_, rows, columns] = result.shape;
    Ok(encode::tiff_f32(&map.values, rows, columns)?)
}

/// Image, mask with outline and a map in one PNG, as the page shows them at first.
///
/// # Errors
/// Those of rendering and of the encoder.
pub fn overlay_png(
    manifest: &Manifest,
    volume: &Volume,
    result: &Segmentation,
) -> Result<Vec<u8>, Error> {
    let [_, rows, columns] = result.shape;
    let base = windowed(
        &volume.voxels,
        volume.channels,
        volume.provenance.display_range(),
    )?;
    let colours = manifest
        .classes
        .iter()
        .map(|class| class.colour)
        .collect::<Vec<_>>();
    let ranking = result.map(MapKind::Ranking).map(|values| MapLayer {
        values,
        range: range(values),
        colour_map: ColourMap::Viridis,
        opacity: 0.6,
        proportional: true,
    });
    let style = OverlayStyle {
        class_colours: &colours,
        map: ranking,
        ..OverlayStyle::default()
    };
    let drawn = overlay(&base, &result.labels, rows, columns, &style)?;
    Ok(encode::png_rgba(&drawn, rows, columns)?)
}
