//! Penumbra: the page.

fn main() {}
