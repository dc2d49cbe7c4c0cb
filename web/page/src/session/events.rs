//! What each event leads to.

use protocol::{ExportFormat, Exported, PartChoice, Response, VERSION, WindowSize};

use super::machine::{Session, Worker};
use super::messages::{Action, Event, Fallback, Job, Phase, Work};
use crate::text;

impl<F: Clone, A> Session<F, A> {
    /// Takes an event and says what follows, in this order.
    pub fn handle(&mut self, event: Event<F, A>) -> Vec<Action<F, A>> {
        match event {
            Event::Choose { model } => self.choose(model),
            Event::Open(job) => self.open(job),
            Event::ChooseSeries { series } => self.choose_series(series),
            Event::ChoosePart { part } => self.choose_part(part),
            Event::Export { what, format } => self.export(what, format),
            Event::TryAgain(fallback) => self.try_again(fallback),
            Event::Unreadable { job, message } => self.unreadable(job, message),
            Event::Cancel => self.cancel(),
            Event::CancelOverdue { job } => self.overdue(job),
            Event::Answer(answer, arrays) => self.answer(answer, arrays),
            Event::Crashed { fault } => self.crashed(&fault),
            Event::Unusable { message } => {
                let mut actions = self.fail(message);
                actions.extend(self.proceed());
                actions
            }
            Event::Dismiss => {
                self.failed = None;
                let mut actions = vec![Action::ClearAlert];
                if self.running.is_none()
                    && !matches!(self.worker, Worker::Starting | Worker::Loading)
                {
                    actions.push(self.rest());
                }
                actions
            }
        }
    }

    fn choose(&mut self, model: String) -> Vec<Action<F, A>> {
        self.model = model;
        self.failed = None;
        // What runs or has run starts again with the new model, on its own window.
        if let Some(mut wanted) = self.wanted.clone() {
            if let Work::Segment { window, .. } = &mut wanted.work {
                *window = WindowSize::Model;
            }
            self.waiting = Some(self.again(wanted));
        }
        match self.worker {
            Worker::Absent => self.start_worker(),
            // The request to load goes out when the worker has started, and names the new model.
            Worker::Starting => vec![Action::Phase(Phase::Loading)],
            Worker::Loading => self.restart_worker(),
            Worker::Ready if self.running.is_some() => {
                self.reload_due = true;
                let mut actions = self.give_up_running();
                actions.push(Action::Phase(Phase::Loading));
                actions
            }
            Worker::Ready => self.reload(),
        }
    }

    fn reload(&mut self) -> Vec<Action<F, A>> {
        self.reload_due = false;
        self.worker = Worker::Loading;
        self.worker_holds_result = false;
        vec![Action::Phase(Phase::Loading), self.load()]
    }

    fn choose_series(&mut self, series: u32) -> Vec<Action<F, A>> {
        self.segment_again(|_, _| (Some(series), PartChoice::default()))
    }

    fn choose_part(&mut self, part: PartChoice) -> Vec<Action<F, A>> {
        self.segment_again(|series, _| (series, part))
    }

    /// Segments something else of the files that are open: `change` gets the series and the part that are shown.
    fn segment_again(
        &mut self,
        change: impl FnOnce(Option<u32>, PartChoice) -> (Option<u32>, PartChoice),
    ) -> Vec<Action<F, A>> {
        let Some(mut job) = self.wanted.clone().or_else(|| self.shown.clone()) else {
            return Vec::new();
        };
        let Work::Segment { series, part, .. } = job.work else {
            return Vec::new();
        };
        let (series, part) = change(series, part);
        job.work = Work::Segment {
            series,
            part,
            window: WindowSize::Model,
        };
        let job = self.again(job);
        self.open(job)
    }

    fn export(&mut self, what: Exported, format: ExportFormat) -> Vec<Action<F, A>> {
        let Some(shown) = self.shown.clone() else {
            return Vec::new();
        };
        let job = Job {
            work: Work::Export { what, format },
            ..shown
        };
        let job = self.again(job);
        self.open(job)
    }

    fn try_again(&mut self, fallback: Fallback) -> Vec<Action<F, A>> {
        let Some(mut job) = self.failed.take() else {
            return Vec::new();
        };
        if let (Fallback::SmallerWindow, Work::Segment { window, .. }) = (fallback, &mut job.work) {
            *window = WindowSize::Small;
        }
        let job = self.again(job);
        let mut actions = vec![Action::ClearAlert];
        if fallback == Fallback::Cpu {
            self.forced_to_cpu = true;
            self.wanted = Some(job.clone());
            self.waiting = Some(job);
            actions.extend(self.restart_worker());
        } else {
            actions.extend(self.open(job));
        }
        actions
    }

    fn open(&mut self, job: Job<F>) -> Vec<Action<F, A>> {
        if job.work.is_segment() {
            self.wanted = Some(job.clone());
            self.failed = None;
        }
        self.waiting = Some(job);
        if self.worker == Worker::Absent {
            return self.start_worker();
        }
        let mut actions = self.give_up_running();
        actions.push(Action::Phase(if self.worker == Worker::Ready {
            Phase::Running
        } else {
            Phase::Loading
        }));
        actions.extend(self.proceed());
        actions
    }

    fn unreadable(&mut self, job: u32, message: String) -> Vec<Action<F, A>> {
        self.waiting.take_if(|waiting| waiting.id == job);
        self.fail(message)
    }

    fn cancel(&mut self) -> Vec<Action<F, A>> {
        self.waiting = None;
        self.wanted = self.shown.clone();
        if self.running.is_some() {
            return self.give_up_running();
        }
        match self.worker {
            Worker::Starting | Worker::Loading => vec![Action::DropPending],
            Worker::Absent | Worker::Ready => vec![Action::DropPending, self.rest()],
        }
    }

    fn overdue(&mut self, job: u32) -> Vec<Action<F, A>> {
        if !self
            .running
            .as_ref()
            .is_some_and(|running| running.cancelling && running.job.id == job)
        {
            return Vec::new();
        }
        self.running = None;
        let mut actions = vec![Action::DropPending];
        actions.extend(self.restart_worker());
        actions
    }

    fn crashed(&mut self, fault: &str) -> Vec<Action<F, A>> {
        match self.worker {
            Worker::Absent => Vec::new(),
            // A worker that never came up will not come up on the CPU either; one that ran may have met a bad driver.
            Worker::Starting => self.abandon_worker(text::worker_would_not_start(fault)),
            Worker::Loading | Worker::Ready if self.on_cpu_already() => {
                self.abandon_worker(text::worker_stopped(fault))
            }
            Worker::Loading | Worker::Ready => self.move_to_cpu(fault),
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
        let mut actions = vec![Action::Notice(text::moved_to_cpu(reason))];
        actions.extend(self.restart_worker());
        actions
    }

    fn answer(&mut self, answer: Box<Response>, arrays: A) -> Vec<Action<F, A>> {
        match *answer {
            Response::Started { version } if version != VERSION => {
                self.abandon_worker(text::stale(VERSION, version))
            }
            Response::Started { .. } if self.worker == Worker::Starting => {
                self.worker = Worker::Loading;
                vec![self.load()]
            }
            Response::Started { .. } | Response::Conformed { .. } | Response::Described { .. } => {
                Vec::new()
            }
            Response::Progress {
                job,
                stage,
                done,
                total,
            } => {
                let current =
                    job.map_or(self.worker == Worker::Loading, |job| self.is_current(job));
                if current {
                    vec![Action::Progress { stage, done, total }]
                } else {
                    Vec::new()
                }
            }
            Response::Ready {
                ref model, backend, ..
            } if model.id == self.model => {
                self.worker = Worker::Ready;
                self.backend = Some(backend);
                let mut actions = vec![Action::Accept(answer, arrays)];
                actions.extend(self.proceed_or_rest());
                actions
            }
            Response::Ready { .. } => Vec::new(),
            Response::Opened { job, .. } if self.is_current(job) => {
                if let Some(running) = &mut self.running {
                    running.opened = true;
                }
                vec![Action::Accept(answer, arrays)]
            }
            Response::Partial { job, .. } if self.is_current(job) => {
                vec![Action::Accept(answer, arrays)]
            }
            Response::Opened { .. } | Response::Partial { .. } => Vec::new(),
            // Of which segmentation it is, the one who asked knows.
            Response::MapValues { .. }
            | Response::ProbabilityValues { .. }
            | Response::Places { .. } => {
                vec![Action::Accept(answer, arrays)]
            }
            Response::Done { job, .. }
            | Response::Checked { job, .. }
            | Response::Exported { job, .. } => self.succeeded(job, answer, arrays),
            Response::Cancelled { job } => self
                .finish(job)
                .map_or_else(Vec::new, |_| self.after_giving_up()),
            Response::Failed {
                job: Some(job),
                message,
            } => self.failed(job, message),
            Response::Failed { job: None, message } => self.abandon_worker(message),
            Response::DeviceLost { reason } => self.crashed(&reason),
        }
    }

    fn succeeded(&mut self, job: u32, answer: Box<Response>, arrays: A) -> Vec<Action<F, A>> {
        let Some(finished) = self.finish(job) else {
            return Vec::new();
        };
        let segmented = finished.job.work.is_segment();
        // It may finish before the cancellation reaches it, but then nobody wants it any more.
        if finished.cancelling {
            self.worker_holds_result &= !segmented;
            return self.after_giving_up();
        }
        if segmented {
            self.worker_holds_result = true;
            self.shown = Some(finished.job);
        }
        let mut actions = vec![Action::Accept(answer, arrays), Action::ClearAlert];
        actions.extend(self.proceed_or_rest());
        actions
    }

    fn after_giving_up(&mut self) -> Vec<Action<F, A>> {
        let mut actions = vec![Action::DropPending];
        actions.extend(if self.reload_due {
            self.reload()
        } else {
            self.proceed_or_rest()
        });
        actions
    }

    fn failed(&mut self, job: u32, message: String) -> Vec<Action<F, A>> {
        let Some(finished) = self.finish(job) else {
            return Vec::new();
        };
        if finished.cancelling {
            return self.after_giving_up();
        }
        if finished.job.work.is_segment() {
            // Labels that were to follow this image have nothing to be compared with.
            self.waiting = None;
            self.failed = finished.opened.then_some(finished.job);
        }
        self.fail(message)
    }

    fn proceed_or_rest(&mut self) -> Vec<Action<F, A>> {
        let actions = self.proceed();
        if actions.is_empty() {
            vec![self.rest()]
        } else {
            actions
        }
    }
}
