//! The bar of tools above the picture while the mask is corrected.

use leptos::html::Button;
use leptos::prelude::*;
use page::correct::tools::{SIZES, Tool, size_words, step_words};
use web_sys::KeyboardEvent;

use super::slider::Slider;
use crate::web::state::State;

/// The key that takes up a tool.
const fn key(tool: Tool) -> &'static str {
    match tool {
        Tool::Move => "V",
        Tool::Brush => "B",
        Tool::Eraser => "E",
        Tool::SmartBrush => "S",
        Tool::Fill => "G",
        Tool::Lasso => "L",
    }
}

/// The picture of a tool, drawn in 24 by 24.
const fn icon(tool: Tool) -> &'static str {
    match tool {
        Tool::Move => {
            "M12 3v18M3 12h18M12 3l-3 3M12 3l3 3M12 21l-3-3M12 21l3-3M3 12l3-3M3 12l3 3M21 12l-3-3M21 12l-3 3"
        }
        Tool::Brush => "M20 4l-9 9M11 13c-3 0-4 2-4 4s-2 3-4 3c2 1 8 1 10-3 1-2-1-4-2-4z",
        Tool::Eraser => "M9 20h11M4 15l9-9 6 6-8 8H8zM9 10l6 6",
        Tool::SmartBrush => {
            "M20 6l-8 8M12 14c-3 0-4 2-4 3s-2 3-4 3c2 1 7 1 9-2 1-2 0-4-1-4zM6 3v4M4 5h4M12 3v3M10.500 4.500h3"
        }
        Tool::Fill => "M5 12l7-7 7 7-7 7zM12 5V2M5 12h14M21 16c1 2 1.500 3 0 4-1.500-1-1-2 0-4z",
        Tool::Lasso => {
            "M12 4c5 0 9 2.500 9 6s-4 6-9 6-9-2.500-9-6 4-6 9-6zM7 15c-2 1-2 4 0 4s2 2 1 3"
        }
    }
}

/// The bar.
#[component]
pub fn ToolBar(state: State) -> impl IntoView {
    let correcting = state.correcting;
    let shown = move || correcting.open.get() && !state.nothing_made();
    let buttons = [(); 6].map(|()| NodeRef::<Button>::new());
    // One stop of the Tab key; arrows go from tool to tool.
    let walked = move |event: KeyboardEvent| {
        let focused = Tool::ALL.iter().zip(buttons).position(|(_, button)| {
            let button = button.get_untracked();
            let active = gloo::utils::document().active_element();
            button.is_some_and(|button| active.as_ref() == Some(button.as_ref()))
        });
        let Some(now) = focused else {
            return;
        };
        let count = Tool::ALL.len();
        let next = match event.key().as_str() {
            "ArrowRight" => (now + 1) % count,
            "ArrowLeft" => (now + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        if let Some(button) = buttons.get(next).and_then(NodeRef::get_untracked) {
            // A button that is on screen takes the focus.
            button.focus().unwrap_or_default();
        }
    };
    let tools = Tool::ALL
        .into_iter()
        .zip(buttons)
        .map(move |(tool, button)| {
            let held = move || correcting.tool.get() == tool;
            view! {
                <button
                    node_ref=button
                    type="button"
                    class="tool"
                    data-tool=tool.name()
                    title=format!("{} ({})", tool.hint(), key(tool))
                    aria-pressed=move || held().to_string()
                    aria-keyshortcuts=key(tool)
                    tabindex=move || if held() { "0" } else { "-1" }
                    on:click=move |_| state.take(tool)
                >
                    <svg viewBox="0 0 24 24" aria-hidden="true"><path d=icon(tool)/></svg>
                    <span>{tool.title()}</span>
                </button>
            }
        });
    let volume = move || state.views.with(|views| views.len() > 1);
    let size_in_words = Signal::derive(move || {
        let size = correcting.size.get();
        state
            .on_screen()
            .map_or_else(String::new, |picture| size_words(size, &picture.info))
    });
    let classes = move || {
        let options = state.classes().into_iter().filter(|class| class.id != 0);
        let options = options.map(|class| {
            let selected = move || correcting.class.get() == class.id;
            view! { <option value=class.id.to_string() selected=selected>{class.name}</option> }
        });
        options.collect_view()
    };
    let round = move || correcting.tool.get().is_round();
    let colour = move || {
        let chosen = correcting.class.get();
        let class = state.classes().into_iter().find(|class| class.id == chosen);
        class.map_or_else(String::new, |class| {
            let [red, green, blue] = class.colour;
            format!("rgb({red}, {green}, {blue})")
        })
    };
    view! {
        <Show when=shown>
            <div class="tool-bar">
                <div class="tools" role="toolbar" aria-label="Tools to correct the mask" on:keydown=walked>
                    {tools.clone().collect_view()}
                </div>
                <History state/>
                <div class="field class-field">
                    <label for="paint-class">"Class"</label>
                    <span class="swatch" style:background-color=colour aria-hidden="true"></span>
                    <select
                        id="paint-class"
                        on:change=move |event| {
                            if let Ok(class) = event_target_value(&event).parse() {
                                state.choose_class(class);
                            }
                        }
                    >
                        {classes}
                    </select>
                </div>
                <div class="brush-size" class:hidden=move || !round()>
                    <Slider
                        id="brush-size"
                        label="Brush size"
                        value=correcting.size
                        set=move |value| correcting.size.set(value)
                        low=Signal::stored(SIZES[0])
                        high=Signal::stored(SIZES[1])
                        shown=size_in_words
                    />
                    <label class="tick" class:hidden=move || !volume()>
                        <input
                            type="checkbox"
                            prop:checked=move || correcting.ball.get()
                            on:change=move |event| correcting.ball.set(event_target_checked(&event))
                        />
                        "Ball through slices"
                    </label>
                </div>
            </div>
        </Show>
        <p class="visually-hidden" role="status" data-said="">{move || correcting.said.get()}</p>
    }
}

/// Undo and redo.
#[component]
fn History(state: State) -> impl IntoView {
    let correcting = state.correcting;
    let kind = move |back: bool| {
        correcting.steps.track();
        correcting.mask.with_value(|mask| {
            let mask = mask.as_ref()?;
            if back { mask.undoes() } else { mask.redoes() }
        })
    };
    let title = move |back: bool| {
        let (word, keys) = if back {
            ("Undo", "Ctrl+Z")
        } else {
            ("Redo", "Ctrl+Shift+Z")
        };
        kind(back).map_or_else(
            || format!("{word} ({keys})"),
            |kind| format!("{word}: {} ({keys})", step_words(kind)),
        )
    };
    view! {
        <div class="history" role="group" aria-label="History">
            <button
                type="button"
                aria-label="Undo"
                title=move || title(true)
                disabled=move || kind(true).is_none()
                on:click=move |_| state.go_back(true)
            >
                <span aria-hidden="true">"↶ "</span>"Undo"
            </button>
            <button
                type="button"
                aria-label="Redo"
                title=move || title(false)
                disabled=move || kind(false).is_none()
                on:click=move |_| state.go_back(false)
            >
                <span aria-hidden="true">"↷ "</span>"Redo"
            </button>
        </div>
    }
}
