//! Which lesson is open, at which step, and what was answered.

use std::sync::Arc;

use gloo::utils::window;
use js_sys::Array;
use leptos::prelude::*;
use page::errors::Error;
use page::lesson::answers::Answers;
use page::lesson::document::{self, Index, Lesson, Step};
use page::library::catalogue;
use page::library::query::{self, Query};
use page::results::outcome::Outcome;
use page::view::compose::Mode;
use page::view::picture::Picture;
use wasm_bindgen_futures::spawn_local;

use crate::web::controller::Controller;
use crate::web::dom;
use crate::web::state::State;

/// The untouched image that a figure has made worse.
#[derive(Debug, Clone, PartialEq)]
pub struct Untouched {
    /// The sample that it is, if it is one.
    pub sample: Option<String>,
    /// The image.
    pub picture: Arc<Picture>,
    /// Its segmentation.
    pub outcome: Arc<Outcome>,
    /// What the labels mark, where they are known.
    pub truth: Option<Arc<Vec<bool>>>,
}

/// The lesson; copies are the same one.
#[derive(Debug, Clone, Copy)]
pub struct LessonState {
    /// Whether it is on screen.
    pub open: RwSignal<bool>,
    /// Whether it is shown as the teacher needs it.
    pub teacher: RwSignal<bool>,
    /// The list of lessons.
    pub index: RwSignal<Option<Arc<Index>>>,
    /// The lesson in the language that is shown.
    pub lesson: RwSignal<Option<Arc<Lesson>>>,
    /// The step, counted from 0; the number of steps at the end.
    pub step: RwSignal<usize>,
    /// What was answered.
    pub answers: RwSignal<Answers>,
    /// When it began, in milliseconds since the page was opened.
    pub began: RwSignal<Option<f64>>,
    /// Name of the image that a figure has made.
    pub made: RwSignal<Option<String>>,
    /// What that image was made from.
    pub untouched: RwSignal<Option<Untouched>>,
}

impl LessonState {
    /// No lesson.
    pub fn new() -> Self {
        Self {
            open: RwSignal::new(false),
            teacher: RwSignal::new(false),
            index: RwSignal::new(None),
            lesson: RwSignal::new(None),
            step: RwSignal::new(0),
            answers: RwSignal::new(Answers::default()),
            began: RwSignal::new(None),
            made: RwSignal::new(None),
            untouched: RwSignal::new(None),
        }
    }

    /// Begins the page: where the address names a lesson, with the image of its step.
    pub fn begin(self, state: State, controller: Controller, query: Query, fault: Option<Error>) {
        let Some(id) = query.lesson.clone() else {
            controller.begin(query, fault);
            return;
        };
        spawn_local(async move {
            let (mut query, mut fault) = (query, fault);
            match self.load(Some(&id), query.language.as_deref()).await {
                Ok(()) => {
                    self.teacher.set(query.teacher);
                    let last = self.steps();
                    self.step
                        .set(query.step.map_or(0, |step| step - 1).min(last));
                    self.begun();
                    if let Some(step) = self.current() {
                        if query.sample.is_none() && query.model.is_none() {
                            query.sample = Some(step.sample.clone());
                            query.model = Some(step.model.clone());
                        }
                        draw(&step, state);
                    }
                }
                Err(error) => fault = fault.or(Some(error)),
            }
            controller.begin(query, fault);
        });
    }

    /// Opens the first lesson there is, or the one that was open, on the image on screen.
    pub fn enter(self, state: State, controller: Controller) {
        if self.lesson.with_untracked(Option::is_some) {
            self.begun();
            self.address();
            return;
        }
        spawn_local(async move {
            match self.load(None, None).await {
                Ok(()) => {
                    self.begun();
                    self.address();
                    self.show(state, controller, false);
                }
                Err(error) => controller.tell(&error),
            }
        });
    }

    /// Puts it away; answers stay.
    pub fn leave(self) {
        self.open.set(false);
        self.teacher.set(false);
        self.address();
    }

    /// Goes to a step.
    pub fn go(self, step: usize, state: State, controller: Controller) {
        self.step.set(step.min(self.steps()));
        self.address();
        self.show(state, controller, false);
    }

    /// Shows the lesson in another language.
    pub fn translate(self, language: String, controller: Controller) {
        let id = self
            .lesson
            .with_untracked(|lesson| Some(lesson.as_ref()?.id.clone()));
        spawn_local(async move {
            match self.load(id.as_deref(), Some(&language)).await {
                Ok(()) => self.address(),
                Err(error) => controller.tell(&error),
            }
        });
    }

    /// Shows the page as for the teacher, or as for everybody.
    pub fn teach(self, teacher: bool) {
        self.teacher.set(teacher);
        self.address();
    }

    /// How many steps there are.
    pub fn steps(self) -> usize {
        self.lesson
            .with_untracked(|lesson| lesson.as_ref().map_or(0, |lesson| lesson.steps.len()))
    }

    /// The step that is shown.
    pub fn current(self) -> Option<Step> {
        let step = self.step.get_untracked();
        self.lesson
            .with_untracked(|lesson| lesson.as_ref()?.steps.get(step).cloned())
    }

    /// Draws the picture as the step wants it, and opens its sample: always if that was asked for, else where no image of the
    /// visitor's own is on screen.
    pub fn show(self, state: State, controller: Controller, asked: bool) {
        let Some(step) = self.current() else { return };
        draw(&step, state);
        let here = state.sample.get_untracked();
        if (asked || self.is_of_lesson(state)) && here.as_ref() != Some(&step.sample) {
            controller.open_sample(&step.sample);
        }
    }

    /// Whether the image on screen is a sample, or one that a figure has made.
    pub fn is_of_lesson(self, state: State) -> bool {
        let made = self.made.get();
        let name = state
            .picture
            .with(|picture| Some(picture.as_ref()?.name.clone()));
        state.sample.with(Option::is_some) || name.is_none() || (made.is_some() && name == made)
    }

    fn begun(self) {
        self.open.set(true);
        if self.began.with_untracked(Option::is_none) {
            self.began.set(Some(dom::now()));
        }
    }

    /// Fetches a lesson, the first one if none is named.
    async fn load(self, id: Option<&str>, language: Option<&str>) -> Result<(), Error> {
        let index = match self.index.get_untracked() {
            Some(index) => index,
            None => {
                let file = "lessons/index.json";
                let index: Index = catalogue::parse(file, &dom::fetch_text(file).await?)?;
                let index = Arc::new(index);
                self.index.set(Some(Arc::clone(&index)));
                index
            }
        };
        let mut entries = index.lessons.iter();
        let entry = match id {
            Some(id) => entries.find(|entry| entry.id == id),
            None => entries.next(),
        };
        let entry = entry.ok_or_else(|| Error::Lesson {
            value: id.unwrap_or_default().to_owned(),
        })?;
        let chosen = document::language(entry, language, &preferred()).unwrap_or("en");
        let file = format!("lessons/{}.{chosen}.json", entry.id);
        let lesson: Lesson = catalogue::parse(&file, &dom::fetch_text(&file).await?)?;
        let same = self
            .lesson
            .with_untracked(|old| old.as_ref().is_some_and(|old| old.id == lesson.id));
        if !same {
            self.answers.set(Answers::new(lesson.steps.len()));
            self.step.set(0);
        }
        self.lesson.set(Some(Arc::new(lesson)));
        Ok(())
    }

    /// Writes into the address what is open, so that a reload and a bookmark lead here.
    fn address(self) {
        let search = window().location().search().unwrap_or_default();
        let open = self.open.get_untracked();
        let lesson = self.lesson.get_untracked().filter(|_| open);
        let place = lesson.as_ref().map(|lesson| query::LessonPlace {
            id: &lesson.id,
            step: self.step.get_untracked() + 1,
            language: &lesson.language,
            teacher: self.teacher.get_untracked(),
        });
        let address = query::with_lesson(&search, place);
        if let Ok(history) = window().history() {
            // Without it a reload begins anew; nothing else is lost.
            history
                .replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address))
                .unwrap_or_default();
        }
    }
}

/// Draws the picture as a step wants it.
fn draw(step: &Step, state: State) {
    let display = &state.display;
    let number = |value: &String| value.parse::<f64>().ok();
    for (setting, value) in &step.view {
        match setting.as_str() {
            "mode" => match value.as_str() {
                "penumbra" => display.mode.set(Mode::Penumbra),
                "map" => display.mode.set(Mode::Map),
                "mask" => display.mode.set(Mode::Mask),
                _ => {}
            },
            "map" => display.map.set(value.clone()),
            "sure" => display.sure.set(number(value).unwrap_or(90.0)),
            "referral" => display.referral.set(number(value).unwrap_or(0.0)),
            _ => {}
        }
    }
}

/// The languages that the visitor reads, as the browser says.
fn preferred() -> Vec<String> {
    let languages: Array = window().navigator().languages();
    languages
        .iter()
        .filter_map(|code| code.as_string())
        .collect()
}
