//! Arithmetic coding of coefficients (ITU-T T.81 annexes F.1.4 and G.1.3), sequential and progressive.
//!
//! Names of statistics' areas and their offsets follow tables F.4 and F.5.

use super::coefficients::{Block, Coder};
use super::decisions::{Decision, Decoder};
use super::fault::damaged;
use super::headers::Scan;
use super::tables::Conditioning;
use super::zigzag::ZIGZAG;
use crate::Error;

/// What is learnt of one table's DC and AC coefficients.
struct Statistics {
    dc: [Decision; 64],
    ac: [Decision; 256],
}

struct Part {
    dc_table: usize,
    ac_table: usize,
    last: i32,
    /// The kind of the last difference, an offset in the DC statistics.
    kind: usize,
}

/// The arithmetic coder of one scan.
pub(super) struct Arithmetic<'a> {
    decoder: Decoder<'a>,
    parts: Vec<Part>,
    statistics: [Statistics; 4],
    conditioning: Conditioning,
    even: Decision,
    band: (usize, usize),
    high: u8,
    low: u8,
}

fn fresh() -> [Statistics; 4] {
    std::array::from_fn(|_| Statistics {
        dc: [Decision::default(); 64],
        ac: [Decision::default(); 256],
    })
}

fn too_large() -> Error {
    damaged("a coefficient is too large")
}

/// Decides by the statistics of one area.
fn decide(
    decoder: &mut Decoder<'_>,
    statistics: &mut [Decision],
    at: usize,
) -> Result<bool, Error> {
    let decision = statistics.get_mut(at).ok_or_else(too_large)?;
    Ok(decoder.decide(decision))
}

/// The size of a coefficient less 1, beyond its first doublings: where it stops growing, and the highest power of two
/// in it (section F.1.4.3.1).
fn magnitude(
    decoder: &mut Decoder<'_>,
    statistics: &mut [Decision],
    mut at: usize,
    mut size: i32,
) -> Result<(usize, i32), Error> {
    while decide(decoder, statistics, at)? {
        size <<= 1;
        if size == 0x8000 {
            return Err(too_large());
        }
        at += 1;
    }
    Ok((at, size))
}

/// A coefficient from its highest power of two: the bits below it, and the sign (section F.1.4.3.2).
fn value(
    decoder: &mut Decoder<'_>,
    statistics: &mut [Decision],
    at: usize,
    mut size: i32,
    is_negative: bool,
) -> Result<i32, Error> {
    let mut value = size;
    loop {
        size >>= 1;
        if size == 0 {
            break;
        }
        if decide(decoder, statistics, at)? {
            value |= size;
        }
    }
    value += 1;
    Ok(if is_negative { -value } else { value })
}

impl<'a> Arithmetic<'a> {
    pub(super) fn new(
        stream: &'a [u8],
        position: usize,
        scan: &Scan,
        conditioning: Conditioning,
        is_progressive: bool,
    ) -> Result<Self, Error> {
        let parts: Vec<Part> = scan
            .components
            .iter()
            .map(|part| Part {
                dc_table: part.dc_table,
                ac_table: part.ac_table,
                last: 0,
                kind: 0,
            })
            .collect();
        if parts
            .iter()
            .any(|part| part.dc_table > 3 || part.ac_table > 3)
        {
            return Err(damaged("a scan header is wrong"));
        }
        let (band, high, low) = if is_progressive {
            (scan.band()?, scan.high, scan.point_transform)
        } else {
            ((0, 63), 0, 0)
        };
        Ok(Self {
            decoder: Decoder::new(stream, position),
            parts,
            statistics: fresh(),
            conditioning,
            even: Decision::EVEN,
            band,
            high,
            low,
        })
    }

    pub(super) fn position(&self) -> usize {
        self.decoder.position
    }

    fn dc(&mut self, part: usize, block: &mut Block) -> Result<(), Error> {
        let Self {
            decoder,
            parts,
            statistics,
            conditioning,
            ..
        } = self;
        let part = parts.get_mut(part).ok_or_else(too_large)?;
        let statistics = statistics.get_mut(part.dc_table).ok_or_else(too_large)?;
        let (small, large) = conditioning
            .dc
            .get(part.dc_table)
            .copied()
            .unwrap_or((0, 1));
        let dc = &mut statistics.dc;
        let start = part.kind;
        if decide(decoder, dc, start)? {
            let is_negative = decide(decoder, dc, start + 1)?;
            let mut at = start + 2 + usize::from(is_negative);
            let mut size = i32::from(decide(decoder, dc, at)?);
            if size != 0 {
                (at, size) = magnitude(decoder, dc, 20, size)?;
            }
            let sign = usize::from(is_negative) * 4;
            part.kind = if size < (1 << small) >> 1 {
                0
            } else if size > (1 << large) >> 1 {
                12 + sign
            } else {
                4 + sign
            };
            let difference = value(decoder, dc, at + 14, size, is_negative)?;
            part.last = part.last.wrapping_add(difference);
        } else {
            part.kind = 0;
        }
        let [first, ..] = block;
        *first = part.last.wrapping_shl(u32::from(self.low)) as i16;
        Ok(())
    }

    fn ac(&mut self, part: usize, block: &mut Block, from: usize) -> Result<(), Error> {
        let Self {
            decoder,
            parts,
            statistics,
            conditioning,
            even,
            band: (_, last),
            low,
            ..
        } = self;
        let table = parts.get(part).map_or(0, |part| part.ac_table);
        let statistics = statistics.get_mut(table).ok_or_else(too_large)?;
        let ac = &mut statistics.ac;
        let middle = conditioning.ac.get(table).copied().unwrap_or(5);
        let mut place = from;
        while place <= *last {
            let mut at = 3 * (place - 1);
            if decide(decoder, ac, at)? {
                break;
            }
            while !decide(decoder, ac, at + 1)? {
                at += 3;
                place += 1;
                if place > *last {
                    return Err(damaged("a block has more than 64 coefficients"));
                }
            }
            let is_negative = decoder.decide(even);
            at += 2;
            let mut size = i32::from(decide(decoder, ac, at)?);
            if size != 0 && decide(decoder, ac, at)? {
                let high = if place <= usize::from(middle) {
                    189
                } else {
                    217
                };
                (at, size) = magnitude(decoder, ac, high, size << 1)?;
            }
            let value = value(decoder, ac, at + 14, size, is_negative)?;
            let index = ZIGZAG.get(place).copied().map_or(0, usize::from);
            if let Some(coefficient) = block.get_mut(index) {
                *coefficient = value.wrapping_shl(u32::from(*low)) as i16;
            }
            place += 1;
        }
        Ok(())
    }

    fn ac_refine(&mut self, part: usize, block: &mut Block) -> Result<(), Error> {
        let Self {
            decoder,
            parts,
            statistics,
            even,
            band: (first, last),
            low,
            ..
        } = self;
        let table = parts.get(part).map_or(0, |part| part.ac_table);
        let statistics = statistics.get_mut(table).ok_or_else(too_large)?;
        let ac = &mut statistics.ac;
        let bit = 1_i16 << *low;
        let index = |place: usize| ZIGZAG.get(place).copied().map_or(0, usize::from);
        let known = (1..=*last)
            .rev()
            .find(|&place| block.get(index(place)).is_some_and(|&value| value != 0))
            .unwrap_or(0);
        let mut place = *first;
        while place <= *last {
            let mut at = 3 * (place - 1);
            if place > known && decide(decoder, ac, at)? {
                break;
            }
            while let Some(coefficient) = block.get_mut(index(place)) {
                if *coefficient != 0 {
                    if decide(decoder, ac, at + 2)? {
                        *coefficient = if *coefficient < 0 {
                            coefficient.wrapping_sub(bit)
                        } else {
                            coefficient.wrapping_add(bit)
                        };
                    }
                    break;
                }
                if decide(decoder, ac, at + 1)? {
                    *coefficient = if decoder.decide(even) { -bit } else { bit };
                    break;
                }
                at += 3;
                place += 1;
                if place > *last {
                    return Err(damaged("a block has more than 64 coefficients"));
                }
            }
            place += 1;
        }
        Ok(())
    }
}

impl Coder for Arithmetic<'_> {
    fn restart(&mut self) -> Result<(), Error> {
        let stream = self.decoder.stream;
        let mut position = self.decoder.position;
        // Bytes that the decoder did not need may stand before the marker.
        loop {
            match stream.get(position..).unwrap_or_default() {
                [0xFF, 0xD0..=0xD7, ..] => break,
                [_, _, ..] => position += 1,
                _ => return Err(damaged("a restart marker is missing")),
            }
        }
        self.decoder = Decoder::new(stream, position + 2);
        self.statistics = fresh();
        for part in &mut self.parts {
            part.last = 0;
            part.kind = 0;
        }
        Ok(())
    }

    fn block(&mut self, part: usize, block: &mut Block) -> Result<(), Error> {
        match (self.band, self.high) {
            // Sequential scans hold all coefficients.
            ((0, 63), 0) => {
                self.dc(part, block)?;
                self.ac(part, block, 1)
            }
            ((0, _), 0) => self.dc(part, block),
            ((0, _), _) => {
                let [first, ..] = block;
                if self.decoder.decide(&mut self.even) {
                    *first |= 1 << self.low;
                }
                Ok(())
            }
            ((from, _), 0) => self.ac(part, block, from),
            _ => self.ac_refine(part, block),
        }
    }
}
