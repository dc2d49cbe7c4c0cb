//! TEMPORARY.
use crate::errors::Error;
use crate::picture::{Comparison, Outcome, Picture, plane};

/// Colours of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColourMap { #[default] Viridis, Cividis, Magma }

/// All colour maps, by name in the select and title.
pub const COLOUR_MAPS: [(ColourMap, &str, &str); 3] = [
    (ColourMap::Viridis, "viridis", "Viridis"),
    (ColourMap::Cividis, "cividis", "Cividis"),
    (ColourMap::Magma, "magma", "Magma"),
];

/// How a picture is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// Values drawn black and white.
    pub window: [f32; 2],
    /// Plane of a stack.
    pub plane: usize,
    /// Opacity of the mask, 0..=1.
    pub mask_opacity: f32,
    /// Outline instead of fill.
    pub outline: bool,
    /// Name of the map.
    pub map: String,
    /// Opacity of the map, 0..=1.
    pub map_opacity: f32,
    /// Colours of the map.
    pub colours: ColourMap,
    /// Pixels with this ranking or more are hatched.
    pub threshold: Option<f32>,
}

/// The 256 colours of a map, red, green, blue.
#[must_use]
pub fn table(colours: ColourMap) -> [[u8; 3]; 256] {
    let _ = colours;
    std::array::from_fn(|i| [i as u8, (255 - i) as u8, 128])
}

/// The image alone, RGBA.
pub fn image(picture: &Picture, style: &Style) -> Result<Vec<u8>, Error> {
    let values = picture.plane(style.plane);
    let n = picture.size()[0] * picture.size()[1];
    let [low, high] = style.window;
    let g = |v: f32| ((v - low) / (high - low) * 255.0).clamp(0.0, 255.0) as u8;
    Ok((0..n).flat_map(|i| {
        let c = |k: usize| g(values.get(if picture.info.channels == 3 { k * n + i } else { i }).copied().unwrap_or(0.0));
        [c(0), c(1), c(2), 255]
    }).collect())
}

/// Everything, RGBA.
pub fn overlay(picture: &Picture, outcome: &Outcome, comparison: Option<&Comparison>, style: &Style) -> Result<Vec<u8>, Error> {
    let mut rgba = image(picture, style)?;
    if let Some((info, map)) = outcome.map(&style.map) {
        let t = table(style.colours);
        for (px, v) in rgba.chunks_exact_mut(4).zip(map) {
            let k = ((v - info.minimum) / (info.maximum - info.minimum) * 255.0) as u8;
            for c in 0..3 { px[c] = (f32::from(px[c]) * (1.0 - style.map_opacity) + f32::from(t[usize::from(k)][c]) * style.map_opacity) as u8; }
        }
    }
    for (px, m) in rgba.chunks_exact_mut(4).zip(plane(&outcome.mask, outcome.info.shape, style.plane)) {
        if *m != 0 { px[0] = 255; }
    }
    let _ = comparison;
    Ok(rgba)
}
