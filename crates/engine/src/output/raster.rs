//! Results as pictures.

use imaging::render::{ColourMap, MapLayer, OverlayStyle, overlay, windowed};
use imaging::{Volume, encode};
use segwithu::head::MapKind;

use super::context::Context;
use crate::{Error, Manifest, MapResult, Segmentation, range};

/// The mask of a picture as an 8-bit grey PNG whose values are class identifiers.
pub(super) fn mask_png(context: &Context<'_>) -> Result<Vec<u8>, Error> {
    let [_, rows, columns] = context.result.shape;
    Ok(encode::png_mask(&context.result.labels, rows, columns)?)
}

/// The mask as a TIFF with an 8-bit grey page for every plane.
pub(super) fn mask_tiff(context: &Context<'_>) -> Result<Vec<u8>, Error> {
    let result = context.result;
    Ok(encode::tiff_mask_pages(&result.labels, result.shape)?)
}

/// A map as a TIFF with a page of 32-bit floats for every plane.
pub(super) fn map_tiff(context: &Context<'_>, map: &MapResult) -> Result<Vec<u8>, Error> {
    Ok(encode::tiff_f32_pages(&map.values, context.result.shape)?)
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
