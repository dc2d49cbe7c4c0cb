//! Formats are told by their first bytes, never by a file's name.

use crate::gzip::{is_gzip, peek};
use crate::known_formats::{KnownFormat, known_format};
use crate::nifti::{Kind, MAX_HEADER_BYTES, kind};
use crate::{Error, Format, dicom, grid_file};

/// The format of a file by its first bytes.
pub(crate) fn detect(bytes: &[u8]) -> Result<Format, Error> {
    if bytes.is_empty() {
        return Err(Error::Empty);
    }
    // A DICOM file may begin like a TIFF one (PS3.10, 7.1: the preamble is free for the use of other formats).
    if bytes.get(128..132) == Some(b"DICM") {
        return Ok(Format::Dicom);
    }
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Ok(Format::Png),
        [0xFF, 0xD8, 0xFF, ..] => Ok(Format::Jpeg),
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Ok(Format::Tiff),
        [b'B', b'M', ..] if bytes.len() >= 18 && is_bitmap_header(bytes) => Ok(Format::Bmp),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Ok(Format::Gif),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Ok(Format::WebP),
        _ if dicom::is_dicom(bytes) => Ok(Format::Dicom),
        _ if is_gzip(bytes) => match kind(&peek(bytes, MAX_HEADER_BYTES)) {
            Some(found) => volume(found),
            None => Err(Error::UnknownFormat {
                looks_like: "a gzip archive of something else than an image".to_owned(),
            }),
        },
        _ => match (grid_file::detect(bytes), kind(bytes)) {
            (Some(format), _) => Ok(format),
            (None, Some(found)) => volume(found),
            (None, None) => Err(Error::UnknownFormat {
                looks_like: describe(bytes),
            }),
        },
    }
}

/// As [`detect`], but the name helps to tell what has no signature: the voxels of a NIfTI pair, and formats that are not
/// read.
pub(crate) fn detect_named(bytes: &[u8], name: &str) -> Result<Format, Error> {
    let lower = name.to_ascii_lowercase();
    let found = detect(bytes);
    // A picture's signature is certain; text and numbers may be a known format all the same.
    match found {
        Err(Error::UnknownFormat { looks_like }) => {
            if lower.ends_with(".img") || lower.ends_with(".img.gz") {
                return Err(Error::HalfOfPair);
            }
            Err(match known_format(bytes, name) {
                Some(KnownFormat { what, remedy }) => Error::KnownFormat { what, remedy },
                None => Error::UnknownFormat { looks_like },
            })
        }
        other => other,
    }
}

fn volume(kind: Kind) -> Result<Format, Error> {
    match kind {
        Kind::Nifti(_) => Ok(Format::Nifti),
        Kind::Analyze => Err(Error::HalfOfPair),
    }
}

/// "BM" begins many a text, so the size of the second header must be one that exists.
fn is_bitmap_header(bytes: &[u8]) -> bool {
    matches!(
        bytes.get(14..18),
        Some([12 | 16 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])
    )
}

/// What a file that is no picture looks like, for the error's sentence.
fn describe(bytes: &[u8]) -> String {
    let named = if bytes.starts_with(b"PK\x03\x04") {
        "a ZIP archive"
    } else if is_text(bytes) {
        "a text file"
    } else {
        let first: Vec<String> = bytes
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        return format!("a file of unknown kind (first bytes {})", first.join(" "));
    };
    named.to_owned()
}

fn is_text(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(512)).unwrap_or(bytes);
    let valid = match std::str::from_utf8(head) {
        Ok(_) => true,
        // A character may be cut in two where the sample ends.
        Err(error) => error.error_len().is_none(),
    };
    valid
        && head
            .iter()
            .all(|&byte| byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C))
}

/// The format that a file's name promises, by its extension.
pub(crate) fn promised_by_name(name: &str) -> Option<Format> {
    let name = name.to_ascii_lowercase();
    let (_, extension) = name.strip_suffix(".gz").unwrap_or(&name).rsplit_once('.')?;
    match extension {
        "png" => Some(Format::Png),
        "jpg" | "jpeg" | "jpe" | "jfif" => Some(Format::Jpeg),
        "tif" | "tiff" => Some(Format::Tiff),
        "bmp" | "dib" => Some(Format::Bmp),
        "gif" => Some(Format::Gif),
        "webp" => Some(Format::WebP),
        "dcm" | "dicom" => Some(Format::Dicom),
        "nii" | "hdr" => Some(Format::Nifti),
        "nrrd" | "nhdr" => Some(Format::Nrrd),
        "mha" | "mhd" => Some(Format::MetaImage),
        "mgh" | "mgz" => Some(Format::Mgh),
        _ => None,
    }
}
