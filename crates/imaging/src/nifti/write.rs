//! Masks and maps as compressed NIfTI, on the grid of the image they belong to.

use super::data_type::DataType;
use super::header::NiftiHeader;
use super::placed::placed;
use crate::gzip::Gzip;
use crate::space::{Space, check, side};
use crate::{Error, Format, SampleType};

const FORMAT: Format = Format::Nifti;
/// NIFTI_INTENT_LABEL: the voxels are indices of labels.
const LABELS: i32 = 1002;
/// NIFTI_INTENT_NONE.
const NOTHING_IN_PARTICULAR: i32 = 0;

/// A segmentation as `.nii.gz` with 8-bit class ids.
///
/// `labels` is `[planes, rows, columns]` of the space. Where the image was a NIfTI file of that shape, its forms with their
/// codes, its units and its description are carried through; else the sform and, unless the axes are sheared, the qform
/// are the space's affine matrix with code 1 (scanner), or 0 where there is no matrix. The file is NIfTI-1, whose
/// positions have 7 digits, and NIfTI-2 only where a side is above 32767: not every program reads that.
///
/// # Errors
/// [`Error::WrongLength`] if `labels` does not fit, [`Error::Encode`] if a side is 0 or no memory is left.
pub fn nifti_mask(labels: &[u8], space: &Space<'_>) -> Result<Vec<u8>, Error> {
    check(labels.len(), "the mask", space.shape, 1)?;
    let mut file = start(space, SampleType::Uint8, LABELS, 6)?;
    file.write(labels)?;
    file.finish()
}

/// A map as `.nii.gz` with 32-bit floats, in the same way as [`nifti_mask`].
///
/// `values` is `[planes, rows, columns]` of the space and is stored as it is.
///
/// # Errors
/// As [`nifti_mask`].
pub fn nifti_map(values: &[f32], space: &Space<'_>) -> Result<Vec<u8>, Error> {
    check(values.len(), "the map", space.shape, 1)?;
    // The last bits of a float are noise; trying hard to compress them costs much and gains little.
    let mut file = start(space, SampleType::Float32, NOTHING_IN_PARTICULAR, 3)?;
    file.write_floats(values)?;
    file.finish()
}

/// Several maps of one image as `.nii.gz` with 32-bit floats and a fourth axis, in the same way as [`nifti_mask`].
///
/// `values` is `[channels, planes, rows, columns]` of the space and is stored as it is.
///
/// # Errors
/// As [`nifti_mask`].
pub fn nifti_channels(
    values: &[f32],
    channels: usize,
    space: &Space<'_>,
) -> Result<Vec<u8>, Error> {
    check(values.len(), "the maps", space.shape, channels)?;
    side(channels, FORMAT)?;
    let mut header = header(space, SampleType::Float32, NOTHING_IN_PARTICULAR)?;
    header.dimensions.resize(3, 1);
    header.dimensions.push(channels as u64);
    let mut file = Gzip::after(Vec::new(), 3, FORMAT);
    file.write(&header.to_bytes())?;
    file.write_floats(values)?;
    file.finish()
}

/// The file up to its voxels.
fn start(
    space: &Space<'_>,
    sample_type: SampleType,
    intent: i32,
    level: u32,
) -> Result<Gzip, Error> {
    let header = header(space, sample_type, intent)?;
    let mut file = Gzip::after(Vec::new(), level, FORMAT);
    file.write(&header.to_bytes())?;
    Ok(file)
}

fn header(space: &Space<'_>, sample_type: SampleType, intent: i32) -> Result<NiftiHeader, Error> {
    for length in space.shape {
        side(length, FORMAT)?;
    }
    let mut header = placed(
        space.shape,
        space.affine,
        space.spacing,
        space.header,
        DataType::Number(sample_type),
    );
    header.intent = intent;
    Ok(header)
}
