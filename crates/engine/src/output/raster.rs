//! Results as pictures.

use imaging::encode;

use super::context::Context;
use crate::{Error, MapResult};

/// The mask of a picture as an 8-bit grey PNG whose values are class identifiers.
pub(super) fn mask_png(context: &Context<'_>) -> Result<Vec<u8>, Error> {
    let [_, rows, columns] = context.result.shape;
    Ok(encode::png_mask(context.labels(), rows, columns)?)
}

/// The mask as a TIFF with an 8-bit grey page for every plane.
pub(super) fn mask_tiff(context: &Context<'_>) -> Result<Vec<u8>, Error> {
    let shape = context.result.shape;
    Ok(encode::tiff_mask_pages(context.labels(), shape)?)
}

/// A map as a TIFF with a page of 32-bit floats for every plane.
pub(super) fn map_tiff(context: &Context<'_>, map: &MapResult) -> Result<Vec<u8>, Error> {
    Ok(encode::tiff_f32_pages(&map.values, context.result.shape)?)
}
