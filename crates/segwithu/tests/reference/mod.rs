//! The reference implementation's numbers beside those of a device.

pub mod heads;
pub mod networks;
pub mod operators;
pub mod sliding;

/// Bound for heads on given taps and for single operators, relative to each map's maximum.
const HEAD_TOLERANCE: f64 = 1e-5;
/// Bound for whole networks.
const NETWORK_TOLERANCE: f64 = 1e-4;
