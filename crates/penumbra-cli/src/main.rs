//! Penumbra: penumbra-cli.

fn main() {}
