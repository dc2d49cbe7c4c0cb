//! The views of the image: one of a picture, three of a volume.

mod correction_layer;
mod draw;
mod drawing;
mod frame;
mod gestures;
mod keyboard;
mod legend;
mod navigation;
mod pane;
mod readout;
mod toolbar;

use leptos::prelude::*;

use super::controller::Controller;
use super::state::State;
pub use draw::{overlay, vector_overlay};
pub use legend::Legend;
use pane::PaneView;
pub use readout::ReadoutPanel;
use toolbar::Toolbar;

/// All views and what belongs to them.
#[component]
pub fn Viewer(state: State, controller: Controller) -> impl IntoView {
    let volume = move || state.views.with(|views| views.len() > 1);
    let alone = move || state.display.alone.get();
    let panes = state.panes.map(|pane| {
        view! { <PaneView state controller pane/> }
    });
    view! {
        <Toolbar state/>
        <div class="views" class:volume=volume class:alone=alone>{panes}</div>
    }
}
