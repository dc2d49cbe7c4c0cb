//! Tape archives (POSIX.1-1988 ustar, POSIX.1-2001 pax, and GNU's long names).

use crate::Error;

const BLOCK: usize = 512;
/// Files in an archive, as for ZIP.
const MAX_ENTRIES: usize = 1 << 15;

/// Whether a file is a tape archive: its first header has the checksum that it says.
pub(super) fn is_tar(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|&first| first != 0)
        && bytes
            .get(..BLOCK)
            .is_some_and(|header| checksum(header) == number(header, 148, 8))
}

/// The sum of a header's bytes, those of the checksum itself counted as spaces.
fn checksum(header: &[u8]) -> Option<u64> {
    let sum = header.iter().enumerate().map(|(place, &byte)| {
        if (148..156).contains(&place) {
            u64::from(b' ')
        } else {
            u64::from(byte)
        }
    });
    Some(sum.sum())
}

/// A number in octal digits, or, beyond 8 GiB, in binary (GNU).
fn number(header: &[u8], at: usize, length: usize) -> Option<u64> {
    let field = header.get(at..at + length)?;
    if field.first()? & 0x80 != 0 {
        let low = field.last_chunk::<8>()?;
        return Some(u64::from_be_bytes(*low));
    }
    let text = std::str::from_utf8(field).ok()?;
    u64::from_str_radix(text.trim_matches([' ', '\0']), 8).ok()
}

fn text(field: &[u8]) -> String {
    let field = field.split(|&byte| byte == 0).next().unwrap_or_default();
    String::from_utf8_lossy(field).into_owned()
}

/// Names and contents of the files, folders and links left out.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<(String, &[u8])>, Error> {
    let damaged = |detail: &str| Error::Archive {
        detail: detail.to_owned(),
    };
    let mut files = Vec::new();
    let mut rest = bytes;
    let mut long_name: Option<String> = None;
    while let Some((header, behind)) = rest.split_at_checked(BLOCK) {
        // Two empty blocks end the archive; one is enough for all readers.
        if header.iter().all(|&byte| byte == 0) {
            break;
        }
        if checksum(header) != number(header, 148, 8) {
            return Err(damaged("a file's header in it is wrong"));
        }
        let size = number(header, 124, 12)
            .and_then(|size| usize::try_from(size).ok())
            .ok_or_else(|| damaged("a file in it has no size"))?;
        let contents = behind
            .get(..size)
            .ok_or_else(|| damaged("it is cut short"))?;
        rest = behind
            .get(size.next_multiple_of(BLOCK)..)
            .unwrap_or_default();
        match header.get(156) {
            Some(b'L') => long_name = Some(text(contents)),
            Some(b'x') => long_name = pax_path(contents).or(long_name),
            Some(b'0' | 0 | b'7') => {
                if files.len() >= MAX_ENTRIES {
                    return Err(damaged("it holds more than 32 768 files"));
                }
                let name = long_name.take().unwrap_or_else(|| {
                    let name = text(header.get(..100).unwrap_or_default());
                    let is_posix = header.get(257..262) == Some(b"ustar");
                    let prefix = text(header.get(345..500).unwrap_or_default());
                    if is_posix && !prefix.is_empty() && header.get(263) == Some(&b'0') {
                        format!("{prefix}/{name}")
                    } else {
                        name
                    }
                });
                if !name.ends_with('/') {
                    files.push((name, contents));
                }
            }
            // Folders, links, devices, and what holds for the whole archive.
            _ => long_name = None,
        }
    }
    Ok(files)
}

/// The path of an extended header: records `length key=value`.
fn pax_path(mut records: &[u8]) -> Option<String> {
    loop {
        let space = records.iter().position(|&byte| byte == b' ')?;
        let length: usize = std::str::from_utf8(records.get(..space)?)
            .ok()?
            .parse()
            .ok()?;
        let record = records.get(space + 1..length.checked_sub(1)?)?;
        if let Some(path) = record.strip_prefix(b"path=") {
            return Some(String::from_utf8_lossy(path).into_owned());
        }
        records = records.get(length..)?;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{BLOCK, is_tar, unpack};

    fn entry(name: &str, kind: u8, contents: &[u8]) -> Vec<u8> {
        let mut header = vec![0; BLOCK];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", contents.len()).as_bytes());
        header[156] = kind;
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
        header[148..154].copy_from_slice(format!("{sum:06o}").as_bytes());
        header[154] = 0;
        header.extend(contents);
        header.resize(header.len().next_multiple_of(BLOCK), 0);
        header
    }

    #[test]
    fn files_long_names_and_folders() {
        let mut archive = entry("folder/", b'5', b"");
        archive.extend(entry("folder/a.dcm", b'0', b"abc"));
        archive.extend(entry("././@PaxHeader", b'x', b"19 path=folder/b.x\n"));
        archive.extend(entry("short", b'0', b""));
        archive.extend(vec![0; 2 * BLOCK]);
        assert!(is_tar(&archive));
        let found = unpack(&archive).unwrap();
        assert_eq!(found[0], ("folder/a.dcm".to_owned(), &b"abc"[..]));
        assert_eq!(found[1].1, b"");
        assert_eq!(found.len(), 2);
        assert!(!is_tar(&archive[BLOCK / 2..]));
        unpack(&archive[..2 * BLOCK + 1]).unwrap_err();
    }
}
