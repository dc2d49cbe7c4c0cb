//! Results as pictures.

use imaging::encode;
use imaging::render::{ColourMap, MapLayer, OverlayStyle, overlay, windowed};
use segwithu::head::MapKind;

use super::Context;
use crate::{Error, Manifest, MapResult, Segmentation, range};
use imaging::Volume;

/// The mask as an 8-bit grey PNG whose values are class identifiers.
pub(super) fn mask_png(context: &Context<'_>) -> Result<Vec<u8>, Error> {
    let [planes, rows, columns] = context.result.shape;
    // Planes below each other where there are several, which is not offered.
    Ok(encode::png_mask(&context.result.labels, planes * rows, columns)?)
}

/// One plane of an image, its mask with outline and the ranking map in one PNG, as the page shows them at first.
///
/// # Errors
/// [`imaging::Error::NoSuchPlane`] for a plane that the image does not have, and those of rendering and of the encoder.
pub fn overlay_png(
    manifest: &Manifest,
    volume: &Volume,
    result: &Segmentation,
    plane: usize,
) -> Result<Vec<u8>, Error> {
    let [planes, rows, columns] = result.shape;
    let pixels = rows * columns;
    let missing = || imaging::Error::NoSuchPlane { plane, planes };
    let plane_of = plane * pixels..(plane + 1) * pixels;
    let mut pixels_of_plane = Vec::with_capacity(volume.channels * pixels);
    for channel in volume.voxels.chunks_exact((planes * pixels).max(1)) {
        pixels_of_plane.extend(channel.get(plane_of.clone()).ok_or_else(missing)?);
    }
    let base = windowed(
        &pixels_of_plane,
        volume.channels,
        volume.provenance.display_range(),
    )?;
    let colours = manifest
        .classes
        .iter()
        .map(|class| class.colour)
        .collect::<Vec<_>>();
    let ranking = match result.map(MapKind::Ranking) {
        Some(values) => Some(MapLayer {
            values: values.get(plane_of.clone()).ok_or_else(missing)?,
            range: range(values),
            colour_map: ColourMap::Viridis,
            opacity: 0.6,
            proportional: true,
        }),
        None => None,
    };
    let style = OverlayStyle {
        class_colours: &colours,
        map: ranking,
        ..OverlayStyle::default()
    };
    let labels = result.labels.get(plane_of).ok_or_else(missing)?;
    let drawn = overlay(&base, labels, rows, columns, &style)?;
    Ok(encode::png_rgba(&drawn, rows, columns)?)
}
