//! ZIP archives (APPNOTE 6.3), as far as folders of images need them: stored and deflated files, no encryption, no
//! volumes of several files, nothing beyond 4 GiB.
//!
//! Everything is bounded before it is unpacked: the number of entries, the bytes of each and of all, and how many bytes
//! may come from one packed byte.

use std::io::Read as _;

use crate::memory::reserve;
use crate::{Error, Limits};

const LOCAL_HEADER: [u8; 4] = *b"PK\x03\x04";
const CENTRAL_HEADER: [u8; 4] = *b"PK\x01\x02";
const END_OF_DIRECTORY: [u8; 4] = *b"PK\x05\x06";
/// The end record and the longest comment behind it.
const MAX_END_BYTES: usize = 22 + 65_535;
/// Files in an archive; a study of 10 000 images is a large one.
const MAX_ENTRIES: usize = 1 << 15;
/// Bytes out of one byte in, on the whole archive; empty images reach 200, bombs begin at 1000.
const MAX_RATIO: u64 = 500;
/// Below this an archive does no harm, whatever its ratio.
const HARMLESS: u64 = 64 << 20;

/// Whether a file is a ZIP archive with at least one entry.
pub(crate) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(&LOCAL_HEADER)
}

fn damaged(detail: &str) -> Error {
    Error::Archive {
        detail: detail.to_owned(),
    }
}

/// An entry of the directory at the archive's end.
struct Entry {
    name: String,
    method: u16,
    is_encrypted: bool,
    packed: u64,
    unpacked: u64,
    checksum: u32,
    /// Where its local header is.
    offset: usize,
}

fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    bytes
        .get(offset..)?
        .first_chunk()
        .map(|&pair| u16::from_le_bytes(pair))
}

fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes
        .get(offset..)?
        .first_chunk()
        .map(|&quad| u32::from_le_bytes(quad))
}

/// Unpacks an archive: names and contents of its files, folders left out.
pub(crate) fn unpack(archive: &[u8], limits: &Limits) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let entries = directory(archive)?;
    let total = entries
        .iter()
        .fold(0_u64, |sum, entry| sum.saturating_add(entry.unpacked));
    if total > limits.max_bytes {
        return Err(Error::TooManyBytes {
            bytes: total,
            limit: limits.max_bytes,
        });
    }
    if total > HARMLESS && total / MAX_RATIO > archive.len() as u64 {
        return Err(damaged("its files are too large for what it holds"));
    }
    let mut files = Vec::new();
    // The directory may lie about sizes, and entries may share their bytes; what comes out is counted again.
    let mut left = total;
    for entry in entries {
        if entry.name.ends_with('/') {
            continue;
        }
        if entry.is_encrypted {
            return Err(damaged("it is protected by a password"));
        }
        let contents = contents(archive, &entry)?;
        left = left
            .checked_sub(contents.len() as u64)
            .ok_or_else(|| damaged("a file is larger than its directory says"))?;
        files.push((entry.name, contents));
    }
    Ok(files)
}

fn directory(archive: &[u8]) -> Result<Vec<Entry>, Error> {
    let tail_start = archive.len().saturating_sub(MAX_END_BYTES);
    let tail = archive.get(tail_start..).unwrap_or_default();
    let end = tail
        .windows(4)
        .rposition(|window| window == END_OF_DIRECTORY)
        .and_then(|place| tail.get(place..))
        .ok_or_else(|| damaged("it is cut short"))?;
    let cut = || damaged("its directory is cut short");
    let count = usize::from(u16_at(end, 10).ok_or_else(cut)?);
    let start = u32_at(end, 16).ok_or_else(cut)?;
    if count == usize::from(u16::MAX) || start == u32::MAX {
        return Err(damaged(
            "it is larger than 4 GiB or holds more than 65 534 files",
        ));
    }
    if count > MAX_ENTRIES {
        return Err(damaged("it holds more than 32 768 files"));
    }
    let mut rest = archive.get(start as usize..).ok_or_else(cut)?;
    let mut entries = reserve(count)?;
    for _ in 0..count {
        let (entry, length) = entry(rest).ok_or_else(cut)?;
        entries.push(entry);
        rest = rest.get(length..).ok_or_else(cut)?;
    }
    Ok(entries)
}

/// One entry of the directory, and its length.
fn entry(bytes: &[u8]) -> Option<(Entry, usize)> {
    if !bytes.starts_with(&CENTRAL_HEADER) {
        return None;
    }
    let name_length = usize::from(u16_at(bytes, 28)?);
    let extra = usize::from(u16_at(bytes, 30)?) + usize::from(u16_at(bytes, 32)?);
    let name = bytes.get(46..46 + name_length)?;
    let entry = Entry {
        name: String::from_utf8_lossy(name).into_owned(),
        method: u16_at(bytes, 10)?,
        is_encrypted: u16_at(bytes, 8)? & 1 != 0,
        checksum: u32_at(bytes, 16)?,
        packed: u64::from(u32_at(bytes, 20)?),
        unpacked: u64::from(u32_at(bytes, 24)?),
        offset: u32_at(bytes, 42)? as usize,
    };
    Some((entry, 46 + name_length + extra))
}

fn contents(archive: &[u8], entry: &Entry) -> Result<Vec<u8>, Error> {
    let cut = || damaged("a file in it is cut short");
    let local = archive.get(entry.offset..).ok_or_else(cut)?;
    if !local.starts_with(&LOCAL_HEADER) {
        return Err(damaged("its directory points to no file"));
    }
    let skipped = 30
        + usize::from(u16_at(local, 26).ok_or_else(cut)?)
        + usize::from(u16_at(local, 28).ok_or_else(cut)?);
    let packed_length = usize::try_from(entry.packed).map_err(|_| cut())?;
    let packed = local
        .get(skipped..)
        .and_then(|rest| rest.get(..packed_length))
        .ok_or_else(cut)?;
    let length = usize::try_from(entry.unpacked).map_err(|_| cut())?;
    let contents = match entry.method {
        0 => packed.to_vec(),
        8 => {
            // The size that the directory claims is believed only as far as bytes really come.
            let mut contents = Vec::new();
            flate2::read::DeflateDecoder::new(packed)
                .take(entry.unpacked.saturating_add(1))
                .read_to_end(&mut contents)
                .map_err(|_| damaged("a file in it does not unpack"))?;
            contents
        }
        _ => {
            return Err(damaged(
                "a file in it is packed in another way than by deflation",
            ));
        }
    };
    let mut checksum = flate2::Crc::new();
    checksum.update(&contents);
    if contents.len() != length || checksum.sum() != entry.checksum {
        return Err(damaged(
            "a file in it has not the checksum that it should have",
        ));
    }
    Ok(contents)
}
