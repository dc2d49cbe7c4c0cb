//! The events that reach the session and the actions that follow from them.

use protocol::{ExportFormat, Exported, PartChoice, Request, Response, WindowSize};

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
        /// Which time point and channel of that series.
        part: PartChoice,
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
        part: PartChoice {
            time: None,
            channel: None,
        },
        window: WindowSize::Model,
    };

    pub(super) const fn is_segment(&self) -> bool {
        matches!(self, Self::Segment { .. })
    }
}

/// Files with something to do. `F` holds the files' bytes; a clone of it holds the same ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job<F> {
    /// Number, never used twice: a job that is done again gets another, so that no late answer is taken for its own.
    pub id: u32,
    /// The files.
    pub files: F,
    /// What to do.
    pub work: Work,
    /// Names of the files, in the order of their bytes.
    pub names: Vec<String>,
}

/// What the visitor is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// One sentence: what happened and what to do.
    pub text: String,
    /// What those who run the page need to know; folded away.
    pub details: Option<String>,
}

impl Message {
    /// A sentence with the words of a browser, a driver or a server folded away.
    #[must_use]
    pub fn with_details(text: impl Into<String>, details: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            details: Some(details.into()),
        }
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self {
            text,
            details: None,
        }
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// Another way to do what has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// Once more as it was, by a new worker where the old one is gone.
    Again,
    /// On windows of half the size, which take less memory.
    SmallerWindow,
    /// On the CPU, which has more memory.
    Cpu,
}

/// What happened. `F` holds files that were opened, `A` the arrays that came with an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<F, A> {
    /// The page opens, or the visitor chose another model.
    Choose {
        /// Model to load.
        model: String,
    },
    /// The visitor opened files.
    Open(Job<F>),
    /// The visitor wants another of the series in the files that are open.
    ChooseSeries {
        /// Which, counted from 0.
        series: u32,
    },
    /// The visitor wants another time point or channel of the series that is open.
    ChoosePart {
        /// Which.
        part: PartChoice,
    },
    /// The visitor wants to save what is shown.
    Export {
        /// What goes into the file.
        what: Exported,
        /// Its format.
        format: ExportFormat,
    },
    /// The visitor wants what has failed to be done in another way.
    TryAgain(Fallback),
    /// A file could not be read, so its job never starts.
    Unreadable {
        /// Number of the job.
        job: u32,
        /// What to tell.
        message: Message,
    },
    /// The visitor wants the running job to stop.
    Cancel,
    /// The worker has had its time to answer a cancellation.
    CancelOverdue {
        /// Number of the job.
        job: u32,
    },
    /// The worker answered.
    Answer(Box<Response>, A),
    /// The worker's script failed, or would not start.
    Crashed {
        /// What the browser says of it.
        fault: String,
    },
    /// The worker has let go of its lock: it does not exist any more, and cannot say so.
    Lost,
    /// Time has passed; due every [`TICK_MILLISECONDS`](super::TICK_MILLISECONDS) while there is a worker.
    Tick,
    /// What the worker handed over cannot be used.
    Unusable {
        /// What to tell.
        message: Message,
    },
    /// The visitor put an error message away.
    Dismiss,
}

/// What follows. `F` and `A` are those of [`Event`].
#[derive(Debug, Clone, PartialEq)]
pub enum Action<F, A> {
    /// Start a new worker.
    StartWorker,
    /// End the worker at once.
    StopWorker,
    /// Send a request, with the bytes of files where it needs them.
    Send {
        /// The request.
        request: Request,
        /// The files whose bytes go with it.
        files: Option<F>,
    },
    /// Call [`Event::CancelOverdue`] later.
    WatchCancel {
        /// Number of the job.
        job: u32,
        /// How much later.
        milliseconds: u32,
    },
    /// Call [`Event::Lost`] when the worker lets go of its lock.
    WatchLock,
    /// Show this phase.
    Phase(Phase),
    /// Show an error.
    Alert(Message),
    /// Take the error away, with what was offered against it.
    ClearAlert,
    /// Show what the visitor should know, but is no error; none takes it away.
    Notice(Option<Message>),
    /// Show this model, by its identifier, as the chosen one.
    Model(String),
    /// Say that this model, by its identifier, is still in use.
    StillInUse(String),
    /// Offer the models that fit the image that is being segmented.
    OfferModels,
    /// Take over this answer (`Ready`, `Opened`, `Partial`, `Done`, `MapValues`, `ProbabilityValues`, `Places`, `Checked` or
    /// `Exported`) with its arrays.
    Accept(Box<Response>, A),
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
