//! gzip (RFC 1952) without a time, a name or the name of a system, so that equal input gives equal bytes.

use std::io::{ErrorKind, Write};

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};

use crate::{Error, Format};

/// The code of RFC 1952 for an unknown system.
const UNKNOWN_SYSTEM: u8 = 255;

/// Compresses while bytes come in, after others that stay as they are.
pub(crate) struct Gzip {
    format: Format,
    encoder: GzEncoder<Growing>,
}

/// A vector that says so when there is no memory, instead of bringing the page down.
struct Growing(Vec<u8>);

impl Write for Growing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .try_reserve(bytes.len())
            .map_err(|_| ErrorKind::OutOfMemory)?;
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Gzip {
    /// `before` goes uncompressed before the compressed data; `level` is 1 (fast) to 9 (small).
    pub(crate) fn after(before: Vec<u8>, level: u32, format: Format) -> Self {
        let encoder = GzBuilder::new()
            .mtime(0)
            .operating_system(UNKNOWN_SYSTEM)
            .write(Growing(before), Compression::new(level));
        Self { format, encoder }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let result = self.encoder.write_all(bytes);
        result.map_err(|_| self.out_of_memory())
    }

    /// Writes numbers, least significant byte first.
    pub(crate) fn write_floats(&mut self, values: &[f32]) -> Result<(), Error> {
        let mut bytes = Vec::with_capacity(1 << 14);
        for block in values.chunks(1 << 12) {
            bytes.clear();
            bytes.extend(block.iter().flat_map(|value| value.to_le_bytes()));
            self.write(&bytes)?;
        }
        Ok(())
    }

    /// The whole file.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Error> {
        let format = self.format;
        match self.encoder.finish() {
            Ok(file) => Ok(file.0),
            Err(_) => Err(Error::Encode {
                format,
                detail: "no memory is left".to_owned(),
            }),
        }
    }

    fn out_of_memory(&self) -> Error {
        Error::Encode {
            format: self.format,
            detail: "no memory is left".to_owned(),
        }
    }
}
