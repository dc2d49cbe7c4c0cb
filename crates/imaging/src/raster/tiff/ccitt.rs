//! CCITT (fax) compression of black-and-white pictures: ITU-T T.4 (group 3, one- and two-dimensional), T.6 (group 4) and
//! TIFF's own run lengths (compression 2).
//!
//! The crate `fax` knows group 4 and the one-dimensional lines of group 3 only.

use crate::memory::allocate;
use crate::{Error, Format};

/// How lines are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// One-dimensional lines on whole bytes, without marks between them.
    RunLengths,
    /// Lines with end-of-line codes, one-dimensional.
    Group3,
    /// Lines with end-of-line codes, each of which says whether it is one- or two-dimensional.
    Group3TwoDimensional,
    /// Two-dimensional lines.
    Group4,
}

/// Unpacks `rows` lines of `columns` pixels to one bit each, 1 for black, lines padded to whole bytes.
///
/// What an early end-of-block code leaves out is white.
pub(super) fn unpack(
    packed: &[u8],
    columns: usize,
    rows: usize,
    coding: Coding,
) -> Result<Vec<u8>, Error> {
    let stride = columns.div_ceil(8);
    let mut lines = allocate(stride.saturating_mul(rows), 0_u8)?;
    let mut bits = Bits {
        bytes: packed,
        position: 0,
    };
    let codes = Codes::new();
    let mut reference: Vec<usize> = Vec::new();
    for line in lines.chunks_exact_mut(stride.max(1)) {
        let changes = match coding {
            Coding::RunLengths => {
                bits.position = bits.position.next_multiple_of(8);
                codes.one_dimensional(&mut bits, columns)
            }
            Coding::Group3 | Coding::Group3TwoDimensional => {
                let mut marks = 0;
                let mut is_one_dimensional = true;
                while bits.end_of_line() {
                    marks += 1;
                    if coding == Coding::Group3TwoDimensional {
                        is_one_dimensional = bits.take(1) == 1;
                    }
                }
                // Six marks in a row end the picture.
                if marks > 1 && bits.is_at_end() || marks >= 6 {
                    break;
                }
                if is_one_dimensional {
                    codes.one_dimensional(&mut bits, columns)
                } else {
                    codes.two_dimensional(&mut bits, &reference, columns)
                }
            }
            Coding::Group4 => {
                if bits.peek(24) == END_OF_BLOCK {
                    break;
                }
                codes.two_dimensional(&mut bits, &reference, columns)
            }
        };
        let changes = changes.ok_or_else(|| {
            if bits.is_at_end() {
                Error::truncated(Format::Tiff, packed)
            } else {
                Error::damaged(Format::Tiff, "a line of its fax compression is wrong")
            }
        })?;
        blacken(line, &changes, columns);
        reference = changes;
    }
    Ok(lines)
}

/// Two end-of-line codes.
const END_OF_BLOCK: u32 = 0x00_1001;

/// Sets the bits of the black runs, which begin at every first and end at every second change.
fn blacken(line: &mut [u8], changes: &[usize], columns: usize) {
    for run in changes.chunks(2) {
        let (start, end) = match run {
            [start, end] => (*start, *end),
            [start] => (*start, columns),
            _ => continue,
        };
        for pixel in start..end.min(columns) {
            if let Some(byte) = line.get_mut(pixel / 8) {
                *byte |= 0x80 >> (pixel % 8);
            }
        }
    }
}

/// Bits, most significant first; zeros beyond the end.
struct Bits<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl Bits<'_> {
    /// The next `count` (at most 24) bits.
    fn peek(&self, count: u32) -> u32 {
        let first = self.position / 8;
        let window = (0..4).fold(0_u32, |window, index| {
            window << 8 | u32::from(self.bytes.get(first + index).copied().unwrap_or(0))
        });
        window << (self.position % 8) >> (32 - count)
    }

    fn take(&mut self, count: u32) -> u32 {
        let bits = self.peek(count);
        self.position += count as usize;
        bits
    }

    fn is_at_end(&self) -> bool {
        self.position >= 8 * self.bytes.len()
    }

    /// Passes an end-of-line code with the zeros before it, if there is one.
    fn end_of_line(&mut self) -> bool {
        if self.peek(11) != 0 {
            return false;
        }
        while self.peek(1) == 0 {
            if self.is_at_end() {
                return false;
            }
            self.position += 1;
        }
        self.position += 1;
        true
    }
}

/// Run lengths and code lengths by the next 13 bits, for white and black runs.
struct Codes {
    white: Vec<(u8, u16)>,
    black: Vec<(u8, u16)>,
}

const LONGEST_CODE: u32 = 13;

impl Codes {
    fn new() -> Self {
        let lookup = |codes: &[(u8, u16, u16)]| {
            let mut table = vec![(0, 0); 1 << LONGEST_CODE];
            for &(length, code, run) in codes {
                let spare = LONGEST_CODE - u32::from(length);
                let first = usize::from(code) << spare;
                for entry in table.iter_mut().skip(first).take(1 << spare) {
                    *entry = (length, run);
                }
            }
            table
        };
        Self {
            white: lookup(&WHITE),
            black: lookup(&BLACK),
        }
    }

    /// A whole run: codes of 64 and more are followed by others.
    fn run(&self, bits: &mut Bits<'_>, is_black: bool) -> Option<usize> {
        let table = if is_black { &self.black } else { &self.white };
        let mut whole = 0_usize;
        loop {
            let (length, run) = *table.get(bits.peek(LONGEST_CODE) as usize)?;
            if length == 0 {
                return None;
            }
            bits.position += usize::from(length);
            whole = whole.checked_add(usize::from(run))?;
            if run < 64 {
                return Some(whole);
            }
            if bits.is_at_end() {
                return None;
            }
        }
    }

    /// The places where a line's colour changes, from white on.
    fn one_dimensional(&self, bits: &mut Bits<'_>, columns: usize) -> Option<Vec<usize>> {
        let mut changes = Vec::new();
        let mut place = 0;
        let mut is_black = false;
        while place < columns {
            // A line of nothing but empty runs would not end.
            if bits.is_at_end() || changes.len() > 2 * columns + 2 {
                return None;
            }
            place = self.run(bits, is_black)?.saturating_add(place).min(columns);
            changes.push(place);
            is_black = !is_black;
        }
        Some(changes)
    }

    fn two_dimensional(
        &self,
        bits: &mut Bits<'_>,
        reference: &[usize],
        columns: usize,
    ) -> Option<Vec<usize>> {
        let mut changes = Vec::new();
        // Before the first pixel at first.
        let mut place: Option<usize> = None;
        let mut is_black = false;
        while place.is_none_or(|place| place < columns) {
            if bits.is_at_end() || changes.len() > 2 * columns + 2 {
                return None;
            }
            let next = reference.partition_point(|&change| place.is_some_and(|at| change <= at));
            let next = next + usize::from((next % 2 == 1) != is_black);
            let change = |index: usize| reference.get(index).copied().unwrap_or(columns);
            let (first, second) = (change(next), change(next + 1));
            let (length, vertical) = match bits.peek(7) {
                0b100_0000.. => (1, 0),
                0b011_0000.. => (3, 1),
                0b010_0000.. => (3, -1),
                0b001_0000.. => {
                    bits.position += 3;
                    let start = place.unwrap_or(0);
                    let middle = start.saturating_add(self.run(bits, is_black)?).min(columns);
                    let end = middle
                        .saturating_add(self.run(bits, !is_black)?)
                        .min(columns);
                    changes.extend([middle, end]);
                    place = Some(end);
                    continue;
                }
                0b000_1000.. => {
                    bits.position += 4;
                    place = Some(second);
                    continue;
                }
                0b000_0110.. => (6, 2),
                0b000_0100.. => (6, -2),
                0b000_0011 => (7, 3),
                0b000_0010 => (7, -3),
                _ => return None,
            };
            bits.position += length;
            let found = first.checked_add_signed(vertical)?.min(columns);
            if place.is_some_and(|place| found < place) {
                return None;
            }
            changes.push(found);
            place = Some(found);
            is_black = !is_black;
        }
        Some(changes)
    }
}

/// Length, code and run length (T.4 tables 2, 3a and 3b) of white runs.
const WHITE: [(u8, u16, u16); 104] = [
    (8, 53, 0),
    (6, 7, 1),
    (4, 7, 2),
    (4, 8, 3),
    (4, 11, 4),
    (4, 12, 5),
    (4, 14, 6),
    (4, 15, 7),
    (5, 19, 8),
    (5, 20, 9),
    (5, 7, 10),
    (5, 8, 11),
    (6, 8, 12),
    (6, 3, 13),
    (6, 52, 14),
    (6, 53, 15),
    (6, 42, 16),
    (6, 43, 17),
    (7, 39, 18),
    (7, 12, 19),
    (7, 8, 20),
    (7, 23, 21),
    (7, 3, 22),
    (7, 4, 23),
    (7, 40, 24),
    (7, 43, 25),
    (7, 19, 26),
    (7, 36, 27),
    (7, 24, 28),
    (8, 2, 29),
    (8, 3, 30),
    (8, 26, 31),
    (8, 27, 32),
    (8, 18, 33),
    (8, 19, 34),
    (8, 20, 35),
    (8, 21, 36),
    (8, 22, 37),
    (8, 23, 38),
    (8, 40, 39),
    (8, 41, 40),
    (8, 42, 41),
    (8, 43, 42),
    (8, 44, 43),
    (8, 45, 44),
    (8, 4, 45),
    (8, 5, 46),
    (8, 10, 47),
    (8, 11, 48),
    (8, 82, 49),
    (8, 83, 50),
    (8, 84, 51),
    (8, 85, 52),
    (8, 36, 53),
    (8, 37, 54),
    (8, 88, 55),
    (8, 89, 56),
    (8, 90, 57),
    (8, 91, 58),
    (8, 74, 59),
    (8, 75, 60),
    (8, 50, 61),
    (8, 51, 62),
    (8, 52, 63),
    (5, 27, 64),
    (5, 18, 128),
    (6, 23, 192),
    (7, 55, 256),
    (8, 54, 320),
    (8, 55, 384),
    (8, 100, 448),
    (8, 101, 512),
    (8, 104, 576),
    (8, 103, 640),
    (9, 204, 704),
    (9, 205, 768),
    (9, 210, 832),
    (9, 211, 896),
    (9, 212, 960),
    (9, 213, 1024),
    (9, 214, 1088),
    (9, 215, 1152),
    (9, 216, 1216),
    (9, 217, 1280),
    (9, 218, 1344),
    (9, 219, 1408),
    (9, 152, 1472),
    (9, 153, 1536),
    (9, 154, 1600),
    (6, 24, 1664),
    (9, 155, 1728),
    (11, 8, 1792),
    (11, 12, 1856),
    (11, 13, 1920),
    (12, 18, 1984),
    (12, 19, 2048),
    (12, 20, 2112),
    (12, 21, 2176),
    (12, 22, 2240),
    (12, 23, 2304),
    (12, 28, 2368),
    (12, 29, 2432),
    (12, 30, 2496),
    (12, 31, 2560),
];

/// The same of black runs.
const BLACK: [(u8, u16, u16); 104] = [
    (10, 55, 0),
    (3, 2, 1),
    (2, 3, 2),
    (2, 2, 3),
    (3, 3, 4),
    (4, 3, 5),
    (4, 2, 6),
    (5, 3, 7),
    (6, 5, 8),
    (6, 4, 9),
    (7, 4, 10),
    (7, 5, 11),
    (7, 7, 12),
    (8, 4, 13),
    (8, 7, 14),
    (9, 24, 15),
    (10, 23, 16),
    (10, 24, 17),
    (10, 8, 18),
    (11, 103, 19),
    (11, 104, 20),
    (11, 108, 21),
    (11, 55, 22),
    (11, 40, 23),
    (11, 23, 24),
    (11, 24, 25),
    (12, 202, 26),
    (12, 203, 27),
    (12, 204, 28),
    (12, 205, 29),
    (12, 104, 30),
    (12, 105, 31),
    (12, 106, 32),
    (12, 107, 33),
    (12, 210, 34),
    (12, 211, 35),
    (12, 212, 36),
    (12, 213, 37),
    (12, 214, 38),
    (12, 215, 39),
    (12, 108, 40),
    (12, 109, 41),
    (12, 218, 42),
    (12, 219, 43),
    (12, 84, 44),
    (12, 85, 45),
    (12, 86, 46),
    (12, 87, 47),
    (12, 100, 48),
    (12, 101, 49),
    (12, 82, 50),
    (12, 83, 51),
    (12, 36, 52),
    (12, 55, 53),
    (12, 56, 54),
    (12, 39, 55),
    (12, 40, 56),
    (12, 88, 57),
    (12, 89, 58),
    (12, 43, 59),
    (12, 44, 60),
    (12, 90, 61),
    (12, 102, 62),
    (12, 103, 63),
    (10, 15, 64),
    (12, 200, 128),
    (12, 201, 192),
    (12, 91, 256),
    (12, 51, 320),
    (12, 52, 384),
    (12, 53, 448),
    (13, 108, 512),
    (13, 109, 576),
    (13, 74, 640),
    (13, 75, 704),
    (13, 76, 768),
    (13, 77, 832),
    (13, 114, 896),
    (13, 115, 960),
    (13, 116, 1024),
    (13, 117, 1088),
    (13, 118, 1152),
    (13, 119, 1216),
    (13, 82, 1280),
    (13, 83, 1344),
    (13, 84, 1408),
    (13, 85, 1472),
    (13, 90, 1536),
    (13, 91, 1600),
    (13, 100, 1664),
    (13, 101, 1728),
    (11, 8, 1792),
    (11, 12, 1856),
    (11, 13, 1920),
    (12, 18, 1984),
    (12, 19, 2048),
    (12, 20, 2112),
    (12, 21, 2176),
    (12, 22, 2240),
    (12, 23, 2304),
    (12, 28, 2368),
    (12, 29, 2432),
    (12, 30, 2496),
    (12, 31, 2560),
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Coding, unpack};

    #[test]
    fn a_white_and_a_black_run_on_a_line() {
        // White 3 (1000), black 5 (0011).
        assert_eq!(
            unpack(&[0b1000_0011], 8, 1, Coding::RunLengths).unwrap(),
            [0b0001_1111]
        );
        // Horizontal mode (001) with the same runs, then vertical 0 for each change of the second line.
        let packed = [0b0011_0000, 0b0111_1000, 0x10, 0x01];
        assert_eq!(
            unpack(&packed, 8, 2, Coding::Group4).unwrap(),
            [0b0001_1111; 2]
        );
    }

    #[test]
    fn what_ends_early_is_an_error_and_an_end_of_block_is_white() {
        unpack(&[0b1000_0000], 64, 4, Coding::Group4).unwrap_err();
        unpack(&[], 8, 1, Coding::Group3).unwrap_err();
        assert_eq!(
            unpack(&[0x00, 0x10, 0x01], 8, 2, Coding::Group4).unwrap(),
            [0, 0]
        );
    }
}
