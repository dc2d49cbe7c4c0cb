//! The messages between the page and its worker.
//!
//! Every message is a JavaScript object `{ message, buffers }`: `message` is one of the enums of this crate
//! (through serde-wasm-bindgen), `buffers` an array of `ArrayBuffer`s that are transferred, not copied. Which
//! buffers belong to which message is said at each variant.

use serde::{Deserialize, Serialize};

/// Version of the messages. Page and worker are built together; a mismatch means a stale cached file, and both
/// sides refuse it.
pub const VERSION: u32 = 1;

/// What the visitor asked for: the query's `backend=webgpu|cpu`, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackendChoice {
    /// WebGPU where it works, else the CPU.
    #[default]
    Auto,
    /// WebGPU; the CPU only if WebGPU cannot be had or fails its known-answer test.
    Webgpu,
    /// The CPU.
    Cpu,
}

/// What the network really runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Backend {
    /// WebGPU through burn-wgpu.
    Webgpu,
    /// burn's CPU backend, compiled to WebAssembly SIMD.
    Cpu,
}

impl Backend {
    /// The name in `data-backend` and in reports: `webgpu` or `cpu`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Webgpu => "webgpu",
            Self::Cpu => "cpu",
        }
    }
}

/// From the page to the worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Request {
    /// Fetch and check a model, choose a device, run the known-answer test. Answer: [`Response::Ready`].
    Load {
        /// [`VERSION`] of the page.
        version: u32,
        /// Identifier of the model, a folder name under `models/`.
        model: String,
        /// Address of the `models/` folder, ending in `/`, on the page's own origin.
        models_url: String,
        /// Which device the visitor wants.
        backend: BackendChoice,
    },
    /// Decode and segment a file with the loaded model. Buffers: the file's bytes.
    /// Answers: [`Response::Opened`], [`Response::Progress`], then [`Response::Done`].
    Segment {
        /// Number of the job, chosen by the page, repeated in every answer.
        job: u32,
        /// Name of the file; only its ending is looked at, and only where the bytes do not tell the format.
        name: String,
    },
    /// Compare the last finished segmentation with true labels. Buffers: the label file's bytes.
    /// Answer: [`Response::Checked`].
    Check {
        /// Number of the job.
        job: u32,
        /// Name of the file.
        name: String,
    },
    /// Give up a job. Answer: [`Response::Cancelled`], within one window of the network.
    Cancel {
        /// Number of the job.
        job: u32,
    },
    /// Compare a reference network with its stored outputs on the device in use (for tests).
    /// Buffers: the JSON description, the safetensors file. Answer: [`Response::Conformed`].
    Conform {
        /// Number of the job.
        job: u32,
    },
}

/// What the worker is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Fetching the model's files.
    FetchModel,
    /// Asking for a device and compiling.
    StartDevice,
    /// The known-answer test.
    SelfTest,
    /// Decoding the image.
    Decode,
    /// Running the network, window by window.
    Segment,
    /// Comparing with labels.
    Check,
}

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
    /// Number of windows that the network ran on.
    pub windows: u32,
    /// Milliseconds from the decoded image to the result.
    pub elapsed_ms: f64,
    /// The report as JSON text, as `penumbra predict` writes it.
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
}

/// From the worker to the page.
// Messages are few and short-lived, so the size of the largest one costs nothing.
#[allow(clippy::large_enum_variant)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Response {
    /// The worker's module runs and takes requests.
    Started {
        /// [`VERSION`] of the worker.
        version: u32,
    },
    /// Where a request stands.
    Progress {
        /// Number of the job; none while loading.
        job: Option<u32>,
        /// What is being done.
        stage: Stage,
        /// Steps done.
        done: u32,
        /// Steps in all; 0 where unknown.
        total: u32,
    },
    /// A model is loaded and tested.
    Ready {
        /// The model.
        model: ModelInfo,
        /// What it runs on.
        backend: Backend,
        /// The adapter's own name, where it tells one.
        adapter: Option<String>,
        /// Why it is not WebGPU, one sentence, where it is not.
        reason: Option<String>,
        /// The known-answer test that it passed.
        self_test: SelfTest,
    },
    /// The image is decoded. Buffers: voxels, f32, channel-first `[channels, planes, rows, columns]`, in the file's own units.
    Opened {
        /// Number of the job.
        job: u32,
        /// What it is.
        image: ImageInfo,
    },
    /// The segmentation. Buffers: mask (u8, class identifiers, `[planes, rows, columns]`), tempered probability of the mask's
    /// class (f32, 0..=1, same shape), then one f32 array per map in the order of `result.maps`.
    Done {
        /// Number of the job.
        job: u32,
        /// What it is.
        result: ResultInfo,
    },
    /// The comparison with labels. Buffers: errors (u8, 1 where mask and label differ, `[planes, rows, columns]`).
    Checked {
        /// Number of the job.
        job: u32,
        /// Agreement.
        scores: Scores,
    },
    /// The job was given up.
    Cancelled {
        /// Number of the job.
        job: u32,
    },
    /// A reference network was compared on the device in use.
    Conformed {
        /// Number of the job.
        job: u32,
        /// Map and largest absolute difference over the map's largest absolute value.
        differences: Vec<(String, f64)>,
    },
    /// The device failed during a job (lost, or out of memory); the worker must be started again on the CPU.
    DeviceLost {
        /// What happened, one sentence.
        reason: String,
    },
    /// A request could not be done; the worker goes on.
    Failed {
        /// Number of the job; none while loading.
        job: Option<u32>,
        /// One sentence for the visitor.
        message: String,
    },
}
