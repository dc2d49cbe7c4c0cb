//! How the picture is drawn.

use leptos::prelude::*;
use page::compose::ColourMap;
use page::legend::number;
use page::{maps, text, window};

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
                .map(|map| map.name.clone())
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
    view! {
        <section class="panel" aria-labelledby="see-doubt">
            <h2 id="see-doubt">"See doubt"</h2>
            <div class="fields">
                <div class="field">
                    <label for="map">"Map"</label>
                    <select id="map" on:change=move |event| display.map.set(event_target_value(&event))>{options}</select>
                </div>
                <div class="field">
                    <label for="colours">"Colours"</label>
                    <select id="colours" on:change=move |event| choose_colours(event_target_value(&event))>{colours}</select>
                </div>
            </div>
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
                    disabled=move || display.map.with(|name| !maps::may_fade(name))
                    on:change=move |event| display.fade.set(event_target_checked(&event))
                />
                "Fainter where the map is low"
            </label>
            <Slider
                id="mask-opacity"
                label="Mask opacity"
                value=display.mask_opacity
                set=move |value| display.mask_opacity.set(value)
                shown=Signal::derive(move || format!("{} %", display.mask_opacity.get()))
            />
            <fieldset class="choice">
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
                <summary>"Wipe, brightness and planes"</summary>
                <Slider
                    id="wipe"
                    label="Wipe (image alone on the left)"
                    value=display.wipe
                    set=move |value| display.wipe.set(value)
                    shown=Signal::derive(move || format!("{} %", display.wipe.get()))
                />
                <Window state/>
                <Planes state/>
            </details>
        </section>
    }
}

/// The classes with their colours and how much of the image each covers.
#[component]
fn Classes(state: State) -> impl IntoView {
    let rows = move || {
        let outcome = state.outcome.get()?;
        let total = outcome.info.class_pixels.iter().sum();
        let rows = outcome.model.classes.iter().filter(|class| class.id != 0).map(|class| {
            let [red, green, blue] = class.colour;
            let pixels = outcome.info.class_pixels.get(usize::from(class.id)).copied().unwrap_or(0);
            view! {
                <li>
                    <span class="swatch" style:background-color=format!("rgb({red}, {green}, {blue})")></span>
                    {class.name.clone()}
                    <span class="amount">{text::coverage(pixels, total)}</span>
                </li>
            }
        });
        Some(rows.collect_view())
    };
    view! { <ul class="classes" aria-label="Classes">{rows}</ul> }
}

/// Which values are drawn black and white.
#[component]
fn Window(state: State) -> impl IntoView {
    let display = state.display;
    let picture = move || state.on_screen();
    let bounds = Memo::new(move |_| {
        picture().map_or([0.0, 255.0], |picture| {
            window::bounds(picture.info.display_range, picture.extent)
        })
    });
    let low = Signal::derive(move || f64::from(bounds.get()[0]));
    let high = Signal::derive(move || f64::from(bounds.get()[1]));
    let step = Signal::derive(move || {
        let [low, high] = bounds.get().map(f64::from);
        // Whole grey values where there are any.
        if high - low >= 50.0 {
            1.0
        } else {
            (high - low) / 200.0
        }
    });
    let black = Signal::derive(move || f64::from(display.window.get()[0]));
    let white = Signal::derive(move || f64::from(display.window.get()[1]));
    let reset = move |to: fn([f32; 2], [f32; 2]) -> [f32; 2]| {
        if let Some(picture) = state.on_screen() {
            display
                .window
                .set(to(picture.info.display_range, picture.extent));
        }
    };
    view! {
        <Slider
            id="black"
            label="Value drawn black"
            value=black
            set=move |value| display.window.update(|window| *window = window::ordered([value as f32, window[1].max(value as f32)]))
            low=low
            high=high
            step=step
            shown=Signal::derive(move || number(black.get(), 5))
        />
        <Slider
            id="white"
            label="Value drawn white"
            value=white
            set=move |value| display.window.update(|window| *window = window::ordered([window[0].min(value as f32), value as f32]))
            low=low
            high=high
            step=step
            shown=Signal::derive(move || number(white.get(), 5))
        />
        <div class="buttons">
            <button type="button" on:click=move |_| untrack(|| reset(|_, extent| window::stretched(extent)))>"Stretch to the image"</button>
            <button type="button" on:click=move |_| untrack(|| reset(|display, _| window::ordered(display)))>"Full range"</button>
        </div>
    }
}

/// The plane of a stack.
#[component]
fn Planes(state: State) -> impl IntoView {
    let display = state.display;
    let planes = move || state.on_screen().map_or(1, |picture| picture.info.shape[0]);
    view! {
        <Show when=move || { planes() > 1 }>
            <Slider
                id="plane"
                label="Plane"
                value=Signal::derive(move || display.plane.get() as f64)
                set=move |value| display.plane.set(value as usize)
                high=Signal::derive(move || (planes() - 1) as f64)
                shown=Signal::derive(move || format!("{} of {}", display.plane.get() + 1, planes()))
            />
        </Show>
    }
}
