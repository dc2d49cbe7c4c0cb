//! Which values are drawn black and white.

use leptos::prelude::*;
use page::numbers::number;
use page::view::intensity_window::{self, Preset};

use super::slider::Slider;
use crate::web::state::State;

/// Window presets and two sliders: level and width for scans, as on other stations, the two ends for pictures.
#[component]
pub fn Window(state: State) -> impl IntoView {
    let display = state.display;
    let bounds = Memo::new(move |_| {
        state.on_screen().map_or([0.0, 255.0], |picture| {
            intensity_window::bounds(picture.info.display_range, picture.extent)
        })
    });
    let scan = Memo::new(move |_| {
        let picture = state.on_screen();
        picture.is_some_and(|picture| picture.info.affine.is_some() || picture.is_volume())
    });
    let span = move || {
        let [low, high] = bounds.get().map(f64::from);
        high - low
    };
    let step = Signal::derive(move || {
        // Whole grey values where there are any.
        if span() >= 50.0 { 1.0 } else { span() / 200.0 }
    });
    let low = Signal::derive(move || f64::from(bounds.get()[0]));
    let high = Signal::derive(move || f64::from(bounds.get()[1]));
    let level = Signal::derive(move || f64::from(intensity_window::level(display.window.get())[0]));
    let width = Signal::derive(move || f64::from(intensity_window::level(display.window.get())[1]));
    let black = Signal::derive(move || f64::from(display.window.get()[0]));
    let white = Signal::derive(move || f64::from(display.window.get()[1]));
    let set = move |change: &dyn Fn([f32; 2]) -> [f32; 2]| {
        display.window.update(|window| *window = change(*window));
    };
    view! {
        <Presets state/>
        <Show when=move || scan.get()>
            <Slider
                id="level"
                label="Window level"
                value=level
                set=move |value| set(&|now| intensity_window::from_level([value as f32, intensity_window::level(now)[1]]))
                low=low
                high=high
                step=step
                shown=Signal::derive(move || number(level.get(), 5))
            />
            <Slider
                id="width"
                label="Window width"
                value=width
                set=move |value| set(&|now| intensity_window::from_level([intensity_window::level(now)[0], value as f32]))
                low=step
                high=Signal::derive(move || 2.0 * span())
                step=step
                shown=Signal::derive(move || number(width.get(), 5))
            />
        </Show>
        <Show when=move || !scan.get()>
            <Slider
                id="black"
                label="Value drawn black"
                value=black
                set=move |value| set(&|now| intensity_window::ordered([value as f32, now[1].max(value as f32)]))
                low=low
                high=high
                step=step
                shown=Signal::derive(move || number(black.get(), 5))
            />
            <Slider
                id="white"
                label="Value drawn white"
                value=white
                set=move |value| set(&|now| intensity_window::ordered([now[0].min(value as f32), value as f32]))
                low=low
                high=high
                step=step
                shown=Signal::derive(move || number(white.get(), 5))
            />
        </Show>
    }
}

/// Windows that have a name, and the way back to the first.
#[component]
fn Presets(state: State) -> impl IntoView {
    let display = state.display;
    let presets = Memo::new(move |_| -> Vec<Preset> {
        let Some(picture) = state.on_screen() else {
            return Vec::new();
        };
        let display = picture.info.display_range;
        let opened = picture.window();
        intensity_window::presets(
            opened,
            display,
            picture.usual,
            picture.extent,
            picture.modality(),
        )
    });
    let options = move || {
        let options = presets
            .get()
            .into_iter()
            .enumerate()
            .map(|(index, preset)| {
                // Of two presets with the same window the first one is shown.
                let selected = move || {
                    let now = display.window.get();
                    presets.with(|presets| presets.iter().position(|preset| preset.window == now))
                        == Some(index)
                };
                view! { <option value=index.to_string() prop:selected=selected>{preset.title}</option> }
            });
        options.collect_view()
    };
    let own = move || {
        let now = display.window.get();
        presets.with(|presets| presets.iter().all(|preset| preset.window != now))
    };
    let choose = move |value: String| {
        let chosen = value
            .parse()
            .ok()
            .and_then(|index: usize| presets.with_untracked(|presets| presets.get(index).copied()));
        if let Some(preset) = chosen {
            display.window.set(preset.window);
        }
    };
    let reset = move |_| {
        if let Some(preset) = presets.with_untracked(|presets| presets.first().copied()) {
            display.window.set(preset.window);
        }
    };
    view! {
        <div class="with-button">
            <div class="field">
                <label for="preset">"Window preset"</label>
                <select id="preset" on:change=move |event| choose(event_target_value(&event))>
                    <option value="" disabled prop:selected=own>"Your own"</option>
                    {options}
                </select>
            </div>
            <button type="button" on:click=reset>"Reset window"</button>
        </div>
    }
}
