//! What the session knows, and the steps from which its answers to events are put together.

use std::marker::PhantomData;

use protocol::{Backend, BackendChoice, Request, VERSION, WindowSize};

use super::messages::{Action, Fallback, Job, Phase, Work};

/// How long the worker may take to answer a cancellation before it is ended.
pub const CANCEL_MILLISECONDS: u32 = 2000;

/// How far the worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worker {
    Absent,
    Starting,
    Loading,
    Ready,
}

/// The running job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Running<F> {
    pub(super) job: Job<F>,
    pub(super) cancelling: bool,
    /// Its image could be read, so that it is the network that fails, if anything does.
    pub(super) opened: bool,
}

/// The session with the worker. `F` holds the bytes of an image's files: as long as a job may still need them, the
/// session keeps one. `A` stands for the arrays of an answer, which it hands on at once.
#[derive(Debug, Clone)]
pub struct Session<F, A> {
    pub(super) models_url: String,
    pub(super) choice: BackendChoice,
    /// The device failed, so the CPU it is from now on.
    pub(super) forced_to_cpu: bool,
    /// What the worker runs on, once it has said so.
    pub(super) backend: Option<Backend>,
    pub(super) model: String,
    pub(super) worker: Worker,
    /// The worker still holds the segmentation that is shown, so labels can be compared with it.
    pub(super) worker_holds_result: bool,
    /// The running job is given up because another model was chosen: load that one next.
    pub(super) reload_due: bool,
    pub(super) running: Option<Running<F>>,
    /// The job that comes next; a newer one takes its place.
    pub(super) waiting: Option<Job<F>>,
    /// The image that is wanted: it runs again with another model or on another device.
    pub(super) wanted: Option<Job<F>>,
    /// The image whose segmentation is shown.
    pub(super) shown: Option<Job<F>>,
    /// The image on which the network failed, for [`Session::fallbacks`].
    pub(super) failed: Option<Job<F>>,
    pub(super) next_job: u32,
    arrays: PhantomData<fn(A)>,
}

impl<F: Clone, A> Session<F, A> {
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
            arrays: PhantomData,
        }
    }

    /// A number for a new job.
    pub fn next_job_id(&mut self) -> u32 {
        let id = self.next_job;
        self.next_job = self.next_job.wrapping_add(1);
        id
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
    pub fn fallbacks(&self) -> Vec<Fallback> {
        let mut fallbacks = Vec::new();
        if let Some(Job {
            work: Work::Segment { window, .. },
            ..
        }) = &self.failed
        {
            if *window == WindowSize::Model {
                fallbacks.push(Fallback::SmallerWindow);
            }
            if !self.on_cpu_already() {
                fallbacks.push(Fallback::Cpu);
            }
        }
        fallbacks
    }

    /// The same job once more.
    pub(super) fn again(&mut self, job: Job<F>) -> Job<F> {
        Job {
            id: self.next_job_id(),
            ..job
        }
    }

    pub(super) fn load(&self) -> Action<F, A> {
        let backend = if self.forced_to_cpu {
            BackendChoice::Cpu
        } else {
            self.choice
        };
        send(Request::Load {
            version: VERSION,
            model: self.model.clone(),
            models_url: self.models_url.clone(),
            backend,
        })
    }

    pub(super) fn start_worker(&mut self) -> Vec<Action<F, A>> {
        self.worker = Worker::Starting;
        self.worker_holds_result = false;
        self.reload_due = false;
        vec![Action::StartWorker, Action::Phase(Phase::Loading)]
    }

    pub(super) fn restart_worker(&mut self) -> Vec<Action<F, A>> {
        let mut actions = vec![Action::StopWorker];
        actions.extend(self.start_worker());
        actions
    }

    /// The phase when nothing is to be done.
    pub(super) fn rest(&self) -> Action<F, A> {
        Action::Phase(if self.shown.is_some() {
            Phase::Done
        } else {
            Phase::Idle
        })
    }

    /// Says what failed; what was shown before is shown again.
    pub(super) fn fail(&mut self, message: String) -> Vec<Action<F, A>> {
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
    pub(super) fn abandon_worker(&mut self, message: String) -> Vec<Action<F, A>> {
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
    pub(super) fn proceed(&mut self) -> Vec<Action<F, A>> {
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
        let (id, files) = (job.id, job.files.clone());
        let (request, files) = match job.work.clone() {
            Work::Segment {
                series,
                part,
                window,
            } => {
                let names = job.names.clone();
                let request = Request::Segment {
                    job: id,
                    names,
                    series,
                    part,
                    window,
                };
                (request, Some(files))
            }
            Work::Check => {
                let names = job.names.clone();
                (Request::Check { job: id, names }, Some(files))
            }
            Work::Export { what, format } => {
                let request = Request::Export {
                    job: id,
                    what,
                    format,
                };
                (request, None)
            }
        };
        self.running = Some(Running {
            job,
            cancelling: false,
            opened: false,
        });
        vec![
            Action::Phase(Phase::Running),
            Action::Send { request, files },
        ]
    }

    /// Asks the running job to stop.
    pub(super) fn give_up_running(&mut self) -> Vec<Action<F, A>> {
        match &mut self.running {
            Some(running) if !running.cancelling => {
                running.cancelling = true;
                let job = running.job.id;
                vec![send(Request::Cancel { job }), Action::WatchCancel { job }]
            }
            _ => Vec::new(),
        }
    }

    /// Takes the running job out when an answer belongs to it.
    pub(super) fn finish(&mut self, job: u32) -> Option<Running<F>> {
        self.running.take_if(|running| running.job.id == job)
    }

    pub(super) fn on_cpu_already(&self) -> bool {
        self.forced_to_cpu
            || self.choice == BackendChoice::Cpu
            || self.backend == Some(Backend::Cpu)
    }

    pub(super) fn is_current(&self, job: u32) -> bool {
        self.running
            .as_ref()
            .is_some_and(|running| running.job.id == job && !running.cancelling)
    }
}

/// A request that no bytes go with.
const fn send<F, A>(request: Request) -> Action<F, A> {
    Action::Send {
        request,
        files: None,
    }
}
