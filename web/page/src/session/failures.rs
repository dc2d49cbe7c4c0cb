//! What follows when something fails, and what trying again does.

use protocol::{Cause, WindowSize};

use super::machine::{Failed, Failure, Session, Worker};
use super::messages::{Action, Fallback, Job, Message, Phase, Work};
use crate::text;

impl<F: Clone, A> Session<F, A> {
    /// Says what failed; what was shown before is shown again.
    pub(super) fn fail(&mut self, message: impl Into<Message>) -> Vec<Action<F, A>> {
        if self.waiting.is_none() {
            self.wanted = self.shown.clone();
        }
        vec![
            Action::DropPending,
            Action::Alert(message.into()),
            Action::Phase(Phase::Error),
        ]
    }

    /// A job that the worker could not do, and the worker goes on.
    pub(super) fn job_failed(
        &mut self,
        job: u32,
        mut message: Message,
        cause: Cause,
    ) -> Vec<Action<F, A>> {
        let Some(finished) = self.finish(job) else {
            return Vec::new();
        };
        if finished.cancelling {
            return self.after_giving_up();
        }
        let mut actions = Vec::new();
        if finished.job.work.is_segment() {
            // Labels that were to follow this image have nothing to be compared with.
            self.waiting = None;
            if finished.opened {
                if cause == Cause::Model {
                    actions.push(Action::OfferModels);
                }
                self.failed = Some(Failed {
                    model: self.model.clone(),
                    job: Some(finished.job),
                    how: Failure::Network(cause),
                });
            } else {
                message.text = text::not_opened(&finished.job.names, &message.text);
            }
        }
        actions.extend(self.fail(message));
        actions
    }

    /// A file that could not be read, or fetched.
    pub(super) fn unreadable(&mut self, job: u32, message: Message) -> Vec<Action<F, A>> {
        self.waiting.take_if(|waiting| waiting.id == job);
        self.fail(message)
    }

    /// A model that could not be loaded; `kept` is the one that the worker still has.
    pub(super) fn not_loaded(
        &mut self,
        message: Message,
        kept: Option<String>,
    ) -> Vec<Action<F, A>> {
        let job = self.waiting.take();
        self.failed = Some(Failed {
            model: self.model.clone(),
            job: job.filter(|job| job.work.is_segment()),
            how: Failure::Load,
        });
        let mut actions = self.fail(message);
        self.loaded.clone_from(&kept);
        match kept {
            Some(kept) => {
                self.worker = Worker::Ready;
                self.model.clone_from(&kept);
                actions.push(Action::Model(kept.clone()));
                actions.push(Action::StillInUse(kept));
            }
            None => self.worker = Worker::Bare,
        }
        actions
    }

    /// The worker's script failed.
    pub(super) fn crashed(&mut self, fault: &str) -> Vec<Action<F, A>> {
        match self.worker {
            Worker::Absent => Vec::new(),
            // A worker that never came up will not come up on the CPU either; one that ran may have met a bad driver.
            Worker::Starting => {
                self.abandon_worker(Message::with_details(text::WORKER_WOULD_NOT_START, fault))
            }
            Worker::Bare | Worker::Loading | Worker::Ready if self.on_cpu_already() => {
                self.abandon_worker(Message::with_details(text::WORKER_STOPPED, fault))
            }
            Worker::Bare | Worker::Loading | Worker::Ready => self.move_to_cpu(fault),
        }
    }

    /// The worker is gone, and left no word.
    pub(super) fn lost(&mut self) -> Vec<Action<F, A>> {
        if self.worker == Worker::Absent {
            Vec::new()
        } else {
            self.abandon_worker(text::WORKER_GONE)
        }
    }

    /// Looks whether the worker still says something.
    pub(super) fn tick(&mut self) -> Vec<Action<F, A>> {
        match self.watch.overdue(self.doing()) {
            Some(_) if self.worker == Worker::Starting => self.abandon_worker(text::PROGRAM_HANGS),
            Some(seconds) => self.abandon_worker(text::worker_silent(seconds)),
            None => Vec::new(),
        }
    }

    /// Starts anew on the CPU and runs the job there again.
    fn move_to_cpu(&mut self, reason: &str) -> Vec<Action<F, A>> {
        self.forced_to_cpu = true;
        if let Some(running) = self.running.take()
            && !running.cancelling
            && self.waiting.is_none()
        {
            self.waiting = Some(self.again(running.job));
        }
        let message = Message::with_details(text::MOVED_TO_CPU, reason);
        let mut actions = vec![Action::Notice(Some(message))];
        actions.extend(self.restart_worker());
        actions
    }

    /// Ends the worker for good: the next job or choice, or trying again, starts another.
    pub(super) fn abandon_worker(&mut self, message: impl Into<Message>) -> Vec<Action<F, A>> {
        // One that never came up says nothing of the device.
        let never_ran = self.worker == Worker::Starting;
        self.worker = Worker::Absent;
        self.forget_worker();
        let running = self.running.take().filter(|running| !running.cancelling);
        let in_network = running
            .as_ref()
            .is_some_and(|running| running.opened && running.job.work.is_segment());
        let waiting = self.waiting.take();
        self.failed = Some(Failed {
            model: self.model.clone(),
            // What waited is newer, or needs what was running and asks for it again.
            job: waiting.or_else(|| running.map(|running| running.job)),
            how: if never_ran {
                Failure::Load
            } else {
                Failure::Worker { in_network }
            },
        });
        let mut actions = vec![Action::StopWorker];
        actions.extend(self.fail(message));
        actions
    }

    /// Does what has failed once more, or in another way.
    pub(super) fn try_again(&mut self, fallback: Fallback) -> Vec<Action<F, A>> {
        let Some(failed) = self.failed.take() else {
            return Vec::new();
        };
        let job = failed.job.map(|job| self.again(job));
        let job = job.map(|mut job| {
            if let (Fallback::SmallerWindow, Work::Segment { window, .. }) =
                (fallback, &mut job.work)
            {
                *window = WindowSize::Small;
            }
            job
        });
        let mut actions = vec![Action::ClearAlert];
        if self.model != failed.model {
            self.model.clone_from(&failed.model);
            actions.push(Action::Model(failed.model));
        }
        self.want(job);
        match fallback {
            Fallback::Cpu => {
                self.forced_to_cpu = true;
                actions.extend(self.restart_worker());
            }
            Fallback::Again | Fallback::SmallerWindow => actions.extend(self.go_on()),
        }
        actions
    }

    /// A job is to be done next; an image is wanted from now on.
    pub(super) fn want(&mut self, job: Option<Job<F>>) {
        if let Some(image) = job.as_ref().filter(|job| job.work.is_segment()) {
            self.wanted = Some(image.clone());
        }
        self.waiting = job;
    }

    /// Gets the worker to do what waits, whatever it still lacks.
    pub(super) fn go_on(&mut self) -> Vec<Action<F, A>> {
        match self.worker {
            Worker::Absent => self.start_worker(),
            Worker::Bare => self.reload(),
            Worker::Ready if self.running.is_none() && !self.has_chosen_model() => self.reload(),
            Worker::Starting | Worker::Loading | Worker::Ready => {
                let mut actions = self.give_up_running();
                let phase = if self.worker == Worker::Ready {
                    Phase::Running
                } else {
                    Phase::Loading
                };
                actions.push(Action::Phase(phase));
                actions.extend(self.proceed());
                actions
            }
        }
    }

    fn has_chosen_model(&self) -> bool {
        self.loaded.as_ref() == Some(&self.model)
    }
}
