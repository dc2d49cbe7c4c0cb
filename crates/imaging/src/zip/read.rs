//! Archives that come in: stored files and those packed by deflation, bzip2 or xz, ZIP64 and archives behind other data
//! (APPNOTE 6.3.10) included;
//! encrypted and split ones are refused.
//!
//! The crate `zip` takes the container apart. What may come out of it is bounded here: the number of entries, the bytes of
//! each and of all, and how many bytes may come from one packed byte.

use std::borrow::Cow;
use std::io::{Cursor, ErrorKind, Read as _};

use zip::{CompressionMethod, ZipArchive};

use crate::memory::reserve;
use crate::{Error, Limits};

const LOCAL_HEADER: [u8; 4] = *b"PK\x03\x04";
const END_OF_DIRECTORY: [u8; 4] = *b"PK\x05\x06";
/// Length of the end record without its comment.
const END_BYTES: usize = 22;
/// The end record and the longest comment behind it.
const MAX_END_BYTES: usize = END_BYTES + 65_535;
/// Files in an archive; a study of 10 000 images is a large one.
const MAX_ENTRIES: usize = 1 << 15;
/// Bytes out of one byte in, on the whole archive; empty images reach 200, bombs begin at 1000.
const MAX_RATIO: u64 = 500;
/// Below this an archive does no harm, whatever its ratio.
const HARMLESS_BYTES: u64 = 64 << 20;

/// Whether a file begins as a ZIP archive with at least one entry does.
pub(crate) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(&LOCAL_HEADER)
}

/// Whether a file ends as a ZIP archive does, whatever it begins with (a program that unpacks it, say).
pub(crate) fn ends_as_zip(bytes: &[u8]) -> bool {
    let tail = tail(bytes);
    tail.windows(END_BYTES).enumerate().any(|(start, record)| {
        let comment = record
            .last_chunk()
            .map_or(0, |&pair| usize::from(u16::from_le_bytes(pair)));
        record.starts_with(&END_OF_DIRECTORY) && start + END_BYTES + comment == tail.len()
    })
}

/// The part of a file in which the end record lies.
fn tail(bytes: &[u8]) -> &[u8] {
    let start = bytes.len().saturating_sub(MAX_END_BYTES);
    bytes.get(start..).unwrap_or_default()
}

fn damaged(detail: &str) -> Error {
    Error::Archive {
        detail: detail.to_owned(),
    }
}

/// What an archive holds.
#[derive(Debug)]
pub(crate) struct Unzipped {
    /// Names and contents of its files, folders left out.
    pub files: Vec<(String, Vec<u8>)>,
    /// What is wrong with files that could not be unpacked.
    pub faults: Vec<Error>,
}

/// Unpacks an archive. It is an error if none of its files can be unpacked.
pub(crate) fn unpack(bytes: &[u8], limits: &Limits) -> Result<Unzipped, Error> {
    let mut archive = open(bytes)?;
    let mut total = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|_| cut_short(bytes))?;
        total = total.saturating_add(entry.size());
    }
    if total > limits.max_bytes {
        return Err(Error::TooManyBytes {
            bytes: total,
            limit: limits.max_bytes,
        });
    }
    if total > HARMLESS_BYTES && total / MAX_RATIO > bytes.len() as u64 {
        return Err(damaged("its files are too large for what it holds"));
    }
    let mut files = reserve(archive.len())?;
    let mut faults = Vec::new();
    // The directory may lie about sizes, and entries may share their bytes; what comes out is counted again.
    let mut left = total;
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(|_| cut_short(bytes))?;
        let name = name(entry.name_raw(), || entry.name().ok());
        if name.ends_with('/') {
            continue;
        }
        if entry.encrypted() {
            faults.push(damaged("it is protected by a password"));
            continue;
        }
        let contents = match contents(&mut archive, index) {
            Ok(contents) => contents,
            Err(error) => {
                faults.push(error);
                continue;
            }
        };
        left = left
            .checked_sub(contents.len() as u64)
            .ok_or_else(|| damaged("a file is larger than its directory says"))?;
        files.push((name, contents));
    }
    if files.is_empty() && !faults.is_empty() {
        return Err(faults.swap_remove(0));
    }
    Ok(Unzipped { files, faults })
}

/// Reads the directory at the archive's end.
fn open(bytes: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, Error> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| cut_short(bytes))?;
    if archive.len() > MAX_ENTRIES {
        return Err(damaged("it holds more than 32 768 files"));
    }
    if archive.has_duplicate_names() {
        // Which of them is meant, nobody knows.
        return Err(damaged("it holds two files of the same name"));
    }
    Ok(archive)
}

/// The error of an archive whose directory cannot be read.
fn cut_short(bytes: &[u8]) -> Error {
    let has_end = tail(bytes)
        .windows(END_OF_DIRECTORY.len())
        .any(|window| window == END_OF_DIRECTORY);
    damaged(if has_end {
        "its directory is cut short"
    } else {
        "it is cut short"
    })
}

/// A file's name. Many programs write UTF-8 without saying so; what is not UTF-8 is as the entry says, or as it can be.
fn name<'a>(raw: &[u8], declared: impl FnOnce() -> Option<Cow<'a, str>>) -> String {
    match (std::str::from_utf8(raw), declared) {
        (Ok(name), _) => name.to_owned(),
        (Err(_), declared) => declared().map_or_else(
            || String::from_utf8_lossy(raw).into_owned(),
            Cow::into_owned,
        ),
    }
}

fn contents(archive: &mut ZipArchive<Cursor<&[u8]>>, index: usize) -> Result<Vec<u8>, Error> {
    let entry = archive
        .by_index(index)
        .map_err(|_| damaged("its directory points to no file"))?;
    if !matches!(
        entry.compression(),
        CompressionMethod::Stored
            | CompressionMethod::Deflated
            | CompressionMethod::Bzip2
            | CompressionMethod::Xz
    ) {
        return Err(damaged(
            "a file in it is packed in a way that is unknown here",
        ));
    }
    let size = entry.size();
    // The size that the directory claims is believed only as far as bytes really come.
    let mut contents = Vec::new();
    match entry
        .take(size.saturating_add(1))
        .read_to_end(&mut contents)
    {
        Ok(_) if contents.len() as u64 == size => Ok(contents),
        Err(error) if error.kind() != ErrorKind::InvalidData => {
            Err(damaged("a file in it does not unpack"))
        }
        // Too few bytes, or what the crate says of another size or checksum.
        Ok(_) | Err(_) => Err(damaged(
            "a file in it has not the checksum that it should have",
        )),
    }
}
