//! The tabs: what to see, to decide, to correct, to check, to save, and what the page is.
//!
//! A tab leads to its panel in a column that scrolls by itself. No panel is taken away: everything stays in the reach of
//! the keyboard, of a search in the page and of those who hear it.

use leptos::html::{Button, Div};
use leptos::prelude::*;
use web_sys::{Element, KeyboardEvent};

use super::about::About;
use super::compare::Compare;
use super::correct::Correct;
use super::display::DisplayPanel;
use super::export::Export;
use super::referral::Decide;
use super::share::Share;
use crate::web::controller::Controller;
use crate::web::state::State;
use crate::web::viewer::Legend;

/// Names of the tabs.
const TITLES: [&str; 6] = ["See", "Decide", "Correct", "Check", "Save", "About"];
/// Pixels below the upper edge at which a panel counts as reached.
const REACHED: f64 = 48.0;

/// The tabs with their panels.
#[component]
pub fn Tabs(state: State, controller: Controller) -> impl IntoView {
    let selected = RwSignal::new(0_usize);
    let column = NodeRef::<Div>::new();
    let buttons = [(); 6].map(|()| NodeRef::<Button>::new());
    let select = move |index: usize| {
        selected.set(index);
        let column = column.get_untracked();
        if let Some((column, panel)) = column.and_then(|column| {
            let panel = column.children().item(index as u32)?;
            Some((column, panel))
        }) {
            if column.scroll_height() > column.client_height() {
                let down = top(&panel) - top(&column);
                column.set_scroll_top(column.scroll_top() + down.round() as i32);
            } else {
                // On a narrow page the panels stand one below the other.
                panel.scroll_into_view();
            }
        }
    };
    // The address follows the tab, and a link opens one.
    Effect::new(move |_| {
        if let Some(title) = TITLES.get(selected.get()) {
            state.tab.set(title.to_ascii_lowercase());
        }
    });
    Effect::new(move |_| {
        let wanted = state.tab_wanted.get();
        let place = TITLES
            .iter()
            .position(|title| wanted.as_deref() == Some(title.to_ascii_lowercase().as_str()));
        if let Some(place) = place {
            select(place);
        }
    });
    let pressed = move |event: KeyboardEvent| {
        let now = selected.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => (now + 1) % TITLES.len(),
            "ArrowLeft" => (now + TITLES.len() - 1) % TITLES.len(),
            "Home" => 0,
            "End" => TITLES.len() - 1,
            _ => return,
        };
        event.prevent_default();
        select(next);
        if let Some(button) = buttons.get(next).and_then(NodeRef::get_untracked) {
            // A button that is on screen takes the focus.
            button.focus().unwrap_or_default();
        }
    };
    let scrolled = move |_| {
        let Some(column) = column.get_untracked() else {
            return;
        };
        let edge = top(&column) + REACHED;
        let panels = (0..TITLES.len()).filter(|index| {
            let panel = column.children().item(*index as u32);
            panel.is_some_and(|panel| top(&panel) <= edge)
        });
        let now = panels.last().unwrap_or(0);
        if selected.get_untracked() != now {
            selected.set(now);
        }
    };
    let tabs = TITLES.into_iter().zip(buttons).enumerate();
    let tabs = tabs.map(|(index, (title, button))| {
        let name = title.to_ascii_lowercase();
        view! {
            <button
                node_ref=button
                type="button"
                role="tab"
                id=format!("tab-{name}")
                aria-controls=format!("panel-{name}")
                aria-selected=move || (selected.get() == index).to_string()
                tabindex=move || if selected.get() == index { "0" } else { "-1" }
                on:click=move |_| select(index)
            >
                {title}
            </button>
        }
    });
    view! {
        <div class="tabs">
            <div role="tablist" aria-label="What to do" on:keydown=pressed>{tabs.collect_view()}</div>
            <div class="panels" node_ref=column on:scroll=scrolled>
                <div class="panel" role="tabpanel" id="panel-see" aria-labelledby="tab-see">
                    <DisplayPanel state>
                        <Legend state/>
                    </DisplayPanel>
                </div>
                <div class="panel" role="tabpanel" id="panel-decide" aria-labelledby="tab-decide">
                    <Decide state controller/>
                </div>
                <div class="panel" role="tabpanel" id="panel-correct" aria-labelledby="tab-correct">
                    <Correct state controller/>
                </div>
                <div class="panel" role="tabpanel" id="panel-check" aria-labelledby="tab-check">
                    <Compare state controller/>
                </div>
                <div class="panel" role="tabpanel" id="panel-save" aria-labelledby="tab-save">
                    <Export state controller/>
                    <Share state/>
                </div>
                <div class="panel" role="tabpanel" id="panel-about" aria-labelledby="tab-about">
                    <About state/>
                </div>
            </div>
        </div>
    }
}

/// Distance of an element from the upper edge of the window, in CSS pixels.
fn top(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}
