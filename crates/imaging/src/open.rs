//! From a file's bytes to a volume.

use crate::choice::Choice;
use crate::grid_file;
use crate::{Error, Format, Limits, Volume, dicom, nifti, packed, raster, signature};

/// Opens a picture or a volume: PNG, JPEG, TIFF (its pages of equal size become planes), BMP, GIF, WebP, DICOM in one file
/// (see [`dicom`](crate::dicom); series: [`open_files`](crate::open_files)), or NIfTI in one file, compressed or not
/// (pairs: [`open_nifti_pair`](crate::open_nifti_pair)).
///
/// The format is told by the first bytes; `name` serves only to say in [`Provenance::notes`](crate::Provenance::notes) that a file's name
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
    let unpacked = packed::unwrapped(bytes, name, limits)?;
    let (bytes, name) = match &unpacked {
        Some((bytes, name)) => (bytes.as_slice(), name.as_ref()),
        None => (bytes, name),
    };
    let format = signature::detect_named(bytes, name)?;
    let mut volume = guarded(|| decoded(format, bytes, limits, choice))?;
    if let Some(promised) = signature::promised_by_name(name).filter(|&promised| promised != format)
    {
        volume.provenance.notes.push(format!(
            "The name says {promised}, the content is {format}."
        ));
    }
    Ok(volume)
}

fn decoded(
    format: Format,
    bytes: &[u8],
    limits: &Limits,
    choice: &Choice,
) -> Result<Volume, Error> {
    Ok(match format {
        Format::Dicom => dicom::open(bytes, limits, choice)?,
        Format::Nifti => nifti::open(bytes, limits, choice)?,
        Format::Nrrd | Format::MetaImage | Format::Mgh => {
            grid_file::open(bytes, own_data(bytes)?, limits, choice)?
        }
        Format::Png | Format::Jpeg | Format::Tiff | Format::Bmp | Format::Gif | Format::WebP => {
            raster::open(format, bytes, limits, choice)?
        }
    })
}

/// Runs a decoder so that a fault of its own ends the file and not the program, where that can be done: in a browser a
/// panic ends the worker, which is why hostile files are tried by fuzzing as well.
pub(crate) fn guarded<T>(decode: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    if cfg!(target_family = "wasm") {
        return decode();
    }
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(decode))
        .unwrap_or(Err(Error::DecoderFailed))
}

/// The samples of a header that has them in its own file.
pub(crate) fn own_data(bytes: &[u8]) -> Result<&[u8], Error> {
    let header = grid_file::read(bytes)?;
    match header.data_file {
        None => Ok(bytes),
        Some(_) => Err(Error::NoData {
            format: header.format,
        }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::guarded;
    use crate::Error;

    #[test]
    fn a_panic_is_an_error() {
        let found: Result<(), Error> = guarded(|| panic!("a decoder's own fault"));
        assert_eq!(found, Err(Error::DecoderFailed));
    }
}
