//! JPEG as DICOM uses it (ITU-T T.81): sequential with 8 or 12 bits, and lossless with 2 to 16.
//!
//! The crate that decodes JPEG pictures knows 8 bits only, and turns colours as it finds right; here Photometric
//! Interpretation has a say too.

mod decode;
mod fault;
mod headers;
mod huffman;
mod lossless;
mod markers;
mod sequential;
mod tables;

pub(super) use decode::decode;
