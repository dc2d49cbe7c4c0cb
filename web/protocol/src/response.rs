//! From the worker to the page.

use serde::{Deserialize, Serialize};

use crate::{ImageInfo, ModelInfo, PlacesInfo, ResultInfo, Scores, SelfTest};

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

/// What the worker is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Fetching the worker's module, counted in bytes as they are after decompression.
    FetchProgram,
    /// Fetching the model's files, counted in bytes as they are after decompression.
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

/// What a failure is about, so that the page can offer the way out that helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Memory or a buffer of the device is too small: a smaller window may do.
    Memory,
    /// The model takes images of another kind: another model may do.
    Model,
    /// Anything else.
    Other,
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
    /// The worker's script runs and holds the lock that it is named after (Web Locks API), for as long as it lives.
    HoldsLock,
    /// A sign of life, about once a second while the worker waits for something. None while it computes.
    Alive,
    /// The worker's module could not be fetched or started; the worker is of no use.
    NotStarted {
        /// What the browser says.
        fault: String,
    },
    /// The worker's module runs and takes requests.
    Started {
        /// [`VERSION`](crate::VERSION) of the worker.
        version: u32,
    },
    /// Where a request stands.
    Progress {
        /// Number of the job; none while loading.
        job: Option<u32>,
        /// What is being done.
        stage: Stage,
        /// Steps or bytes done.
        done: u32,
        /// Steps or bytes in all; 0 where unknown.
        total: u32,
    },
    /// A model could not be loaded; the worker goes on with the former one, if there was one.
    NotLoaded {
        /// Identifier of the model.
        model: String,
        /// One sentence for the visitor.
        message: String,
        /// What those who run the page need to know.
        details: Option<String>,
        /// Identifier of the model that is still loaded.
        kept: Option<String>,
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
    /// class (f32, 0..=1, same shape), then an f32 array for each of `result.maps` that is marked as sent, in their order, then,
    /// where `result.probabilities_sent` says so, the tempered probability of every class but the background, and last the
    /// voxels of `result.regions` ([`decode_region_voxels`](crate::decode_region_voxels)). The others are there to be asked for: all arrays of a large volume at once would take the page more memory than the run.
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
    /// Probabilities that were asked for. Buffers: the tempered probability of the class (f32, 0 to 1, `[planes, rows,
    /// columns]`); none where the worker does not hold that segmentation any more, or the model has no such class.
    ProbabilityValues {
        /// Number of the job that made the segmentation.
        job: u32,
        /// The class, its value in the mask.
        class: u8,
    },
    /// Places to look at, with the tolerance that was asked for. Buffers: the voxels of its regions
    /// ([`decode_region_voxels`](crate::decode_region_voxels)); none where there are no places.
    Places {
        /// Number of the job that made the segmentation.
        job: u32,
        /// The places; none where the worker does not hold that segmentation any more.
        found: Option<PlacesInfo>,
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
    /// The comparison with labels. Buffers: the labels on the image's own grid (u8, class identifiers, `[planes, rows, columns]`).
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
        /// Number of the job; none for a message that could not be read.
        job: Option<u32>,
        /// One sentence for the visitor.
        message: String,
        /// What those who run the page need to know, where the sentence does not say it.
        details: Option<String>,
        /// What it is about.
        cause: Cause,
    },
}

impl Response {
    /// Number of the job that it answers; none for what belongs to no job.
    #[must_use]
    pub const fn job(&self) -> Option<u32> {
        match self {
            Self::HoldsLock
            | Self::Alive
            | Self::NotStarted { .. }
            | Self::Started { .. }
            | Self::NotLoaded { .. }
            | Self::Ready { .. }
            | Self::DeviceLost { .. } => None,
            Self::Progress { job, .. } | Self::Failed { job, .. } => *job,
            Self::Opened { job, .. }
            | Self::Partial { job, .. }
            | Self::Done { job, .. }
            | Self::MapValues { job, .. }
            | Self::ProbabilityValues { job, .. }
            | Self::Places { job, .. }
            | Self::Exported { job, .. }
            | Self::Checked { job, .. }
            | Self::Described { job, .. }
            | Self::Cancelled { job }
            | Self::Conformed { job, .. } => Some(*job),
        }
    }
}
