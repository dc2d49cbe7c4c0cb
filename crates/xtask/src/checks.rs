//! Format, lints and documentation.
//!
//! clippy and rustdoc usually look at dependencies that were compiled for checking only, apart from those that programs
//! are linked of, and burn takes minutes to compile. Here both take the dependencies that the tests need anyway.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::error::Result;
use crate::paths::Paths;
use crate::process::{line, run, step};
use crate::stand_in::{CLIPPY, RUSTDOC};
use crate::suite::cargo;

/// Every file as rustfmt writes it.
///
/// # Errors
/// [`crate::error::Error::Ended`] where one is not.
pub fn format(paths: &Paths) -> Result<()> {
    announced(cargo(paths).args(["fmt", "--all", "--", "--check"]))
}

/// clippy without a warning, in every crate and target of the workspace.
///
/// # Errors
/// [`crate::error::Error::Ended`] where it has something to say.
pub fn lint(paths: &Paths) -> Result<()> {
    let clippy = beside_cargo("clippy-driver");
    let mut build = cargo(paths);
    build
        .args(["build", "--workspace", "--all-targets", "--locked"])
        // What `cargo clippy` sets, too; but that checks, and this builds, with the stand-in in between.
        .env("CLIPPY_ARGS", "-Dwarnings__CLIPPY_HACKERY__")
        .env(
            "RUSTC_WORKSPACE_WRAPPER",
            paths.own_program().unwrap_or_else(|| clippy.clone()),
        )
        .env(CLIPPY, clippy);
    step("clippy in every crate", || run(&mut build))
}

/// The documentation of every library without a warning, into `target/doc`.
///
/// cargo hands rustdoc what it needs to run a library's examples, and that is also what documenting it takes.
///
/// # Errors
/// [`crate::error::Error::Ended`] where rustdoc has something to say.
pub fn document(paths: &Paths) -> Result<()> {
    let mut command = cargo(paths);
    command
        .args(["test", "--workspace", "--locked", "--doc", "--no-fail-fast"])
        .env(RUSTDOC, beside_cargo("rustdoc"));
    if let Some(program) = paths.own_program() {
        command.env("RUSTDOC", program);
    }
    step("rustdoc for every library", || run(&mut command))
}

fn announced(command: &mut Command) -> Result<()> {
    step(&line(command), || run(command))
}

/// A program of the toolchain that cargo itself is of.
fn beside_cargo(program: &str) -> PathBuf {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::var_os("CARGO")
        .map(|cargo| PathBuf::from(cargo).with_file_name(&name))
        .filter(|path| path.is_file())
        .unwrap_or_else(|| PathBuf::from(name))
}
