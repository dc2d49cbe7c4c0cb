//! How the picture is drawn, as the visitor has set it.

use leptos::prelude::*;
use page::view::anatomy::Convention;
use page::view::compose::{ColourMap, Mode};
use page::view::shape::Voxel;

/// How the picture is drawn; set by the visitor.
#[derive(Debug, Clone, Copy)]
pub struct Display {
    /// What is shown of the doubt.
    pub mode: RwSignal<Mode>,
    /// How sure the core of the penumbra is, per cent.
    pub sure: RwSignal<f64>,
    /// An address has asked for that level, so the model that is being loaded does not set its own.
    pub sure_asked: RwSignal<bool>,
    /// Name of the map.
    pub map: RwSignal<String>,
    /// Opacity of the mask, per cent.
    pub mask_opacity: RwSignal<f64>,
    /// Opacity of the map, per cent.
    pub map_opacity: RwSignal<f64>,
    /// Outline instead of fill.
    pub outline: RwSignal<bool>,
    /// Draw the map fainter where there is less doubt.
    pub fade: RwSignal<bool>,
    /// Colours of the map.
    pub colours: RwSignal<ColourMap>,
    /// Values drawn black and white.
    pub window: RwSignal<[f32; 2]>,
    /// Share of the width, from the left, that shows the image alone, per cent.
    pub wipe: RwSignal<f64>,
    /// Share of what may be wrong in the listed places that is referred, per cent.
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
            mode: RwSignal::new(Mode::default()),
            sure: RwSignal::new(90.0),
            sure_asked: RwSignal::new(false),
            map: RwSignal::new("ranking".to_owned()),
            mask_opacity: RwSignal::new(30.0),
            map_opacity: RwSignal::new(80.0),
            outline: RwSignal::new(true),
            fade: RwSignal::new(true),
            // Its colours are none of any class, as those of Viridis are.
            colours: RwSignal::new(ColourMap::Magma),
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
