//! What the session knows, and the steps from which its answers to events are put together.

use std::marker::PhantomData;

use protocol::{Backend, BackendChoice, Cause, Request, VERSION, WindowSize};

use super::messages::{Action, Fallback, Job, Phase, Work};
use super::watch::{Doing, Watch};

/// How long the worker may take to answer a cancellation before it is ended, in milliseconds: this, or twice the longest
/// window so far, between two of which it looks.
const CANCEL: f64 = 2000.0;
const CANCEL_WINDOWS: f64 = 2.0;

/// How far the worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worker {
    Absent,
    Starting,
    /// It runs, but the model that was wanted could not be loaded, and there is no other.
    Bare,
    Loading,
    Ready,
}

/// What failed, for trying again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failed<F> {
    /// The model with which it was tried.
    pub(super) model: String,
    /// What was to be done, if anything.
    pub(super) job: Option<Job<F>>,
    pub(super) how: Failure,
}

/// How something failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// The network could not do it; the worker goes on.
    Network(Cause),
    /// The worker is gone. It was `in_network` where it had opened an image.
    Worker { in_network: bool },
    /// The worker's module or the model could not be loaded.
    Load,
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
    /// The model that the worker has.
    pub(super) loaded: Option<String>,
    pub(super) worker: Worker,
    pub(super) watch: Watch,
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
    /// The model that made it.
    pub(super) shown_model: String,
    /// What failed, for [`Session::fallbacks`].
    pub(super) failed: Option<Failed<F>>,
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
            loaded: None,
            worker: Worker::Absent,
            watch: Watch::default(),
            worker_holds_result: false,
            reload_due: false,
            running: None,
            waiting: None,
            wanted: None,
            shown: None,
            shown_model: String::new(),
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

    /// Tells it the time, in milliseconds on a clock that only goes forward.
    pub fn clock(&mut self, now: f64) {
        self.watch.clock(now);
    }

    /// Whether there is anything to cancel: a job, or another model on its way.
    #[must_use]
    pub fn busy(&self) -> bool {
        self.running
            .as_ref()
            .is_some_and(|running| !running.cancelling)
            || self.waiting.is_some()
            || (self.worker == Worker::Loading && self.former_model().is_some())
    }

    /// Whether a job waits for its turn.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// The model to go back to when another one is not wanted after all: that of the result on screen, else that of the
    /// worker. None where that is the chosen one already.
    pub(super) fn former_model(&self) -> Option<String> {
        let former = if self.shown.is_some() {
            Some(&self.shown_model)
        } else {
            self.loaded.as_ref()
        };
        former.filter(|former| **former != self.model).cloned()
    }

    /// What is under way.
    pub(super) const fn doing(&self) -> Doing {
        match self.worker {
            Worker::Absent => Doing::Nothing,
            Worker::Starting => Doing::Starting,
            Worker::Loading => Doing::Loading,
            Worker::Bare => Doing::Waiting,
            Worker::Ready if self.running.is_some() => Doing::Working,
            Worker::Ready => Doing::Waiting,
        }
    }

    /// What may help after something has failed.
    #[must_use]
    pub fn fallbacks(&self) -> Vec<Fallback> {
        let Some(failed) = &self.failed else {
            return Vec::new();
        };
        let smaller = matches!(
            failed.job.as_ref().map(|job| &job.work),
            Some(Work::Segment {
                window: WindowSize::Model,
                ..
            })
        );
        let again = !matches!(failed.how, Failure::Network(_));
        // Most likely for want of memory, where nothing better is known.
        let memory = matches!(
            failed.how,
            Failure::Network(Cause::Memory) | Failure::Worker { in_network: true }
        );
        let device = memory || matches!(failed.how, Failure::Worker { .. });
        let offered = [
            (again, Fallback::Again),
            (memory && smaller, Fallback::SmallerWindow),
            (device && !self.on_cpu_already(), Fallback::Cpu),
        ];
        let offered = offered.into_iter().filter(|(helps, _)| *helps);
        offered.map(|(_, fallback)| fallback).collect()
    }

    /// The same job once more.
    pub(super) fn again(&mut self, job: Job<F>) -> Job<F> {
        Job {
            id: self.next_job_id(),
            ..job
        }
    }

    pub(super) fn load(&mut self) -> Action<F, A> {
        self.watch.begin();
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
        self.watch.begin();
        self.forget_worker();
        vec![Action::StartWorker, Action::Phase(Phase::Loading)]
    }

    pub(super) fn restart_worker(&mut self) -> Vec<Action<F, A>> {
        let mut actions = vec![Action::StopWorker];
        actions.extend(self.start_worker());
        actions
    }

    /// Nothing that the worker had is there any more.
    pub(super) fn forget_worker(&mut self) {
        self.worker_holds_result = false;
        self.reload_due = false;
        self.loaded = None;
    }

    /// Has the worker load the chosen model; it keeps the former one until that works.
    pub(super) fn reload(&mut self) -> Vec<Action<F, A>> {
        self.reload_due = false;
        self.worker = Worker::Loading;
        vec![Action::Phase(Phase::Loading), self.load()]
    }

    /// The phase when nothing is to be done.
    pub(super) fn rest(&self) -> Action<F, A> {
        Action::Phase(if self.shown.is_some() {
            Phase::Done
        } else {
            Phase::Idle
        })
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
            // A new worker has no segmentation to compare or to save, so it makes that first, with the same model.
            self.waiting = Some(job);
            if self.shown_model != self.model {
                self.model.clone_from(&self.shown_model);
                let mut actions = vec![Action::Model(self.model.clone())];
                actions.extend(self.reload());
                return actions;
            }
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
        self.watch.begin();
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
        let limit = CANCEL.max(CANCEL_WINDOWS * self.watch.longest());
        match &mut self.running {
            Some(running) if !running.cancelling => {
                running.cancelling = true;
                let job = running.job.id;
                let milliseconds = limit as u32;
                let watch = Action::WatchCancel { job, milliseconds };
                vec![send(Request::Cancel { job }), watch]
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
