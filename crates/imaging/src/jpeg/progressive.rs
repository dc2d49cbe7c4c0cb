//! Progressive coding with Huffman codes (ITU-T T.81 annex G).

use super::coefficients::{Block, Coder};
use super::fault::damaged;
use super::headers::Scan;
use super::huffman::{BitReader, HuffmanTable};
use super::tables::Tables;
use super::zigzag::ZIGZAG;
use crate::Error;

/// The Huffman coder of one scan.
pub(super) struct Progressive<'t, 'a> {
    bits: BitReader<'a>,
    parts: Vec<Part<'t>>,
    /// First and last coefficient of the scan, in zigzag order.
    band: (usize, usize),
    /// The bit that was coded before this scan's, if it refines, and this scan's.
    high: u8,
    low: u8,
    /// Blocks that follow without further coefficients.
    empty_blocks: u32,
}

struct Part<'t> {
    dc: Option<&'t HuffmanTable>,
    ac: Option<&'t HuffmanTable>,
    last: i32,
}

impl<'t, 'a> Progressive<'t, 'a> {
    pub(super) fn new(bits: BitReader<'a>, scan: &Scan, tables: &'t Tables) -> Result<Self, Error> {
        let parts = scan
            .components
            .iter()
            .map(|part| Part {
                dc: tables.dc.get(part.dc_table).and_then(Option::as_ref),
                ac: tables.ac.get(part.ac_table).and_then(Option::as_ref),
                last: 0,
            })
            .collect();
        Ok(Self {
            bits,
            parts,
            band: scan.band()?,
            high: scan.high,
            low: scan.point_transform,
            empty_blocks: 0,
        })
    }

    pub(super) fn position(&self) -> usize {
        self.bits.position()
    }

    fn dc(&mut self, part: usize, block: &mut Block) -> Result<(), Error> {
        let [first, ..] = block;
        if self.high > 0 {
            *first |= (self.bits.bits(1)? << self.low) as i16;
            return Ok(());
        }
        let part = self.parts.get_mut(part).ok_or_else(missing)?;
        let length = self.bits.symbol(part.dc.ok_or_else(missing)?)?;
        if length > 15 {
            return Err(damaged("a coefficient is too large"));
        }
        part.last = part.last.wrapping_add(self.bits.signed(length)?);
        *first = part.last.wrapping_shl(u32::from(self.low)) as i16;
        Ok(())
    }

    fn ac_first(&mut self, part: usize, block: &mut Block) -> Result<(), Error> {
        if self.empty_blocks > 0 {
            self.empty_blocks -= 1;
            return Ok(());
        }
        let table = self
            .parts
            .get(part)
            .and_then(|part| part.ac)
            .ok_or_else(missing)?;
        let (mut place, last) = self.band;
        while place <= last {
            let symbol = self.bits.symbol(table)?;
            let (zeros, length) = (symbol >> 4, symbol & 15);
            if length == 0 {
                if zeros < 15 {
                    self.empty_blocks = (1 << zeros) - 1 + self.bits.bits(zeros)?;
                    break;
                }
                place += 16;
                continue;
            }
            place += usize::from(zeros);
            let value = self.bits.signed(length)?;
            set(block, place, value << self.low)?;
            place += 1;
        }
        Ok(())
    }

    fn ac_refine(&mut self, part: usize, block: &mut Block) -> Result<(), Error> {
        let table = self
            .parts
            .get(part)
            .and_then(|part| part.ac)
            .ok_or_else(missing)?;
        let (mut place, last) = self.band;
        let bit = 1_i16 << self.low;
        if self.empty_blocks == 0 {
            while place <= last {
                let symbol = self.bits.symbol(table)?;
                let (mut zeros, length) = (symbol >> 4, symbol & 15);
                let mut value = 0;
                if length == 0 {
                    if zeros < 15 {
                        self.empty_blocks = (1 << zeros) + self.bits.bits(zeros)?;
                        break;
                    }
                } else {
                    value = if self.bits.bits(1)? == 1 { bit } else { -bit };
                }
                // Past the coefficients that there are, which take a bit each, and past as many zeros as coded.
                while place <= last {
                    if !self.refine(block, place, bit)? {
                        if zeros == 0 {
                            break;
                        }
                        zeros -= 1;
                    }
                    place += 1;
                }
                if value != 0 {
                    set(block, place, i32::from(value))?;
                }
                place += 1;
            }
        }
        if self.empty_blocks > 0 {
            while place <= last {
                self.refine(block, place, bit)?;
                place += 1;
            }
            self.empty_blocks -= 1;
        }
        Ok(())
    }

    /// Adds a bit to a coefficient that is not 0; says whether it is none.
    fn refine(&mut self, block: &mut Block, place: usize, bit: i16) -> Result<bool, Error> {
        let index = ZIGZAG.get(place).copied().map_or(0, usize::from);
        let Some(coefficient) = block
            .get_mut(index)
            .filter(|coefficient| **coefficient != 0)
        else {
            return Ok(false);
        };
        if self.bits.bits(1)? == 1 && *coefficient & bit == 0 {
            *coefficient = if *coefficient > 0 {
                coefficient.wrapping_add(bit)
            } else {
                coefficient.wrapping_sub(bit)
            };
        }
        Ok(true)
    }
}

impl Coder for Progressive<'_, '_> {
    fn restart(&mut self) -> Result<(), Error> {
        self.empty_blocks = 0;
        self.parts.iter_mut().for_each(|part| part.last = 0);
        self.bits.restart()
    }

    fn block(&mut self, part: usize, block: &mut Block) -> Result<(), Error> {
        match (self.band, self.high) {
            ((0, _), _) => self.dc(part, block),
            (_, 0) => self.ac_first(part, block),
            _ => self.ac_refine(part, block),
        }
    }
}

fn missing() -> Error {
    damaged("a Huffman table is missing")
}

fn set(block: &mut Block, place: usize, value: i32) -> Result<(), Error> {
    let index = ZIGZAG
        .get(place)
        .copied()
        .ok_or_else(|| damaged("a block has more than 64 coefficients"))?;
    if let Some(coefficient) = block.get_mut(usize::from(index)) {
        *coefficient = value as i16;
    }
    Ok(())
}
