//! Samples of fewer than 8 bits, several in a byte.

use crate::Error;
use crate::memory::allocate;

/// Unpacks rows of 1-, 2- or 4-bit samples, first sample in the high bits, each row padded to whole bytes.
pub(crate) fn unpack(
    packed: &[u8],
    bits: u8,
    per_row: usize,
    rows: usize,
) -> Result<Vec<u8>, Error> {
    let mut samples = allocate(per_row.saturating_mul(rows), 0_u8)?;
    let bits = usize::from(bits.clamp(1, 8));
    let stride = per_row.saturating_mul(bits).div_ceil(8);
    let mask = (0xFF_u16 >> (8 - bits)) as u8;
    if stride == 0 {
        return Ok(samples);
    }
    for (row, line) in samples
        .chunks_exact_mut(per_row.max(1))
        .zip(packed.chunks(stride))
    {
        for (index, sample) in row.iter_mut().enumerate() {
            let bit = index * bits;
            let byte = line.get(bit / 8).copied().unwrap_or(0);
            *sample = (byte >> (8 - bits - bit % 8)) & mask;
        }
    }
    Ok(samples)
}
