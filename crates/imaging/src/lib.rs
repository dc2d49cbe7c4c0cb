//! Penumbra: imaging.
