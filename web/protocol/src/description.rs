//! What models, images and results are, in words and numbers.

use serde::{Deserialize, Serialize};

/// A class of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClassInfo {
    /// Value in the mask, 0 is background.
    pub id: u8,
    /// Name, such as `nucleus`.
    pub name: String,
    /// Red, green, blue, 0..=255.
    pub colour: [u8; 3],
}

/// One point of a risk-coverage curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CurvePoint {
    /// Share of pixels kept, the least doubtful first, 0..=1.
    pub coverage: f64,
    /// Share of wrong pixels among those kept, 0..=1.
    pub risk: f64,
}

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
    /// Formats that this image's mask can be saved in.
    pub exports: Vec<ExportFormat>,
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

/// A format that results are saved in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExportFormat {
    /// Portable Network Graphics: masks of pictures.
    Png,
    /// TIFF, one page per plane: masks in 8 bits, maps in 32-bit floats.
    Tiff,
    /// NIfTI-1, compressed, in the image's own geometry.
    Nifti,
    /// NRRD segmentation of 3D Slicer: masks.
    Nrrd,
    /// DICOM Segmentation: masks of DICOM images.
    DicomSegmentation,
    /// DICOM Parametric Map: maps of DICOM images.
    DicomParametricMap,
    /// A zip of NIfTI and JSON sidecar under names of BIDS derivatives.
    Bids,
}

/// One map of the method on the image's own grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MapInfo {
    /// Name in the select and in file names, such as `ranking`.
    pub name: String,
    /// Smallest value.
    pub minimum: f32,
    /// Largest value.
    pub maximum: f32,
    /// Whether its values came with the result.
    pub sent: bool,
}

/// What a finished segmentation is, beside its arrays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    pub slices: Vec<SliceDoubt>,
    /// Doubtful regions, worst first, at most 20.
    pub regions: Vec<Region>,
    /// How unusual the image is; none where the model has no statistics of usual ones.
    pub image_score: Option<ImageScore>,
}

/// How doubtful a plane is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SliceDoubt {
    /// The plane, from 0.
    pub plane: u32,
    /// Mean ranking score in and near the plane's mask; over the whole plane where there is no mask.
    pub doubt: f64,
    /// Voxels of the plane that are not background.
    pub object_voxels: u64,
}

/// A connected region of doubt.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// Plane of the most doubtful voxel.
    pub plane: u32,
    /// Its row.
    pub row: u32,
    /// Its column.
    pub column: u32,
    /// Voxels of the region.
    pub voxels: u64,
    /// Largest ranking score.
    pub peak: f32,
    /// Mean ranking score.
    pub mean: f32,
}

/// How unusual an image is among the model's validation images.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageScore {
    /// Mean ranking score, in standard deviations from the validation images' mean.
    pub ranking_z: f64,
    /// Mean entropy, in standard deviations from the validation images' mean.
    pub entropy_z: f64,
    /// Mean logarithm of entropy, in standard deviations from the validation images' mean, where the model knows it.
    pub log_entropy_z: Option<f64>,
    /// Dice to be expected, 0..=1, where the model can tell.
    pub expected_dice: Option<f64>,
    /// Whether the image is unlike the validation images.
    pub unusual: bool,
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
