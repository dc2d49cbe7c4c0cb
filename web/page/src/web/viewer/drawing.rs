//! Strokes on a view: from positions of the pointer to changes of the corrected mask.

use correction::{CorrectedMask, Plane, SmartStroke, lasso};
use leptos::prelude::*;
use page::correct::place::{in_image, on_axes, on_plane};
use page::correct::tools::{self, Tool};
use page::results::outcome::Outcome;
use page::view::shape::Voxel;
use page::view::slice_plane::SlicePlane;
use protocol::BoundingBox;

use crate::web::state::{Drawn, PaneState, State};

/// The background, which the eraser paints.
const BACKGROUND: u8 = 0;

/// A stroke that has begun.
pub struct Stroke {
    tool: Tool,
    smart: SmartStroke,
    /// Where it is, as plane, row and column.
    at: [f64; 3],
    /// It has filled an area, which is a step of its own.
    filled: bool,
}

/// What a stroke needs to know of its view.
struct Ground {
    outcome: std::sync::Arc<Outcome>,
    view: SlicePlane,
    slice: usize,
    spacing: [f64; 3],
}

impl Ground {
    fn of(state: &State, pane: &PaneState) -> Option<Self> {
        untrack(|| {
            let outcome = state.result()?;
            let spacing = state
                .on_screen()
                .map(|picture| tools::spacing(&picture.info))?;
            let view = pane
                .pane
                .with(|pane| pane.as_ref().map(|pane| pane.slice_plane))?;
            Some(Self {
                outcome,
                view,
                slice: pane.slice.get(),
                spacing,
            })
        })
    }

    const fn plane(&self) -> Plane {
        tools::plane(&self.view, self.slice)
    }

    /// Plane, row and column at a canvas position.
    fn place(&self, pane: &PaneState, at: [f64; 2]) -> Option<[f64; 3]> {
        let (extent, view) = (pane.extent.get_untracked()?, pane.view.get_untracked()?);
        let on_plane = on_plane(view, &extent, at);
        let shape = self.outcome.info.shape;
        Some(in_image(&self.view, shape, self.slice, on_plane))
    }
}

impl Stroke {
    /// Begins a stroke of the tool in hand at a canvas position; none where nothing can be drawn.
    pub fn begin(state: State, pane: PaneState, at: [f64; 2]) -> Option<Self> {
        let ground = Ground::of(&state, &pane)?;
        let correcting = state.correcting;
        let tool = correcting.tool.get_untracked();
        let at_place = ground.place(&pane, at)?;
        let begun = correcting.change(&ground.outcome, |mask| mask.begin(tool.step()));
        begun.ok()?;
        let mut stroke = Self {
            tool,
            smart: SmartStroke::default(),
            at: at_place,
            filled: false,
        };
        match tool {
            Tool::Move => return None,
            Tool::Brush | Tool::Eraser | Tool::SmartBrush => stroke.draw(state, &ground, at_place),
            Tool::Fill => stroke.fill(state, &ground),
            Tool::Lasso => {
                correcting.lasso.set(Drawn {
                    pane: pane.index,
                    points: Vec::new(),
                });
                stroke.surround(state, pane, at);
            }
        }
        Some(stroke)
    }

    /// Goes on to a canvas position.
    pub fn extend(&mut self, state: State, pane: PaneState, at: [f64; 2]) {
        let Some(ground) = Ground::of(&state, &pane) else {
            return;
        };
        let Some(place) = ground.place(&pane, at) else {
            return;
        };
        match self.tool {
            Tool::Brush | Tool::Eraser | Tool::SmartBrush => self.draw(state, &ground, place),
            Tool::Lasso => self.surround(state, pane, at),
            Tool::Move | Tool::Fill => {}
        }
    }

    /// Ends the stroke as a step.
    pub fn end(self, state: State, pane: PaneState) {
        let correcting = state.correcting;
        if self.tool == Tool::Lasso
            && let Some(ground) = Ground::of(&state, &pane)
        {
            let drawn = correcting.lasso.get_untracked();
            correcting.lasso.set(Drawn::default());
            let shape = ground.outcome.info.shape;
            let points: Vec<[f64; 2]> = drawn
                .points
                .into_iter()
                .map(|point| in_image(&ground.view, shape, ground.slice, point))
                .map(|place| on_axes(&ground.view, place))
                .collect();
            let runs = lasso(shape, ground.plane(), &points);
            let class = correcting.class.get_untracked();
            let _ = apply(state, &ground.outcome, |mask| mask.paint(&runs, class));
        }
        let ended = correcting
            .mask
            .try_update_value(|mask| mask.as_mut().is_some_and(CorrectedMask::end));
        if ended == Some(true) || self.filled {
            correcting.stepped();
            correcting.said.set(format!("{} done.", self.tool.title()));
        }
    }

    /// Takes back what it has drawn: it was no stroke but the beginning of something else.
    pub fn abandon(self, state: State) {
        let correcting = state.correcting;
        correcting.lasso.set(Drawn::default());
        let area = correcting.mask.try_update_value(|mask| {
            let mask = mask.as_mut()?;
            // What was filled is a step already.
            if self.filled {
                mask.undo()
            } else {
                mask.abandon()
            }
        });
        correcting.changed(area.flatten());
    }

    fn draw(&mut self, state: State, ground: &Ground, to: [f64; 3]) {
        let correcting = state.correcting;
        let ball = correcting.ball.get_untracked();
        let disc = (!ball).then(|| ground.plane());
        let size = correcting.size.get_untracked();
        let brush = tools::brush(size, ground.spacing, disc);
        let (shape, from) = (ground.outcome.info.shape, self.at);
        let class = match self.tool {
            Tool::Eraser => BACKGROUND,
            Tool::Move | Tool::Brush | Tool::SmartBrush | Tool::Fill | Tool::Lasso => {
                correcting.class.get_untracked()
            }
        };
        let runs = if self.tool == Tool::SmartBrush {
            let probability = |at: usize| {
                let known = ground.outcome.class_probability(class, at);
                known.unwrap_or(f32::NAN)
            };
            self.smart.extend(shape, &brush, from, to, probability)
        } else {
            brush.stamp(shape, from, to)
        };
        let _ = apply(state, &ground.outcome, |mask| mask.paint(&runs, class));
        self.at = to;
    }

    fn fill(&mut self, state: State, ground: &Ground) {
        let class = state.correcting.class.get_untracked();
        let shape = ground.outcome.info.shape;
        let at = self.at.map(f64::round);
        let inside = at
            .iter()
            .zip(shape)
            .all(|(at, length)| (0.0..length as f64).contains(at));
        if inside {
            let from = at.map(|at| at as usize);
            let plane = ground.plane();
            self.filled = apply(state, &ground.outcome, |mask| {
                mask.fill(from, Some(plane), class)
            });
        }
    }

    /// Adds a point to the line of the lasso.
    fn surround(&self, state: State, pane: PaneState, at: [f64; 2]) {
        if let (Some(extent), Some(view)) = (pane.extent.get_untracked(), pane.view.get_untracked())
        {
            let point = on_plane(view, &extent, at);
            state
                .correcting
                .lasso
                .update(|drawn| drawn.points.push(point));
        }
    }
}

/// Changes the mask, and says whether anything is different.
fn apply(
    state: State,
    outcome: &Outcome,
    change: impl FnOnce(&mut CorrectedMask) -> Option<BoundingBox>,
) -> bool {
    state.correcting.change(outcome, change).is_ok_and(|area| {
        state.correcting.changed(area);
        area.is_some()
    })
}

/// Uses the tool in hand at a voxel, without a pointer.
pub fn at_voxel(state: State, pane: PaneState, voxel: Voxel) {
    let at = pane.extent.get_untracked().and_then(|extent| {
        let (view, pixel) = (pane.view.get_untracked()?, pane.pixel(voxel)?);
        Some(view.centre(pixel, &extent))
    });
    if let Some(stroke) = at.and_then(|at| Stroke::begin(state, pane, at)) {
        stroke.end(state, pane);
    }
}
