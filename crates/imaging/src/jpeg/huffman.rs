//! Entropy-coded bits and Huffman codes (ITU-T T.81 annexes C and F.2.2).

use super::fault::{cut_short, damaged};
use crate::Error;

/// Codes of up to this length are looked up at once.
const LOOKUP_BITS: u32 = 8;

pub(super) struct HuffmanTable {
    /// Length and symbol by the next 8 bits; length 0 where the code is longer.
    lookup: [(u8, u8); 1 << LOOKUP_BITS],
    /// For each length: the first code that is too large for it, aligned to 16 bits.
    limits: [u32; 17],
    /// For each length: what to add to a code to have its symbol's place.
    offsets: [i32; 17],
    symbols: Vec<u8>,
}

impl HuffmanTable {
    /// `counts`: codes of each length from 1 to 16. `None` if there are more than fit.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut table = Self {
            lookup: [(0, 0); 1 << LOOKUP_BITS],
            limits: [0; 17],
            offsets: [0; 17],
            symbols: symbols.to_vec(),
        };
        let mut code = 0_u32;
        let mut place = 0_usize;
        for (length, &count) in (1_u32..).zip(counts) {
            let slot = length as usize;
            *table.offsets.get_mut(slot)? = i32::try_from(place).ok()? - code.cast_signed();
            for _ in 0..count {
                if code >= 1 << length {
                    return None;
                }
                if length <= LOOKUP_BITS {
                    let symbol = *symbols.get(place)?;
                    let spare = LOOKUP_BITS - length;
                    let first = (code << spare) as usize;
                    let entries = table.lookup.get_mut(first..first + (1 << spare))?;
                    entries.fill((length as u8, symbol));
                }
                code += 1;
                place += 1;
            }
            *table.limits.get_mut(slot)? = code << (16 - length);
            code <<= 1;
        }
        Some(table)
    }
}

/// Bits of an entropy-coded segment, stuffing removed; ends at the next marker.
pub(super) struct BitReader<'a> {
    stream: &'a [u8],
    position: usize,
    buffer: u64,
    /// Valid low bits of the buffer.
    count: u32,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(stream: &'a [u8], position: usize) -> Self {
        Self {
            stream,
            position,
            buffer: 0,
            count: 0,
        }
    }

    /// Where the next marker is to be looked for.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    fn fill(&mut self) {
        while self.count <= 56 {
            let byte = match self.stream.get(self.position) {
                Some(0xFF) => match self.stream.get(self.position + 1) {
                    Some(0) => {
                        self.position += 2;
                        0xFF
                    }
                    _ => return,
                },
                Some(&byte) => {
                    self.position += 1;
                    byte
                }
                None => return,
            };
            self.buffer = self.buffer << 8 | u64::from(byte);
            self.count += 8;
        }
    }

    /// The next 16 bits; zeros beyond the end.
    fn peek(&mut self) -> u32 {
        if self.count < 16 {
            self.fill();
        }
        let bits = if self.count >= 16 {
            self.buffer >> (self.count - 16)
        } else {
            self.buffer << (16 - self.count)
        };
        (bits & 0xFFFF) as u32
    }

    fn skip(&mut self, bits: u32) -> Result<(), Error> {
        self.count = self.count.checked_sub(bits).ok_or_else(cut_short)?;
        Ok(())
    }

    /// The next symbol.
    pub(super) fn symbol(&mut self, table: &HuffmanTable) -> Result<u8, Error> {
        let bits = self.peek();
        if let Some(&(length, symbol)) = table.lookup.get((bits >> (16 - LOOKUP_BITS)) as usize)
            && length > 0
        {
            self.skip(u32::from(length))?;
            return Ok(symbol);
        }
        for length in LOOKUP_BITS + 1..=16 {
            let slot = length as usize;
            if table.limits.get(slot).is_some_and(|&limit| bits < limit) {
                let code = (bits >> (16 - length)).cast_signed();
                let place = code + table.offsets.get(slot).copied().unwrap_or(0);
                let symbol = usize::try_from(place)
                    .ok()
                    .and_then(|place| table.symbols.get(place));
                self.skip(length)?;
                return symbol.copied().ok_or_else(|| damaged("a code is unknown"));
            }
        }
        Err(if self.count < 16 {
            cut_short()
        } else {
            damaged("a code is unknown")
        })
    }

    /// The next `length` (0 to 16) bits as they are.
    pub(super) fn bits(&mut self, length: u8) -> Result<u32, Error> {
        let length = u32::from(length.min(16));
        let bits = self.peek() >> (16 - length);
        self.skip(length)?;
        Ok(bits)
    }

    /// A number of `length` (0 to 16) bits, negative where the first bit is 0 (section F.2.2.1, "EXTEND").
    pub(super) fn signed(&mut self, length: u8) -> Result<i32, Error> {
        let length = u32::from(length.min(16));
        if length == 0 {
            return Ok(0);
        }
        let bits = (self.peek() >> (16 - length)).cast_signed();
        self.skip(length)?;
        Ok(if bits < 1 << (length - 1) {
            bits - (1 << length) + 1
        } else {
            bits
        })
    }

    /// Passes the restart marker that must stand here.
    pub(super) fn restart(&mut self) -> Result<(), Error> {
        self.buffer = 0;
        self.count = 0;
        while self.stream.get(self.position..self.position + 2) == Some(&[0xFF, 0xFF]) {
            self.position += 1;
        }
        match self.stream.get(self.position..self.position + 2) {
            Some([0xFF, 0xD0..=0xD7]) => {
                self.position += 2;
                Ok(())
            }
            Some(_) => Err(damaged("a restart marker is missing")),
            None => Err(cut_short()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{BitReader, HuffmanTable};

    /// Lengths 1, 2, 9: codes 0, 10 and 110000000.
    fn table() -> HuffmanTable {
        let mut counts = [0; 16];
        counts[0] = 1;
        counts[1] = 1;
        counts[8] = 1;
        HuffmanTable::new(&counts, &[7, 8, 9]).unwrap()
    }

    #[test]
    fn short_and_long_codes() {
        // 0 10 110000000 and four bits left over.
        let mut bits = BitReader::new(&[0b0101_1000, 0b0000_1111], 0);
        let table = table();
        for symbol in [7, 8, 9] {
            assert_eq!(bits.symbol(&table).unwrap(), symbol);
        }
        bits.symbol(&table).unwrap_err();
    }

    #[test]
    fn numbers_are_extended() {
        let mut bits = BitReader::new(&[0b0101_1010, 0xFF, 0x00], 0);
        assert_eq!(bits.signed(1).unwrap(), -1);
        assert_eq!(bits.signed(1).unwrap(), 1);
        assert_eq!(bits.signed(3).unwrap(), -4);
        assert_eq!(bits.signed(0).unwrap(), 0);
        assert_eq!(bits.signed(3).unwrap(), -5);
        assert_eq!(bits.signed(8).unwrap(), 255);
        bits.signed(1).unwrap_err();
    }

    #[test]
    fn too_many_codes_are_refused() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(HuffmanTable::new(&counts, &[1, 2, 3]).is_none());
    }
}
