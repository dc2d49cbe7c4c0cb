//! A slider with its label and its value in words.

use leptos::prelude::*;

/// A slider from `low` to `high`.
#[component]
pub fn Slider(
    /// Identifier of the input.
    id: &'static str,
    /// Label.
    #[prop(into)]
    label: Signal<String>,
    /// The value.
    #[prop(into)]
    value: Signal<f64>,
    /// Takes a new value.
    set: impl Fn(f64) + 'static,
    /// Smallest value.
    #[prop(into, default = Signal::stored(0.0))]
    low: Signal<f64>,
    /// Largest value.
    #[prop(into, default = Signal::stored(100.0))]
    high: Signal<f64>,
    /// Distance between values.
    #[prop(into, default = Signal::stored(1.0))]
    step: Signal<f64>,
    /// The value in words.
    #[prop(into)]
    shown: Signal<String>,
    /// Whether it does nothing now.
    #[prop(into, default = Signal::stored(false))]
    disabled: Signal<bool>,
) -> impl IntoView {
    // The ends come before the value: a browser clips a value to the ends that it knows.
    view! {
        <div class="slider">
            <label for=id>{move || label.get()}</label>
            <output for=id>{shown}</output>
            <input
                type="range"
                id=id
                min=move || low.get().to_string()
                max=move || high.get().to_string()
                step=move || step.get().to_string()
                prop:value=move || value.get().to_string()
                aria-valuetext=shown
                disabled=disabled
                on:input=move |event| {
                    if let Ok(value) = event_target_value(&event).parse() {
                        set(value);
                    }
                }
            />
        </div>
    }
}
