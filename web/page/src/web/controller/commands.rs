//! What the view may ask for.

use std::rc::Rc;

use leptos::prelude::*;
use page::errors::Error;
use page::library::catalogue;
use page::library::query::Query;
use page::library::selection;
use page::session::{Event, Fallback, Message, Phase, Work};
use page::text;
use protocol::{ExportFormat, Exported, PartChoice, Request};
use wasm_bindgen_futures::spawn_local;

use super::execution::Inner;
use super::sources::{Source, grouped, lists};
use crate::web::files::Chosen;
use crate::web::keys;
use crate::web::state::State;

/// The page's one controller; copies are the same controller.
#[derive(Clone, Copy)]
pub struct Controller(StoredValue<Rc<Inner>, LocalStorage>);

impl Controller {
    /// A controller that has not begun.
    pub fn new(state: State, query: &Query) -> Self {
        Self(StoredValue::new_local(Rc::new(Inner::new(
            state,
            query.backend,
        ))))
    }

    fn inner(&self) -> Rc<Inner> {
        self.0.get_value()
    }

    /// Fetches the lists, loads the model and opens the first sample. `fault` is what is wrong with the address.
    pub fn begin(&self, query: Query, fault: Option<Error>) {
        let inner = self.inner();
        spawn_local(async move {
            let opening = lists(&inner.state)
                .await
                .and_then(|(models, samples, missing)| {
                    let (model, sample) = (query.model.as_deref(), query.sample.as_deref());
                    // A list that is not there knows no sample; that is told already.
                    let sample = sample.filter(|_| missing.is_none());
                    let opening = catalogue::opening(&models, &samples, model, sample)?;
                    Ok((opening, missing))
                });
            match opening {
                Ok((mut opening, missing)) => {
                    opening.faults.extend(fault);
                    inner.open_with(opening);
                    if let Some(missing) = missing {
                        let details = missing.details().unwrap_or_default();
                        inner.notice(Message::with_details(text::NO_SAMPLES, details));
                    }
                }
                Err(error) => {
                    inner.alert(&error);
                    *inner.unbegun.borrow_mut() = Some((query, fault));
                    inner.state.fallbacks.set(vec![Fallback::Again]);
                }
            }
        });
    }

    /// Loads another model and runs the image again.
    pub fn choose_model(&self, id: String) {
        let inner = self.inner();
        if !keys::may_leave(&inner.state) {
            // The select shows the model again that stays.
            inner.state.model.notify();
            return;
        }
        inner.choose_model(id);
    }

    /// Opens a sample with the model that it was chosen for.
    pub fn open_sample(&self, id: &str) {
        self.inner().open_sample(id, true);
    }

    /// Opens a sample, with the model that it was chosen for if `own_model` says so.
    pub fn open_sample_with(&self, id: &str, own_model: bool) {
        self.inner().open_sample(id, own_model);
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
                None,
            );
        }
    }

    /// Opens files: those that belong together as one image. The first image is run, the others can be stepped to.
    pub fn open_files(&self, files: Vec<Chosen>) {
        let inner = self.inner();
        let sources = grouped(files);
        if sources.is_empty() {
            inner.tell(&Error::NoFile);
            return;
        }
        inner.list(Rc::new(sources));
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

    /// Segments another time point or channel of the series on screen.
    pub fn choose_part(&self, part: PartChoice) {
        self.inner().handle(Event::ChoosePart { part });
    }

    /// Makes a file of what is shown and saves it.
    pub fn export(&self, what: Exported, format: ExportFormat) {
        self.inner().handle(Event::Export { what, format });
    }

    /// Asks for the values of a map of the result on screen that did not come with it.
    pub fn fetch_map(&self, job: u32, name: String) {
        let inner = self.inner();
        if let Err(event) = inner.send(&Request::Map { job, name }, None) {
            inner.handle(event);
        }
    }

    /// Asks for the probabilities of a class of the result on screen that did not come with it.
    pub fn fetch_probability(&self, job: u32, class: u8) {
        let inner = self.inner();
        if let Err(event) = inner.send(&Request::Probability { job, class }, None) {
            inner.handle(event);
        }
    }

    /// Asks for the places to look at of the result on screen with another tolerance, in voxels.
    pub fn list_places(&self, job: u32, tolerance: u32) {
        let inner = self.inner();
        if let Err(event) = inner.send(&Request::Places { job, tolerance }, None) {
            inner.handle(event);
        }
    }

    /// Does what has failed in another way.
    pub fn try_again(&self, fallback: Fallback) {
        let inner = self.inner();
        let unbegun = inner.unbegun.borrow_mut().take();
        if let Some((query, fault)) = unbegun {
            inner.clear_alert();
            inner.state.fallbacks.set(Vec::new());
            inner.state.phase.set(Phase::Loading);
            self.begin(query, fault);
        } else {
            inner.handle(Event::TryAgain(fallback));
        }
    }

    /// Opens one of the images that were opened together.
    pub fn open_listed(&self, index: usize) {
        let inner = self.inner();
        let source = inner.sources.borrow().get(index).cloned();
        if let Some(source) = source {
            inner.state.file.set(index);
            inner.state.sample.set(None);
            inner.read(Work::SEGMENT, source, None);
        }
    }

    /// Opens a file that the page has made itself. What was opened together before can still be stepped to.
    pub fn open_made(&self, name: String, bytes: &[u8]) {
        let inner = self.inner();
        inner.state.sample.set(None);
        let bytes = js_sys::Uint8Array::from(bytes).buffer();
        inner.read(Work::SEGMENT, Source::Made { name, bytes }, None);
    }

    /// Compares with labels from files.
    pub fn open_labels(&self, files: Vec<Chosen>) {
        let inner = self.inner();
        match grouped(files).into_iter().next() {
            Some(source) => inner.read(Work::Check, source, None),
            None => inner.tell(&Error::NoFile),
        }
    }

    /// Gives up what is being done.
    pub fn cancel(&self) {
        let inner = self.inner();
        inner.reading.set(inner.reading.get().wrapping_add(1));
        inner.is_reading.set(false);
        inner.handle(Event::Cancel);
    }

    /// Puts the error away.
    pub fn dismiss(&self) {
        self.inner().handle(Event::Dismiss);
    }

    /// Shows an error of the page's own that stops nothing.
    pub fn tell(&self, error: &Error) {
        self.inner().tell(error);
    }
}
