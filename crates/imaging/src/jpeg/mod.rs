//! JPEG (ITU-T T.81) as DICOM uses it and the crate `zune-jpeg` does not read it: sequential with 8 or 12 bits, each
//! component in a scan of its own or not, and lossless with 2 to 16 bits. Colours stay as they are coded.

mod decode;
mod fault;
mod headers;
mod huffman;
mod lossless;
mod markers;
mod sequential;
mod tables;

pub(crate) use decode::{Expected, decode};
