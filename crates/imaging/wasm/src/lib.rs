//! One account of what files hold, for both targets.
//!
//! [`account()`] opens files and writes all that the library says of them as text: series, shapes, matrices, hashes of the
//! voxels, notes, errors. The program of this crate writes the accounts of a folder's files natively, beside the bytes that
//! they are about ([`pack()`]); `compare.mjs` gives the same bytes to this crate as a WebAssembly module and compares.
//! `cargo xtask test --only wasm` runs both. Without burn and without a browser it takes seconds.

mod account;
#[cfg(target_family = "wasm")]
mod exports;
mod packing;

pub use account::account;
pub use packing::{pack, unpack};
