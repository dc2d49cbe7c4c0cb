//! How the picture is drawn, as the visitor has set it, and where its views stand.

use leptos::prelude::*;
use page::compose::ColourMap;
use page::cut::Voxel;
use page::panes::Pane;
use page::patient::Convention;
use page::zoom::{Extent, View};

/// How the picture is drawn; set by the visitor.
#[derive(Debug, Clone, Copy)]
pub struct Display {
    /// Name of the map.
    pub map: RwSignal<String>,
    /// Opacity of the mask, per cent.
    pub mask_opacity: RwSignal<f64>,
    /// Opacity of the map, per cent.
    pub map_opacity: RwSignal<f64>,
    /// Outline instead of fill.
    pub outline: RwSignal<bool>,
    /// Draw the map fainter where it is low.
    pub fade: RwSignal<bool>,
    /// Colours of the map.
    pub colours: RwSignal<ColourMap>,
    /// Values drawn black and white.
    pub window: RwSignal<[f32; 2]>,
    /// Share of the width, from the left, that shows the image alone, per cent.
    pub wipe: RwSignal<f64>,
    /// Share of pixels to refer, per cent.
    pub referral: RwSignal<f64>,
    /// Draw where mask and labels differ.
    pub errors: RwSignal<bool>,
    /// On which side the patient's right is.
    pub convention: RwSignal<Convention>,
    /// The view that is shown large.
    pub large: RwSignal<usize>,
    /// The large view is the only one.
    pub alone: RwSignal<bool>,
    /// Draw the lines of the crosshair in a volume.
    pub lines: RwSignal<bool>,
    /// The voxel through which all views of a volume go.
    pub crosshair: RwSignal<Voxel>,
    /// The crosshair was put there on purpose: mark it in a picture too, and read it aloud.
    pub marked: RwSignal<bool>,
    /// The voxel under the pointer.
    pub pointer: RwSignal<Option<Voxel>>,
}

impl Display {
    /// How the page opens.
    pub fn new() -> Self {
        Self {
            map: RwSignal::new("ranking".to_owned()),
            mask_opacity: RwSignal::new(30.0),
            map_opacity: RwSignal::new(80.0),
            outline: RwSignal::new(true),
            fade: RwSignal::new(true),
            colours: RwSignal::new(ColourMap::default()),
            window: RwSignal::new([0.0, 255.0]),
            wipe: RwSignal::new(0.0),
            referral: RwSignal::new(0.0),
            errors: RwSignal::new(true),
            convention: RwSignal::new(Convention::default()),
            large: RwSignal::new(0),
            alone: RwSignal::new(false),
            lines: RwSignal::new(true),
            crosshair: RwSignal::new([0; 3]),
            marked: RwSignal::new(false),
            pointer: RwSignal::new(None),
        }
    }
}

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
            pane.with(|pane| pane.as_ref().map_or(0, |pane| pane.cut.slice(voxel)))
        });
        let canvas = RwSignal::new([0.0_f64; 2]);
        let extent = Memo::new(move |_| {
            let shape = shape.get()?;
            let canvas = canvas.get();
            let (size, stretch) = pane.with(|pane| {
                pane.as_ref()
                    .map(|pane| (pane.cut.size(shape), pane.stretch))
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
            .with_untracked(|pane| Some(pane.as_ref()?.cut.voxel(shape, slice, pixel)))
    }

    /// Row and column of the screen at which a voxel is seen, on its own plane.
    pub fn pixel(&self, voxel: Voxel) -> Option<[usize; 2]> {
        let shape = self.shape.get_untracked()?;
        self.pane
            .with_untracked(|pane| Some(pane.as_ref()?.cut.pixel(shape, voxel)))
    }

    /// Magnifies around a canvas position, or around the middle.
    pub fn zoom(&self, factor: f64, at: Option<[f64; 2]>) {
        if let (Some(extent), Some(view)) = (self.extent.get_untracked(), self.view.get_untracked())
        {
            let at = at.unwrap_or_else(|| extent.middle());
            self.chosen.set(Some(view.zoomed(factor, at, &extent)));
        }
    }

    /// Brings a voxel into sight, enlarged around about `radius` voxels where that is given.
    pub fn show(&self, voxel: Voxel, radius: Option<f64>) {
        let (Some(extent), Some(pixel)) = (self.extent.get_untracked(), self.pixel(voxel)) else {
            return;
        };
        if let Some(radius) = radius {
            self.chosen.set(Some(View::around(pixel, radius, &extent)));
        } else if let Some(view) = self.chosen.get_untracked() {
            self.chosen.set(Some(view.showing(pixel, &extent)));
        }
    }
}
