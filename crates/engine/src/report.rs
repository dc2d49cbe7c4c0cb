//! What a run was, in words and numbers.

use imaging::{Grid, Volume};
use serde::Serialize;
use vocabulary::{ImageScore, MapSummary, SliceUncertainty, UncertainRegion};

use crate::uncertainty::mean;
use crate::{Error, Manifest, MapResult, Segmentation, UncertaintySummary};

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
    /// Where its voxels lie; none for pictures without geometry.
    pub geometry: Option<ReportGeometry>,
    /// What was done to the image and to the result that a reader should know, one sentence each.
    pub notes: Vec<String>,
    /// Windows that the network ran on.
    pub windows: usize,
    /// Milliseconds from the decoded image to the result.
    pub elapsed_ms: f64,
    /// Voxels and mean tempered probability of every class.
    pub classes: Vec<ReportClass>,
    /// Range and mean of every map.
    pub maps: Vec<MapSummary>,
    /// Doubt of every plane; empty for pictures.
    pub slices: Vec<SliceUncertainty>,
    /// Doubtful regions, worst first.
    pub regions: Vec<UncertainRegion>,
    /// How unusual the image is among the validation images; none where the model has no statistics of them.
    pub in_distribution: Option<ImageScore>,
}

/// The geometry of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportGeometry {
    /// Millimetres between planes, rows, columns.
    pub spacing: [f64; 3],
    /// Directions of columns, rows and planes, such as `RAS`.
    pub orientation: String,
    /// From voxel (column, row, plane) to RAS+ millimetres, homogeneous, row by row.
    pub affine: [[f64; 4]; 4],
    /// Which of the file's statements that comes from.
    pub source: Option<String>,
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
    /// Their volume; none for pictures without geometry.
    pub millilitres: Option<f64>,
    /// Mean tempered probability over these voxels; none where there are none.
    pub mean_probability: Option<f64>,
}

const NOTICE: &str = "For research and teaching only, not for diagnosis.";

/// Smallest and largest value of a map; 0 and 0 where it is empty.
#[must_use]
pub fn range(values: &[f32]) -> [f32; 2] {
    let low = values.iter().copied().fold(f32::INFINITY, f32::min);
    let high = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    if low <= high { [low, high] } else { [0.0, 0.0] }
}

impl Report {
    /// The report of a run.
    ///
    /// # Errors
    /// Those of a geometry that cannot be used; a run refuses these first.
    pub fn new(
        manifest: &Manifest,
        volume: &Volume,
        result: &Segmentation,
        doubt: &UncertaintySummary,
        backend: &str,
        elapsed_ms: f64,
    ) -> Result<Self, Error> {
        let grid = volume.grid()?;
        let voxel_millilitres = grid.as_ref().map(voxel_millilitres);
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
                millilitres: voxel_millilitres.map(|each| each * voxels as f64),
                mean_probability: mean(of_class(class.id).map(|(_, &probability)| probability)),
            });
        let describe = |map: &MapResult| {
            let [minimum, maximum] = range(&map.values);
            let mean = mean(map.values.iter().copied()).unwrap_or_default();
            MapSummary {
                name: map.kind.name().to_owned(),
                minimum,
                maximum,
                mean,
            }
        };
        let mut notes = volume.provenance.notes.clone();
        notes.extend(result.notes.iter().cloned());
        Ok(Self {
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
            geometry: grid.map(|grid| ReportGeometry {
                spacing: grid.spacing(),
                orientation: grid.orientation().to_string(),
                affine: grid.affine(),
                source: volume.geometry.source.map(|source| source.description()),
            }),
            notes,
            windows: result.windows,
            elapsed_ms,
            classes: classes.collect(),
            maps: result.maps.iter().map(describe).collect(),
            slices: doubt.slices.clone(),
            regions: doubt.regions.clone(),
            in_distribution: doubt.image,
        })
    }

    /// The report as JSON text.
    ///
    /// # Errors
    /// [`Error::Manifest`] where a number has no JSON form.
    pub fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string_pretty(self).map_err(|error| Error::Manifest(error.to_string()))
    }
}

/// Volume of a voxel: the determinant of the affine's linear part, so that sheared grids count right too.
fn voxel_millilitres(grid: &Grid) -> f64 {
    let [[a, b, c, _], [d, e, f, _], [g, h, i, _], _] = grid.affine();
    let determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
    determinant.abs() / 1000.0
}
