//! Numbers from bytes, whichever end comes first.

/// Which end of a number comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    /// The least significant byte.
    LittleEndian,
    /// The most significant byte.
    BigEndian,
}

impl ByteOrder {
    /// The bytes with the least significant one first.
    #[inline]
    pub(crate) fn to_little_endian<const N: usize>(self, mut bytes: [u8; N]) -> [u8; N] {
        match self {
            Self::LittleEndian => {}
            Self::BigEndian => bytes.reverse(),
        }
        bytes
    }

    #[inline]
    pub(crate) fn u16(self, bytes: [u8; 2]) -> u16 {
        u16::from_le_bytes(self.to_little_endian(bytes))
    }

    #[inline]
    pub(crate) fn u32(self, bytes: [u8; 4]) -> u32 {
        u32::from_le_bytes(self.to_little_endian(bytes))
    }

    #[inline]
    pub(crate) fn u64(self, bytes: [u8; 8]) -> u64 {
        u64::from_le_bytes(self.to_little_endian(bytes))
    }

    /// The `N` bytes at `offset`, the least significant one first; `None` beyond the end.
    pub(crate) fn array_at<const N: usize>(self, bytes: &[u8], offset: usize) -> Option<[u8; N]> {
        let found = bytes.get(offset..)?.first_chunk()?;
        Some(self.to_little_endian(*found))
    }

    pub(crate) fn u16_at(self, bytes: &[u8], offset: usize) -> Option<u16> {
        self.array_at(bytes, offset).map(u16::from_le_bytes)
    }

    pub(crate) fn u32_at(self, bytes: &[u8], offset: usize) -> Option<u32> {
        self.array_at(bytes, offset).map(u32::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::ByteOrder::{BigEndian, LittleEndian};

    #[test]
    fn either_end_may_come_first() {
        let bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(LittleEndian.u16([1, 2]), 0x0201);
        assert_eq!(BigEndian.u16([1, 2]), 0x0102);
        assert_eq!(LittleEndian.u32_at(&bytes, 1), Some(0x0504_0302));
        assert_eq!(BigEndian.u32_at(&bytes, 4), Some(0x0506_0708));
        assert_eq!(BigEndian.u16_at(&bytes, 7), None);
        assert_eq!(LittleEndian.u16_at(&bytes, usize::MAX), None);
        assert_eq!(BigEndian.u64(bytes), 0x0102_0304_0506_0708);
    }
}
