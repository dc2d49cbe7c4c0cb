//! The correction of the mask on screen: tools, the corrected mask, the review.

use std::sync::Arc;

use correction::{CorrectedMask, Decision, Review};
use leptos::prelude::*;
use page::correct::tools::{self, Tool};
use page::results::outcome::Outcome;
use protocol::BoundingBox;

/// What of a view's layer is out of date.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Stale {
    /// Nothing.
    #[default]
    Nothing,
    /// What lies in a box.
    Part(BoundingBox),
    /// All of it.
    Everything,
}

/// A line that is being drawn around something.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Drawn {
    /// The view that it is drawn on.
    pub pane: usize,
    /// Rows and columns of the view, pixel centres at whole numbers.
    pub points: Vec<[f64; 2]>,
}

/// The correction of the mask on screen.
#[derive(Debug, Clone, Copy)]
pub struct Correcting {
    /// The corrected mask; none before the first correction.
    pub mask: StoredValue<Option<CorrectedMask>>,
    /// What of each view's layer is out of date.
    stale: StoredValue<[Stale; 3]>,
    /// Counts every change of the mask, in the middle of a stroke too.
    pub changes: RwSignal<u64>,
    /// Counts the steps: what takes time follows these.
    pub steps: RwSignal<u64>,
    /// There are voxels that differ from the model's mask.
    pub edited: RwSignal<bool>,
    /// There are corrections that were not saved.
    pub unsaved: RwSignal<bool>,
    /// The bar of tools is shown.
    pub open: RwSignal<bool>,
    /// The tool in hand.
    pub tool: RwSignal<Tool>,
    /// Pixels across of the brush.
    pub size: RwSignal<f64>,
    /// The brush is a ball and reaches through planes.
    pub ball: RwSignal<bool>,
    /// The class that is painted.
    pub class: RwSignal<u8>,
    /// Draw the outline of the model's own mask.
    pub show_model: RwSignal<bool>,
    /// Draw the doubt while a tool is in hand.
    pub show_doubt: RwSignal<bool>,
    /// Where the pointer is: a view, and a position on its canvas.
    pub pointer: RwSignal<Option<(usize, [f64; 2])>>,
    /// The line of the lasso.
    pub lasso: RwSignal<Drawn>,
    /// The review of the image.
    pub review: RwSignal<Review>,
    /// What has just been done, for those who cannot see it.
    pub said: RwSignal<String>,
    /// Save the corrected mask, not the model's own.
    pub save_corrected: RwSignal<bool>,
    /// Single keys work.
    pub single_keys: RwSignal<bool>,
}

impl Correcting {
    /// Nothing is corrected.
    pub fn new() -> Self {
        Self {
            mask: StoredValue::new(None),
            stale: StoredValue::new([Stale::Everything; 3]),
            changes: RwSignal::new(0),
            steps: RwSignal::new(0),
            edited: RwSignal::new(false),
            unsaved: RwSignal::new(false),
            open: RwSignal::new(false),
            tool: RwSignal::new(Tool::Move),
            size: RwSignal::new(8.0),
            ball: RwSignal::new(false),
            class: RwSignal::new(1),
            show_model: RwSignal::new(true),
            show_doubt: RwSignal::new(false),
            pointer: RwSignal::new(None),
            lasso: RwSignal::new(Drawn::default()),
            review: RwSignal::new(Review::default()),
            said: RwSignal::new(String::new()),
            save_corrected: RwSignal::new(true),
            single_keys: RwSignal::new(true),
        }
    }

    /// Whether a tool that draws is in hand.
    pub fn drawing(&self) -> bool {
        self.tool.get().draws()
    }

    /// Whether the corrected mask is drawn in place of the model's.
    pub fn shown(&self) -> bool {
        self.drawing() || self.edited.get()
    }

    /// Begins with another segmentation. What was corrected stays where the same image was segmented again by the same
    /// model, for another device, say.
    pub fn follow(&self, outcome: &Outcome, before: Option<&Outcome>, same_image: bool) {
        let same = same_image
            && before.is_some_and(|before| {
                before.model.weights_sha256 == outcome.model.weights_sha256
                    && before.info.shape == outcome.info.shape
            });
        let kept = self.mask.try_update_value(Option::take).flatten();
        let kept = kept.filter(|_| same);
        let kept = kept.and_then(|mask| mask.rebased(Arc::clone(&outcome.mask)).ok());
        self.edited
            .set(kept.as_ref().is_some_and(|mask| mask.changed() > 0));
        self.mask.set_value(kept);
        let same_places =
            same && before.is_some_and(|before| before.info.regions == outcome.info.regions);
        if !same_places {
            self.review.update(|review| {
                let requirement = review.requirement;
                *review = Review::new(outcome.info.regions.len());
                review.requirement = requirement;
            });
        }
        if !same {
            self.tool.set(Tool::Move);
            self.unsaved.set(false);
            self.said.set(String::new());
            self.size.set(tools::first_size(outcome.info.shape));
            let classes = outcome.model.classes.iter();
            let first = classes.map(|class| class.id).find(|id| *id != 0);
            self.class.set(first.unwrap_or(1));
        }
        self.lasso.set(Drawn::default());
        self.all_is_stale();
        self.changes.update(|changes| *changes += 1);
        self.steps.update(|steps| *steps += 1);
    }

    /// Changes the mask, which is made from the segmentation's own the first time.
    pub fn change<R>(
        &self,
        outcome: &Outcome,
        change: impl FnOnce(&mut CorrectedMask) -> R,
    ) -> Result<R, correction::Error> {
        if self.mask.with_value(Option::is_none) {
            let mask = CorrectedMask::new(Arc::clone(&outcome.mask), outcome.info.shape)?;
            self.mask.set_value(Some(mask));
        }
        let mut result = None;
        self.mask.update_value(|mask| {
            result = mask.as_mut().map(change);
        });
        // It has just been made.
        result.ok_or(correction::Error::Length {
            what: "mask",
            found: 0,
            expected: outcome.mask.len(),
        })
    }

    /// Takes note that a box has to be drawn anew.
    pub fn changed(&self, area: Option<BoundingBox>) {
        let Some(area) = area else {
            return;
        };
        self.stale.update_value(|stale| {
            for stale in stale {
                *stale = match *stale {
                    Stale::Nothing => Stale::Part(area),
                    Stale::Part(before) => correction::joined(Some(before), Some(area))
                        .map_or(Stale::Everything, Stale::Part),
                    Stale::Everything => Stale::Everything,
                };
            }
        });
        self.changes.update(|changes| *changes += 1);
    }

    /// Takes note that a step is done.
    pub fn stepped(&self) {
        let changed = self
            .mask
            .with_value(|mask| mask.as_ref().map_or(0, CorrectedMask::changed));
        self.edited.set(changed > 0);
        self.unsaved.set(true);
        self.steps.update(|steps| *steps += 1);
    }

    /// All layers have to be drawn anew.
    pub fn all_is_stale(&self) {
        self.stale.set_value([Stale::Everything; 3]);
    }

    /// What of a view's layer is out of date; it is asked by who draws it.
    pub fn take_stale(&self, pane: usize) -> Stale {
        let mut found = Stale::Nothing;
        self.stale.update_value(|stale| {
            if let Some(stale) = stale.get_mut(pane) {
                found = std::mem::take(stale);
            }
        });
        found
    }

    /// What was decided about a place.
    pub fn decision(&self, place: usize) -> Option<Decision> {
        self.review.with(|review| review.decision(place))
    }
}
