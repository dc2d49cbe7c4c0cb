//! Carries out the session's actions, and takes what the worker and the files have to say back to it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::sources::{Origin, Source, models_url};
use crate::web::state::{Progress, State};
use crate::web::worker_client::{Incoming, WorkerClient};
use crate::web::{dom, keys};
use gloo::timers::callback::{Interval, Timeout};
use js_sys::ArrayBuffer;
use leptos::prelude::*;
use page::errors::Error;
use page::library::advice;
use page::library::catalogue::Opening;
use page::library::query::Query;
use page::session::{Action, Event, Job, Message, Phase, Session, TICK_MILLISECONDS, Work};
use page::text;
use protocol::{BackendChoice, Exported, Request, Response};
use wasm_bindgen_futures::spawn_local;

/// The files of one image. The session keeps them as long as a job may need them.
#[derive(Debug)]
pub struct ImageFiles {
    /// Name for people and for saved files.
    name: String,
    /// Their bytes.
    bytes: Vec<ArrayBuffer>,
    origin: Origin,
}

pub type Files = Rc<ImageFiles>;
pub type SessionEvent = Event<Files, Vec<ArrayBuffer>>;
type SessionAction = Action<Files, Vec<ArrayBuffer>>;

/// What the controller holds.
pub struct Inner {
    pub state: State,
    session: RefCell<Session<Files, Vec<ArrayBuffer>>>,
    worker: RefCell<Option<WorkerClient>>,
    /// Looks at the clock as long as there is a worker.
    clock: RefCell<Option<Interval>>,
    /// Images that were opened together.
    pub sources: RefCell<Rc<Vec<Source>>>,
    /// Where the image of the running job comes from, and where the one of the result.
    running: RefCell<Option<Origin>>,
    shown: RefCell<Option<Origin>>,
    /// The page's address, while the lists that it needs could not be fetched.
    pub unbegun: RefCell<Option<(Query, Option<Error>)>>,
    /// Only the file that was asked for last is opened when several are being read.
    pub reading: Cell<u32>,
    /// Its bytes are on their way.
    pub is_reading: Cell<bool>,
    /// Name of the image of the running job.
    pub name: RefCell<String>,
}

impl Inner {
    pub fn new(state: State, backend: BackendChoice) -> Self {
        state
            .awaited
            .set(text::device_awaited(backend, dom::has_webgpu()));
        Self {
            state,
            session: RefCell::new(Session::new(models_url(), backend)),
            worker: RefCell::new(None),
            clock: RefCell::new(None),
            sources: RefCell::default(),
            running: RefCell::new(None),
            shown: RefCell::new(None),
            unbegun: RefCell::new(None),
            reading: Cell::new(0),
            is_reading: Cell::new(false),
            name: RefCell::new(String::new()),
        }
    }

    /// Shows an error that ends what was under way.
    pub fn alert(&self, error: &Error) {
        self.tell(error);
        self.state.phase.set(Phase::Error);
    }

    /// Shows an error that stops nothing.
    pub fn tell(&self, error: &Error) {
        self.show_alert(error.into());
    }

    fn show_alert(&self, message: Message) {
        self.state.alert.set(Some(message.text.clone()));
        self.state.alert_details.set(Some(message));
    }

    /// Takes the error away, with what was offered against it.
    pub fn clear_alert(&self) {
        self.state.alert.set(None);
        self.state.alert_details.set(None);
        self.state.offers.set(Vec::new());
    }

    /// Shows what the visitor should know, but is no error.
    pub fn notice(&self, message: Message) {
        self.state.notice.set(Some(message.text.clone()));
        self.state.notice_details.set(Some(message));
    }

    /// Loads another model and runs the image again.
    pub fn choose_model(self: &Rc<Self>, id: String) {
        self.state.model.set(id.clone());
        self.handle(Event::Choose { model: id });
    }

    /// Lists the images that were opened together.
    pub fn list(&self, sources: Rc<Vec<Source>>) {
        self.state
            .files
            .set(sources.iter().map(Source::title).collect());
        *self.sources.borrow_mut() = sources;
    }

    /// What the page shows beside the image that is being opened.
    fn origin(&self) -> Origin {
        Origin {
            sample: self.state.sample.get_untracked(),
            sources: Rc::clone(&self.sources.borrow()),
            file: self.state.file.get_untracked(),
        }
    }

    /// Shows where an image comes from.
    fn show_origin(&self, origin: &Origin) {
        self.state.sample.set(origin.sample.clone());
        if !Rc::ptr_eq(&self.sources.borrow(), &origin.sources) {
            self.list(Rc::clone(&origin.sources));
        }
        self.state.file.set(origin.file);
    }

    /// The former image is on screen again, so what stands beside it is of that one, unless another one is coming.
    fn restore_origin(&self) {
        if self.is_reading.get() || self.session.borrow().is_waiting() {
            return;
        }
        let shown = self.shown.borrow().clone();
        let Some(shown) = shown else {
            return;
        };
        if self.sources.borrow().len() > 1 {
            // The next of these files may be a good one, so that they stay to be stepped through.
            self.state.sample.set(shown.sample);
        } else {
            self.show_origin(&shown);
        }
    }

    pub fn open_with(self: &Rc<Self>, opening: Opening) {
        self.state.model.set(opening.model.clone());
        self.handle(Event::Choose {
            model: opening.model,
        });
        if let Some(fault) = opening.faults.first() {
            // What was asked for is not there: opening something else would only hide that.
            self.tell(fault);
        } else if self.reading.get() == 0
            && let Some(sample) = opening.sample
        {
            // Unless somebody has dropped an image before the lists had arrived.
            self.open_sample(&sample, false);
        }
    }

    /// Opens a sample, with the model that it was chosen for where `bring_model` says so.
    pub fn open_sample(self: &Rc<Self>, id: &str, bring_model: bool) {
        let samples = self.state.samples.get_untracked();
        let Some(sample) = samples.iter().find(|sample| sample.id == id) else {
            self.alert(&Error::Sample {
                value: id.to_owned(),
            });
            return;
        };
        self.state.sample.set(Some(sample.id.clone()));
        self.list(Rc::default());
        let models = self.state.models;
        let listed = models.with_untracked(|all| all.iter().any(|one| one.id == sample.model));
        self.read(
            Work::SEGMENT,
            Source::Own {
                path: format!("samples/{}", sample.file),
                name: sample.file.clone(),
            },
            (bring_model && listed).then(|| sample.model.clone()),
        );
    }

    /// Reads the files of an image and hands them to the session; once they are there, `model` is chosen for them.
    pub fn read(self: &Rc<Self>, work: Work, source: Source, model: Option<String>) {
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
        self.is_reading.set(true);
        self.state.busy.set(true);
        let origin = self.origin();
        let inner = Rc::clone(self);
        spawn_local(async move {
            let bytes = source.bytes().await;
            if inner.reading.get() != turn {
                return;
            }
            match bytes {
                Ok(bytes) => {
                    let chosen = inner.state.model.get_untracked();
                    if let Some(model) = model.filter(|model| *model != chosen) {
                        inner.choose_model(model);
                    }
                    inner.is_reading.set(false);
                    inner.handle(Event::Open(Job {
                        id,
                        files: Rc::new(ImageFiles {
                            name: source.name(),
                            bytes,
                            origin,
                        }),
                        work,
                        names: source.names(),
                    }));
                }
                Err(error) => {
                    inner.is_reading.set(false);
                    inner.handle(Event::Unreadable {
                        job: id,
                        message: (&error).into(),
                    });
                }
            }
        });
    }

    pub fn handle(self: &Rc<Self>, event: SessionEvent) {
        let actions = {
            let mut session = self.session.borrow_mut();
            session.clock(dom::now());
            session.handle(event)
        };
        for action in actions {
            if let Err(fault) = self.carry_out(action) {
                self.handle(fault);
                break;
            }
        }
        let session = self.session.borrow();
        // Said only where it changes: this comes with every look at the clock.
        let busy = session.busy() || self.is_reading.get();
        if self.state.busy.get_untracked() != busy {
            self.state.busy.set(busy);
        }
        let fallbacks = session.fallbacks();
        if self.unbegun.borrow().is_none()
            && self.state.fallbacks.with_untracked(|now| *now != fallbacks)
        {
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
                let inner = Rc::clone(self);
                let tick = move || inner.handle(Event::Tick);
                *self.clock.borrow_mut() = Some(Interval::new(TICK_MILLISECONDS, tick));
                state.began.set(Some(dom::now()));
            }
            Action::StopWorker => {
                // Let go after this turn, because the call may come from the clock itself.
                if let Some(clock) = self.clock.borrow_mut().take() {
                    Timeout::new(0, move || drop(clock)).forget();
                }
                if let Some(worker) = self.worker.borrow_mut().take() {
                    worker.end();
                }
            }
            Action::Send { request, files } => self.send(&request, files.as_ref())?,
            Action::WatchLock => {
                if let Some(worker) = &*self.worker.borrow() {
                    worker.watch_lock();
                }
            }
            Action::WatchCancel { job, milliseconds } => {
                let inner = Rc::clone(self);
                let overdue = move || inner.handle(Event::CancelOverdue { job });
                Timeout::new(milliseconds, overdue).forget();
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
            Action::Alert(message) => self.show_alert(message),
            Action::ClearAlert => self.clear_alert(),
            Action::Notice(Some(message)) => self.notice(message),
            Action::Notice(None) => {
                state.notice.set(None);
                state.notice_details.set(None);
            }
            Action::Model(model) => state.model.set(model),
            Action::StillInUse(model) => {
                let title = state.models.with_untracked(|models| {
                    let known = models.iter().find(|known| known.id == model);
                    known.map(|known| known.title.clone())
                });
                self.notice(text::still_in_use(&title.unwrap_or(model)).into());
            }
            Action::OfferModels => {
                if let Some(picture) = state.pending.get_untracked() {
                    let chosen = state.model.get_untracked();
                    let offers = state
                        .models
                        .with_untracked(|models| advice::fitting(models, &chosen, &picture.info));
                    state.offers.set(offers);
                }
            }
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
            Action::DropPending => {
                self.drop_pending();
                self.restore_origin();
            }
            Action::Accept(answer, buffers) => {
                let done = matches!(*answer, Response::Done { .. });
                self.accept(*answer, &buffers)
                    .map_err(|error| Event::Unusable {
                        message: (&error).into(),
                    })?;
                if done {
                    *self.shown.borrow_mut() = self.running.borrow().clone();
                }
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
            | Request::Places { .. }
            | Request::Describe { .. }
            | Request::Cancel { .. }
            | Request::Conform { .. } => {}
        }
        if let (Request::Segment { .. }, Some(files)) = (request, files) {
            files.name.clone_into(&mut self.name.borrow_mut());
            *self.running.borrow_mut() = Some(files.origin.clone());
            // It may have waited while what was beside the former image was shown again.
            if !self.is_reading.get() {
                self.show_origin(&files.origin);
            }
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
            message: (&error).into(),
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
            Incoming::Gone => self.handle(Event::Lost),
            Incoming::Garbled(error) => self.handle(Event::Unusable {
                message: (&error).into(),
            }),
        }
    }
}
