//! ZIP archives, made to measure.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Write as _;

/// One file of an archive.
#[derive(Clone)]
pub struct Entry {
    pub name: String,
    pub method: u16,
    pub flags: u16,
    pub checksum: u32,
    pub packed: Vec<u8>,
    pub unpacked: u32,
}

impl Entry {
    pub fn stored(name: &str, contents: &[u8]) -> Self {
        let mut checksum = flate2::Crc::new();
        checksum.update(contents);
        Self {
            name: name.to_owned(),
            method: 0,
            flags: 0,
            checksum: checksum.sum(),
            packed: contents.to_vec(),
            unpacked: contents.len() as u32,
        }
    }

    pub fn deflated(name: &str, contents: &[u8]) -> Self {
        let mut encoder =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(contents).unwrap();
        Self {
            method: 8,
            packed: encoder.finish().unwrap(),
            ..Self::stored(name, contents)
        }
    }
}

/// An archive of deflated files.
pub fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let entries: Vec<Entry> = files
        .iter()
        .map(|(name, contents)| Entry::deflated(name, contents))
        .collect();
    archive_of(&entries)
}

/// An archive of one deflated file with the records of ZIP64 (APPNOTE 6.3.10, sections 4.3.14, 4.3.15 and 4.5.3).
pub fn archive_64(name: &str, contents: &[u8]) -> Vec<u8> {
    let entry = Entry::deflated(name, contents);
    let header = |extra: &[u8]| {
        let mut fields = Vec::new();
        fields.extend(45_u16.to_le_bytes());
        fields.extend(entry.flags.to_le_bytes());
        fields.extend(entry.method.to_le_bytes());
        fields.extend([0; 4]);
        fields.extend(entry.checksum.to_le_bytes());
        fields.extend([0xFF; 8]);
        fields.extend((entry.name.len() as u16).to_le_bytes());
        fields.extend((extra.len() as u16).to_le_bytes());
        fields
    };
    let extra = |fields: &[u64]| {
        let mut extra = 1_u16.to_le_bytes().to_vec();
        extra.extend((8 * fields.len() as u16).to_le_bytes());
        extra.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
        extra
    };
    let (unpacked, packed) = (u64::from(entry.unpacked), entry.packed.len() as u64);
    let local = extra(&[unpacked, packed]);
    let mut bytes = b"PK\x03\x04".to_vec();
    bytes.extend(header(&local));
    bytes.extend(entry.name.bytes());
    bytes.extend(&local);
    bytes.extend(&entry.packed);

    let start = bytes.len() as u64;
    let central = extra(&[unpacked, packed, 0]);
    bytes.extend(b"PK\x01\x02");
    bytes.extend(45_u16.to_le_bytes());
    bytes.extend(header(&central));
    // Comment, disk, attributes; then the mark in place of the offset.
    bytes.extend([0; 10]);
    bytes.extend([0xFF; 4]);
    bytes.extend(entry.name.bytes());
    bytes.extend(&central);

    let end = bytes.len() as u64;
    bytes.extend(b"PK\x06\x06");
    bytes.extend(44_u64.to_le_bytes());
    bytes.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [1, 1, end - start, start] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(end.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([0xFF; 12]);
    bytes.extend([0; 2]);
    bytes
}

pub fn archive_of(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let offset = bytes.len() as u32;
        let mut fields = Vec::new();
        fields.extend(20_u16.to_le_bytes());
        fields.extend(entry.flags.to_le_bytes());
        fields.extend(entry.method.to_le_bytes());
        fields.extend([0; 4]);
        fields.extend(entry.checksum.to_le_bytes());
        fields.extend((entry.packed.len() as u32).to_le_bytes());
        fields.extend(entry.unpacked.to_le_bytes());
        fields.extend((entry.name.len() as u16).to_le_bytes());
        fields.extend([0; 2]);
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&fields);
        bytes.extend(entry.name.bytes());
        bytes.extend(&entry.packed);
        directory.extend(b"PK\x01\x02");
        directory.extend(20_u16.to_le_bytes());
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(entry.name.bytes());
    }
    let start = bytes.len() as u32;
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06");
    bytes.extend([0; 4]);
    bytes.extend(
        [
            (entries.len() as u16).to_le_bytes(),
            (entries.len() as u16).to_le_bytes(),
        ]
        .concat(),
    );
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}
