//! Look-up tables: modality (PS3.3 section C.11.1), values of interest (C.11.2) and palette colours (C.7.6.3.1.5).

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use super::data_set::DataSet;
use crate::{Error, Format};

/// A table over whole numbers; those outside it take the value at its end.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LookupTable {
    /// The number that the first entry belongs to.
    first: i32,
    entries: Vec<u16>,
    /// Bits of an entry, 8 to 16.
    pub bits: u8,
}

fn damaged(detail: &str) -> Error {
    Error::damaged(Format::Dicom, detail)
}

/// Number of entries, first number mapped, bits of an entry.
fn descriptor(data_set: &DataSet<'_>, tag: Tag, signed: bool) -> Result<(usize, i32, u8), Error> {
    let words = data_set.words(tag).unwrap_or_default();
    let &[count, first, bits] = words.as_slice() else {
        return Err(damaged("the descriptor of a look-up table is wrong"));
    };
    let count = if count == 0 {
        1 << 16
    } else {
        usize::from(count)
    };
    let first = if signed {
        i32::from(first.cast_signed())
    } else {
        i32::from(first)
    };
    let bits = u8::try_from(bits)
        .ok()
        .filter(|bits| (8..=16).contains(bits))
        .ok_or_else(|| damaged("the entries of a look-up table have no 8 to 16 bits"))?;
    Ok((count, first, bits))
}

impl LookupTable {
    /// The table of an item of the Modality or VOI LUT Sequence, for samples that are `signed` or not.
    pub(super) fn of_item(item: &DataSet<'_>, signed: bool) -> Result<Self, Error> {
        let (count, first, bits) = descriptor(item, tags::LUT_DESCRIPTOR, signed)?;
        let entries = item.words(tags::LUT_DATA).unwrap_or_default();
        Self::new(count, first, bits, entries)
    }

    fn new(count: usize, first: i32, bits: u8, mut entries: Vec<u16>) -> Result<Self, Error> {
        // Tables of bytes come as words of two entries, or padded to words.
        if bits == 8 && entries.len() < count && entries.len() == count.div_ceil(2) {
            entries = entries
                .into_iter()
                .flat_map(u16::to_le_bytes)
                .map(u16::from)
                .collect();
        }
        if entries.len() < count {
            return Err(damaged(
                "a look-up table has fewer entries than its descriptor says",
            ));
        }
        entries.truncate(count);
        Ok(Self {
            first,
            entries,
            bits,
        })
    }

    pub(super) fn map(&self, value: i32) -> u16 {
        let place = usize::try_from(value.saturating_sub(self.first)).unwrap_or(0);
        let last = self.entries.len().saturating_sub(1);
        self.entries.get(place.min(last)).copied().unwrap_or(0)
    }

    /// The numbers between which the entries change: what a window of the same effect would reach over.
    pub(super) fn range(&self) -> Option<[f64; 2]> {
        let (front, back) = (self.entries.first()?, self.entries.last()?);
        let low = self
            .entries
            .iter()
            .take_while(|&entry| entry == front)
            .count();
        let high = self
            .entries
            .iter()
            .rev()
            .take_while(|&entry| entry == back)
            .count();
        let low = f64::from(self.first) + low as f64 - 1.0;
        let high =
            f64::from(self.first) + (self.entries.len() - high.min(self.entries.len())) as f64;
        (low < high).then_some([low, high])
    }
}

/// The three tables of a PALETTE COLOR image.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Palette {
    tables: [LookupTable; 3],
    /// Right shift from an entry to 8 bits.
    shift: u8,
}

impl Palette {
    pub(super) fn read(data_set: &DataSet<'_>, signed: bool) -> Result<Self, Error> {
        let table = |descriptor_tag: Tag, data: Tag, segmented: Tag| {
            let (count, first, bits) = descriptor(data_set, descriptor_tag, signed)?;
            let entries = match (data_set.words(data), data_set.words(segmented)) {
                (Some(words), _) => words,
                (None, Some(segments)) => expand(&segments, count)?,
                (None, None) => return Err(damaged("its palette is missing")),
            };
            LookupTable::new(count, first, bits, entries)
        };
        let tables = [
            table(
                tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
                tags::RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
                tags::SEGMENTED_RED_PALETTE_COLOR_LOOKUP_TABLE_DATA,
            )?,
            table(
                tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
                tags::GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
                tags::SEGMENTED_GREEN_PALETTE_COLOR_LOOKUP_TABLE_DATA,
            )?,
            table(
                tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DESCRIPTOR,
                tags::BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
                tags::SEGMENTED_BLUE_PALETTE_COLOR_LOOKUP_TABLE_DATA,
            )?,
        ];
        // Some writers say 16 bits and store 8.
        let is_wide = tables
            .iter()
            .any(|table| table.entries.iter().any(|&entry| entry > 255));
        Ok(Self {
            shift: if is_wide { 8 } else { 0 },
            tables,
        })
    }

    /// Red, green and blue, 0 to 255.
    pub(super) fn colour(&self, index: i32) -> [f32; 3] {
        self.tables
            .each_ref()
            .map(|table| f32::from(table.map(index) >> self.shift))
    }

    /// Whether some colour is no grey.
    pub(super) fn is_colour(&self) -> bool {
        let [red, green, blue] = &self.tables;
        red != green || green != blue
    }
}

/// Expands a segmented table (PS3.3 section C.7.9.2).
fn expand(segments: &[u16], count: usize) -> Result<Vec<u16>, Error> {
    let wrong = || damaged("a segmented palette is wrong");
    let mut entries: Vec<u16> = Vec::new();
    // A segment, and how many it may still repeat: indirect segments point to plain ones only.
    fn plain(segments: &[u16], entries: &mut Vec<u16>, count: usize) -> Option<usize> {
        let (&[kind, length], values) = segments.split_first_chunk::<2>()?;
        let length = usize::from(length);
        if length == 0 || entries.len() + length > count {
            return None;
        }
        match kind {
            0 => {
                entries.extend(values.get(..length)?);
                Some(2 + length)
            }
            1 => {
                let start = f64::from(*entries.last()?);
                let end = f64::from(*values.first()?);
                entries.extend((1..=length).map(|step| {
                    let part = step as f64 / length as f64;
                    (start + (end - start) * part).round() as u16
                }));
                Some(3)
            }
            _ => None,
        }
    }
    let mut position = 0;
    while entries.len() < count {
        let rest = segments.get(position..).ok_or_else(wrong)?;
        if let &[2, repeated, low, high, ..] = rest {
            let offset = usize::from(low) | usize::from(high) << 16;
            let mut place = offset;
            for _ in 0..repeated {
                let target = segments.get(place..).ok_or_else(wrong)?;
                place += plain(target, &mut entries, count).ok_or_else(wrong)?;
            }
            if repeated == 0 {
                return Err(wrong());
            }
            position += 4;
        } else {
            position += plain(rest, &mut entries, count).ok_or_else(wrong)?;
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{LookupTable, expand};

    #[test]
    fn numbers_outside_a_table_take_its_ends() {
        let table = LookupTable::new(3, -1, 16, vec![5, 6, 9]).unwrap();
        let mapped: Vec<u16> = [-100, -1, 0, 1, 2, i32::MAX]
            .map(|value| table.map(value))
            .into();
        assert_eq!(mapped, [5, 5, 6, 9, 9, 9]);
        assert_eq!(table.map(i32::MIN), 5);
    }

    #[test]
    fn a_table_reaches_over_what_it_changes() {
        let table = LookupTable::new(6, 10, 16, vec![0, 0, 4, 7, 9, 9]).unwrap();
        assert_eq!(table.range(), Some([11.0, 14.0]));
        let flat = LookupTable::new(4, 0, 16, vec![3; 4]).unwrap();
        assert_eq!(flat.range().filter(|[low, high]| low >= high), None);
    }

    #[test]
    fn bytes_come_in_words() {
        let table = LookupTable::new(3, 0, 8, vec![0x0201, 0x0003]).unwrap();
        assert_eq!([0, 1, 2].map(|value| table.map(value)), [1, 2, 3]);
        LookupTable::new(5, 0, 16, vec![1; 4]).unwrap_err();
    }

    #[test]
    fn segments_are_expanded() {
        // Two entries, a ramp of four, the same two again.
        let segments = [0, 2, 10, 20, 1, 4, 40, 2, 1, 0, 0];
        assert_eq!(
            expand(&segments, 8).unwrap(),
            [10, 20, 25, 30, 35, 40, 10, 20]
        );
        for wrong in [
            &[0, 9, 1][..],
            &[1, 4, 40],
            &[2, 1, 7, 0],
            &[2, 0, 0, 0],
            &[],
        ] {
            expand(wrong, 8).unwrap_err();
        }
    }
}
