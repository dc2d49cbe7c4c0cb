//! Moves that buttons, keys and pointers have in common.

use leptos::prelude::*;

use crate::web::state::{PaneState, State};

/// Shows a view alone, or all of them again.
pub fn maximise(state: State, pane: PaneState) {
    state.display.large.set(pane.index);
    state.display.alone.update(|alone| *alone = !*alone);
}

/// Moves the crosshair to another plane of a view.
pub fn step_to(state: State, pane: PaneState, slice: usize) {
    let Some(slice_plane) = pane
        .pane
        .with_untracked(|pane| pane.as_ref().map(|pane| pane.slice_plane))
    else {
        return;
    };
    let last = pane
        .shape
        .get_untracked()
        .map_or(0, |shape| slice_plane.slices(shape).saturating_sub(1));
    state
        .display
        .crosshair
        .update(|voxel| *voxel = slice_plane.through.with(*voxel, slice.min(last)));
    state.display.pointer.set(None);
}
