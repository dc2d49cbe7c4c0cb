//! Carries out the session's actions, and takes what the worker and the files have to say back to it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use js_sys::ArrayBuffer;
use leptos::prelude::*;
use page::errors::Error;
use page::library::catalogue::Opening;
use page::session::{Action, CANCEL_MILLISECONDS, Event, Job, Phase, Session, Work};
use protocol::{BackendChoice, Exported, Request};
use wasm_bindgen_futures::spawn_local;

use super::sources::{Source, models_url};
use crate::web::state::{Progress, State};
use crate::web::worker_client::{Incoming, WorkerClient};
use crate::web::{dom, keys};

/// The files of one image. The session keeps them as long as a job may need them.
#[derive(Debug)]
pub struct ImageFiles {
    /// Name for people and for saved files.
    name: String,
    /// Their bytes.
    bytes: Vec<ArrayBuffer>,
}

pub type Files = Rc<ImageFiles>;
pub type SessionEvent = Event<Files, Vec<ArrayBuffer>>;
type SessionAction = Action<Files, Vec<ArrayBuffer>>;

/// What the controller holds.
pub struct Inner {
    pub state: State,
    session: RefCell<Session<Files, Vec<ArrayBuffer>>>,
    worker: RefCell<Option<WorkerClient>>,
    /// Images that were opened together.
    pub sources: RefCell<Vec<Source>>,
    /// Only the file that was asked for last is opened when several are being read.
    pub reading: Cell<u32>,
    /// Name of the image of the running job.
    pub name: RefCell<String>,
}

impl Inner {
    pub fn new(state: State, backend: BackendChoice) -> Self {
        Self {
            state,
            session: RefCell::new(Session::new(models_url(), backend)),
            worker: RefCell::new(None),
            sources: RefCell::new(Vec::new()),
            reading: Cell::new(0),
            name: RefCell::new(String::new()),
        }
    }

    pub fn alert(&self, error: &Error) {
        self.state.alert.set(Some(error.to_string()));
        self.state.phase.set(Phase::Error);
    }

    pub fn open_with(self: &Rc<Self>, opening: Opening) {
        self.state.model.set(opening.model.clone());
        self.handle(Event::Choose {
            model: opening.model,
        });
        if let Some(fault) = opening.faults.first() {
            // What was asked for is not there: opening something else would only hide that.
            self.state.alert.set(Some(fault.to_string()));
        } else if self.reading.get() == 0
            && let Some(sample) = opening.sample
        {
            // Unless somebody has dropped an image before the lists had arrived.
            self.open_sample(&sample);
        }
    }

    pub fn open_sample(self: &Rc<Self>, id: &str) {
        let samples = self.state.samples.get_untracked();
        let Some(sample) = samples.iter().find(|sample| sample.id == id) else {
            self.alert(&Error::Sample {
                value: id.to_owned(),
            });
            return;
        };
        self.state.sample.set(Some(sample.id.clone()));
        self.state.files.set(Vec::new());
        self.sources.borrow_mut().clear();
        self.read(
            Work::SEGMENT,
            Source::Own {
                path: format!("samples/{}", sample.file),
                name: sample.file.clone(),
            },
        );
    }

    /// Reads the files of an image and hands them to the session.
    pub fn read(self: &Rc<Self>, work: Work, source: Source) {
        if matches!(work, Work::Segment { .. }) && !keys::may_leave(&self.state) {
            return;
        }
        let turn = self.reading.get().wrapping_add(1);
        self.reading.set(turn);
        let id = self.session.borrow_mut().next_job_id();
        // Said before the bytes are there, so that nobody takes the former result for the new one.
        if self.state.phase.get_untracked() != Phase::Loading {
            self.state.phase.set(Phase::Running);
        }
        self.state.began.set(Some(dom::now()));
        let inner = Rc::clone(self);
        spawn_local(async move {
            let bytes = source.bytes().await;
            if inner.reading.get() != turn {
                return;
            }
            match bytes {
                Ok(bytes) => inner.handle(Event::Open(Job {
                    id,
                    files: Rc::new(ImageFiles {
                        name: source.name(),
                        bytes,
                    }),
                    work,
                    names: source.names(),
                })),
                Err(error) => inner.handle(Event::Unreadable {
                    job: id,
                    message: error.to_string(),
                }),
            }
        });
    }

    pub fn handle(self: &Rc<Self>, event: SessionEvent) {
        let actions = self.session.borrow_mut().handle(event);
        for action in actions {
            if let Err(fault) = self.carry_out(action) {
                self.handle(fault);
                break;
            }
        }
        let session = self.session.borrow();
        self.state.busy.set(session.busy());
        let fallbacks = session.fallbacks();
        if self.state.fallbacks.with_untracked(|now| *now != fallbacks) {
            self.state.fallbacks.set(fallbacks);
        }
    }

    /// Carries out one action; a failure is an event of its own and ends the rest.
    fn carry_out(self: &Rc<Self>, action: SessionAction) -> Result<(), SessionEvent> {
        let state = &self.state;
        match action {
            Action::StartWorker => {
                let inner = Rc::clone(self);
                let worker = WorkerClient::start(move |incoming| inner.take(incoming));
                let worker = worker.map_err(|fault| Event::Crashed { fault })?;
                *self.worker.borrow_mut() = Some(worker);
                state.began.set(Some(dom::now()));
            }
            Action::StopWorker => {
                if let Some(worker) = self.worker.borrow_mut().take() {
                    worker.end();
                }
            }
            Action::Send { request, files } => self.send(&request, files.as_ref())?,
            Action::WatchCancel { job } => {
                let inner = Rc::clone(self);
                let overdue = move || inner.handle(Event::CancelOverdue { job });
                Timeout::new(CANCEL_MILLISECONDS, overdue).forget();
            }
            Action::Phase(phase) => {
                // A page that opened with an error has nothing else to show, so that is its state.
                let failed = phase == Phase::Idle && state.alert.with_untracked(Option::is_some);
                state.phase.set(if failed { Phase::Error } else { phase });
                if !matches!(phase, Phase::Loading | Phase::Running) {
                    state.progress.set(None);
                    state.began.set(None);
                }
            }
            Action::Alert(message) => state.alert.set(Some(message)),
            Action::ClearAlert => state.alert.set(None),
            Action::Notice(message) => state.notice.set(Some(message)),
            Action::Progress { stage, done, total } => {
                let before = state.progress.get_untracked();
                let same = before.filter(|before| before.stage == stage && before.done <= done);
                state.progress.set(Some(Progress {
                    stage,
                    since: same.map_or_else(dom::now, |before| before.since),
                    done,
                    total,
                }));
            }
            Action::DropPending => self.drop_pending(),
            Action::Accept(answer, buffers) => {
                self.accept(*answer, &buffers)
                    .map_err(|error| Event::Unusable {
                        message: error.to_string(),
                    })?;
            }
        }
        Ok(())
    }

    pub fn send(&self, request: &Request, files: Option<&Files>) -> Result<(), SessionEvent> {
        match request {
            Request::Segment { .. } | Request::Check { .. } | Request::Export { .. } => {
                self.state.began.set(Some(dom::now()));
            }
            Request::Load { .. }
            | Request::Map { .. }
            | Request::Probability { .. }
            | Request::Describe { .. }
            | Request::Cancel { .. }
            | Request::Conform { .. } => {}
        }
        if let (Request::Segment { .. }, Some(files)) = (request, files) {
            files.name.clone_into(&mut self.name.borrow_mut());
        }
        // Copies, because the originals are needed again when the job moves to another device.
        let bytes = files.into_iter().flat_map(|files| &files.bytes);
        let mut buffers: Vec<ArrayBuffer> = bytes.map(|bytes| bytes.slice(0)).collect();
        if let Request::Export {
            what: Exported::CorrectedMask,
            ..
        } = request
        {
            buffers.extend(self.corrected_mask());
        }
        let worker = self.worker.borrow();
        let sent = worker
            .as_ref()
            .map_or(Ok(()), |worker| worker.send(request, &buffers));
        sent.map_err(|error| Event::Unusable {
            message: error.to_string(),
        })
    }

    /// The corrected mask, copied.
    fn corrected_mask(&self) -> Option<ArrayBuffer> {
        self.state.correcting.mask.with_value(|mask| {
            let mask = mask.as_ref()?;
            Some(js_sys::Uint8Array::from(mask.classes()).buffer())
        })
    }

    fn take(self: &Rc<Self>, incoming: Incoming) {
        match incoming {
            Incoming::Answer(answer, buffers) => self.handle(Event::Answer(answer, buffers)),
            Incoming::Crash(fault) => self.handle(Event::Crashed { fault }),
            Incoming::Garbled(message) => self.handle(Event::Unusable { message }),
        }
    }
}
