//! A walk over a TIFF file's directories, for what the decoder cannot give: samples as stored.
//!
//! It refuses palettes and inverts WhiteIsZero pictures, whose samples (class ids, say) are then lost. The samples of
//! both are stored like grey ones, so the decoder gives them when the directory says BlackIsZero (1) in place of
//! RGBPalette (3) or WhiteIsZero (0). This module finds the bytes that say so. TIFF 6.0, section 2; BigTIFF has 8-byte
//! counts and offsets and 20-byte entries.

use std::collections::BTreeMap;

const PHOTOMETRIC: u64 = 262;
/// PhotometricInterpretation of a picture whose 0 is white.
pub(super) const WHITE_IS_ZERO: u64 = 0;
/// PhotometricInterpretation of grey pictures.
const BLACK_IS_ZERO: u8 = 1;
/// PhotometricInterpretation of a picture with a palette.
pub(super) const PALETTE: u64 = 3;
/// More directories than any picture has; a chain of offsets may run in a circle.
const MAX_DIRECTORIES: usize = 65_536;

struct Reader<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

impl Reader<'_> {
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
}

/// What a file's directories say of their pictures, and the file without what the decoder would act on.
pub(super) struct Declarations {
    /// PhotometricInterpretation by the offset of the directory that holds it.
    pub by_directory: BTreeMap<u64, u64>,
    /// A copy of the file in which palette and WhiteIsZero pictures are declared grey, if there is one of them.
    pub patched: Option<Vec<u8>>,
}

/// Walks all directories. What cannot be read is left to the decoder to complain about.
pub(super) fn declarations(bytes: &[u8]) -> Declarations {
    let mut found = Declarations {
        by_directory: BTreeMap::new(),
        patched: None,
    };
    let reader = Reader {
        bytes,
        big_endian: bytes.starts_with(b"MM"),
    };
    let big = reader.number(2, 2) == Some(43);
    // Lengths of the entry count, of an entry, of an offset, and an entry's place of the value.
    let (count_length, entry_length, offset_length, value_at) =
        if big { (8, 20, 8, 12) } else { (2, 12, 4, 8) };
    let mut next = reader.number(if big { 8 } else { 4 }, offset_length);
    for _ in 0..MAX_DIRECTORIES {
        let Some(directory) =
            next.filter(|&offset| offset != 0 && !found.by_directory.contains_key(&offset))
        else {
            break;
        };
        let Some(entries) = reader.number(directory, count_length) else {
            break;
        };
        let first = directory.saturating_add(count_length as u64);
        for index in 0..entries {
            let entry = first.saturating_add(index.saturating_mul(entry_length));
            let Some(tag) = reader.number(entry, 2) else {
                return found;
            };
            let value_at = entry.saturating_add(value_at);
            if let (PHOTOMETRIC, Some(value)) = (tag, reader.number(value_at, 2)) {
                found.by_directory.insert(directory, value);
                let low_byte = value_at.saturating_add(u64::from(reader.big_endian));
                if let (WHITE_IS_ZERO | PALETTE, Ok(place)) = (value, usize::try_from(low_byte)) {
                    let copy = found.patched.get_or_insert_with(|| bytes.to_vec());
                    if let Some(byte) = copy.get_mut(place) {
                        *byte = BLACK_IS_ZERO;
                    }
                }
            }
        }
        next = reader.number(
            first.saturating_add(entries.saturating_mul(entry_length)),
            offset_length,
        );
    }
    found
}
