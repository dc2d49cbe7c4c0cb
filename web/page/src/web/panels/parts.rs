//! Time points and channels of the series on screen.

use leptos::prelude::*;
use protocol::{PartChoice, PartInfo};

use super::slider::Slider;
use crate::web::controller::Controller;
use crate::web::state::State;

/// Chooses a time point and a channel, where there are several.
#[component]
pub fn Parts(state: State, controller: Controller) -> impl IntoView {
    let part = Memo::new(move |_| {
        let picture = state.on_screen();
        picture.map_or_else(PartInfo::default, |picture| picture.info.part)
    });
    let choose = move |change: fn(PartChoice, u32) -> PartChoice, index: u32| {
        let shown = part.get_untracked();
        let shown = PartChoice {
            time: Some(shown.time),
            channel: Some(shown.channel),
        };
        controller.choose_part(change(shown, index));
    };
    let choose_time = move |index: u32| {
        let time = |part, index| PartChoice {
            time: Some(index),
            ..part
        };
        choose(time, index);
    };
    let choose_channel = move |index: u32| {
        let channel = |part, index| PartChoice {
            channel: Some(index),
            ..part
        };
        choose(channel, index);
    };
    view! {
        <Show when=move || { part.get().times > 1 }>
            <TimePoint part choose=choose_time/>
        </Show>
        <Show when=move || { part.get().channels > 1 }>
            <div class="field">
                <label for="channel">"Channel"</label>
                <select
                    id="channel"
                    on:change=move |event| {
                        if let Ok(index) = event_target_value(&event).parse() {
                            choose_channel(index);
                        }
                    }
                >
                    {move || {
                        let shown = part.get();
                        (0..shown.channels)
                            .map(|index| {
                                view! {
                                    <option value=index.to_string() selected=index == shown.channel>
                                        {format!("Channel {} of {}", index + 1, shown.channels)}
                                    </option>
                                }
                            })
                            .collect_view()
                    }}
                </select>
            </div>
        </Show>
    }
}

/// The slider for time points. While it is dragged only its own words change; the image follows when it is let go.
#[component]
fn TimePoint(part: Memo<PartInfo>, choose: impl Fn(u32) + Copy + 'static) -> impl IntoView {
    let wanted = RwSignal::new(part.get_untracked().time);
    Effect::new(move |_| wanted.set(part.get().time));
    view! {
        <div class="time-point" on:change=move |_| choose(wanted.get_untracked())>
            <Slider
                id="time-point"
                label="Time point"
                value=Signal::derive(move || f64::from(wanted.get()))
                set=move |value: f64| wanted.set(value.round().max(0.0) as u32)
                high=Signal::derive(move || f64::from(part.get().times.saturating_sub(1)))
                shown=Signal::derive(move || format!("{} of {}", wanted.get() + 1, part.get().times))
            />
        </div>
    }
}
