//! Archives that go out: files stored as they are, which are compressed already, or small.
//!
//! A hundred lines of our own and not the crate `zip`, so that equal files give equal archives whatever its version.

use crate::Error;

/// Most bytes of a file, of the archive and of a name, below the marks that announce the 64-bit variants.
const MAX_BYTES: usize = 0xffff_fffe;
const MAX_NAME_BYTES: usize = 0xffff;
const MAX_FILES: usize = 0xfffe;
/// Version 2.0 of the format, which all readers know.
const VERSION: u16 = 20;
/// The name is in UTF-8.
const UTF_8: u16 = 1 << 11;
/// 1 January 1980, the earliest date, so that equal files give equal archives.
const DATE: u16 = 1 << 5 | 1;

/// An archive of files in the format ZIP (PKWARE's APPNOTE 6.3.10, sections 4.3.7 to 4.3.16), stored as they are: what
/// goes in here is compressed already, or small. `files` are names, with `/` between folders, and contents.
///
/// # Errors
/// [`Error::TooManyBytes`] beyond 4 GiB or 65535 bytes of a name.
pub fn zip(files: &[(&str, &[u8])]) -> Result<Vec<u8>, Error> {
    let total = files
        .iter()
        .map(|(name, content)| content.len() + 2 * name.len() + 128)
        .sum::<usize>();
    check(total, MAX_BYTES)?;
    check(files.len(), MAX_FILES)?;
    let mut archive = Vec::with_capacity(total);
    let mut directory = Vec::new();
    for (name, content) in files {
        check(name.len(), MAX_NAME_BYTES)?;
        let offset = archive.len() as u32;
        let description = description(name, content);
        archive.extend(b"PK\x03\x04");
        archive.extend(&description);
        archive.extend(name.as_bytes());
        archive.extend(*content);

        directory.extend(b"PK\x01\x02");
        directory.extend(VERSION.to_le_bytes());
        directory.extend(&description);
        // Comment, disk, attributes.
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let entries = (files.len() as u16).to_le_bytes();
    let offset = archive.len() as u32;
    archive.extend(&directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend(entries);
    archive.extend(entries);
    archive.extend((directory.len() as u32).to_le_bytes());
    archive.extend(offset.to_le_bytes());
    archive.extend([0; 2]);
    Ok(archive)
}

/// What both headers of a file say of it.
fn description(name: &str, content: &[u8]) -> Vec<u8> {
    let mut checksum = flate2::Crc::new();
    checksum.update(content);
    let size = (content.len() as u32).to_le_bytes();
    let mut header = Vec::new();
    header.extend(VERSION.to_le_bytes());
    header.extend(UTF_8.to_le_bytes());
    // Method: stored; time: midnight.
    header.extend([0; 4]);
    header.extend(DATE.to_le_bytes());
    header.extend(checksum.sum().to_le_bytes());
    header.extend(size);
    header.extend(size);
    header.extend((name.len() as u16).to_le_bytes());
    // No further fields.
    header.extend([0; 2]);
    header
}

fn check(length: usize, limit: usize) -> Result<(), Error> {
    if length <= limit {
        Ok(())
    } else {
        Err(Error::TooManyBytes {
            bytes: length as u64,
            limit: limit as u64,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::zip;
    use crate::Limits;
    use crate::zip::unpack;

    /// `python3 -c 'import zipfile; z = zipfile.ZipFile("a.zip", "w"); z.writestr(zipfile.ZipInfo("a.txt"), "abc")'` but
    /// for the attributes, the version and the flag of UTF-8.
    #[test]
    fn an_archive_is_laid_out_as_other_writers_do() {
        let mut expected = b"PK\x03\x04\x14\0\0\x08\0\0\0\0\x21\0\xc2\x41\x24\x35\x03\0\0\0\x03\0\0\0\x05\0\0\0a.txtabc".to_vec();
        expected.extend(b"PK\x01\x02\x14\0\x14\0\0\x08\0\0\0\0\x21\0\xc2\x41\x24\x35\x03\0\0\0\x03\0\0\0\x05\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0a.txt");
        expected.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x33\0\0\0\x26\0\0\0\0\0");
        assert_eq!(zip(&[("a.txt", b"abc")]).unwrap(), expected);
    }

    #[test]
    fn archives_are_read_back() {
        let files = [
            ("folder/image.nii.gz", &b"\x1f\x8b"[..]),
            ("größe.json", b"{}"),
            ("empty", b""),
        ];
        let found = unpack(&zip(&files).unwrap(), &Limits::default())
            .unwrap()
            .files;
        let found: Vec<(&str, &[u8])> = found
            .iter()
            .map(|(name, content)| (name.as_str(), content.as_slice()))
            .collect();
        assert_eq!(found, files);
    }

    #[test]
    fn names_beyond_the_format_are_refused() {
        let name = "a".repeat(65536);
        assert!(
            zip(&[(&name, b"")])
                .unwrap_err()
                .to_string()
                .contains("65536")
        );
    }
}
