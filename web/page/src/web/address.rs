//! Keeps the address in step with what is on screen, and the screen in step with the address when the visitor goes back.

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use gloo::utils::window;
use leptos::prelude::*;
use page::library::address::{self, Look};
use page::library::query::Query;
use page::view::shape::Voxel;
use wasm_bindgen::JsValue;

use super::controller::Controller;
use super::state::State;

/// How long the screen rests before the address follows, in milliseconds: browsers allow only so many changes in a time.
const REST_MILLISECONDS: u32 = 400;

/// The address of what is on screen.
#[derive(Clone, Copy)]
pub struct Address {
    state: State,
    controller: Controller,
    /// How the page opens.
    initial: StoredValue<Look>,
    /// Where the crosshair goes once the sample of that name is segmented.
    wanted: StoredValue<Option<(String, Voxel)>>,
    /// The query for what is on screen.
    query: Memo<Option<String>>,
}

impl Address {
    /// Takes over how the address wants the image to be looked at, and follows from then on; in a frame it follows nothing.
    pub fn begin(state: State, controller: Controller, query: &Query) -> Self {
        let initial = StoredValue::new(Look {
            at: None,
            ..look(&state)
        });
        let made = Memo::new(move |_| {
            let model = state.model.get();
            let sample = state.sample.get();
            let now = look(&state);
            let search = window().location().search().unwrap_or_default();
            state.result()?;
            let now = initial.with_value(|initial| now.without(initial));
            Some(address::write(&search, &model, sample.as_deref(), &now))
        });
        let address = Self {
            state,
            controller,
            initial,
            wanted: StoredValue::new(None),
            query: made,
        };
        address.apply(&query.look, query.sample.as_deref());
        address.arrive();
        if !query.embed {
            address.follow();
        }
        address
    }

    /// A link that opens what is on screen.
    pub fn link(&self) -> String {
        let location = window().location();
        let origin = location.origin().unwrap_or_default();
        let path = location.pathname().unwrap_or_default();
        let query = self.query.get().unwrap_or_default();
        format!("{origin}{path}{query}")
    }

    /// Sets the display to a look; what it does not say is as the page opens.
    pub fn apply(&self, look: &Look, sample: Option<&str>) {
        let display = self.state.display;
        let (at, tab) = (look.at, look.tab.clone());
        display.sure_asked.set(look.sure.is_some());
        let look = look.clone().over(self.initial.get_value());
        let per_cent = |signal: RwSignal<f64>, value: Option<u8>| {
            if let Some(value) = value {
                signal.set(f64::from(value));
            }
        };
        if let Some(map) = look.map {
            display.map.set(map);
        }
        if let Some(mode) = look.mode {
            display.mode.set(mode);
        }
        if let Some(colours) = look.colours {
            display.colours.set(colours);
        }
        per_cent(display.sure, look.sure);
        per_cent(display.mask_opacity, look.mask_opacity);
        per_cent(display.map_opacity, look.map_opacity);
        per_cent(display.referral, look.referral);
        display.large.set(look.view.unwrap_or_default());
        // Only where the address says so: on a narrow page the tab's panel is scrolled to.
        if tab.is_some() {
            self.state.tab_wanted.set(tab);
        }
        let shown = self.state.sample.get_untracked();
        match (at, sample) {
            (Some(at), Some(sample)) if shown.as_deref() == Some(sample) => {
                self.state.go_to(self.inside(at));
            }
            (at, sample) => self.wanted.set_value(sample.map(str::to_owned).zip(at)),
        }
    }

    /// A voxel of the image on screen.
    fn inside(&self, [column, row, plane]: Voxel) -> Voxel {
        let shape = self.state.picture.with_untracked(|picture| {
            picture
                .as_ref()
                .map_or([1; 3], |picture| picture.info.shape)
        });
        let [planes, rows, columns] = shape.map(|length| length.saturating_sub(1));
        [column.min(columns), row.min(rows), plane.min(planes)]
    }

    /// Moves the crosshair once the sample for which it was meant is there.
    fn arrive(self) {
        let Self { state, wanted, .. } = self;
        Effect::new(move |_| {
            if state.result().is_none() {
                return;
            }
            let sample = state.sample.get_untracked();
            let meant = wanted.get_value();
            wanted.set_value(None);
            if let Some((_, at)) = meant.filter(|(name, _)| Some(name) == sample.as_ref()) {
                state.go_to(self.inside(at));
            }
        });
    }

    /// Writes the address when the screen rests, and goes where the visitor goes back to.
    fn follow(self) {
        let Self {
            state,
            controller,
            query,
            ..
        } = self;
        let timer = StoredValue::new_local(None::<Timeout>);
        // What the page opened with; the address stays as it was typed until something is changed.
        let opened = StoredValue::new(None::<String>);
        // The sample of the present entry of the history.
        let entry = StoredValue::new(None::<Option<String>>);
        Effect::new(move |_| {
            let Some(now) = query.get() else {
                return;
            };
            let sample = state.sample.get_untracked();
            timer.set_value(Some(Timeout::new(REST_MILLISECONDS, move || {
                let first = opened.with_value(Option::is_none);
                let unchanged = first || opened.with_value(|opened| opened.as_ref() == Some(&now));
                let before = entry.get_value();
                entry.set_value(Some(sample.clone()));
                let title = sample.as_deref().map_or(JsValue::NULL, JsValue::from);
                let Ok(history) = window().history() else {
                    return;
                };
                // A browser that has had enough changes keeps the former address: the link can be copied all the same.
                if first {
                    opened.set_value(Some(now.clone()));
                    history
                        .replace_state_with_url(&title, "", None)
                        .unwrap_or_default();
                } else if before.is_some_and(|before| before != sample) {
                    opened.set_value(Some(String::new()));
                    history
                        .push_state_with_url(&title, "", Some(&now))
                        .unwrap_or_default();
                } else if !unchanged {
                    opened.set_value(Some(String::new()));
                    history
                        .replace_state_with_url(&title, "", Some(&now))
                        .unwrap_or_default();
                }
            })));
        });
        let listener = EventListener::new(&window(), "popstate", move |_| {
            let sample = window().history().and_then(|history| history.state()).ok();
            let sample = sample.and_then(|sample| sample.as_string());
            let search = window().location().search().unwrap_or_default();
            // An address that is wrong was not written here.
            let Ok(query) = Query::parse(&search) else {
                return;
            };
            timer.set_value(None);
            entry.set_value(Some(sample.clone()));
            self.apply(&query.look, sample.as_deref());
            if let Some(sample) = sample
                && state.sample.get_untracked().as_ref() != Some(&sample)
            {
                controller.open_sample(&sample);
            }
            if let Some(model) = query
                .model
                .filter(|model| *model != state.model.get_untracked())
            {
                controller.choose_model(model);
            }
        });
        listener.forget();
    }
}

/// How the image is looked at now.
fn look(state: &State) -> Look {
    let display = state.display;
    let per_cent = |signal: RwSignal<f64>| Some(signal.get().round().clamp(0.0, 100.0) as u8);
    let volume = state.views.with(|views| views.len() > 1);
    let placed = volume || display.marked.get();
    let at = display.crosshair.get();
    Look {
        mode: Some(display.mode.get()),
        map: Some(display.map.get()),
        colours: Some(display.colours.get()),
        sure: per_cent(display.sure),
        mask_opacity: per_cent(display.mask_opacity),
        map_opacity: per_cent(display.map_opacity),
        referral: per_cent(display.referral),
        at: placed.then_some(at),
        view: Some(display.large.get()),
        tab: Some(state.tab.get()),
    }
}
