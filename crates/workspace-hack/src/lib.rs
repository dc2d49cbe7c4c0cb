//! No code. As a dev-dependency of every package that links burn, this makes `cargo test -p` of one of them select the
//! same features of all dependencies as `cargo test --workspace`, so that neither compiles burn again after the other.
//!
//! cargo selects features for the packages that a command names, and a dependency with other features is another build:
//! minutes, here. Crates of this kind are known as workspace hacks (cargo-hakari makes them for large workspaces). As a
//! dev-dependency it is never part of what users run or of the page.
