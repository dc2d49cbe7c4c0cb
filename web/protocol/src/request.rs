//! From the page to the worker.

use serde::{Deserialize, Serialize};
use vocabulary::{ExportFormat, WindowSize};

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

/// Which part of a file is wanted, where it holds several images of the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PartChoice {
    /// Time point, counted from 0; none for the first.
    pub time: Option<u32>,
    /// Channel, counted from 0; none for the first.
    pub channel: Option<u32>,
}

/// What an exported file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Exported {
    /// The mask.
    Mask,
    /// The mask as a person has corrected it. Its buffer: class identifiers (u8, `[planes, rows, columns]`).
    CorrectedMask,
    /// One map.
    Map {
        /// The map's name, such as `ranking`.
        name: String,
    },
    /// The tempered probabilities of all classes, background first.
    Probability,
}

/// From the page to the worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Request {
    /// Fetch and check a model, choose a device, run the known-answer test. The former model stays until this one works. A
    /// newer request of this kind ends an older one. Answer: [`Response::Ready`](crate::Response::Ready) or
    /// [`Response::NotLoaded`](crate::Response::NotLoaded).
    Load {
        /// [`VERSION`](crate::VERSION) of the page.
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
    /// Answers: [`Response::Opened`](crate::Response::Opened), [`Response::Progress`](crate::Response::Progress) and, for volumes, [`Response::Partial`](crate::Response::Partial), then
    /// [`Response::Done`](crate::Response::Done).
    Segment {
        /// Number of the job, chosen by the page, repeated in every answer.
        job: u32,
        /// Names of the files; only their endings are looked at, and only where the bytes do not tell the format.
        names: Vec<String>,
        /// Which of the series in these files, counted from 0; none for the one with the most images.
        series: Option<u32>,
        /// Which time point and channel of that series.
        #[serde(default)]
        part: PartChoice,
        /// Window that the network runs on.
        window: WindowSize,
    },
    /// Make a file of the last finished segmentation. Buffers: the mask, where a corrected one is saved. Answer: [`Response::Exported`](crate::Response::Exported).
    Export {
        /// Number of the job.
        job: u32,
        /// What goes into the file.
        what: Exported,
        /// The file's format, one of [`ImageInfo::exports`](crate::ImageInfo::exports) for a mask.
        format: ExportFormat,
    },
    /// Hand over a map of the last finished segmentation that did not come with it. Overtakes other requests. Answer:
    /// [`Response::MapValues`](crate::Response::MapValues).
    Map {
        /// Number of the job that made the segmentation.
        job: u32,
        /// Name of the map.
        name: String,
    },
    /// Hand over the tempered probabilities of a class of the last finished segmentation. Overtakes other requests. Answer:
    /// [`Response::ProbabilityValues`](crate::Response::ProbabilityValues).
    Probability {
        /// Number of the job that made the segmentation.
        job: u32,
        /// The class, its value in the mask.
        class: u8,
    },
    /// Look for places to look at in the last finished segmentation once more, with another tolerance. Answer:
    /// [`Response::Places`](crate::Response::Places).
    Places {
        /// Number of the job that made the segmentation.
        job: u32,
        /// How far a border may be unsure before the place is listed, in voxels.
        tolerance: u32,
    },
    /// Compare the last finished segmentation with true labels. Buffers: the bytes of every label file, in the order of
    /// `names`. Answer: [`Response::Checked`](crate::Response::Checked).
    Check {
        /// Number of the job.
        job: u32,
        /// Names of the files, as for [`Request::Segment`].
        names: Vec<String>,
    },
    /// Tell what files hold, as `penumbra info --json` does, for tests and for tools; no model is needed. Buffers: the bytes of
    /// every file, in the order of `names`. Answer: [`Response::Described`](crate::Response::Described).
    Describe {
        /// Number of the job.
        job: u32,
        /// Names of the files, as for [`Request::Segment`].
        names: Vec<String>,
    },
    /// Give up a job. Answer: [`Response::Cancelled`](crate::Response::Cancelled), within one window of the network.
    Cancel {
        /// Number of the job.
        job: u32,
    },
    /// Compare a reference network with its stored outputs on the device in use (for tests).
    /// Buffers: the JSON description, the safetensors file. Answer: [`Response::Conformed`](crate::Response::Conformed).
    Conform {
        /// Number of the job.
        job: u32,
    },
}

impl Request {
    /// Number of the job; none while loading.
    #[must_use]
    pub const fn job(&self) -> Option<u32> {
        match self {
            Self::Load { .. } => None,
            Self::Segment { job, .. }
            | Self::Export { job, .. }
            | Self::Map { job, .. }
            | Self::Probability { job, .. }
            | Self::Places { job, .. }
            | Self::Check { job, .. }
            | Self::Describe { job, .. }
            | Self::Cancel { job }
            | Self::Conform { job } => Some(*job),
        }
    }

    /// Number of buffers that belong to it: the worker refuses a message with fewer or more.
    #[must_use]
    pub const fn buffers(&self) -> usize {
        match self {
            Self::Segment { names, .. }
            | Self::Check { names, .. }
            | Self::Describe { names, .. } => names.len(),
            Self::Conform { .. } => 2,
            Self::Export {
                what: Exported::CorrectedMask,
                ..
            } => 1,
            Self::Load { .. }
            | Self::Export { .. }
            | Self::Map { .. }
            | Self::Probability { .. }
            | Self::Places { .. }
            | Self::Cancel { .. } => 0,
        }
    }
}
