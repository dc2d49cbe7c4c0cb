//! Correcting the mask: what is done to a class as a whole, locks, and what is acceptable.

use leptos::prelude::*;
use page::correct::tools::{self, Tool};
use page::errors::Error;
use page::results::amount::{Element, coverage};
use page::text;

use super::slider::Slider;
use crate::web::controller::Controller;
use crate::web::dom;
use crate::web::keys;
use crate::web::state::State;

/// The panel.
#[component]
pub fn Correct(state: State, controller: Controller) -> impl IntoView {
    let correcting = state.correcting;
    let nothing = move || state.nothing_made();
    let begun = move || correcting.drawing();
    let begin = move |_| {
        let tool = if correcting.tool.get_untracked().draws() {
            Tool::Move
        } else {
            Tool::Brush
        };
        state.take(tool);
        if tool == Tool::Move {
            correcting.open.set(false);
        }
    };
    view! {
        <section class="part" aria-labelledby="correct-head">
            <h2 id="correct-head">"Correct the mask"</h2>
            <p class="hint">{text::CORRECT_HINT}</p>
            <div class="buttons">
                <button type="button" class="primary" disabled=nothing on:click=begin>
                    {move || if begun() { "Put the tool away" } else { "Take up the brush" }}
                </button>
                <button type="button" on:click=move |_| dom::show_dialog(keys::SHEET)>
                    "All keys (?)"
                </button>
            </div>
            <label class="tick">
                <input
                    type="checkbox"
                    prop:checked=move || correcting.show_model.get()
                    on:change=move |event| correcting.show_model.set(event_target_checked(&event))
                />
                "Show the outline of the model’s own mask (white, dashed)"
            </label>
            <label class="tick">
                <input
                    type="checkbox"
                    prop:checked=move || correcting.show_doubt.get()
                    on:change=move |event| correcting.show_doubt.set(event_target_checked(&event))
                />
                "Show the doubt while drawing"
            </label>
            <Requirement state/>
            <Classes state/>
            <Whole state controller/>
        </section>
    }
}

/// How much error is acceptable.
#[component]
fn Requirement(state: State) -> impl IntoView {
    let review = state.correcting.review;
    let set = move |text: String| {
        let share: Option<f64> = text.trim().replace(',', ".").parse().ok();
        let share = share.filter(|share| (0.0..=100.0).contains(share));
        review.update(|review| review.requirement = share.map(|share| share / 100.0));
    };
    let value = review.with_untracked(|review| {
        let share = review.requirement?;
        Some((100.0 * share).to_string())
    });
    view! {
        <div class="requirement">
            <label for="requirement">"Acceptable error, % of the objects"</label>
            <input
                id="requirement"
                type="number"
                min="0"
                max="100"
                step="0.1"
                inputmode="decimal"
                placeholder="none"
                value=value
                aria-describedby="requirement-hint"
                on:input=move |event| set(event_target_value(&event))
            />
            <p class="hint" id="requirement-hint">{text::REQUIREMENT_HINT}</p>
        </div>
    }
}

/// The classes of the corrected mask, how much each covers, and their locks.
#[component]
fn Classes(state: State) -> impl IntoView {
    let correcting = state.correcting;
    let locked = RwSignal::new(Vec::<u8>::new());
    // Another segmentation has no locks.
    Effect::new(move |_| {
        correcting.steps.track();
        let now = correcting.mask.with_value(|mask| {
            let mask = mask.as_ref();
            let all = (0..=u8::MAX).filter(|class| mask.is_some_and(|mask| mask.is_locked(*class)));
            all.collect::<Vec<_>>()
        });
        if locked.get_untracked() != now {
            locked.set(now);
        }
    });
    let lock = move |class: u8, lock: bool| {
        if let Some(outcome) = untrack(|| state.result())
            && correcting
                .change(&outcome, |mask| mask.set_locked(class, lock))
                .is_ok()
        {
            locked.update(|locked| {
                locked.retain(|other| *other != class);
                if lock {
                    locked.push(class);
                }
            });
        }
    };
    let rows = move || {
        let outcome = state.result()?;
        let element = Element::of(outcome.info.shape);
        let spacing = state.picture.with(|picture| picture.as_ref()?.info.spacing);
        let total = outcome.info.class_pixels.iter().sum::<u64>();
        let rows = outcome.model.classes.iter().cloned().map(|class| {
            let [red, green, blue] = class.colour;
            let id = class.id;
            let covered = move || {
                let counts = state.class_counts();
                let voxels = counts.get(usize::from(id)).copied().unwrap_or(0);
                coverage(voxels, total, element, spacing)
            };
            let choose = (id != 0).then(|| {
                view! {
                    <input
                        type="radio"
                        name="paint"
                        aria-label=format!("Paint {}", class.name)
                        prop:checked=move || correcting.class.get() == id
                        on:change=move |_| state.choose_class(id)
                    />
                }
            });
            view! {
                <tr>
                    <td>{choose}</td>
                    <th scope="row">
                        <span class="swatch" style:background-color=format!("rgb({red}, {green}, {blue})")></span>
                        {class.name.clone()}
                    </th>
                    <td class="amount">{covered}</td>
                    <td>
                        <input
                            type="checkbox"
                            aria-label=format!("Lock {}", class.name)
                            prop:checked=move || locked.with(|locked| locked.contains(&id))
                            on:change=move |event| lock(id, event_target_checked(&event))
                        />
                    </td>
                </tr>
            }
        });
        Some(rows.collect_view())
    };
    view! {
        <table class="paint-classes">
            <caption class="visually-hidden">"Classes of the mask"</caption>
            <thead>
                <tr>
                    <th scope="col">"Paint"</th>
                    <th scope="col">"Class"</th>
                    <th scope="col">"Size now"</th>
                    <th scope="col" title="Voxels of a locked class stay, and no others become it">"Lock"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// What is done to the chosen class as a whole.
#[component]
fn Whole(state: State, controller: Controller) -> impl IntoView {
    let correcting = state.correcting;
    let nothing = move || state.nothing_made();
    let least = RwSignal::new(20_u64);
    let level = RwSignal::new(50.0_f64);
    let volume = move || state.views.with(|views| views.len() > 1);
    let tell = move |done: Result<(), Error>| {
        if let Err(error) = done {
            controller.tell(&error);
        }
    };
    let name = move || {
        let chosen = correcting.class.get();
        let class = state.classes().into_iter().find(|class| class.id == chosen);
        class.map_or_else(String::new, |class| class.name)
    };
    let class = move || correcting.class.get_untracked();
    let islands = move |_| {
        tell(state.correct("Islands removed", |mask, _| {
            Ok(mask.remove_islands(class(), least.get_untracked()))
        }));
    };
    let holes = move |_| {
        tell(state.correct("Holes filled", |mask, _| Ok(mask.fill_holes(class()))));
    };
    let largest = move |_| {
        tell(state.correct("Largest kept", |mask, _| Ok(mask.keep_largest(class()))));
    };
    let interpolate = move |_| {
        let view = untrack(|| {
            let large = state.large();
            large
                .pane
                .with(|pane| pane.as_ref().map(|pane| pane.slice_plane))
        });
        let spacing = untrack(|| state.on_screen()).map(|picture| tools::spacing(&picture.info));
        if let (Some(view), Some(spacing)) = (view, spacing) {
            let axis = tools::axis(view.through);
            tell(state.correct("Slices filled in", |mask, _| {
                mask.interpolate(class(), axis, spacing)
            }));
        }
    };
    let known = move || {
        let class = correcting.class.get();
        state
            .result()
            .is_some_and(|outcome| outcome.knows_probability(class))
    };
    let cut = move |percent: f64| {
        level.set(percent);
        tell(state.correct("Threshold", |mask, outcome| {
            let class = class();
            let voxels = mask.classes().len();
            let probability: Vec<f32> = (0..voxels)
                .map(|at| outcome.class_probability(class, at).unwrap_or(f32::NAN))
                .collect();
            mask.threshold(class, &probability, percent as f32 / 100.0)
        }));
    };
    let restore = move |_| {
        tell(state.correct("Model’s mask restored", |mask, _| Ok(mask.restore())));
    };
    view! {
        <h3>{move || format!("All of {}", name())}</h3>
        <div class="with-button">
            <div class="field">
                <label for="island-size">"Smallest island that stays"</label>
                <input
                    id="island-size"
                    type="number"
                    min="1"
                    step="1"
                    prop:value=move || least.get().to_string()
                    on:input=move |event| {
                        if let Ok(size) = event_target_value(&event).parse() {
                            least.set(size);
                        }
                    }
                />
            </div>
            <button type="button" disabled=nothing on:click=islands>"Remove islands"</button>
        </div>
        <div class="buttons">
            <button type="button" disabled=nothing on:click=holes>"Fill holes"</button>
            <button type="button" disabled=nothing on:click=largest>"Keep largest"</button>
            <button type="button" class:hidden=move || !volume() disabled=nothing title=text::INTERPOLATE_HINT on:click=interpolate>
                "Fill in slices"
            </button>
        </div>
        <p class="hint" class:hidden=move || !volume()>{text::INTERPOLATE_HINT}</p>
        <Slider
            id="threshold"
            label="Threshold of the probability"
            value=level
            set=cut
            low=Signal::stored(1.0)
            high=Signal::stored(99.0)
            disabled=Signal::derive(move || !known())
            shown=Signal::derive(move || format!("{} %", level.get()))
        />
        <p class="hint">{text::THRESHOLD_HINT}</p>
        <div class="buttons">
            <button type="button" disabled=move || !correcting.edited.get() on:click=restore>
                "Restore the model’s mask"
            </button>
        </div>
    }
}
