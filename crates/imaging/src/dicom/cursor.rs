//! A place in a file's bytes, from which numbers are taken.

use dicom_core::Tag;

use super::data_set::Encoding;
use crate::{Error, Format};

/// Walks through bytes; whatever is taken must be there.
pub(super) struct Cursor<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) position: usize,
}

impl<'a> Cursor<'a> {
    /// The tag that comes next.
    pub(super) fn peek_tag(&self, encoding: Encoding) -> Option<Tag> {
        let rest = self.bytes.get(self.position..)?;
        let &[a, b, c, d] = rest.first_chunk()?;
        Some(Tag(encoding.u16([a, b]), encoding.u16([c, d])))
    }

    pub(super) fn truncated(&self) -> Error {
        Error::truncated(Format::Dicom, self.bytes)
    }

    /// The next `length` bytes, which must lie before `end`.
    pub(super) fn take(&mut self, length: usize, end: usize) -> Result<&'a [u8], Error> {
        let stop = self
            .position
            .checked_add(length)
            .filter(|&stop| stop <= end)
            .ok_or_else(|| self.truncated())?;
        let slice = self
            .bytes
            .get(self.position..stop)
            .ok_or_else(|| self.truncated())?;
        self.position = stop;
        Ok(slice)
    }

    pub(super) fn take_array<const N: usize>(&mut self, end: usize) -> Result<[u8; N], Error> {
        let slice = self.take(N, end)?;
        slice.first_chunk().copied().ok_or_else(|| self.truncated())
    }

    pub(super) fn tag(&mut self, end: usize, encoding: Encoding) -> Result<Tag, Error> {
        let group = encoding.u16(self.take_array(end)?);
        let element = encoding.u16(self.take_array(end)?);
        Ok(Tag(group, element))
    }
}
