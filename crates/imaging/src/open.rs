//! From a file's bytes to a volume.

use crate::choice::Choice;
use crate::{Error, Format, Limits, Volume, dicom, nifti, raster, signature};

/// Opens a picture or a volume: PNG, JPEG, TIFF (its pages of equal size become planes), BMP, GIF, WebP, DICOM in one file
/// (see [`dicom`](crate::dicom); series: [`open_files`](crate::open_files)), or NIfTI in one file, compressed or not
/// (pairs: [`open_nifti_pair`](crate::open_nifti_pair)).
///
/// The format is told by the first bytes; `name` serves only to say in [`Provenance::notes`] that a file's name
/// promises another format. The orientation tag of Exif and TIFF is applied, inverted grey scales (TIFF's
/// WhiteIsZero) are put right and said so, palettes become colours (or grey, if they hold greys only), and alpha is dropped.
/// NIfTI values are scaled as the header says; of a series (4D) the first volume is opened.
///
/// # Errors
/// Every fault of the file, see [`Error`]. A file that is cut short is an error, not half a picture.
pub fn open(bytes: &[u8], name: &str, limits: &Limits) -> Result<Volume, Error> {
    open_part(bytes, name, limits, &Choice::default())
}

/// As [`open`], of the time point and channel that are chosen.
///
/// # Errors
/// As [`open`], and [`Error::NoSuchPart`] for a time point or channel that the file does not have.
pub fn open_part(
    bytes: &[u8],
    name: &str,
    limits: &Limits,
    choice: &Choice,
) -> Result<Volume, Error> {
    let format = signature::detect_named(bytes, name)?;
    let mut volume = match format {
        Format::Dicom => dicom::open(bytes, limits)?,
        Format::Nifti => nifti::open(bytes, limits)?,
        _ => raster::open(format, bytes, limits, choice)?,
    };
    if let Some(promised) = signature::promised_by_name(name).filter(|&promised| promised != format)
    {
        volume.provenance.notes.push(format!(
            "The name says {promised}, the content is {format}."
        ));
    }
    Ok(volume)
}
