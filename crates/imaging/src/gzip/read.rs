//! A file's bytes in order, decompressed as they are asked for.

use std::io::{ErrorKind, Read};

use flate2::bufread::GzDecoder;

use crate::{Error, Format};

const FORMAT: Format = Format::Nifti;
const GZIP: [u8; 2] = [0x1F, 0x8B];
/// Deflate makes at most 1032 bytes of one (zlib's technical details, "Maximum Compression Factor").
const MAX_EXPANSION: u64 = 1032;

/// Whether bytes start as gzip data do (RFC 1952, section 2.3.1).
pub(crate) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&GZIP)
}

/// The first `length` decompressed bytes of gzip data, or as many as there are, for telling what they hold.
pub(crate) fn peek(bytes: &[u8], length: usize) -> Vec<u8> {
    let mut head = Vec::new();
    // What could be read before a fault stays in the vector.
    let _ = Stream::new(bytes)
        .reader
        .take(length as u64)
        .read_to_end(&mut head);
    head
}

/// The bytes of a file; those of gzip data decompressed, all members one after the other, with their checksums checked.
pub(crate) struct Stream<'a> {
    file: &'a [u8],
    reader: Reader<'a>,
}

enum Reader<'a> {
    Plain(&'a [u8]),
    /// `None` once the last member is through.
    Gzip(Option<Box<GzDecoder<&'a [u8]>>>),
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(rest) => rest.read(buffer),
            Self::Gzip(member) => {
                while let Some(decoder) = member {
                    let count = decoder.read(buffer)?;
                    if count > 0 || buffer.is_empty() {
                        return Ok(count);
                    }
                    // Whatever follows the last member is no part of the file, as gzip itself has it.
                    let rest = *decoder.get_ref();
                    *member = is_gzip(rest).then(|| Box::new(GzDecoder::new(rest)));
                }
                Ok(0)
            }
        }
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.reader.read(buffer)
    }
}

impl<'a> Stream<'a> {
    pub(crate) fn new(file: &'a [u8]) -> Self {
        let reader = if is_gzip(file) {
            Reader::Gzip(Some(Box::new(GzDecoder::new(file))))
        } else {
            Reader::Plain(file)
        };
        Self { file, reader }
    }

    /// Refuses a file that cannot hold `bytes` bytes, before memory for them is asked for.
    pub(crate) fn expect(&self, bytes: u64) -> Result<(), Error> {
        let most = match self.reader {
            Reader::Plain(_) => self.file.len() as u64,
            Reader::Gzip(_) => (self.file.len() as u64).saturating_mul(MAX_EXPANSION),
        };
        if bytes > most {
            return Err(Error::truncated(FORMAT, self.file));
        }
        Ok(())
    }

    /// Fills the buffer.
    pub(crate) fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Error> {
        self.reader
            .read_exact(buffer)
            .map_err(|error| self.translate(&error))
    }

    /// Passes over bytes.
    pub(crate) fn skip(&mut self, mut bytes: u64) -> Result<(), Error> {
        if let Reader::Plain(rest) = &mut self.reader {
            let passed = usize::try_from(bytes).ok();
            *rest = passed
                .and_then(|passed| rest.get(passed..))
                .ok_or_else(|| Error::truncated(FORMAT, self.file))?;
            return Ok(());
        }
        let mut buffer = [0; 1 << 14];
        while bytes > 0 {
            let part = bytes.min(buffer.len() as u64);
            self.fill(buffer.get_mut(..part as usize).unwrap_or_default())?;
            bytes -= part;
        }
        Ok(())
    }

    /// Reads on to the end of the current member, so that its checksum is checked, unless far more follows than padding.
    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        let mut buffer = [0; 1 << 14];
        for _ in 0..16 {
            let count = self
                .reader
                .read(&mut buffer)
                .map_err(|error| self.translate(&error))?;
            if count == 0 {
                break;
            }
        }
        Ok(())
    }

    fn translate(&self, error: &std::io::Error) -> Error {
        match error.kind() {
            ErrorKind::UnexpectedEof => Error::truncated(FORMAT, self.file),
            _ => Error::damaged(FORMAT, "its compressed data do not match their checksum"),
        }
    }
}
