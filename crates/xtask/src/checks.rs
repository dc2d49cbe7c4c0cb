//! Format, lints and documentation.
//!
//! clippy and rustdoc usually look at dependencies that were compiled for checking only, apart from those that programs
//! are linked of, and burn takes minutes to compile. Here both take the dependencies that the tests need anyway.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::error::Result;
use crate::paths::Paths;
use crate::process::{line, run, step};
use crate::suite::cargo;

/// Set where this program stands in for rustdoc; holds the path of the real one.
const STAND_IN: &str = "PENUMBRA_RUSTDOC";

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
    let mut build = cargo(paths);
    build
        .args(["build", "--workspace", "--all-targets", "--locked"])
        // What `cargo clippy` sets, too; but that checks, and this builds.
        .env("RUSTC_WORKSPACE_WRAPPER", beside_cargo("clippy-driver"))
        .env("CLIPPY_ARGS", "-Dwarnings__CLIPPY_HACKERY__");
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
        .env(STAND_IN, beside_cargo("rustdoc"));
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

/// Stands in for rustdoc, if cargo was told so by [`document`]: documents a library where it was to run its examples.
pub fn stand_in() -> Option<ExitCode> {
    let rustdoc = env::var_os(STAND_IN)?;
    let folder = Paths::find().target.join("doc");
    let arguments = document_arguments(env::args_os().skip(1).collect(), folder);
    let status = Command::new(&rustdoc).args(arguments).status();
    Some(match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {} cannot be started ({error})", rustdoc.display());
            ExitCode::FAILURE
        }
    })
}

/// The arguments without those that are about running examples.
fn document_arguments(arguments: Vec<OsString>, folder: PathBuf) -> Vec<OsString> {
    if !arguments.iter().any(|argument| argument == "--test") {
        // A question for the version.
        return arguments;
    }
    let mut kept = Vec::with_capacity(arguments.len());
    let mut rest = arguments.into_iter();
    while let Some(argument) = rest.next() {
        let text = argument.to_string_lossy();
        match text.as_ref() {
            "--test" => {}
            "--test-run-directory" | "--test-args" | "--test-runtool" | "--test-runtool-arg" => {
                rest.next();
            }
            // One at a time for crates like `proc-macro`, which have a type of their own.
            _ if text.starts_with("--test-") => {}
            _ => kept.push(argument),
        }
    }
    kept.extend(["-D", "warnings", "--out-dir"].map(OsString::from));
    kept.push(folder.into());
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn a_library_is_documented_where_its_examples_were_to_run() {
        let arguments = texts(&[
            "--edition=2024",
            "--crate-name",
            "uq",
            "--test",
            "src/lib.rs",
            "--test-run-directory",
            "crates/uq",
            "--extern",
            "serde=libserde.rlib",
        ]);
        assert_eq!(
            document_arguments(arguments, "target/doc".into()),
            texts(&[
                "--edition=2024",
                "--crate-name",
                "uq",
                "src/lib.rs",
                "--extern",
                "serde=libserde.rlib",
                "-D",
                "warnings",
                "--out-dir",
                "target/doc",
            ])
        );
        let version = texts(&["-vV"]);
        assert_eq!(document_arguments(version.clone(), "doc".into()), version);
    }
}
