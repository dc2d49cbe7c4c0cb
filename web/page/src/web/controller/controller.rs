//! Carries out what the session decides.

mod answers;
mod sources;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use js_sys::ArrayBuffer;
use leptos::prelude::*;
use page::catalogue::{self, Opening};
use page::errors::Error;
use page::query::Query;
use page::selection;
use page::session::{Action, CANCEL_MILLISECONDS, Event, Job, Phase, Session, WayOut, Work};
use protocol::{ExportFormat, Exported, Request};
use wasm_bindgen_futures::spawn_local;

use self::sources::{Source, lists, models_url};
use super::dom;
use super::files::Chosen;
use super::state::{Progress, State};
use super::worker_client::{Incoming, WorkerClient};

/// The page's one controller; copies are the same controller.
#[derive(Clone, Copy)]
pub struct Controller(StoredValue<Rc<Inner>, LocalStorage>);

struct Inner {
    state: State,
    session: RefCell<Session>,
    worker: RefCell<Option<WorkerClient>>,
    /// Files that may still be needed, by number.
    held: RefCell<HashMap<u32, Held>>,
    /// Arrays of the answer that is being handled.
    incoming: RefCell<Vec<ArrayBuffer>>,
    /// Images that were opened together.
    files: RefCell<Vec<Source>>,
    /// Only the file that was asked for last is opened when several are being read.
    reading: Cell<u32>,
    /// Name of the image of the running job.
    name: RefCell<String>,
}

/// The files of one image.
struct Held {
    /// Name for people and for saved files.
    name: String,
    /// Their bytes.
    bytes: Vec<ArrayBuffer>,
}

impl Controller {
    /// A controller that has not begun.
    pub fn new(state: State, query: &Query) -> Self {
        Self(StoredValue::new_local(Rc::new(Inner {
            state,
            session: RefCell::new(Session::new(models_url(), query.backend)),
            worker: RefCell::new(None),
            held: RefCell::new(HashMap::new()),
            incoming: RefCell::new(Vec::new()),
            files: RefCell::new(Vec::new()),
            reading: Cell::new(0),
            name: RefCell::new(String::new()),
        })))
    }

    fn inner(&self) -> Rc<Inner> {
        self.0.get_value()
    }

    /// Fetches the lists, loads the model and opens the first sample. `fault` is what is wrong with the address.
    pub fn begin(&self, query: Query, fault: Option<Error>) {
        let inner = self.inner();
        spawn_local(async move {
            match lists(&inner.state).await.and_then(|(models, samples)| {
                catalogue::opening(
                    &models,
                    &samples,
                    query.model.as_deref(),
                    query.sample.as_deref(),
                )
            }) {
                Ok(mut opening) => {
                    opening.faults.extend(fault);
                    inner.open_with(opening);
                }
                Err(error) => inner.alert(&error),
            }
        });
    }

    /// Loads another model and runs the image again.
    pub fn choose_model(&self, id: String) {
        let inner = self.inner();
        inner.state.model.set(id.clone());
        inner.handle(Event::Choose { model: id });
    }

    /// Opens a sample.
    pub fn open_sample(&self, id: &str) {
        self.inner().open_sample(id);
    }

    /// Compares with the labels that come with the sample on screen.
    pub fn check_sample(&self) {
        let inner = self.inner();
        let id = inner.state.sample.get_untracked();
        let samples = inner.state.samples.get_untracked();
        let labels = samples
            .iter()
            .find(|sample| Some(&sample.id) == id.as_ref())
            .and_then(|sample| sample.labels.clone());
        if let Some(labels) = labels {
            inner.read(
                Work::Check,
                Source::Own {
                    path: format!("samples/{labels}"),
                    name: labels,
                },
            );
        }
    }

    /// Opens files: those that belong together as one image. The first image is run, the others can be stepped to.
    pub fn open_files(&self, files: Vec<Chosen>) {
        let inner = self.inner();
        let sources = grouped(files);
        if sources.is_empty() {
            inner.alert(&Error::NoFile);
            return;
        }
        inner
            .state
            .files
            .set(sources.iter().map(Source::title).collect());
        *inner.files.borrow_mut() = sources;
        self.open_listed(0);
    }

    /// Opens the images in a folder, which may hold other files as well.
    pub fn open_folder(&self, mut files: Vec<Chosen>) {
        files.retain(|chosen| selection::may_hold_image(&chosen.path));
        self.open_files(files);
    }

    /// Segments another of the series in the files on screen.
    pub fn choose_series(&self, series: u32) {
        self.inner().handle(Event::ChooseSeries { series });
    }

    /// Makes a file of what is shown and saves it.
    pub fn export(&self, what: Exported, format: ExportFormat) {
        self.inner().handle(Event::Export { what, format });
    }

    /// Asks for the values of a map of the result on screen that did not come with it.
    pub fn fetch_map(&self, job: u32, name: String) {
        let inner = self.inner();
        if let Err(event) = inner.send(&Request::Map { job, name }) {
            inner.handle(event);
        }
    }

    /// Does what has failed in another way.
    pub fn try_again(&self, way: WayOut) {
        self.inner().handle(Event::TryAgain(way));
    }

    /// Opens one of the images that were opened together.
    pub fn open_listed(&self, index: usize) {
        let inner = self.inner();
        let source = inner.files.borrow().get(index).cloned();
        if let Some(source) = source {
            inner.state.file.set(index);
            inner.state.sample.set(None);
            inner.read(Work::SEGMENT, source);
        }
    }

    /// Compares with labels from files.
    pub fn open_labels(&self, files: Vec<Chosen>) {
        let inner = self.inner();
        match grouped(files).into_iter().next() {
            Some(source) => inner.read(Work::Check, source),
            None => inner.alert(&Error::NoFile),
        }
    }

    /// Gives up what is being done.
    pub fn cancel(&self) {
        let inner = self.inner();
        inner.reading.set(inner.reading.get().wrapping_add(1));
        inner.handle(Event::Cancel);
    }

    /// Puts the error away.
    pub fn dismiss(&self) {
        self.inner().handle(Event::Dismiss);
    }

    /// Shows an error of the page's own that stops nothing.
    pub fn tell(&self, error: &Error) {
        self.inner().state.alert.set(Some(error.to_string()));
    }
}

impl Inner {
    fn alert(&self, error: &Error) {
        self.state.alert.set(Some(error.to_string()));
        self.state.phase.set(Phase::Error);
    }

    fn open_with(self: &Rc<Self>, opening: Opening) {
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

    fn open_sample(self: &Rc<Self>, id: &str) {
        let samples = self.state.samples.get_untracked();
        let Some(sample) = samples.iter().find(|sample| sample.id == id) else {
            self.alert(&Error::Sample {
                value: id.to_owned(),
            });
            return;
        };
        self.state.sample.set(Some(sample.id.clone()));
        self.state.files.set(Vec::new());
        self.files.borrow_mut().clear();
        self.read(
            Work::SEGMENT,
            Source::Own {
                path: format!("samples/{}", sample.file),
                name: sample.file.clone(),
            },
        );
    }

    /// Reads the files of an image and hands them to the session.
    fn read(self: &Rc<Self>, work: Work, source: Source) {
        let turn = self.reading.get().wrapping_add(1);
        self.reading.set(turn);
        let id = self.session.borrow_mut().number();
        let job = Job {
            id,
            file: id,
            work,
            names: source.names(),
        };
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
                Ok(bytes) => {
                    let name = source.name();
                    let held = Held { name, bytes };
                    inner.held.borrow_mut().insert(job.file, held);
                    inner.handle(Event::Open(job));
                }
                Err(error) => inner.handle(Event::Unreadable {
                    job: job.id,
                    message: error.to_string(),
                }),
            }
        });
    }

    fn handle(self: &Rc<Self>, event: Event) {
        let actions = self.session.borrow_mut().handle(event);
        for action in actions {
            if let Err(fault) = self.carry_out(action) {
                self.handle(fault);
                break;
            }
        }
        let session = self.session.borrow();
        self.state.busy.set(session.busy());
        let ways_out = session.ways_out();
        if self.state.ways_out.with_untracked(|ways| *ways != ways_out) {
            self.state.ways_out.set(ways_out);
        }
        self.held
            .borrow_mut()
            .retain(|file, _| session.needs(*file));
    }

    /// Carries out one action; a failure is an event of its own and ends the rest.
    fn carry_out(self: &Rc<Self>, action: Action) -> Result<(), Event> {
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
                    // Dropped after this turn, because the call may come from one of its own closures.
                    set_timeout(move || drop(worker), Duration::ZERO);
                }
            }
            Action::Send(request) => self.send(&request)?,
            Action::WatchCancel { job } => {
                let inner = Rc::clone(self);
                let wait = Duration::from_millis(u64::from(CANCEL_MILLISECONDS));
                set_timeout(move || inner.handle(Event::CancelOverdue { job }), wait);
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
            Action::Accept(answer) => {
                let buffers = self.incoming.take();
                self.accept(*answer, &buffers)
                    .map_err(|error| Event::Unusable {
                        message: error.to_string(),
                    })?;
            }
        }
        Ok(())
    }

    fn send(&self, request: &Request) -> Result<(), Event> {
        let buffers = match request {
            Request::Segment { .. } | Request::Check { .. } => {
                self.state.began.set(Some(dom::now()));
                let file = self.session.borrow().file();
                let held = self.held.borrow();
                let held = file.and_then(|file| held.get(&file));
                if let (Request::Segment { .. }, Some(held)) = (request, held) {
                    held.name.clone_into(&mut self.name.borrow_mut());
                }
                // Copies, because the originals are needed again when the job moves to another device.
                let bytes = held.into_iter().flat_map(|held| &held.bytes);
                bytes.map(|bytes| bytes.slice(0)).collect()
            }
            Request::Export { .. } => {
                self.state.began.set(Some(dom::now()));
                Vec::new()
            }
            _ => Vec::new(),
        };
        let worker = self.worker.borrow();
        let sent = worker
            .as_ref()
            .map_or(Ok(()), |worker| worker.send(request, &buffers));
        sent.map_err(|error| Event::Unusable {
            message: error.to_string(),
        })
    }

    fn take(self: &Rc<Self>, incoming: Incoming) {
        match incoming {
            Incoming::Answer(answer, buffers) => {
                *self.incoming.borrow_mut() = buffers;
                self.handle(Event::Answer(answer));
                self.incoming.borrow_mut().clear();
            }
            Incoming::Crash(fault) => self.handle(Event::Crashed { fault }),
            Incoming::Garbled(message) => self.handle(Event::Unusable { message }),
        }
    }
}

/// The images among files, in the order of the files' paths.
fn grouped(mut files: Vec<Chosen>) -> Vec<Source> {
    files.sort_by(|one, other| one.path.cmp(&other.path));
    let paths: Vec<String> = files.iter().map(|chosen| chosen.path.clone()).collect();
    let groups = selection::groups(&paths).into_iter();
    groups
        .map(|group| {
            let members = group.members.iter();
            let members = members.filter_map(|index| files.get(*index));
            Source::Files {
                files: members.map(|chosen| chosen.file.clone()).collect(),
                group,
            }
        })
        .collect()
}
