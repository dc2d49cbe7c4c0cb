//! Huffman and quantisation tables.

use super::fault::damaged;
use super::huffman::HuffmanTable;
use crate::Error;

/// Tables as they stand when a scan begins.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) quantisation: [Option<[u16; 64]>; 4],
    pub(super) dc: [Option<HuffmanTable>; 4],
    pub(super) ac: [Option<HuffmanTable>; 4],
    pub(super) restart_interval: usize,
    pub(super) conditioning: Conditioning,
}

/// What arithmetic coding makes of the size of coefficients (section B.2.4.3), for each table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conditioning {
    /// Bits from which a difference is no longer small, and up to which it is not large.
    pub(super) dc: [(u8, u8); 4],
    /// The last coefficient of low frequency.
    pub(super) ac: [u8; 4],
}

impl Default for Conditioning {
    fn default() -> Self {
        Self {
            dc: [(0, 1); 4],
            ac: [5; 4],
        }
    }
}

impl Tables {
    pub(super) fn read_conditioning(&mut self, segment: &[u8]) -> Result<(), Error> {
        for &[target, value] in segment.as_chunks::<2>().0 {
            let wrong = || damaged("a conditioning table is wrong");
            let table = usize::from(target & 15);
            if target >> 4 == 0 {
                let bounds = (value & 15, value >> 4);
                if bounds.0 > bounds.1 {
                    return Err(wrong());
                }
                *self.conditioning.dc.get_mut(table).ok_or_else(wrong)? = bounds;
            } else {
                *self.conditioning.ac.get_mut(table).ok_or_else(wrong)? = value;
            }
        }
        Ok(())
    }

    pub(super) fn read_huffman(&mut self, mut segment: &[u8]) -> Result<(), Error> {
        let wrong = || damaged("a Huffman table is wrong");
        while let Some((&target, rest)) = segment.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or_else(wrong)?;
            let symbols = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest.split_at_checked(symbols).ok_or_else(wrong)?;
            let table = HuffmanTable::new(counts, symbols).ok_or_else(wrong)?;
            let tables = if target >> 4 == 0 {
                &mut self.dc
            } else {
                &mut self.ac
            };
            *tables.get_mut(usize::from(target & 15)).ok_or_else(wrong)? = Some(table);
            segment = rest;
        }
        Ok(())
    }

    pub(super) fn read_quantisation(&mut self, mut segment: &[u8]) -> Result<(), Error> {
        let wrong = || damaged("a quantisation table is wrong");
        while let Some((&target, rest)) = segment.split_first() {
            let mut table = [0_u16; 64];
            if target >> 4 == 0 {
                let (values, rest) = rest.split_first_chunk::<64>().ok_or_else(wrong)?;
                table = values.map(u16::from);
                segment = rest;
            } else {
                let (values, rest) = rest.split_first_chunk::<128>().ok_or_else(wrong)?;
                for (entry, &pair) in table.iter_mut().zip(values.as_chunks::<2>().0) {
                    *entry = u16::from_be_bytes(pair);
                }
                segment = rest;
            }
            *self
                .quantisation
                .get_mut(usize::from(target & 15))
                .ok_or_else(wrong)? = Some(table);
        }
        Ok(())
    }
}
