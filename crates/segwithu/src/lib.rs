//! Penumbra: segwithu.
