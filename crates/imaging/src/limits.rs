//! How much memory a file may ask for.

use crate::{Error, Format};

/// How large a picture may be. Both limits are checked against the header, before memory is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most pixels, all planes together.
    pub max_pixels: u64,
    /// Most bytes of the decoded samples or of the volume's voxels (4 bytes for each channel of each pixel).
    pub max_bytes: u64,
}

impl Default for Limits {
    /// 64 Mi pixels (8192 x 8192) and 1 GiB, which leaves room in a 32-bit address space.
    fn default() -> Self {
        Self {
            max_pixels: 64 << 20,
            max_bytes: 1 << 30,
        }
    }
}

impl Limits {
    /// Checks the size that a header declares: `planes` pages of `columns` x `rows` pixels with `bytes_per_pixel`
    /// bytes once decoded.
    pub(crate) fn check(
        &self,
        format: Format,
        [planes, rows, columns]: [u64; 3],
        bytes_per_pixel: u64,
    ) -> Result<(), Error> {
        if rows == 0 || columns == 0 {
            return Err(Error::ZeroSize {
                format,
                columns,
                rows,
            });
        }
        let pixels = rows.saturating_mul(columns).saturating_mul(planes);
        if pixels > self.max_pixels {
            return Err(Error::TooLarge {
                columns,
                rows,
                planes,
                limit: self.max_pixels,
            });
        }
        let bytes = pixels.saturating_mul(bytes_per_pixel);
        if bytes > self.max_bytes {
            return Err(Error::TooManyBytes {
                bytes,
                limit: self.max_bytes,
            });
        }
        Ok(())
    }

    /// The byte limit as a length in memory.
    pub(crate) fn max_length(&self) -> usize {
        usize::try_from(self.max_bytes).unwrap_or(usize::MAX)
    }
}
