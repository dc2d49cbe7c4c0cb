//! LZW as TIFF has it (TIFF 6.0, section 13): codes most significant bit first, widths grow one code early.
//!
//! Decoding stops at the length that the picture needs: some writers leave the end code out, others put it where a code
//! of another width is expected.

use crate::Error;
use crate::memory::reserve;

const CLEAR: usize = 256;
const END: usize = 257;
const FIRST: usize = 258;
const MAX_CODES: usize = 4096;

/// Unpacks at most `length` bytes; fewer where the data end before.
pub(super) fn unpack(packed: &[u8], length: usize) -> Result<Vec<u8>, Error> {
    let mut unpacked: Vec<u8> = reserve(length)?;
    // Each code stands for a piece of the output so far: where it starts and how long it is.
    let mut pieces: Vec<(usize, usize)> = Vec::with_capacity(MAX_CODES);
    let mut width = 9;
    let mut previous: Option<(usize, usize)> = None;
    let (mut window, mut available) = (0_u32, 0_u32);
    let mut bytes = packed.iter();
    while unpacked.len() < length {
        while available < width {
            let Some(&byte) = bytes.next() else {
                return Ok(unpacked);
            };
            window = window << 8 | u32::from(byte);
            available += 8;
        }
        available -= width;
        let code = (window >> available) as usize & ((1 << width) - 1);
        match code {
            CLEAR => {
                pieces.clear();
                width = 9;
                previous = None;
                continue;
            }
            END => return Ok(unpacked),
            _ => {}
        }
        let start = unpacked.len();
        if code < CLEAR {
            unpacked.push(code as u8);
        } else {
            let piece = match (pieces.get(code - FIRST), previous) {
                (Some(&piece), _) => piece,
                // The code that is about to be defined: the last piece and its own first byte.
                (None, Some((start, length))) if code - FIRST == pieces.len() => {
                    (start, length + 1)
                }
                _ => return Ok(unpacked),
            };
            let room = length - start;
            for index in 0..piece.1.min(room) {
                let byte = unpacked.get(piece.0 + index).copied().unwrap_or(0);
                unpacked.push(byte);
            }
        }
        if let Some((start, length)) = previous
            && FIRST + pieces.len() < MAX_CODES
        {
            // The last piece with the byte that follows it in the output.
            pieces.push((start, length + 1));
        }
        previous = Some((start, unpacked.len() - start));
        width = match FIRST + pieces.len() + 1 {
            ..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        };
    }
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::unpack;

    /// Codes of 9 bits, packed.
    fn packed(codes: &[u32]) -> Vec<u8> {
        let bits: Vec<u32> = codes
            .iter()
            .flat_map(|code| (0..9).rev().map(move |bit| code >> bit & 1))
            .collect();
        bits.chunks(8)
            .map(|byte| {
                let value = byte.iter().fold(0, |value, bit| value << 1 | bit);
                (value << (8 - byte.len())) as u8
            })
            .collect()
    }

    #[test]
    fn the_specification_s_example() {
        // TIFF 6.0, section 13: 7 7 7 8 8 7 7 6 6.
        let codes = [256, 7, 258, 8, 8, 258, 6, 6, 257];
        assert_eq!(
            unpack(&packed(&codes), 9).unwrap(),
            [7, 7, 7, 8, 8, 7, 7, 6, 6]
        );
        // Without an end code, and with more than is asked for.
        assert_eq!(
            unpack(&packed(&codes[..8]), 9).unwrap(),
            [7, 7, 7, 8, 8, 7, 7, 6, 6]
        );
        assert_eq!(unpack(&packed(&codes), 2).unwrap(), [7, 7]);
    }

    #[test]
    fn unknown_codes_end_the_data() {
        assert_eq!(unpack(&packed(&[256, 7, 300]), 9).unwrap(), [7]);
        assert!(unpack(&packed(&[258]), 9).unwrap().is_empty());
    }
}
