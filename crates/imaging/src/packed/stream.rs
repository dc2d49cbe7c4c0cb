//! Compressions of a single file.

use std::borrow::Cow;
use std::io::Read;

use crate::gzip::{is_gzip, peek};
use crate::nifti;
use crate::{Error, Limits};

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compression {
    Gzip,
    Bzip2,
    Xz,
    Zstandard,
}

impl Compression {
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstandard => "Zstandard",
        }
    }

    /// The endings that a name loses, and what takes their place.
    fn endings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Gzip => &[
                (".gz", ""),
                (".tgz", ".tar"),
                (".mgz", ".mgh"),
                (".gzip", ""),
            ],
            Self::Bzip2 => &[(".bz2", ""), (".tbz2", ".tar"), (".tbz", ".tar")],
            Self::Xz => &[(".xz", ""), (".txz", ".tar")],
            Self::Zstandard => &[(".zst", ""), (".zstd", ""), (".tzst", ".tar")],
        }
    }
}

fn compression(bytes: &[u8]) -> Option<Compression> {
    if is_gzip(bytes) {
        // NIfTI is read as a stream, so that it never lies in memory twice.
        let head = peek(bytes, nifti::MAX_HEADER_BYTES);
        return nifti::kind(&head).is_none().then_some(Compression::Gzip);
    }
    match bytes {
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, ..]
        | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, ..] => Some(Compression::Bzip2),
        [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Some(Compression::Xz),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Some(Compression::Zstandard),
        _ => None,
    }
}

/// The contents of a compressed file, and its name without the ending.
pub(crate) type Unwrapped<'a> = (Vec<u8>, Cow<'a, str>);

/// The contents of a compressed file and the name without its ending; `None` for any other file.
///
/// # Errors
/// [`Error::Packed`] where the data are damaged, [`Error::TooManyBytes`] beyond the limit.
pub(crate) fn unwrapped<'a>(
    bytes: &'a [u8],
    name: &'a str,
    limits: &Limits,
) -> Result<Option<Unwrapped<'a>>, Error> {
    let Some(compression) = compression(bytes) else {
        return Ok(None);
    };
    let lower = name.to_ascii_lowercase();
    let inner = compression
        .endings()
        .iter()
        .find(|(ending, _)| lower.ends_with(ending))
        .and_then(|(ending, instead)| {
            let stem = name.get(..name.len() - ending.len())?;
            Some(format!("{stem}{instead}"))
        });
    let inner = inner.map_or(Cow::Borrowed(name), Cow::Owned);
    let unpacked = match compression {
        Compression::Gzip => read(crate::gzip::Stream::new(bytes), compression, limits),
        Compression::Bzip2 => read(
            bzip2::bufread::MultiBzDecoder::new(bytes),
            compression,
            limits,
        ),
        Compression::Xz => read(lzma_rust2::XzReader::new(bytes, true), compression, limits),
        Compression::Zstandard => {
            let decoder =
                ruzstd::decoding::StreamingDecoder::new(bytes).map_err(|_| damaged(compression))?;
            read(decoder, compression, limits)
        }
    }?;
    Ok(Some((unpacked, inner)))
}

fn damaged(compression: Compression) -> Error {
    Error::Packed {
        name: compression.name(),
    }
}

/// Reads to the end, at most as many bytes as the limits allow.
fn read(reader: impl Read, compression: Compression, limits: &Limits) -> Result<Vec<u8>, Error> {
    let mut unpacked = Vec::new();
    let mut limited = reader.take(limits.max_bytes.saturating_add(1));
    limited
        .read_to_end(&mut unpacked)
        .map_err(|_| damaged(compression))?;
    if unpacked.len() as u64 > limits.max_bytes {
        return Err(Error::TooManyBytes {
            bytes: unpacked.len() as u64,
            limit: limits.max_bytes,
        });
    }
    Ok(unpacked)
}
