//! What each event leads to.

use protocol::{
    Backend, BackendChoice, ExportFormat, Exported, PartChoice, Response, VERSION, WindowSize,
};

use super::machine::{Session, Worker};
use super::messages::{Action, Event, Job, Message, Phase, Work};
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
            Event::Lost => self.lost(),
            Event::Tick => self.tick(),
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
        let mut actions = vec![Action::ClearAlert, Action::Notice(None)];
        // What failed, runs or has run starts again with the new model, on its own window.
        let failed = self.failed.take().and_then(|failed| failed.job);
        let failed = failed.filter(|job| job.work.is_segment());
        if let Some(mut wanted) = failed.or_else(|| self.wanted.clone()) {
            if let Work::Segment { window, .. } = &mut wanted.work {
                *window = WindowSize::Model;
            }
            let wanted = self.again(wanted);
            self.want(Some(wanted));
        }
        actions.extend(match self.worker {
            Worker::Absent => self.start_worker(),
            // The request to load goes out when the worker has started, and names the new model.
            Worker::Starting => vec![Action::Phase(Phase::Loading)],
            Worker::Ready if self.running.is_some() => {
                self.reload_due = true;
                let mut actions = self.give_up_running();
                actions.push(Action::Phase(Phase::Loading));
                actions
            }
            // A wish that is not fulfilled yet is ended by a newer one.
            Worker::Bare | Worker::Loading | Worker::Ready => self.reload(),
        });
        actions
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

    fn open(&mut self, job: Job<F>) -> Vec<Action<F, A>> {
        let mut actions = vec![Action::ClearAlert, Action::Notice(None)];
        self.failed = None;
        self.want(Some(job));
        actions.extend(self.go_on());
        actions
    }

    fn cancel(&mut self) -> Vec<Action<F, A>> {
        let busy = self.busy();
        self.waiting = None;
        self.wanted = self.shown.clone();
        let mut actions = Vec::new();
        if busy {
            actions.push(Action::Notice(Some(
                text::cancelled(self.shown.is_some()).into(),
            )));
        }
        // What stays on screen stays with its own model.
        let former = self.former_model();
        if let Some(model) = &former {
            self.model.clone_from(model);
            actions.push(Action::Model(model.clone()));
        }
        let lacking = self.loaded.as_ref() != Some(&self.model);
        if self.running.is_some() {
            self.reload_due = lacking;
            actions.extend(self.give_up_running());
            return actions;
        }
        actions.push(Action::DropPending);
        match self.worker {
            Worker::Loading if former.is_some() => actions.extend(self.reload()),
            Worker::Ready if lacking => actions.extend(self.reload()),
            Worker::Starting | Worker::Loading => {}
            Worker::Absent | Worker::Bare | Worker::Ready => actions.push(self.rest()),
        }
        actions
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

    fn answer(&mut self, answer: Box<Response>, arrays: A) -> Vec<Action<F, A>> {
        if let Response::Progress {
            stage, done, total, ..
        } = *answer
        {
            self.watch.went_on(stage, done, total);
        } else {
            self.watch.heard();
        }
        match *answer {
            Response::HoldsLock => vec![Action::WatchLock],
            Response::NotStarted { fault } => {
                self.abandon_worker(Message::with_details(text::WORKER_WOULD_NOT_START, fault))
            }
            Response::NotLoaded {
                model,
                message,
                details,
                kept,
            } => {
                if self.worker == Worker::Loading && model == self.model {
                    let text = message;
                    self.not_loaded(Message { text, details }, kept)
                } else {
                    Vec::new()
                }
            }
            Response::Started { version } if version != VERSION => {
                let versions = text::versions(VERSION, version);
                self.abandon_worker(Message::with_details(text::STALE, versions))
            }
            Response::Started { .. } if self.worker == Worker::Starting => {
                self.worker = Worker::Loading;
                vec![self.load()]
            }
            Response::Alive
            | Response::Started { .. }
            | Response::Conformed { .. }
            | Response::Described { .. } => Vec::new(),
            Response::Progress {
                job,
                stage,
                done,
                total,
            } => {
                let preparing = matches!(self.worker, Worker::Starting | Worker::Loading);
                let current = job.map_or(preparing, |job| self.is_current(job));
                if current {
                    vec![Action::Progress { stage, done, total }]
                } else {
                    Vec::new()
                }
            }
            Response::Ready {
                ref model,
                backend,
                ref reason,
                ref self_test,
                ..
            } if model.id == self.model && self.worker == Worker::Loading => {
                self.watch.tested(self_test.elapsed_ms);
                self.worker = Worker::Ready;
                self.loaded = Some(model.id.clone());
                self.backend = Some(backend);
                let asked = self.choice == BackendChoice::Webgpu && !self.forced_to_cpu;
                let notice = (asked && backend == Backend::Cpu).then(|| {
                    let why = reason.clone().unwrap_or_default();
                    Action::Notice(Some(text::no_webgpu(&why).into()))
                });
                let mut actions = vec![Action::Accept(answer, arrays)];
                actions.extend(notice);
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
                job,
                message: text,
                details,
                cause,
            } => {
                let message = Message { text, details };
                match job {
                    Some(job) => self.job_failed(job, message, cause),
                    None => self.abandon_worker(message),
                }
            }
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
            self.shown_model.clone_from(&self.model);
        }
        let mut actions = vec![Action::Accept(answer, arrays), Action::ClearAlert];
        actions.extend(self.proceed_or_rest());
        actions
    }

    pub(super) fn after_giving_up(&mut self) -> Vec<Action<F, A>> {
        let mut actions = vec![Action::DropPending];
        actions.extend(if self.reload_due {
            self.reload()
        } else {
            self.proceed_or_rest()
        });
        actions
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
