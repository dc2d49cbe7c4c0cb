//! Penumbra: uq.
