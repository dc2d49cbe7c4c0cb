//! From fax data to rows of bits.

use super::bits::Bits;
use super::codes::Codes;
use crate::memory::allocate;
use crate::{Error, Format};

/// How lines are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
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
pub(crate) fn unpack(
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
