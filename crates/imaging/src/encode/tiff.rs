//! Maps and masks as uncompressed TIFF, little-endian on the usual machines; several planes are several pages.

use std::io::Cursor;

use tiff::encoder::colortype::{ColorType, Gray8, Gray32Float};
use tiff::encoder::{TiffEncoder, TiffValue};
use tiff::tags::{ResolutionUnit, Tag};

use super::fault::encode_fault;
use crate::space::{check, side};
use crate::{Error, Format};

/// Bits of NewSubfileType for one page of several (TIFF 6.0, section 8).
const ONE_OF_SEVERAL: u32 = 0b10;
/// Offsets in a TIFF file have 32 bits; what the voxels leave of them is more than enough for the directories.
const MAX_BYTES: u64 = 0xF000_0000;

/// A map as a TIFF with one channel of 32-bit floats.
///
/// `values` is `[rows, columns]` and is stored as it is.
///
/// # Errors
/// [`Error::WrongLength`] if `values` does not fit, [`Error::Encode`] if the size does not suit TIFF.
pub fn tiff_f32(values: &[f32], rows: usize, columns: usize) -> Result<Vec<u8>, Error> {
    tiff_f32_pages(values, [1, rows, columns])
}

/// A map of a volume as a TIFF with one page of 32-bit floats for each plane.
///
/// `values` is `[planes, rows, columns]` of `shape` and is stored as it is.
///
/// # Errors
/// As [`tiff_f32`].
pub fn tiff_f32_pages(values: &[f32], shape: [usize; 3]) -> Result<Vec<u8>, Error> {
    pages::<Gray32Float>(values, "the map", shape)
}

/// A segmentation of a volume as a TIFF with one page of 8-bit class ids for each plane.
///
/// `labels` is `[planes, rows, columns]` of `shape`.
///
/// # Errors
/// As [`tiff_f32`].
pub fn tiff_mask_pages(labels: &[u8], shape: [usize; 3]) -> Result<Vec<u8>, Error> {
    pages::<Gray8>(labels, "the mask", shape)
}

fn pages<C: ColorType>(
    values: &[C::Inner],
    what: &'static str,
    shape: [usize; 3],
) -> Result<Vec<u8>, Error>
where
    [C::Inner]: TiffValue,
{
    let [planes, rows, columns] = shape;
    check(values.len(), what, shape, 1)?;
    let fault = |error: tiff::TiffError| encode_fault(Format::Tiff, &error);
    let (width, height) = (side(columns, Format::Tiff)?, side(rows, Format::Tiff)?);
    side(planes, Format::Tiff)?;
    let bytes = size_of_val(values) as u64;
    if bytes > MAX_BYTES {
        return Err(Error::Encode {
            format: Format::Tiff,
            detail: format!("{bytes} bytes of voxels"),
        });
    }
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).map_err(fault)?;
    for page in values.chunks_exact(rows * columns) {
        let mut image = encoder.new_image::<C>(width, height).map_err(fault)?;
        image.resolution_unit(ResolutionUnit::None);
        image
            .encoder()
            .write_tag(Tag::Software, "Penumbra")
            .map_err(fault)?;
        if planes > 1 {
            image
                .encoder()
                .write_tag(Tag::NewSubfileType, ONE_OF_SEVERAL)
                .map_err(fault)?;
        }
        image.write_data(page).map_err(fault)?;
    }
    Ok(file.into_inner())
}
