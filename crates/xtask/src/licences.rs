//! Licences and sources of all dependencies, with cargo-deny; `deny.toml` says what is allowed.

use std::path::PathBuf;
use std::process::Command;

use crate::cargo_install::cargo_install;
use crate::error::Result;
use crate::paths::Paths;
use crate::process::{cargo, run_step, version};
use crate::summary::Count;

const CARGO_DENY: &str = "0.20.2";

/// Every dependency, for every target and feature. Advisories are left to the workflow on GitHub: their database can be had
/// from a git host only, and a new one must not fail an old revision here.
///
/// # Errors
/// [`crate::error::Error::Ended`] where a dependency is not allowed.
pub fn check(paths: &Paths) -> Result<Count> {
    let mut command = Command::new(ensure(paths)?);
    command.current_dir(&paths.root);
    command.args(["--locked", "--log-level", "error", "check"]);
    run_step(command.args(["licenses", "bans", "sources"]))?;
    Ok(Count::PASSED)
}

fn ensure(paths: &Paths) -> Result<PathBuf> {
    let installed = paths.tools.join("bin/cargo-deny");
    for program in [PathBuf::from("cargo-deny"), installed.clone()] {
        if version(&mut Command::new(&program)).as_deref() == Some(CARGO_DENY) {
            return Ok(program);
        }
    }
    cargo_install(cargo(paths), paths, "cargo-deny", CARGO_DENY, &["--locked"])?;
    Ok(installed)
}
