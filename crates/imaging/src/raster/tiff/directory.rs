//! Directories of TIFF 6.0 (section 2) and BigTIFF: tags with their values.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Error, Format};

/// Directories of a file; a stack of more pages is beyond every limit on pixels that makes sense.
const MAX_DIRECTORIES: usize = 1 << 16;
/// Values of one tag, far more than strips there can be.
const MAX_VALUES: u64 = 1 << 24;

/// A file with its byte order.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    pub bytes: &'a [u8],
    pub big_endian: bool,
    is_big: bool,
}

/// One directory: kind, number and place of the values by tag.
pub(super) struct Directory<'a> {
    pub file: File<'a>,
    entries: BTreeMap<u16, Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    kind: u16,
    count: u64,
    /// Where the values are, inside the entry or elsewhere.
    at: u64,
}

impl<'a> File<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let big_endian = bytes.starts_with(b"MM");
        let mut file = Self {
            bytes,
            big_endian,
            is_big: false,
        };
        file.is_big = file.number(2, 2) == Some(43);
        file
    }

    /// The unsigned number of `length` (at most 8) bytes at `offset`.
    fn number(&self, offset: u64, length: usize) -> Option<u64> {
        let start = usize::try_from(offset).ok()?;
        let field = self.bytes.get(start..start.checked_add(length)?)?;
        let append = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        Some(if self.big_endian {
            field.iter().fold(0, append)
        } else {
            field.iter().rev().fold(0, append)
        })
    }

    /// All directories in the order of the file's chain. A chain that breaks off ends there, unless nothing is left.
    pub(super) fn directories(self) -> Result<Vec<Directory<'a>>, Error> {
        let truncated = || Error::truncated(Format::Tiff, self.bytes);
        // Lengths of the entry count, of an entry and of an offset.
        let (count_length, entry_length, offset_length) =
            if self.is_big { (8, 20, 8) } else { (2, 12, 4) };
        let mut next = self
            .number(if self.is_big { 8 } else { 4 }, offset_length)
            .ok_or_else(truncated)?;
        let mut seen = BTreeSet::new();
        let mut directories = Vec::new();
        while next != 0 {
            if !seen.insert(next) {
                return Err(Error::damaged(Format::Tiff, "its pages point in a circle"));
            }
            if directories.len() >= MAX_DIRECTORIES {
                let what = format!("more than {MAX_DIRECTORIES} pages");
                return Err(Error::unsupported(Format::Tiff, what));
            }
            let count = self.number(next, count_length).ok_or_else(truncated)?;
            let first = next.saturating_add(count_length as u64);
            let mut entries = BTreeMap::new();
            for index in 0..count {
                let at = first.saturating_add(index.saturating_mul(entry_length));
                let (tag, entry) = self.entry(at).ok_or_else(truncated)?;
                entries.insert(tag, entry);
            }
            directories.push(Directory {
                file: self,
                entries,
            });
            let link = first.saturating_add(count.saturating_mul(entry_length));
            // Some writers leave the last link out.
            next = self.number(link, offset_length).unwrap_or(0);
        }
        if directories.is_empty() {
            return Err(Error::damaged(Format::Tiff, "it holds no page"));
        }
        Ok(directories)
    }

    fn entry(&self, at: u64) -> Option<(u16, Entry)> {
        let tag = self.number(at, 2)? as u16;
        let kind = self.number(at + 2, 2)? as u16;
        let (length, room) = if self.is_big { (8, 8) } else { (4, 4) };
        let count = self.number(at + 4, length)?;
        let inline = at + 4 + length as u64;
        let size = count.saturating_mul(size_of_kind(kind) as u64);
        let at = if size <= room {
            inline
        } else {
            self.number(inline, room as usize)?
        };
        Some((tag, Entry { kind, count, at }))
    }
}

/// Bytes of one value of a kind; 0 for kinds unknown here.
fn size_of_kind(kind: u16) -> usize {
    match kind {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => 0,
    }
}

impl<'a> Directory<'a> {
    pub(super) fn has(&self, tag: u16) -> bool {
        self.entries.contains_key(&tag)
    }

    /// How many values a tag has.
    pub(super) fn count(&self, tag: u16) -> u64 {
        self.entries.get(&tag).map_or(0, |entry| entry.count)
    }

    /// The bytes of a tag's values; none where the tag is missing or points outside the file.
    pub(super) fn bytes(&self, tag: u16) -> &'a [u8] {
        let slice = || {
            let entry = self.entries.get(&tag)?;
            let length = entry
                .count
                .checked_mul(size_of_kind(entry.kind) as u64)
                .and_then(|length| usize::try_from(length).ok())?;
            let start = usize::try_from(entry.at).ok()?;
            self.file.bytes.get(start..start.checked_add(length)?)
        };
        slice().unwrap_or_default()
    }

    /// The whole numbers of a tag.
    pub(super) fn numbers(&self, tag: u16) -> Option<Vec<u64>> {
        let entry = self.entries.get(&tag)?;
        let size = match entry.kind {
            1 | 3 | 4 | 7 | 13 | 16 | 18 => size_of_kind(entry.kind),
            _ => return None,
        };
        if entry.count > MAX_VALUES || entry.count == 0 {
            return None;
        }
        (0..entry.count)
            .map(|index| {
                let at = entry.at.checked_add(index * size as u64)?;
                self.file.number(at, size)
            })
            .collect()
    }

    /// The first whole number of a tag.
    pub(super) fn number(&self, tag: u16) -> Option<u64> {
        let entry = self.entries.get(&tag)?;
        match entry.kind {
            1 | 3 | 4 | 7 | 13 | 16 | 18 if entry.count > 0 => {
                self.file.number(entry.at, size_of_kind(entry.kind))
            }
            _ => None,
        }
    }

    /// The first ratio of a tag, a number above 0.
    pub(super) fn ratio(&self, tag: u16) -> Option<f64> {
        let entry = self.entries.get(&tag).filter(|entry| entry.kind == 5)?;
        let above = self.file.number(entry.at, 4)? as f64;
        let below = self.file.number(entry.at.checked_add(4)?, 4)? as f64;
        let ratio = above / below;
        (ratio.is_finite() && ratio > 0.0).then_some(ratio)
    }

    /// The text of a tag up to its first zero; bytes beyond ASCII as they come.
    pub(super) fn text(&self, tag: u16) -> String {
        let bytes = self.bytes(tag);
        let bytes = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    }
}
