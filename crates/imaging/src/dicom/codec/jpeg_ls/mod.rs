//! JPEG-LS (ITU-T T.87), lossless and near-lossless, components one by one, by lines or by samples.
//!
//! Names of variables follow the recommendation's: A, B, C and N of a context, the gradients' thresholds T1 to T3, RUNindex.

mod bits;
mod decode;
mod fault;
mod headers;
mod lines;
mod neighbours;
mod scan;

pub(super) use decode::decode;
