//! The messages between the page and its worker.
//!
//! Every message is a JavaScript object `{ message, buffers }`: `message` is one of the enums of this crate
//! (through serde-wasm-bindgen), `buffers` an array of `ArrayBuffer`s that are transferred, not copied. Which
//! buffers belong to which message is said at each variant.

mod description;

use serde::{Deserialize, Serialize};

pub use description::{ImageInfo, MapInfo, ModelInfo, ResultInfo, Scores, SelfTest, SeriesInfo};
pub use vocabulary::{
    ClassInfo, CurvePoint, ExportFormat, ImageScore, MapSummary, SliceUncertainty, UncertainRegion,
    WindowSize,
};

/// Version of the messages. Page and worker are built together; a mismatch means a stale cached file, and both
/// sides refuse it.
pub const VERSION: u32 = 6;

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

/// What an exported file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Exported {
    /// The mask.
    Mask,
    /// One map.
    Map {
        /// The map's name, such as `ranking`.
        name: String,
    },
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
    /// Decode and segment an image with the loaded model: one picture or volume, a `.hdr`/`.img` pair, a DICOM series (a
    /// folder or a selection), or a zip of one of these. Buffers: the bytes of every file, in the order of `names`.
    /// Answers: [`Response::Opened`], [`Response::Progress`] and, for volumes, [`Response::Partial`], then
    /// [`Response::Done`].
    Segment {
        /// Number of the job, chosen by the page, repeated in every answer.
        job: u32,
        /// Names of the files; only their endings are looked at, and only where the bytes do not tell the format.
        names: Vec<String>,
        /// Which of the series in these files, counted from 0; none for the one with the most images.
        series: Option<u32>,
        /// Window that the network runs on.
        window: WindowSize,
    },
    /// Make a file of the last finished segmentation. Answer: [`Response::Exported`].
    Export {
        /// Number of the job.
        job: u32,
        /// What goes into the file.
        what: Exported,
        /// The file's format, one of [`ImageInfo::exports`] for a mask.
        format: ExportFormat,
    },
    /// Hand over a map of the last finished segmentation that did not come with it. Overtakes other requests. Answer:
    /// [`Response::MapValues`].
    Map {
        /// Number of the job that made the segmentation.
        job: u32,
        /// Name of the map.
        name: String,
    },
    /// Compare the last finished segmentation with true labels. Buffers: the bytes of every label file, in the order of
    /// `names`. Answer: [`Response::Checked`].
    Check {
        /// Number of the job.
        job: u32,
        /// Names of the files, as for [`Request::Segment`].
        names: Vec<String>,
    },
    /// Tell what files hold, as `penumbra info --json` does, for tests and for tools; no model is needed. Buffers: the bytes of
    /// every file, in the order of `names`. Answer: [`Response::Described`].
    Describe {
        /// Number of the job.
        job: u32,
        /// Names of the files, as for [`Request::Segment`].
        names: Vec<String>,
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
    /// What the segmentation of a volume is so far, at most about once a second. Buffers: mask (u8, class identifiers, 0
    /// where no window has been yet, `[planes, rows, columns]`).
    Partial {
        /// Number of the job.
        job: u32,
        /// Windows done.
        done: u32,
        /// Windows in all.
        total: u32,
    },
    /// The segmentation. Buffers: mask (u8, class identifiers, `[planes, rows, columns]`), tempered probability of the mask's
    /// class (f32, 0..=1, same shape), then an f32 array for each of `result.maps` that is marked as sent, in their order. The
    /// others are there to be asked for: all maps of a large volume at once would take the page more memory than the run.
    Done {
        /// Number of the job.
        job: u32,
        /// What it is.
        result: ResultInfo,
    },
    /// A map that was asked for. Buffers: its values (f32, `[planes, rows, columns]`); none where the worker does not hold that
    /// segmentation any more.
    MapValues {
        /// Number of the job that made the segmentation.
        job: u32,
        /// Name of the map.
        name: String,
    },
    /// A file of the last segmentation. Buffers: the file's bytes.
    Exported {
        /// Number of the job.
        job: u32,
        /// What follows the image's stem in the file's name, such as `_seg.nii.gz`.
        name: String,
        /// Media type, such as `application/gzip`.
        media_type: String,
    },
    /// The comparison with labels. Buffers: errors (u8, 1 where mask and label differ, `[planes, rows, columns]`).
    Checked {
        /// Number of the job.
        job: u32,
        /// Agreement.
        scores: Scores,
    },
    /// What files hold.
    Described {
        /// Number of the job.
        job: u32,
        /// A JSON object.
        summary: String,
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
