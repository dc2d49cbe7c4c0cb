//! gzip (RFC 1952): reading whatever comes, writing what is the same every time.

mod read;
mod write;

pub(crate) use read::{Stream, is_gzip, peek};
pub(crate) use write::Gzip;
