//! The session with the worker: which request is due, what an answer means, what happens when something fails.
//!
//! A state machine without a browser: [`Session::handle`] takes an [`Event`] and says which [`Action`]s follow. It
//! starts, loads and restarts the worker, lets one job run at a time, and gives up on a worker that does not answer.

use protocol::{
    Backend, BackendChoice, ExportFormat, Exported, Request, Response, VERSION, WindowSize,
};

mod events;
#[cfg(test)]
mod tests;

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

    const fn is_segment(&self) -> bool {
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
    /// Send a request; `Segment` and `Check` go with the bytes of [`Session::file`], the others with none.
    Send(Request),
    /// Call [`Event::CancelOverdue`] in [`CANCEL_MILLISECONDS`].
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

/// How long the worker may take to answer a cancellation before it is ended.
pub const CANCEL_MILLISECONDS: u32 = 2000;

/// How far the worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Worker {
    Absent,
    Starting,
    Loading,
    Ready,
}

/// The running job.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Running {
    job: Job,
    cancelling: bool,
    /// Its image could be read, so that it is the network that fails, if anything does.
    opened: bool,
}

/// The session with the worker.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    models_url: String,
    choice: BackendChoice,
    /// The device failed, so the CPU it is from now on.
    forced_to_cpu: bool,
    /// What the worker runs on, once it has said so.
    backend: Option<Backend>,
    model: String,
    worker: Worker,
    /// The worker still holds the segmentation that is shown, so labels can be compared with it.
    worker_holds_result: bool,
    /// The running job is given up because another model was chosen: load that one next.
    reload_due: bool,
    running: Option<Running>,
    /// The job that comes next; a newer one takes its place.
    waiting: Option<Job>,
    /// The image that is wanted: it runs again with another model or on another device.
    wanted: Option<Job>,
    /// The image whose segmentation is shown.
    shown: Option<Job>,
    /// The image on which the network failed, for [`Session::ways_out`].
    failed: Option<Job>,
    next_job: u32,
}

impl Session {
    /// A session that has not begun. `models_url` is the address of the models' folder, ending in `/`.
    #[must_use]
    pub fn new(models_url: String, choice: BackendChoice) -> Self {
        Self {
            models_url,
            choice,
            forced_to_cpu: false,
            backend: None,
            model: String::new(),
            worker: Worker::Absent,
            worker_holds_result: false,
            reload_due: false,
            running: None,
            waiting: None,
            wanted: None,
            shown: None,
            failed: None,
            next_job: 1,
        }
    }

    /// A number for a new job.
    pub fn number(&mut self) -> u32 {
        let number = self.next_job;
        self.next_job = self.next_job.wrapping_add(1);
        number
    }

    /// Whether there is anything to cancel.
    #[must_use]
    pub fn busy(&self) -> bool {
        self.running
            .as_ref()
            .is_some_and(|running| !running.cancelling)
            || self.waiting.is_some()
    }

    /// What may help after the network has failed on an image, most likely for want of memory.
    #[must_use]
    pub fn ways_out(&self) -> Vec<WayOut> {
        let mut ways = Vec::new();
        if let Some(Job {
            work: Work::Segment { window, .. },
            ..
        }) = &self.failed
        {
            if *window == WindowSize::Model {
                ways.push(WayOut::SmallerWindow);
            }
            if !self.on_cpu_already() {
                ways.push(WayOut::Cpu);
            }
        }
        ways
    }

    /// The files of the running job.
    #[must_use]
    pub fn file(&self) -> Option<u32> {
        self.running.as_ref().map(|running| running.job.file)
    }

    /// Whether the bytes of files may still be needed.
    #[must_use]
    pub fn needs(&self, file: u32) -> bool {
        let others = [&self.waiting, &self.wanted, &self.shown, &self.failed];
        let others = others.into_iter().flatten().map(|job| job.file);
        self.file().into_iter().chain(others).any(|id| id == file)
    }

    /// The same job once more.
    fn again(&mut self, job: Job) -> Job {
        Job {
            id: self.number(),
            ..job
        }
    }

    fn load(&self) -> Action {
        let backend = if self.forced_to_cpu {
            BackendChoice::Cpu
        } else {
            self.choice
        };
        Action::Send(Request::Load {
            version: VERSION,
            model: self.model.clone(),
            models_url: self.models_url.clone(),
            backend,
        })
    }

    fn start_worker(&mut self) -> Vec<Action> {
        self.worker = Worker::Starting;
        self.worker_holds_result = false;
        self.reload_due = false;
        vec![Action::StartWorker, Action::Phase(Phase::Loading)]
    }

    fn restart_worker(&mut self) -> Vec<Action> {
        let mut actions = vec![Action::StopWorker];
        actions.extend(self.start_worker());
        actions
    }

    /// The phase when nothing is to be done.
    fn rest(&self) -> Action {
        Action::Phase(if self.shown.is_some() {
            Phase::Done
        } else {
            Phase::Idle
        })
    }

    /// Says what failed; what was shown before is shown again.
    fn fail(&mut self, message: String) -> Vec<Action> {
        if self.waiting.is_none() {
            self.wanted = self.shown.clone();
        }
        vec![
            Action::DropPending,
            Action::Alert(message),
            Action::Phase(Phase::Error),
        ]
    }

    /// Ends the worker for good: the next job or choice starts another.
    fn abandon_worker(&mut self, message: String) -> Vec<Action> {
        self.worker = Worker::Absent;
        self.worker_holds_result = false;
        self.failed = self
            .running
            .take()
            .filter(|running| running.opened && running.job.work.is_segment())
            .map(|running| running.job);
        self.waiting = None;
        let mut actions = vec![Action::StopWorker];
        actions.extend(self.fail(message));
        actions
    }

    /// Sends the waiting job when the worker can take it.
    fn proceed(&mut self) -> Vec<Action> {
        if self.worker != Worker::Ready || self.running.is_some() {
            return Vec::new();
        }
        let Some(mut job) = self.waiting.take() else {
            return Vec::new();
        };
        if !job.work.is_segment()
            && !self.worker_holds_result
            && let Some(shown) = self.shown.clone()
        {
            // A new worker has no segmentation to compare or to save, so it makes that first.
            self.waiting = Some(job);
            job = self.again(shown);
        }
        let request = match job.work.clone() {
            Work::Segment { series, window } => Request::Segment {
                job: job.id,
                names: job.names.clone(),
                series,
                window,
            },
            Work::Check => Request::Check {
                job: job.id,
                names: job.names.clone(),
            },
            Work::Export { what, format } => Request::Export {
                job: job.id,
                what,
                format,
            },
        };
        self.running = Some(Running {
            job,
            cancelling: false,
            opened: false,
        });
        vec![Action::Phase(Phase::Running), Action::Send(request)]
    }

    /// Asks the running job to stop.
    fn give_up_running(&mut self) -> Vec<Action> {
        match &mut self.running {
            Some(running) if !running.cancelling => {
                running.cancelling = true;
                let job = running.job.id;
                vec![
                    Action::Send(Request::Cancel { job }),
                    Action::WatchCancel { job },
                ]
            }
            _ => Vec::new(),
        }
    }

    /// Takes the running job out when an answer belongs to it.
    fn finish(&mut self, job: u32) -> Option<Running> {
        self.running.take_if(|running| running.job.id == job)
    }

    fn on_cpu_already(&self) -> bool {
        self.forced_to_cpu
            || self.choice == BackendChoice::Cpu
            || self.backend == Some(Backend::Cpu)
    }

    fn is_current(&self, job: u32) -> bool {
        self.running
            .as_ref()
            .is_some_and(|running| running.job.id == job && !running.cancelling)
    }
}
