//! JPEG as DICOM uses it (ITU-T T.81): sequential with 8 or 12 bits, and lossless with 2 to 16.
//!
//! No crate serves: neither `jpeg-decoder` nor `zune-jpeg`, which decodes JPEG pictures here, knows 12 bits, both convert
//! colours as they find right where Photometric Interpretation has a say too, and `zune-jpeg` 0.5.15 is silently wrong
//! on baseline files whose scans are not interleaved (zune-image issue 422).

mod decode;
mod fault;
mod headers;
mod huffman;
mod lossless;
mod markers;
mod sequential;
mod tables;

pub(super) use decode::decode;
