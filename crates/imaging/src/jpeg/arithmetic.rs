//! Arithmetic coding (ITU-T T.81 annexes D, F.1.4 and G.1.3), sequential and progressive.
//!
//! Names of statistics' areas and their offsets follow tables F.4 and F.5.

use super::coefficients::{Block, Coder};
use super::fault::damaged;
use super::headers::Scan;
use super::sequential::ZIGZAG;
use super::tables::Conditioning;
use crate::Error;

/// For each state of a binary decision: the probability estimate of its less probable value, the states that follow a
/// less and a more probable value, and whether the two values change places (table D.3). The last one stays as it is.
const STATES: [(u32, u8, u8, bool); 114] = [
    (0x5A1D, 1, 1, true),
    (0x2586, 14, 2, false),
    (0x1114, 16, 3, false),
    (0x080B, 18, 4, false),
    (0x03D8, 20, 5, false),
    (0x01DA, 23, 6, false),
    (0x00E5, 25, 7, false),
    (0x006F, 28, 8, false),
    (0x0036, 30, 9, false),
    (0x001A, 33, 10, false),
    (0x000D, 35, 11, false),
    (0x0006, 9, 12, false),
    (0x0003, 10, 13, false),
    (0x0001, 12, 13, false),
    (0x5A7F, 15, 15, true),
    (0x3F25, 36, 16, false),
    (0x2CF2, 38, 17, false),
    (0x207C, 39, 18, false),
    (0x17B9, 40, 19, false),
    (0x1182, 42, 20, false),
    (0x0CEF, 43, 21, false),
    (0x09A1, 45, 22, false),
    (0x072F, 46, 23, false),
    (0x055C, 48, 24, false),
    (0x0406, 49, 25, false),
    (0x0303, 51, 26, false),
    (0x0240, 52, 27, false),
    (0x01B1, 54, 28, false),
    (0x0144, 56, 29, false),
    (0x00F5, 57, 30, false),
    (0x00B7, 59, 31, false),
    (0x008A, 60, 32, false),
    (0x0068, 62, 33, false),
    (0x004E, 63, 34, false),
    (0x003B, 32, 35, false),
    (0x002C, 33, 9, false),
    (0x5AE1, 37, 37, true),
    (0x484C, 64, 38, false),
    (0x3A0D, 65, 39, false),
    (0x2EF1, 67, 40, false),
    (0x261F, 68, 41, false),
    (0x1F33, 69, 42, false),
    (0x19A8, 70, 43, false),
    (0x1518, 72, 44, false),
    (0x1177, 73, 45, false),
    (0x0E74, 74, 46, false),
    (0x0BFB, 75, 47, false),
    (0x09F8, 77, 48, false),
    (0x0861, 78, 49, false),
    (0x0706, 79, 50, false),
    (0x05CD, 48, 51, false),
    (0x04DE, 50, 52, false),
    (0x040F, 50, 53, false),
    (0x0363, 51, 54, false),
    (0x02D4, 52, 55, false),
    (0x025C, 53, 56, false),
    (0x01F8, 54, 57, false),
    (0x01A4, 55, 58, false),
    (0x0160, 56, 59, false),
    (0x0125, 57, 60, false),
    (0x00F6, 58, 61, false),
    (0x00CB, 59, 62, false),
    (0x00AB, 61, 63, false),
    (0x008F, 61, 32, false),
    (0x5B12, 65, 65, true),
    (0x4D04, 80, 66, false),
    (0x412C, 81, 67, false),
    (0x37D8, 82, 68, false),
    (0x2FE8, 83, 69, false),
    (0x293C, 84, 70, false),
    (0x2379, 86, 71, false),
    (0x1EDF, 87, 72, false),
    (0x1AA9, 87, 73, false),
    (0x174E, 72, 74, false),
    (0x1424, 72, 75, false),
    (0x119C, 74, 76, false),
    (0x0F6B, 74, 77, false),
    (0x0D51, 75, 78, false),
    (0x0BB6, 77, 79, false),
    (0x0A40, 77, 48, false),
    (0x5832, 80, 81, true),
    (0x4D1C, 88, 82, false),
    (0x438E, 89, 83, false),
    (0x3BDD, 90, 84, false),
    (0x34EE, 91, 85, false),
    (0x2EAE, 92, 86, false),
    (0x299A, 93, 87, false),
    (0x2516, 86, 71, false),
    (0x5570, 88, 89, true),
    (0x4CA9, 95, 90, false),
    (0x44D9, 96, 91, false),
    (0x3E22, 97, 92, false),
    (0x3824, 99, 93, false),
    (0x32B4, 99, 94, false),
    (0x2E17, 93, 86, false),
    (0x56A8, 95, 96, true),
    (0x4F46, 101, 97, false),
    (0x47E5, 102, 98, false),
    (0x41CF, 103, 99, false),
    (0x3C3D, 104, 100, false),
    (0x375E, 99, 93, false),
    (0x5231, 105, 102, false),
    (0x4C0F, 106, 103, false),
    (0x4639, 107, 104, false),
    (0x415E, 103, 99, false),
    (0x5627, 105, 106, true),
    (0x50E7, 108, 107, false),
    (0x4B85, 109, 103, false),
    (0x5597, 110, 109, false),
    (0x504F, 111, 107, false),
    (0x5A10, 110, 111, true),
    (0x5522, 112, 109, false),
    (0x59EB, 112, 111, true),
    (0x5A1D, 113, 113, false),
];
/// The state for decisions of equal probability.
const EVEN: u8 = 113;

/// A binary decision that learns: its state, and its more probable value.
#[derive(Debug, Clone, Copy, Default)]
struct Decision {
    state: u8,
    likely: bool,
}

/// The decoder of annex D.
struct Decoder<'a> {
    stream: &'a [u8],
    position: usize,
    /// The code register and the interval.
    code: i64,
    interval: i64,
    /// Bits left in the register, negative until it is filled for the first time.
    count: i32,
}

impl<'a> Decoder<'a> {
    fn new(stream: &'a [u8], position: usize) -> Self {
        Self {
            stream,
            position,
            code: 0,
            interval: 0,
            count: -16,
        }
    }

    /// The next byte; zeros from the next marker on.
    fn byte(&mut self) -> i64 {
        let rest = self.stream.get(self.position..).unwrap_or_default();
        match rest {
            [0xFF, 0, ..] => {
                self.position += 2;
                0xFF
            }
            [0xFF, ..] | [] => 0,
            &[byte, ..] => {
                self.position += 1;
                i64::from(byte)
            }
        }
    }

    fn decide(&mut self, decision: &mut Decision) -> bool {
        while self.interval < 0x8000 {
            self.count -= 1;
            if self.count < 0 {
                self.code = self.code << 8 | self.byte();
                self.count += 8;
                if self.count < 0 {
                    self.count += 1;
                    if self.count == 0 {
                        self.interval = 0x8000;
                    }
                }
            }
            self.interval <<= 1;
        }
        let (estimate, after_unlikely, after_likely, is_switch) = STATES
            .get(usize::from(decision.state))
            .copied()
            .unwrap_or((0x5A1D, EVEN, EVEN, false));
        let estimate = i64::from(estimate);
        self.interval -= estimate;
        let bound = self.interval << self.count;
        let is_upper = self.code >= bound;
        let value = if is_upper {
            self.code -= bound;
            let is_exchanged = self.interval < estimate;
            self.interval = estimate;
            if is_exchanged {
                decision.likely
            } else {
                !decision.likely
            }
        } else if self.interval < 0x8000 && self.interval < estimate {
            !decision.likely
        } else {
            decision.likely
        };
        if is_upper || self.interval < 0x8000 {
            if value == decision.likely {
                decision.state = after_likely;
            } else {
                decision.likely ^= is_switch;
                decision.state = after_unlikely;
            }
        }
        value
    }
}

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
            even: Decision {
                state: EVEN,
                likely: false,
            },
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
        let mut decide = |at: usize| match statistics.dc.get_mut(at) {
            Some(decision) => Ok(decoder.decide(decision)),
            None => Err(too_large()),
        };
        let start = part.kind;
        if decide(start)? {
            let is_negative = decide(start + 1)?;
            let mut at = start + 2 + usize::from(is_negative);
            let mut size = i32::from(decide(at)?);
            if size != 0 {
                at = 20;
                while decide(at)? {
                    size <<= 1;
                    if size == 0x8000 {
                        return Err(too_large());
                    }
                    at += 1;
                }
            }
            let sign = usize::from(is_negative) * 4;
            part.kind = if size < (1 << small) >> 1 {
                0
            } else if size > (1 << large) >> 1 {
                12 + sign
            } else {
                4 + sign
            };
            let mut value = size;
            at += 14;
            loop {
                size >>= 1;
                if size == 0 {
                    break;
                }
                if decide(at)? {
                    value |= size;
                }
            }
            value += 1;
            part.last = part
                .last
                .wrapping_add(if is_negative { -value } else { value });
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
        let middle = conditioning.ac.get(table).copied().unwrap_or(5);
        let mut place = from;
        while place <= *last {
            let mut decide = |decoder: &mut Decoder<'_>, at: usize| match statistics.ac.get_mut(at)
            {
                Some(decision) => Ok(decoder.decide(decision)),
                None => Err(too_large()),
            };
            let mut at = 3 * (place - 1);
            if decide(decoder, at)? {
                break;
            }
            while !decide(decoder, at + 1)? {
                at += 3;
                place += 1;
                if place > *last {
                    return Err(damaged("a block has more than 64 coefficients"));
                }
            }
            let is_negative = decoder.decide(even);
            at += 2;
            let mut size = i32::from(decide(decoder, at)?);
            if size != 0 && decide(decoder, at)? {
                size <<= 1;
                at = if place <= usize::from(middle) {
                    189
                } else {
                    217
                };
                while decide(decoder, at)? {
                    size <<= 1;
                    if size == 0x8000 {
                        return Err(too_large());
                    }
                    at += 1;
                }
            }
            let mut value = size;
            at += 14;
            loop {
                size >>= 1;
                if size == 0 {
                    break;
                }
                if decide(decoder, at)? {
                    value |= size;
                }
            }
            value += 1;
            let value = if is_negative { -value } else { value };
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
        let bit = 1_i16 << *low;
        let index = |place: usize| ZIGZAG.get(place).copied().map_or(0, usize::from);
        let known = (1..=*last)
            .rev()
            .find(|&place| block.get(index(place)).is_some_and(|&value| value != 0))
            .unwrap_or(0);
        let mut decide = |decoder: &mut Decoder<'_>, at: usize| match statistics.ac.get_mut(at) {
            Some(decision) => Ok(decoder.decide(decision)),
            None => Err(too_large()),
        };
        let mut place = *first;
        while place <= *last {
            let mut at = 3 * (place - 1);
            if place > known && decide(decoder, at)? {
                break;
            }
            while let Some(coefficient) = block.get_mut(index(place)) {
                if *coefficient != 0 {
                    if decide(decoder, at + 2)? {
                        *coefficient = if *coefficient < 0 {
                            coefficient.wrapping_sub(bit)
                        } else {
                            coefficient.wrapping_add(bit)
                        };
                    }
                    break;
                }
                if decide(decoder, at + 1)? {
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
