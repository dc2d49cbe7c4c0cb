//! Markers and the segments behind them (section B.1.1).

use super::fault::cut_short;
use crate::Error;

/// Walks from marker to marker.
pub(super) struct Markers<'a> {
    pub(super) stream: &'a [u8],
    pub(super) position: usize,
}

impl<'a> Markers<'a> {
    /// The next marker's code; `None` at the end of the stream.
    pub(super) fn next(&mut self) -> Option<u8> {
        loop {
            let rest = self.stream.get(self.position..)?;
            let start = rest.iter().position(|&byte| byte == 0xFF)?;
            let code = *rest.get(start + 1)?;
            match code {
                0x00 => self.position += start + 2,
                // Fill bytes may stand before a marker.
                0xFF => self.position += start + 1,
                code => {
                    self.position += start + 2;
                    return Some(code);
                }
            }
        }
    }

    /// The marker segment that begins here, without its length.
    pub(super) fn segment(&mut self) -> Result<&'a [u8], Error> {
        let rest = self.stream.get(self.position..).unwrap_or_default();
        let length = rest
            .first_chunk()
            .map(|&pair| usize::from(u16::from_be_bytes(pair)))
            .ok_or_else(cut_short)?;
        let segment = rest.get(2..length).ok_or_else(cut_short)?;
        self.position += length;
        Ok(segment)
    }
}
