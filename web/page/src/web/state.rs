//! What the page shows: signals that the controller sets and the view reads.

use std::sync::Arc;

use leptos::prelude::*;
use page::catalogue::{Model, Sample};
use page::compose::ColourMap;
use page::picture::{Comparison, Outcome, Picture};
use page::referral::{self, Referral};
use page::session::Phase;
use page::zoom::View;
use protocol::{Backend, ModelInfo, SelfTest, Stage};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Steps done.
    pub done: u32,
    /// Steps in all; 0 where unknown.
    pub total: u32,
}

/// How the picture is drawn; set by the visitor.
#[derive(Debug, Clone, Copy)]
pub struct Display {
    /// Name of the map.
    pub map: RwSignal<String>,
    /// Opacity of the mask, per cent.
    pub mask_opacity: RwSignal<f64>,
    /// Opacity of the map, per cent.
    pub map_opacity: RwSignal<f64>,
    /// Outline instead of fill.
    pub outline: RwSignal<bool>,
    /// Draw the map fainter where it is low.
    pub fade: RwSignal<bool>,
    /// Colours of the map.
    pub colours: RwSignal<ColourMap>,
    /// Values drawn black and white.
    pub window: RwSignal<[f32; 2]>,
    /// The plane of a stack.
    pub plane: RwSignal<usize>,
    /// Share of the width, from the left, that shows the image alone, per cent.
    pub wipe: RwSignal<f64>,
    /// Share of pixels to refer, per cent.
    pub referral: RwSignal<f64>,
    /// Draw where mask and labels differ.
    pub errors: RwSignal<bool>,
    /// Zoom and pan; none shows the whole image.
    pub view: RwSignal<Option<View>>,
    /// The pixel under pointer or crosshair, row and column.
    pub pixel: RwSignal<Option<[usize; 2]>>,
    /// The pixel was chosen with the keyboard: draw a crosshair there and read it aloud.
    pub by_keyboard: RwSignal<bool>,
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
    /// What the visitor should know, but is no error.
    pub notice: RwSignal<Option<String>>,
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
    /// The image that was segmented last.
    pub picture: RwSignal<Option<Arc<Picture>>>,
    /// Its segmentation.
    pub outcome: RwSignal<Option<Arc<Outcome>>>,
    /// The device that made it.
    pub made_on: RwSignal<Option<Backend>>,
    /// Its comparison with labels.
    pub comparison: RwSignal<Option<Arc<Comparison>>>,
    /// Names of the files that were opened together.
    pub files: RwSignal<Vec<String>>,
    /// Which of them is on screen.
    pub file: RwSignal<usize>,
    /// What the referral means for the segmentation.
    pub referral: Memo<Option<Referral>>,
    /// How the picture is drawn.
    pub display: Display,
}

impl State {
    /// The state in which the page opens.
    pub fn new() -> Self {
        let display = Display {
            map: RwSignal::new("ranking".to_owned()),
            mask_opacity: RwSignal::new(30.0),
            map_opacity: RwSignal::new(80.0),
            outline: RwSignal::new(true),
            fade: RwSignal::new(true),
            colours: RwSignal::new(ColourMap::default()),
            window: RwSignal::new([0.0, 255.0]),
            plane: RwSignal::new(0),
            wipe: RwSignal::new(0.0),
            referral: RwSignal::new(0.0),
            errors: RwSignal::new(true),
            view: RwSignal::new(None),
            pixel: RwSignal::new(None),
            by_keyboard: RwSignal::new(false),
        };
        let outcome = RwSignal::new(None::<Arc<Outcome>>);
        let referral = Memo::new(move |_| {
            let outcome = outcome.get()?;
            let (_, ranking) = outcome.map("ranking")?;
            Some(referral::refer(
                ranking,
                &outcome.mask,
                display.referral.get() / 100.0,
            ))
        });
        Self {
            phase: RwSignal::new(Phase::Loading),
            busy: RwSignal::new(false),
            alert: RwSignal::new(None),
            notice: RwSignal::new(None),
            progress: RwSignal::new(None),
            began: RwSignal::new(None),
            models: RwSignal::new(Vec::new()),
            samples: RwSignal::new(Vec::new()),
            model: RwSignal::new(String::new()),
            sample: RwSignal::new(None),
            device: RwSignal::new(None),
            pending: RwSignal::new(None),
            picture: RwSignal::new(None),
            outcome,
            made_on: RwSignal::new(None),
            comparison: RwSignal::new(None),
            files: RwSignal::new(Vec::new()),
            file: RwSignal::new(0),
            referral,
            display,
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
}
