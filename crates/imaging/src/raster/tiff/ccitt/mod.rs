//! CCITT (fax) compression of black-and-white pictures: ITU-T T.4 (group 3, one- and two-dimensional), T.6 (group 4) and
//! TIFF's own run lengths (compression 2).
//!
//! The crate `fax` knows group 4 and the one-dimensional lines of group 3 only.

mod bits;
mod codes;
mod lines;
mod unpack;

pub(super) use unpack::{Coding, unpack};
