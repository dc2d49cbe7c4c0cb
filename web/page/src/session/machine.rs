//! The session with the worker: which request is due, what an answer means, what happens when something fails.
//!
//! A state machine without a browser: [`Session::handle`] takes an [`Event`] and says which [`Action`]s follow. It
//! starts, loads and restarts the worker, lets one job run at a time, and gives up on a worker that does not answer.

use protocol::{Backend, BackendChoice, Request, VERSION, WindowSize};

mod events;
mod messages;
#[cfg(test)]
mod tests;

pub use messages::{Action, Event, Job, Phase, WayOut, Work};

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
