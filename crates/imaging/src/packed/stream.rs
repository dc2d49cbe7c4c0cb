//! Compressions of a single file.

use std::borrow::Cow;
use std::io::Read;

use crate::gzip::{is_gzip, peek};
use crate::nifti;
use crate::{Error, Limits};

/// How a file is compressed, with the endings that its name loses.
struct Compression {
    name: &'static str,
    endings: &'static [(&'static str, &'static str)],
}

const GZIP: Compression = Compression {
    name: "gzip",
    endings: &[
        (".gz", ""),
        (".tgz", ".tar"),
        (".mgz", ".mgh"),
        (".gzip", ""),
    ],
};
const BZIP2: Compression = Compression {
    name: "bzip2",
    endings: &[(".bz2", ""), (".tbz2", ".tar"), (".tbz", ".tar")],
};
const XZ: Compression = Compression {
    name: "xz",
    endings: &[(".xz", ""), (".txz", ".tar")],
};
const ZSTANDARD: Compression = Compression {
    name: "Zstandard",
    endings: &[(".zst", ""), (".zstd", ""), (".tzst", ".tar")],
};

fn compression(bytes: &[u8]) -> Option<&'static Compression> {
    if is_gzip(bytes) {
        // NIfTI is read as a stream, so that it never lies in memory twice.
        let head = peek(bytes, nifti::MAX_HEADER_BYTES);
        return nifti::kind(&head).is_none().then_some(&GZIP);
    }
    match bytes {
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, ..]
        | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, ..] => Some(&BZIP2),
        [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Some(&XZ),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Some(&ZSTANDARD),
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
        .endings
        .iter()
        .find(|(ending, _)| lower.ends_with(ending))
        .and_then(|(ending, instead)| {
            let stem = name.get(..name.len() - ending.len())?;
            Some(format!("{stem}{instead}"))
        });
    let inner = inner.map_or(Cow::Borrowed(name), Cow::Owned);
    let unpacked = match compression.name {
        "gzip" => read(crate::gzip::Stream::new(bytes), compression, limits),
        "bzip2" => read(
            bzip2::bufread::MultiBzDecoder::new(bytes),
            compression,
            limits,
        ),
        "xz" => read(lzma_rust2::XzReader::new(bytes, true), compression, limits),
        _ => {
            let decoder =
                ruzstd::decoding::StreamingDecoder::new(bytes).map_err(|_| damaged(compression))?;
            read(decoder, compression, limits)
        }
    }?;
    Ok(Some((unpacked, inner)))
}

fn damaged(compression: &Compression) -> Error {
    Error::Packed {
        name: compression.name,
    }
}

/// Reads to the end, at most as many bytes as the limits allow.
fn read(reader: impl Read, compression: &Compression, limits: &Limits) -> Result<Vec<u8>, Error> {
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
