//! The native programs and their tests.

use std::process::Command;

use crate::browsers::{ensure_lavapipe, use_driver};
use crate::error::{Error, Result};
use crate::paths::Paths;
use crate::process::{cargo, for_each_line, line, run_step, step};
use crate::summary::{Count, count_result_line};

/// Builds every target and runs every test and example in documentation.
///
/// One command for the whole workspace, because another choice of packages is another choice of features, and burn would
/// be compiled a second time.
///
/// # Errors
/// When something does not compile.
pub fn run_all(paths: &Paths) -> Result<Count> {
    let lavapipe = ensure_lavapipe();
    run_step(cargo(paths).args(["build", "--workspace", "--all-targets", "--locked"]))?;
    let mut test = cargo(paths);
    test.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
    if let Some(description) = lavapipe {
        use_driver(&mut test, &description);
    }
    step(&line(&test), || count(&mut test))
}

fn count(command: &mut Command) -> Result<Count> {
    let mut count = Count::default();
    let status = for_each_line(command, |text| count_result_line(&mut count, text))?;
    if status.success() || count.failed > 0 {
        Ok(count)
    } else {
        Err(Error::Ended {
            command: line(command),
            status,
        })
    }
}
