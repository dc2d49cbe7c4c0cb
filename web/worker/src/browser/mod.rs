//! A browser's worker as the library's host.

mod device;
mod download;
mod envelope;
mod host;
mod listen;

pub use listen::start;
