//! The session with the worker: which request is due, what an answer means, what happens when something fails.
//!
//! A state machine without a browser: [`Session::handle`] takes an [`Event`] and says which [`Action`]s follow. It
//! starts, loads and restarts the worker, lets one job run at a time, and gives up on a worker that does not answer.

use protocol::{Backend, BackendChoice, Request, Response, VERSION, WindowSize};

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

/// What a job does with its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Segment an image.
    Segment,
    /// Compare the last segmentation with true labels.
    Check,
}

/// A file with something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Number, never used twice: a job that is done again gets another, so that no late answer is taken for its own.
    pub id: u32,
    /// Number under which the caller keeps the file's bytes.
    pub file: u32,
    /// What to do.
    pub work: Work,
    /// Name of the file.
    pub name: String,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The page opens, or the visitor chose another model.
    Choose {
        /// Model to load.
        model: String,
    },
    /// The visitor opened a file; its bytes are kept by the caller.
    Open(Job),
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
    /// Send a request; `Segment` and `Check` go with the bytes of [`Session::file`].
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
    /// Take over the arrays of this answer (`Ready`, `Opened`, `Done` or `Checked`).
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

    /// The file of the running job.
    #[must_use]
    pub fn file(&self) -> Option<u32> {
        self.running.as_ref().map(|running| running.job.file)
    }

    /// Whether the bytes of a file may still be needed.
    #[must_use]
    pub fn needs(&self, file: u32) -> bool {
        let others = [&self.waiting, &self.wanted, &self.shown];
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
        self.running = None;
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
        if job.work == Work::Check
            && !self.worker_holds_result
            && let Some(shown) = self.shown.clone()
        {
            // A new worker has no segmentation to compare labels with, so it makes that first.
            self.waiting = Some(job);
            job = self.again(shown);
        }
        let request = match job.work {
            Work::Segment => Request::Segment {
                job: job.id,
                names: vec![job.name.clone()],
                series: None,
                window: WindowSize::Model,
            },
            Work::Check => Request::Check {
                job: job.id,
                names: vec![job.name.clone()],
            },
        };
        self.running = Some(Running {
            job,
            cancelling: false,
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
