//! Where a view is drawn: its plane, its canvas, zoom and pan.

use leptos::prelude::*;
use page::view::panes::Pane;
use page::view::shape::Voxel;
use page::view::zoom::{Extent, View};

use super::display::Display;

/// Where a view is drawn.
#[derive(Debug, Clone, Copy)]
pub struct PaneState {
    /// Which of the three.
    pub index: usize,
    /// What it shows; none where the image has fewer views.
    pub pane: Memo<Option<Pane>>,
    /// Planes, rows and columns of the image.
    pub shape: Memo<Option<[usize; 3]>>,
    /// The plane that it shows.
    pub slice: Memo<usize>,
    /// Width and height of its canvas in device pixels.
    pub canvas: RwSignal<[f64; 2]>,
    /// Image and canvas; none while either has no size.
    pub extent: Memo<Option<Extent>>,
    /// Zoom and pan that the visitor has chosen; none shows the whole image.
    pub chosen: RwSignal<Option<View>>,
    /// Zoom and pan as they are drawn.
    pub view: Memo<Option<View>>,
}

impl PaneState {
    pub(super) fn new(
        index: usize,
        views: Memo<Vec<Pane>>,
        shape: Memo<Option<[usize; 3]>>,
        display: Display,
    ) -> Self {
        let pane = Memo::new(move |_| views.with(|views| views.get(index).cloned()));
        let slice = Memo::new(move |_| {
            let voxel = display.crosshair.get();
            pane.with(|pane| {
                pane.as_ref()
                    .map_or(0, |pane| pane.slice_plane.slice(voxel))
            })
        });
        let canvas = RwSignal::new([0.0_f64; 2]);
        let extent = Memo::new(move |_| {
            let shape = shape.get()?;
            let canvas = canvas.get();
            let (size, stretch) = pane.with(|pane| {
                pane.as_ref()
                    .map(|pane| (pane.slice_plane.size(shape), pane.stretch))
            })?;
            (canvas[0] >= 1.0 && canvas[1] >= 1.0).then_some(Extent {
                size,
                stretch,
                canvas,
            })
        });
        let chosen = RwSignal::new(None::<View>);
        let view = Memo::new(move |_| {
            let extent = extent.get()?;
            let kept = chosen.get().map(|view| view.kept(&extent));
            Some(kept.unwrap_or_else(|| View::fit(&extent)))
        });
        Self {
            index,
            pane,
            shape,
            slice,
            canvas,
            extent,
            chosen,
            view,
        }
    }

    /// The voxel at a row and a column of the screen, on the plane that is shown.
    pub fn voxel(&self, pixel: [usize; 2]) -> Option<Voxel> {
        let shape = self.shape.get_untracked()?;
        let slice = self.slice.get_untracked();
        self.pane
            .with_untracked(|pane| Some(pane.as_ref()?.slice_plane.voxel(shape, slice, pixel)))
    }

    /// Row and column of the screen at which a voxel is seen, on its own plane.
    pub fn pixel(&self, voxel: Voxel) -> Option<[usize; 2]> {
        let shape = self.shape.get_untracked()?;
        self.pane
            .with_untracked(|pane| Some(pane.as_ref()?.slice_plane.pixel(shape, voxel)))
    }

    /// Magnifies around a canvas position, or around the middle.
    pub fn zoom(&self, factor: f64, at: Option<[f64; 2]>) {
        if let (Some(extent), Some(view)) = (self.extent.get_untracked(), self.view.get_untracked())
        {
            let at = at.unwrap_or_else(|| extent.middle());
            self.chosen.set(Some(view.zoomed(factor, at, &extent)));
        }
    }

    /// Brings a voxel into sight, without zooming.
    pub fn show(&self, voxel: Voxel) {
        if let (Some(extent), Some(pixel), Some(view)) = (
            self.extent.get_untracked(),
            self.pixel(voxel),
            self.chosen.get_untracked(),
        ) {
            self.chosen.set(Some(view.showing(pixel, &extent)));
        }
    }

    /// Enlarges the view so that all from one voxel to another fills a third of it.
    pub fn frame(&self, first: Voxel, last: Voxel) {
        if let (Some(extent), Some(first), Some(last)) = (
            self.extent.get_untracked(),
            self.pixel(first),
            self.pixel(last),
        ) {
            self.chosen.set(Some(View::framing(first, last, &extent)));
        }
    }
}
