//! JPEG (ITU-T T.81) as DICOM uses it and the crate `zune-jpeg` does not read it: sequential and progressive with 8 or 12
//! bits, Huffman or arithmetic codes, components in scans of their own or not; and lossless with 2 to 16 bits. Colours
//! stay as they are coded.
//!
//! No crate serves: neither `jpeg-decoder` nor `zune-jpeg`, which decodes most JPEG pictures here, knows 12 bits or
//! arithmetic codes, both convert colours as they find right where Photometric Interpretation has a say too, and
//! `zune-jpeg` 0.5.15 is silently wrong on baseline files whose scans are not interleaved (zune-image issue 422).

mod arithmetic;
mod coefficients;
mod decisions;
mod decode;
mod fault;
mod headers;
mod huffman;
mod lossless;
mod markers;
mod progressive;
mod sequential;
mod tables;
mod units;
mod zigzag;

pub(crate) use decode::decode;
pub(crate) use fault::CUT_SHORT;
pub(crate) use headers::Expected;
