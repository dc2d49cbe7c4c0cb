//! Bits of fax data.

/// Bits, most significant first; zeros beyond the end.
pub(super) struct Bits<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) position: usize,
}

impl Bits<'_> {
    /// The next `count` (at most 24) bits.
    pub(super) fn peek(&self, count: u32) -> u32 {
        let first = self.position / 8;
        let window = (0..4).fold(0_u32, |window, index| {
            window << 8 | u32::from(self.bytes.get(first + index).copied().unwrap_or(0))
        });
        window << (self.position % 8) >> (32 - count)
    }

    pub(super) fn take(&mut self, count: u32) -> u32 {
        let bits = self.peek(count);
        self.position += count as usize;
        bits
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.position >= 8 * self.bytes.len()
    }

    /// Passes an end-of-line code with the zeros before it, if there is one.
    pub(super) fn end_of_line(&mut self) -> bool {
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
