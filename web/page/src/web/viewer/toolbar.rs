//! Above the views: which of them to show, on which side the patient's right is, whether the crosshair is drawn.

use leptos::prelude::*;
use page::text;
use page::view::anatomy::Convention;
use page::view::panes::sides_assumed;

use crate::web::state::State;

/// The bar; a picture without a place in a patient has none.
#[component]
pub fn Toolbar(state: State) -> impl IntoView {
    let display = state.display;
    let several = move || state.views.with(|views| views.len() > 1);
    let sided = move || {
        state
            .views
            .with(|views| views.iter().any(|view| view.edges.is_some()))
    };
    let assumed = move || {
        state
            .on_screen()
            .is_some_and(|picture| sides_assumed(&picture.info))
    };
    let conventions = [
        (Convention::Radiological, "Radiological: R on the left"),
        (Convention::Neurological, "Neurological: R on the right"),
    ]
    .map(|(convention, title)| {
        let selected = move || display.convention.get() == convention;
        view! { <option value=convention.name() selected=selected>{title}</option> }
    });
    let choose = move |name: String| {
        if let Some(convention) = Convention::from_name(&name) {
            display.convention.set(convention);
        }
    };
    let all = move || !display.alone.get();
    let switches = move || {
        let titles = state.views.with(|views| {
            views
                .iter()
                .map(|view| view.kind.title())
                .collect::<Vec<_>>()
        });
        let switches = titles.into_iter().enumerate().map(|(index, title)| {
            let checked = move || display.alone.get() && display.large.get() == index;
            view! {
                <label>
                    <input
                        type="radio"
                        name="view"
                        prop:checked=checked
                        on:change=move |_| {
                            display.large.set(index);
                            display.alone.set(true);
                        }
                    />
                    {title}
                </label>
            }
        });
        switches.collect_view()
    };
    view! {
        <div class="toolbar" class:hidden=move || !several() && !sided()>
            <fieldset class="choice" class:hidden=move || !several()>
                <legend>"View"</legend>
                <label>
                    <input type="radio" name="view" prop:checked=all on:change=move |_| display.alone.set(false)/>
                    "All"
                </label>
                {switches}
            </fieldset>
            <label class="tick" class:hidden=move || !several()>
                <input
                    type="checkbox"
                    prop:checked=move || display.lines.get()
                    on:change=move |event| display.lines.set(event_target_checked(&event))
                />
                "Crosshair"
            </label>
            <div class="field convention" class:hidden=move || !sided()>
                <label for="convention">"Convention"</label>
                <select id="convention" on:change=move |event| choose(event_target_value(&event))>{conventions}</select>
            </div>
            <p class="hint" class:hidden=move || sided() || !several()>{text::NO_SIDES}</p>
            <p class="hint" class:hidden=move || !assumed()>{text::ASSUMED_SIDES}</p>
        </div>
    }
}
