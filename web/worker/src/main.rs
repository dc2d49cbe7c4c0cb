//! Penumbra: the worker.

fn main() {}
