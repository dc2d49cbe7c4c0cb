//! Environment variables that the program obeys.

/// A folder of bundles that come before all others.
pub const MODELS: &str = "PENUMBRA_MODELS";
