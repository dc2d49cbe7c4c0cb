//! What the session hears and what it says.

use protocol::{ExportFormat, Exported, Request, Response, WindowSize};

/// What `data-state` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// Nothing is being done and nothing has been made yet.
    #[default]
    Idle,
    /// The worker, the model or the device is being made ready.
    Loading,
    /// A job is under way.
    Running,
    /// The last job succeeded.
    Done,
    /// The last job or the loading failed.
    Error,
}

impl Phase {
    /// The name in `data-state`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Loading => "loading",
            Self::Running => "running",
            Self::Done => "done",
            Self::Error => "error",
        }
    }
}

/// What a job does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// Segment an image.
    Segment {
        /// Which series of those in the files; none leaves it to the worker.
        series: Option<u32>,
        /// Window that the network runs on.
        window: WindowSize,
    },
    /// Compare the last segmentation with true labels.
    Check,
    /// Make a file of the last segmentation.
    Export {
        /// What goes into it.
        what: Exported,
        /// Its format.
        format: ExportFormat,
    },
}

impl Work {
    /// An image that has just been opened.
    pub const SEGMENT: Self = Self::Segment {
        series: None,
        window: WindowSize::Model,
    };

    pub(super) const fn is_segment(&self) -> bool {
        matches!(self, Self::Segment { .. })
    }
}

/// Files with something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Number, never used twice: a job that is done again gets another, so that no late answer is taken for its own.
    pub id: u32,
    /// Number under which the caller keeps the files' bytes.
    pub file: u32,
    /// What to do.
    pub work: Work,
    /// Names of the files, in the order of their bytes.
    pub names: Vec<String>,
}

/// A way to do what has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayOut {
    /// On windows of half the size, which take less memory.
    SmallerWindow,
    /// On the CPU, which has more memory.
    Cpu,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The page opens, or the visitor chose another model.
    Choose {
        /// Model to load.
        model: String,
    },
    /// The visitor opened files; their bytes are kept by the caller.
    Open(Job),
    /// The visitor wants another of the series in the files that are open.
    ChooseSeries {
        /// Which, counted from 0.
        series: u32,
    },
    /// The visitor wants to save what is shown.
    Export {
        /// What goes into the file.
        what: Exported,
        /// Its format.
        format: ExportFormat,
    },
    /// The visitor wants what has failed to be done in another way.
    TryAgain(WayOut),
    /// A file could not be read, so its job never starts.
    Unreadable {
        /// Number of the job.
        job: u32,
        /// One sentence.
        message: String,
    },
    /// The visitor wants the running job to stop.
    Cancel,
    /// The worker has had its time to answer a cancellation.
    CancelOverdue {
        /// Number of the job.
        job: u32,
    },
    /// The worker answered.
    Answer(Box<Response>),
    /// The worker's script failed, or would not start.
    Crashed {
        /// What the browser says of it.
        fault: String,
    },
    /// What the worker handed over cannot be used.
    Unusable {
        /// One sentence.
        message: String,
    },
    /// The visitor put an error message away.
    Dismiss,
}

/// What follows.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Start a new worker.
    StartWorker,
    /// End the worker at once.
    StopWorker,
    /// Send a request; `Segment` and `Check` go with the bytes of [`Session::file`](super::Session::file), the others with none.
    Send(Request),
    /// Call [`Event::CancelOverdue`] in [`CANCEL_MILLISECONDS`](super::CANCEL_MILLISECONDS).
    WatchCancel {
        /// Number of the job.
        job: u32,
    },
    /// Show this phase.
    Phase(Phase),
    /// Show an error.
    Alert(String),
    /// Take the error away.
    ClearAlert,
    /// Show what the visitor should know, but is no error.
    Notice(String),
    /// Take over the arrays of this answer (`Ready`, `Opened`, `Partial`, `Done`, `MapValues`, `Checked` or
    /// `Exported`).
    Accept(Box<Response>),
    /// Show progress.
    Progress {
        /// What is being done.
        stage: protocol::Stage,
        /// Steps done.
        done: u32,
        /// Steps in all; 0 where unknown.
        total: u32,
    },
    /// Forget the image of a job that did not finish; the former one is shown again.
    DropPending,
}
