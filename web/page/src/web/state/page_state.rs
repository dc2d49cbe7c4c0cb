//! Everything that the page shows.

use std::sync::Arc;

use leptos::prelude::*;
use page::library::advice::Advice;
use page::library::catalogue::{Model, Sample};
use page::results::outcome::{Comparison, Outcome};
use page::results::referral::{self, Referral};
use page::results::uncertain_regions;
use page::session::{Fallback, Message, Phase};
use page::view::panes::{self, Pane};
use page::view::picture::Picture;
use page::view::shape::Voxel;
use protocol::{Backend, ModelInfo, SelfTest, Stage};

use super::correcting::Correcting;
use super::display::Display;
use super::pane::PaneState;

/// The loaded model and what it runs on.
#[derive(Debug, Clone, PartialEq)]
pub struct Device {
    /// The model.
    pub model: ModelInfo,
    /// What it runs on.
    pub backend: Backend,
    /// The adapter's name.
    pub adapter: Option<String>,
    /// Why it is not WebGPU.
    pub reason: Option<String>,
    /// The known-answer test.
    pub self_test: SelfTest,
}

/// How far the work is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// When that began, in milliseconds since the page was opened.
    pub since: f64,
    /// Steps done.
    pub done: u32,
    /// Steps in all; 0 where unknown.
    pub total: u32,
}

/// Everything that the page shows.
#[derive(Debug, Clone, Copy)]
pub struct State {
    /// What `data-state` says.
    pub phase: RwSignal<Phase>,
    /// There is something to cancel.
    pub busy: RwSignal<bool>,
    /// The error on screen.
    pub alert: RwSignal<Option<String>>,
    /// The same with its details; those of another sentence are not shown.
    pub alert_details: RwSignal<Option<Message>>,
    /// What may help against it.
    pub fallbacks: RwSignal<Vec<Fallback>>,
    /// Models that fit the image that was refused, by identifier and title.
    pub offers: RwSignal<Vec<(String, String)>>,
    /// What the visitor should know, but is no error.
    pub notice: RwSignal<Option<String>>,
    /// The same with its details.
    pub notice_details: RwSignal<Option<Message>>,
    /// What the page will run on, as far as that is known before a model is loaded.
    pub awaited: RwSignal<&'static str>,
    /// What does not fit between image and model, and which model fits better.
    pub advice: Memo<Option<Advice>>,
    /// How far the work is.
    pub progress: RwSignal<Option<Progress>>,
    /// When the work began, in milliseconds since the page was opened.
    pub began: RwSignal<Option<f64>>,
    /// Models to choose from.
    pub models: RwSignal<Vec<Model>>,
    /// Samples to choose from.
    pub samples: RwSignal<Vec<Sample>>,
    /// Identifier of the chosen model.
    pub model: RwSignal<String>,
    /// Identifier of the sample on screen.
    pub sample: RwSignal<Option<String>>,
    /// The loaded model and its device.
    pub device: RwSignal<Option<Arc<Device>>>,
    /// The image that is being segmented.
    pub pending: RwSignal<Option<Arc<Picture>>>,
    /// As much of its mask as there is, class identifiers, `[planes, rows, columns]`.
    pub partial: RwSignal<Option<Arc<Vec<u8>>>>,
    /// The image that was segmented last.
    pub picture: RwSignal<Option<Arc<Picture>>>,
    /// Its segmentation.
    pub outcome: RwSignal<Option<Arc<Outcome>>>,
    /// The device that made it.
    pub made_on: RwSignal<Option<Backend>>,
    /// Its comparison with labels.
    pub comparison: RwSignal<Option<Arc<Comparison>>>,
    /// Titles of the images that were opened together.
    pub files: RwSignal<Vec<String>>,
    /// Which of them is on screen.
    pub file: RwSignal<usize>,
    /// The format in which mask and maps are saved, by its name; none until the visitor chooses one.
    pub format: RwSignal<Option<String>>,
    /// What the referral means for the segmentation.
    pub referral: Memo<Option<Referral>>,
    /// Which of the places to look at was visited last.
    pub place: RwSignal<Option<usize>>,
    /// The views of the image on screen.
    pub views: Memo<Vec<Pane>>,
    /// Name of the tab that is open, in small letters.
    pub tab: RwSignal<String>,
    /// Name of a tab that is to be opened.
    pub tab_wanted: RwSignal<Option<String>>,
    /// How the picture is drawn.
    pub display: Display,
    /// The correction of the mask.
    pub correcting: Correcting,
    /// Where the views are drawn; a picture uses the first only.
    pub panes: [PaneState; 3],
}

impl State {
    /// The state in which the page opens.
    pub fn new() -> Self {
        let display = Display::new();
        let pending = RwSignal::new(None::<Arc<Picture>>);
        let picture = RwSignal::new(None::<Arc<Picture>>);
        let outcome = RwSignal::new(None::<Arc<Outcome>>);
        let models = RwSignal::new(Vec::<Model>::new());
        let model = RwSignal::new(String::new());
        let referral = Memo::new(move |_| {
            let share = display.referral.get() / 100.0;
            outcome.with(|outcome| {
                let info = &outcome.as_ref()?.info;
                let volume = info.shape[0] > 1;
                let expected = info.expected.voxels;
                Some(referral::refer(&info.regions, expected, share, volume))
            })
        });
        let on_screen = move || pending.get().or_else(|| picture.get());
        let views = Memo::new(move |_| {
            on_screen().map_or_else(Vec::new, |picture| {
                panes::panes(&picture.info, display.convention.get())
            })
        });
        let shape = Memo::new(move |_| on_screen().map(|picture| picture.info.shape));
        let advice = Memo::new(move |_| {
            let picture = on_screen()?;
            let chosen = model.get();
            models.with(|models| page::library::advice::advise(models, &chosen, &picture.info))
        });
        Self {
            phase: RwSignal::new(Phase::Loading),
            busy: RwSignal::new(false),
            alert: RwSignal::new(None),
            alert_details: RwSignal::new(None),
            fallbacks: RwSignal::new(Vec::new()),
            offers: RwSignal::new(Vec::new()),
            notice: RwSignal::new(None),
            notice_details: RwSignal::new(None),
            awaited: RwSignal::new(""),
            advice,
            progress: RwSignal::new(None),
            began: RwSignal::new(None),
            models,
            samples: RwSignal::new(Vec::new()),
            model,
            sample: RwSignal::new(None),
            device: RwSignal::new(None),
            pending,
            partial: RwSignal::new(None),
            picture,
            outcome,
            made_on: RwSignal::new(None),
            comparison: RwSignal::new(None),
            files: RwSignal::new(Vec::new()),
            file: RwSignal::new(0),
            format: RwSignal::new(None),
            referral,
            place: RwSignal::new(None),
            views,
            tab: RwSignal::new("see".to_owned()),
            tab_wanted: RwSignal::new(None),
            display,
            correcting: Correcting::new(),
            panes: [0, 1, 2].map(|index| PaneState::new(index, views, shape, display)),
        }
    }

    /// The image on screen: the one being segmented, else the last one.
    pub fn on_screen(&self) -> Option<Arc<Picture>> {
        self.pending.get().or_else(|| self.picture.get())
    }

    /// The segmentation on screen; none while another image is being segmented.
    pub fn result(&self) -> Option<Arc<Outcome>> {
        if self.pending.with(Option::is_some) {
            None
        } else {
            self.outcome.get()
        }
    }

    /// The comparison on screen.
    pub fn compared(&self) -> Option<Arc<Comparison>> {
        if self.pending.with(Option::is_some) {
            None
        } else {
            self.comparison.get()
        }
    }

    /// Whether there is nothing that could be saved or acted on.
    pub fn nothing_made(&self) -> bool {
        self.outcome.with(Option::is_none) || self.pending.with(Option::is_some)
    }

    /// The view that is shown large, or alone.
    pub fn large(&self) -> PaneState {
        let [first, second, third] = self.panes;
        match self.display.large.get() {
            1 => second,
            2 => third,
            _ => first,
        }
    }

    /// The voxel that is read out: that under the pointer, else that of the crosshair where there is one.
    pub fn voxel(&self) -> Option<Voxel> {
        let display = &self.display;
        let crosshair = display.marked.get() || self.views.with(|views| views.len() > 1);
        let pointer = display.pointer.get();
        pointer.or_else(|| crosshair.then(|| display.crosshair.get()))
    }

    /// Brings a voxel before the visitor's eyes: the crosshair goes there, and every view shows it.
    pub fn go_to(&self, voxel: Voxel) {
        self.point_at(voxel);
        for pane in self.panes {
            pane.show(voxel);
        }
    }

    /// Visits one of the places to look at: every view is centred on it and enlarged until it fills a third.
    pub fn visit(&self, place: usize) {
        let Some(outcome) = untrack(|| self.result()) else {
            return;
        };
        if let Some(region) = outcome.info.regions.get(place) {
            self.place.set(Some(place));
            self.point_at(uncertain_regions::peak(region, &outcome));
            let ends = region.bounding_box;
            for pane in self.panes {
                pane.frame(ends.first, ends.last);
            }
        }
    }

    /// Visits the next place to look at, or the one before; after the last comes the first.
    pub fn step(&self, forward: bool) {
        let count = untrack(|| self.result()).map_or(0, |outcome| outcome.info.regions.len());
        if count == 0 {
            return;
        }
        let last = count - 1;
        let place = match (self.place.get_untracked(), forward) {
            (None, true) => 0,
            (None, false) | (Some(0), false) => last,
            (Some(now), true) => (now + 1) % count,
            (Some(now), false) => (now - 1).min(last),
        };
        self.visit(place);
    }

    fn point_at(&self, voxel: Voxel) {
        let display = &self.display;
        display.pointer.set(None);
        display.crosshair.set(voxel);
        display.marked.set(true);
    }
}
