//! A small picture.

use leptos::html::Canvas;
use leptos::prelude::*;
use page::lesson::drawing::Drawing;

use crate::web::dom;

/// A canvas that shows a drawing, with what it shows in words.
#[component]
pub fn Picture(
    /// What is drawn.
    #[prop(into)]
    drawing: Signal<Option<Drawing>>,
    /// What it shows.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    Effect::new(move |_| {
        drawing.with(|drawing| {
            if let (Some(canvas), Some(drawing)) = (canvas.get(), drawing) {
                let [rows, columns] = drawing.size;
                // A figure without its picture still has its numbers; the viewer says what is wrong with the canvas.
                dom::put(&canvas, &drawing.rgba, rows, columns).ok();
            }
        });
    });
    view! { <canvas node_ref=canvas role="img" aria-label=label class:hidden=move || drawing.with(Option::is_none)></canvas> }
}
