//! Penumbra: xtask.

fn main() {}
