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
}

impl Tables {
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
