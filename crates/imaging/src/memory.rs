//! Memory that a file asks for: refused with an error where there is none.

use crate::Error;

/// A vector of `length` copies of `value`, or an error where the memory cannot be had: a refused file must not bring
/// down the whole page.
pub(crate) fn allocate<T: Clone>(length: usize, value: T) -> Result<Vec<T>, Error> {
    let mut vector = reserve(length)?;
    vector.resize(length, value);
    Ok(vector)
}

/// An empty vector with room for `length` values, or an error where the memory cannot be had.
pub(crate) fn reserve<T>(length: usize) -> Result<Vec<T>, Error> {
    let mut vector = Vec::new();
    let bytes = (length as u64).saturating_mul(size_of::<T>() as u64);
    vector
        .try_reserve_exact(length)
        .map_err(|_| Error::OutOfMemory { bytes })?;
    Ok(vector)
}
