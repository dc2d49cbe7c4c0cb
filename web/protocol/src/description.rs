//! What models, images and results are, in words and numbers.

use serde::{Deserialize, Serialize};
use vocabulary::{
    ClassExpectation, ClassInfo, CurvePoint, ExpectedWrong, ExportFormat, ImageScore, MapSummary,
    Region, SliceUncertainty, VoxelSize,
};

/// What the page needs to know of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelInfo {
    /// Folder name under `models/`.
    pub id: String,
    /// Title for people.
    pub title: String,
    /// Modality, such as `light microscopy`.
    pub modality: String,
    /// Classes, background first.
    pub classes: Vec<ClassInfo>,
    /// Licence of the training data and of the weights.
    pub licence: String,
    /// Where the training data come from.
    pub source: String,
    /// How to cite the data.
    pub citation: String,
    /// SHA-256 of the weights, hexadecimal.
    pub weights_sha256: String,
    /// Patch on which the network runs, rows and columns (planes first in 3D), in pixels.
    pub patch: Vec<usize>,
    /// Risk-coverage curve of the ranking map on the validation split, coverage ascending.
    pub validation_curve: Vec<CurvePoint>,
    /// Figures of the model on its test split, name and value, such as `("Dice", 0.91)`.
    pub test_metrics: Vec<(String, f64)>,
    /// The level of certainty, 0.5 to 1, that the penumbra is drawn at when nobody asks for another; none where the model
    /// does not say.
    #[serde(default)]
    pub sure_level: Option<f64>,
}

/// Outcome of the known-answer test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SelfTest {
    /// Largest relative difference between the device's sums and the stored CPU sums.
    pub largest_difference: f64,
    /// Largest difference that passes.
    pub tolerance: f64,
    /// Milliseconds that it took, compilation of shaders included.
    pub elapsed_ms: f64,
}

/// What an opened image is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageInfo {
    /// Planes, rows, columns.
    pub shape: [usize; 3],
    /// Channels: 1 grey, 3 red, green and blue.
    pub channels: usize,
    /// Format for people, such as `PNG, 16-bit grey`.
    pub format: String,
    /// Smallest and largest value that the sample type or the data can have: the display range.
    pub display_range: [f32; 2],
    /// What was done on opening that a reader should know (alpha dropped, rotated as EXIF says), one sentence each.
    pub notes: Vec<String>,
    /// Millimetres between planes, rows and columns; none for pictures without geometry.
    pub spacing: Option<[f64; 3]>,
    /// From voxel (column, row, plane) to RAS+ millimetres, homogeneous, row by row.
    pub affine: Option<[[f64; 4]; 4]>,
    /// Where the geometry comes from, one sentence, such as `sform (code 1) of the NIfTI header`.
    pub geometry_source: Option<String>,
    /// All series found in what was opened; one entry for a single file.
    pub series: Vec<SeriesInfo>,
    /// The one that is shown, an index into `series`.
    pub chosen: u32,
    /// Time points and channels of that series.
    #[serde(default)]
    pub part: PartInfo,
    /// Formats that this image's mask can be saved in.
    pub exports: Vec<ExportFormat>,
}

/// What a series has to choose from, and what is shown of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartInfo {
    /// Time points, at least 1.
    pub times: u32,
    /// The time point that is shown, counted from 0.
    pub time: u32,
    /// Channels to choose from, at least 1. Red, green and blue count as one.
    pub channels: u32,
    /// The channel that is shown, counted from 0.
    pub channel: u32,
}

impl Default for PartInfo {
    /// One time point and one channel.
    fn default() -> Self {
        Self {
            times: 1,
            time: 0,
            channels: 1,
            channel: 0,
        }
    }
}

/// A series among the opened files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeriesInfo {
    /// Modality, number of images and size, for people; never patient data.
    pub description: String,
    /// Planes, rows, columns; zeros where they are not known before the series is chosen.
    pub shape: [usize; 3],
}

/// One map of the method on the image's own grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MapInfo {
    /// Its name, range and mean.
    pub summary: MapSummary,
    /// Whether its values came with the result.
    pub sent: bool,
}

/// What a finished segmentation is, beside its arrays.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultInfo {
    /// Planes, rows, columns.
    pub shape: [usize; 3],
    /// Maps in the order of their buffers.
    pub maps: Vec<MapInfo>,
    /// Pixels of each class, by class identifier.
    pub class_pixels: Vec<u64>,
    /// What a reader of the result should know, one sentence each.
    pub notes: Vec<String>,
    /// Number of windows that the network ran on.
    pub windows: u32,
    /// Milliseconds from the decoded image to the result.
    pub elapsed_ms: f64,
    /// The report as JSON text, as `penumbra predict` writes it.
    pub report: String,
    /// One entry per plane, in plane order; empty for pictures.
    pub slices: Vec<SliceUncertainty>,
    /// The one line about the image.
    pub summary: String,
    /// Expected wrong voxels, from the tempered probabilities of this image.
    pub expected: ExpectedWrong,
    /// Size and expected errors of every class but the background.
    pub classes: Vec<ClassExpectation>,
    /// How large a voxel is.
    pub voxel_size: VoxelSize,
    /// How far a border may be unsure before the place is listed below, in voxels.
    pub tolerance: u32,
    /// Places to look at, worst first, at most 100.
    pub regions: Vec<Region>,
    /// How doubtful the image is as a whole: total entropy by object size, larger is more doubtful.
    pub image_score: f64,
    /// How unusual the image is; none where the model has no statistics of usual ones.
    pub in_distribution: Option<ImageScore>,
    /// Whether the tempered probabilities of every class but the background came with the result.
    pub probabilities_sent: bool,
}

/// Places to look at in a segmentation, and what is said of the image with them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlacesInfo {
    /// How far a border may be unsure before the place is listed, in voxels.
    pub tolerance: u32,
    /// Places to look at, worst first, at most 100.
    pub regions: Vec<Region>,
    /// The one line about the image.
    pub summary: String,
    /// The report as JSON text.
    pub report: String,
}

/// Agreement with true labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scores {
    /// Class name and Dice, 0..=1, background left out.
    pub dice: Vec<(String, f64)>,
    /// Share of wrong pixels.
    pub error_rate: f64,
    /// For each method (`segwithu`, `entropy`): name, AUROC of pixel errors (none if all or no pixels are wrong), AURC.
    pub methods: Vec<(String, Option<f64>, f64)>,
    /// What was done to the labels that a reader should know (brought over from another grid), one sentence each.
    pub notes: Vec<String>,
}
