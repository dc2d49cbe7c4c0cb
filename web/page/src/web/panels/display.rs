//! How the picture is drawn.

use leptos::prelude::*;
use page::results::amount::{Element, coverage};
use page::results::maps;
use page::text;
use page::view::compose::{ColourMap, Mode};

use super::intensity_window::Window;
use super::slider::Slider;
use crate::web::state::State;

/// The panel; the legend of the map is its child.
#[component]
pub fn DisplayPanel(state: State, children: Children) -> impl IntoView {
    let display = state.display;
    let names = Memo::new(move |_| {
        let made = state.outcome.get();
        let names = made.map(|outcome| {
            outcome
                .info
                .maps
                .iter()
                .map(|map| map.summary.name.clone())
                .collect::<Vec<_>>()
        });
        names.unwrap_or_else(|| maps::MAPS.iter().map(|map| map.name.to_owned()).collect())
    });
    let options = move || {
        let options = names.get().into_iter().map(|name| {
            let title =
                maps::text(&name).map_or_else(|| name.clone(), |text| text.title.to_owned());
            let value = name.clone();
            let selected = move || display.map.with(|chosen| *chosen == name);
            view! { <option value=value selected=selected>{title}</option> }
        });
        options.collect_view()
    };
    let colours = ColourMap::ALL.map(|colours| {
        let selected = move || display.colours.get() == colours;
        view! { <option value=colours.name() selected=selected>{text::colours(colours.name())}</option> }
    });
    let choose_colours = move |name: String| {
        if let Some(colours) = ColourMap::from_name(&name) {
            display.colours.set(colours);
        }
    };
    let modes = [
        (Mode::Penumbra, "Penumbra"),
        (Mode::Map, "Uncertainty map"),
        (Mode::Mask, "Mask alone"),
    ]
    .map(|(mode, title)| {
        view! {
            <label>
                <input
                    type="radio"
                    name="mode"
                    prop:checked=move || display.mode.get() == mode
                    on:change=move |_| display.mode.set(mode)
                />
                {title}
            </label>
        }
    });
    let choose_map = move |name: String| {
        display.map.set(name);
        display.mode.set(Mode::Map);
    };
    let penumbra = move || display.mode.get() == Mode::Penumbra;
    let mapped = move || display.mode.get() == Mode::Map;
    view! {
        <fieldset class="choice">
            <legend>"Show"</legend>
            {modes}
        </fieldset>
        <Slider
            id="sure"
            label="How sure?"
            value=display.sure
            set=move |value| display.sure.set(value)
            low=Signal::stored(50.0)
            high=Signal::stored(99.0)
            disabled=Signal::derive(move || !penumbra())
            shown=Signal::derive(move || format!("{} %", display.sure.get()))
        />
        <p class="hint" class:hidden=move || !penumbra()>{text::SURE_HINT}</p>
        <div class="fields">
            <div class="field">
                <label for="map">"Map"</label>
                <select id="map" on:change=move |event| choose_map(event_target_value(&event))>{options}</select>
            </div>
            <div class="field">
                <label for="colours">"Colours"</label>
                <select id="colours" on:change=move |event| choose_colours(event_target_value(&event))>{colours}</select>
            </div>
        </div>
        <div class="map-settings" class:hidden=move || !mapped()>
            {children()}
            <Slider
                id="map-opacity"
                label="Map opacity"
                value=display.map_opacity
                set=move |value| display.map_opacity.set(value)
                shown=Signal::derive(move || format!("{} %", display.map_opacity.get()))
            />
            <label class="tick">
                <input
                    type="checkbox"
                    prop:checked=move || display.fade.get()
                    on:change=move |event| display.fade.set(event_target_checked(&event))
                />
                "Fainter where there is less doubt"
            </label>
        </div>
        <Slider
            id="mask-opacity"
            label="Mask opacity"
            value=display.mask_opacity
            set=move |value| display.mask_opacity.set(value)
            shown=Signal::derive(move || format!("{} %", display.mask_opacity.get()))
        />
        <fieldset class="choice" class:hidden=penumbra>
            <legend>"Mask as"</legend>
            <label>
                <input
                    type="radio"
                    name="mask-style"
                    prop:checked=move || display.outline.get()
                    on:change=move |_| display.outline.set(true)
                />
                "Outline"
            </label>
            <label>
                <input
                    type="radio"
                    name="mask-style"
                    prop:checked=move || !display.outline.get()
                    on:change=move |_| display.outline.set(false)
                />
                "Fill"
            </label>
        </fieldset>
        <Classes state/>
        <details>
            <summary>"Wipe, brightness and contrast"</summary>
            <Slider
                id="wipe"
                label="Wipe (image alone on the left)"
                value=display.wipe
                set=move |value| display.wipe.set(value)
                shown=Signal::derive(move || format!("{} %", display.wipe.get()))
            />
            <Window state/>
        </details>
    }
}

/// The classes with their colours and how much of the image each covers.
#[component]
fn Classes(state: State) -> impl IntoView {
    let rows = move || {
        let outcome = state.outcome.get()?;
        let counts = state.class_counts();
        let total = outcome.info.class_pixels.iter().sum();
        let element = Element::of(outcome.info.shape);
        let spacing = state.picture.with(|picture| picture.as_ref()?.info.spacing);
        let rows = outcome.model.classes.iter().filter(|class| class.id != 0).map(|class| {
            let [red, green, blue] = class.colour;
            let pixels = counts.get(usize::from(class.id)).copied().unwrap_or(0);
            view! {
                <li>
                    <span class="swatch" style:background-color=format!("rgb({red}, {green}, {blue})")></span>
                    {class.name.clone()}
                    <span class="amount">{coverage(pixels, total, element, spacing)}</span>
                </li>
            }
        });
        Some(rows.collect_view())
    };
    view! { <ul class="classes" aria-label="Classes">{rows}</ul> }
}
