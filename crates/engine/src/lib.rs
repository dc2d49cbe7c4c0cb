//! Penumbra: engine.
