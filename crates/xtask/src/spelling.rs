//! Spelling in sources and documents, with typos; `typos.toml` says what is allowed.

use std::path::PathBuf;
use std::process::Command;

use crate::error::Result;
use crate::paths::Paths;
use crate::process::{run_step, version};
use crate::python::Environment;
use crate::summary::Count;

/// From PyPI, where it comes ready built.
const TYPOS: &str = "1.52.0";

/// Every word in British spelling. Counts as skipped where typos is not to be had.
///
/// # Errors
/// [`crate::error::Error::Ended`] where a word is misspelt.
pub fn check(paths: &Paths) -> Result<Count> {
    let typos = match ensure(paths) {
        Ok(program) => program,
        Err(error) => return Ok(Count::skipped(&format!("spelling: {error}"))),
    };
    let mut command = Command::new(typos);
    command.current_dir(&paths.root);
    run_step(command.args(["--format", "brief"]))?;
    Ok(Count::PASSED)
}

fn ensure(paths: &Paths) -> Result<PathBuf> {
    if version(&mut Command::new("typos")).as_deref() == Some(TYPOS) {
        return Ok("typos".into());
    }
    Environment::ensure(paths, "typos", &format!("typos=={TYPOS}\n"))
        .map(|environment| environment.program("typos"))
}
