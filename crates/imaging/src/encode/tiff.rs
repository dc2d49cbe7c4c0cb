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

/// Several maps of an image as a TIFF with one channel of 32-bit floats for each, one page for each plane.
///
/// `values` is `[channels, planes, rows, columns]` and is stored pixel by pixel, as it is. The channels after the first
/// are samples of unspecified meaning (TIFF 6.0, ExtraSamples 0).
///
/// # Errors
/// As [`tiff_f32`].
pub fn tiff_f32_channels(
    values: &[f32],
    channels: usize,
    shape: [usize; 3],
) -> Result<Vec<u8>, Error> {
    let [planes, rows, columns] = shape;
    check(values.len(), "the maps", shape, channels)?;
    let fault = |error: tiff::TiffError| encode_fault(Format::Tiff, &error);
    let (width, height) = (side(columns, Format::Tiff)?, side(rows, Format::Tiff)?);
    side(planes, Format::Tiff)?;
    let samples = u16::try_from(channels)
        .ok()
        .filter(|&samples| samples > 0)
        .ok_or_else(|| Error::Encode {
            format: Format::Tiff,
            detail: format!("{channels} channels"),
        })?;
    check_bytes(size_of_val(values) as u64)?;
    let (pixels, voxels) = (rows * columns, planes * rows * columns);
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).map_err(fault)?;
    let mut page: Vec<f32> = Vec::with_capacity(channels * pixels);
    for plane in 0..planes {
        page.clear();
        for pixel in plane * pixels..(plane + 1) * pixels {
            page.extend(values.iter().skip(pixel).step_by(voxels).copied());
        }
        let mut directory = encoder.image_directory().map_err(fault)?;
        let strip = directory.write_data(page.as_slice()).map_err(fault)?;
        let mut write = |tag, value: &[u16]| directory.write_tag(tag, value);
        let each = |value: u16| vec![value; channels];
        write(Tag::BitsPerSample, &each(32)).map_err(fault)?;
        write(Tag::Compression, &[1]).map_err(fault)?;
        write(Tag::PhotometricInterpretation, &[1]).map_err(fault)?;
        write(Tag::SamplesPerPixel, &[samples]).map_err(fault)?;
        write(Tag::PlanarConfiguration, &[1]).map_err(fault)?;
        write(Tag::SampleFormat, &each(3)).map_err(fault)?;
        if channels > 1 {
            write(Tag::ExtraSamples, &vec![0; channels - 1]).map_err(fault)?;
        }
        let mut write = |tag, value: u32| directory.write_tag(tag, value);
        write(Tag::ImageWidth, width).map_err(fault)?;
        write(Tag::ImageLength, height).map_err(fault)?;
        write(Tag::RowsPerStrip, height).map_err(fault)?;
        write(Tag::StripOffsets, strip as u32).map_err(fault)?;
        write(Tag::StripByteCounts, size_of_val(page.as_slice()) as u32).map_err(fault)?;
        if planes > 1 {
            write(Tag::NewSubfileType, ONE_OF_SEVERAL).map_err(fault)?;
        }
        directory
            .write_tag(Tag::Software, "Penumbra")
            .map_err(fault)?;
        directory.finish().map_err(fault)?;
    }
    Ok(file.into_inner())
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

fn check_bytes(bytes: u64) -> Result<(), Error> {
    if bytes > MAX_BYTES {
        return Err(Error::Encode {
            format: Format::Tiff,
            detail: format!("{bytes} bytes of voxels"),
        });
    }
    Ok(())
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
    check_bytes(size_of_val(values) as u64)?;
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
