//! What a run was, in words and numbers.

use std::collections::BTreeMap;

use imaging::Volume;
use serde::Serialize;
use vocabulary::{
    BoundingBox, ImageScore, Interval, MapSummary, RegionKind, SliceUncertainty, VoxelSize,
};

use crate::image_score::mean;
use crate::voxel_size::voxel_millilitres;
use crate::{Error, Manifest, MapResult, Segmentation, UncertaintySummary, sentence};

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
    /// The one line about the image.
    pub summary: String,
    /// Expected wrong voxels, from the tempered probabilities of this image.
    pub expected_wrong: ReportExpectedWrong,
    /// Places to look at, worst first, at most 100.
    pub regions: Vec<ReportRegion>,
    /// How doubtful the image is as a whole: [`uq::relative_entropy`], larger is more doubtful.
    pub image_score: f64,
    /// Whether the image is unlike the validation images; none where the model has no statistics of them.
    pub unlike: Option<bool>,
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
    /// Voxels to be expected, from the tempered probabilities; none for the background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_voxels: Option<f64>,
    /// Where their true number lay in 90 % of the model's validation images; none where the model does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_range: Option<Interval>,
    /// Dice coefficient to be expected, 0 to 1; none for the background, and for a class neither marked nor expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_dice: Option<f64>,
}

/// Expected wrong voxels of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportExpectedWrong {
    /// All of them: the sum of falsely marked, missed and wrongly classified ones.
    pub voxels: f64,
    /// Their volume, in an image of several planes whose geometry is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_ml: Option<f64>,
    /// Their area, in a single plane whose geometry is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_mm2: Option<f64>,
    /// Marked as an object, expected to be none.
    pub false_object: f64,
    /// Not marked, expected to be an object.
    pub missed: f64,
    /// Marked as one class of object, expected to be another one.
    pub other_class: f64,
    /// Expected wrong voxels of every class but the background: marked as it and not of it, or of it and not marked as it.
    pub per_class: BTreeMap<String, f64>,
    /// Where the true number of wrong voxels lay in 90 % of the model's validation images; none where it does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Interval>,
}

/// A place to look at, of a report. Coordinates are column, row and plane as stored, from 0, ends included.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportRegion {
    /// What may be wrong there.
    pub kind: RegionKind,
    /// Name of the class that most of the expected error is marked as.
    pub class: String,
    /// Name of the class that it would be instead.
    pub instead: String,
    /// Number of voxels.
    pub voxels: u64,
    /// Expected wrong voxels.
    pub expected_wrong: f64,
    /// How far the border could move, in millimetres where the geometry is known, else in voxels.
    pub max_shift: f64,
    /// The box around it.
    pub bounding_box: BoundingBox,
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
        uncertainty: &UncertaintySummary,
        backend: &str,
        elapsed_ms: f64,
    ) -> Result<Self, Error> {
        let grid = volume.grid()?;
        let voxel_millilitres = voxel_millilitres(volume)?;
        let counts = result.class_voxels(manifest.classes.len());
        let of_class = |id: u8| {
            result
                .labels
                .iter()
                .zip(&result.probability)
                .filter(move |(label, _)| **label == id)
        };
        let classes = manifest.classes.iter().zip(counts).map(|(class, voxels)| {
            let expectation = uncertainty.classes.iter();
            let expectation = expectation.copied().find(|other| other.class == class.id);
            ReportClass {
                id: class.id,
                name: class.name.clone(),
                voxels,
                millilitres: voxel_millilitres.map(|each| each * voxels as f64),
                mean_probability: mean(of_class(class.id).map(|(_, &probability)| probability)),
                expected_voxels: expectation.map(|class| class.expected),
                expected_range: expectation.and_then(|class| class.range),
                expected_dice: expectation.and_then(|class| class.expected_dice),
            }
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
            slices: uncertainty.slices.clone(),
            summary: sentence(uncertainty),
            expected_wrong: expected_wrong(manifest, uncertainty),
            regions: regions(manifest, uncertainty),
            image_score: uncertainty.facts.score,
            unlike: uncertainty.unlike(),
            in_distribution: uncertainty.image,
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

/// A class by its name; by its number where a mask has more classes than the model, which a run's has not.
fn class_name(manifest: &Manifest, class: u8) -> String {
    let known = manifest.classes.get(usize::from(class));
    known.map_or_else(|| class.to_string(), |known| known.name.clone())
}

fn expected_wrong(manifest: &Manifest, uncertainty: &UncertaintySummary) -> ReportExpectedWrong {
    let expected = uncertainty.expected;
    let (volume_ml, area_mm2) = match uncertainty.voxel_size {
        VoxelSize::Unknown => (None, None),
        VoxelSize::Millilitres(each) => (Some(each * expected.voxels), None),
        VoxelSize::SquareMillimetres(each) => (None, Some(each * expected.voxels)),
    };
    let per_class = uncertainty.classes.iter().map(|class| {
        let name = class_name(manifest, class.class);
        (name, class.false_positive + class.missed)
    });
    ReportExpectedWrong {
        voxels: expected.voxels,
        volume_ml,
        area_mm2,
        false_object: expected.false_object,
        missed: expected.missed,
        other_class: expected.other_class,
        per_class: per_class.collect(),
        range: expected.range,
    }
}

fn regions(manifest: &Manifest, uncertainty: &UncertaintySummary) -> Vec<ReportRegion> {
    let regions = uncertainty.regions.iter().map(|region| ReportRegion {
        kind: region.kind,
        class: class_name(manifest, region.class),
        instead: class_name(manifest, region.instead),
        voxels: region.voxels,
        expected_wrong: region.expected_wrong,
        max_shift: region.max_shift,
        bounding_box: region.bounding_box,
    });
    regions.collect()
}
