//! Bits of a scan.

use super::fault::cut_short;
use crate::Error;

/// Bits, most significant first; after a byte of ones the next one has seven.
pub(super) struct Bits<'a> {
    stream: &'a [u8],
    pub(super) position: usize,
    window: u64,
    available: u32,
    follows_ones: bool,
}

impl<'a> Bits<'a> {
    pub(super) fn new(stream: &'a [u8], position: usize) -> Self {
        Self {
            stream,
            position,
            window: 0,
            available: 0,
            follows_ones: false,
        }
    }

    fn fill(&mut self) {
        while self.available <= 48 {
            let Some(&byte) = self.stream.get(self.position) else {
                return;
            };
            let count = if self.follows_ones {
                // A marker.
                if byte >= 0x80 {
                    return;
                }
                7
            } else {
                // A marker that stands by itself: its first byte is no data.
                if byte == 0xFF
                    && self
                        .stream
                        .get(self.position + 1)
                        .is_none_or(|&next| next >= 0x80)
                {
                    return;
                }
                8
            };
            self.window = self.window << count | u64::from(byte);
            self.available += count;
            self.follows_ones = byte == 0xFF;
            self.position += 1;
        }
    }

    /// The next `count` (at most 32) bits.
    pub(super) fn take(&mut self, count: u32) -> Result<i32, Error> {
        if count == 0 {
            return Ok(0);
        }
        if self.available < count {
            self.fill();
        }
        self.available = self.available.checked_sub(count).ok_or_else(cut_short)?;
        let bits = self.window >> self.available & ((1 << count) - 1);
        Ok(bits as i32)
    }

    /// Zeros before the next one, at most `limit`; the one is passed unless the limit is reached.
    pub(super) fn zeros(&mut self, limit: u32) -> Result<u32, Error> {
        let mut zeros = 0;
        while zeros < limit {
            if self.take(1)? == 1 {
                return Ok(zeros);
            }
            zeros += 1;
        }
        // The code that escapes ends with a one as well.
        self.take(1).map(|_| zeros)
    }
}
