//! This program in the place of a compiler that cargo calls, with other arguments for the real one.
//!
//! cargo knows how to build dependencies once for programs and tests; what clippy and rustdoc are to do with the crates
//! of the workspace is then said here.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::paths::Paths;

/// Set where this program stands in for rustdoc; holds the path of the real one.
pub const RUSTDOC: &str = "PENUMBRA_RUSTDOC";
/// Set where this program stands between cargo and clippy; holds the path of clippy's compiler.
pub const CLIPPY: &str = "PENUMBRA_CLIPPY";

/// Stands in for a compiler, if cargo was told so: documents a library where rustdoc was to run its examples; checks a
/// crate where it was to be compiled.
pub fn stand_in() -> Option<ExitCode> {
    let given = env::args_os().skip(1).collect();
    if let Some(rustdoc) = env::var_os(RUSTDOC) {
        let folder = Paths::find().target.join("doc");
        return Some(exit_code(call(&rustdoc, document_arguments(given, folder))));
    }
    let clippy = env::var_os(CLIPPY)?;
    let arguments = check_arguments(given);
    let unit = left_out(&arguments);
    let outcome = call(&clippy, arguments).and_then(|success| {
        if success && let Some(file) = unit {
            let _ = fs::remove_file(&file);
            fs::write(&file, "checked, not compiled\n")?;
        }
        Ok(success)
    });
    Some(exit_code(outcome))
}

fn call(program: &OsStr, arguments: Vec<OsString>) -> io::Result<bool> {
    let status = Command::new(program)
        .args(arguments)
        .status()
        .map_err(|error| {
            io::Error::other(format!("{} cannot be started ({error})", program.display()))
        })?;
    Ok(status.success())
}

fn exit_code(outcome: io::Result<bool>) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The arguments of a compilation, for a check alone: no machine code is made, and none of other crates of the workspace is
/// asked for.
fn check_arguments(arguments: Vec<OsString>) -> Vec<OsString> {
    let mut after_extern = false;
    arguments
        .into_iter()
        .map(|argument| {
            let text = argument.to_string_lossy();
            let is_extern = std::mem::replace(&mut after_extern, text == "--extern");
            if text.starts_with("--emit=") {
                return "--emit=dep-info,metadata".into();
            }
            match text.split_once('=') {
                Some((name, library)) if is_extern => {
                    let metadata = Path::new(library).with_extension("rmeta");
                    if library.ends_with(".rlib") && metadata.is_file() {
                        format!("{name}={}", metadata.display()).into()
                    } else {
                        argument
                    }
                }
                _ => argument,
            }
        })
        .collect()
}

/// The library or test program that a check leaves out. cargo takes a check for done only where there is such a file.
/// Programs have none: cargo would put it in the place of the program.
fn left_out(arguments: &[OsString]) -> Option<PathBuf> {
    let mut name = None;
    let mut folder = None;
    let mut suffix = None;
    let mut kind = None;
    let mut test = false;
    let mut rest = arguments.iter().map(|argument| argument.to_string_lossy());
    while let Some(argument) = rest.next() {
        match argument.as_ref() {
            "--crate-name" => name = rest.next(),
            "--out-dir" => folder = rest.next(),
            "--crate-type" => kind = rest.next(),
            "--test" => test = true,
            "-C" => {
                let option = rest.next()?;
                if let Some(value) = option.strip_prefix("extra-filename=") {
                    suffix = Some(value.to_owned());
                }
            }
            _ => {}
        }
    }
    let [name, suffix] = [name?.into_owned(), suffix?];
    let file = match kind.as_deref() {
        _ if test => format!("{name}{suffix}{}", env::consts::EXE_SUFFIX),
        Some("lib") => format!("lib{name}{suffix}.rlib"),
        _ => return None,
    };
    Some(Path::new(folder?.as_ref()).join(file))
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
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn texts(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn a_crate_is_checked_where_it_was_to_be_compiled() {
        let folder = env::temp_dir().join(format!("penumbra-stand-in-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = |name: &str| folder.join(name).display().to_string();
        fs::write(path("libuq-1.rmeta"), "").unwrap();
        let [uq, serde] = ["libuq-1.rlib", "libserde-2.rlib"].map(path);
        let out = folder.display().to_string();
        let given = |kind: &[&str]| {
            let mut words = vec!["rustc", "--crate-name", "engine", "src/lib.rs"];
            words.extend(kind);
            words.extend(["--emit=dep-info,metadata,link", "-C", "extra-filename=-9"]);
            let (uq, serde) = (format!("uq={uq}"), format!("serde={serde}"));
            words.extend(["--out-dir", &out, "--extern", &uq, "--extern", &serde]);
            check_arguments(texts(&words))
        };
        let library = given(&["--crate-type", "lib"]);
        let place = |word: &str| library.iter().position(|argument| argument == word);
        assert!(place("--emit=dep-info,metadata").is_some(), "{library:?}");
        assert!(place(&format!("uq={}", path("libuq-1.rmeta"))).is_some());
        assert!(place(&format!("serde={serde}")).is_some(), "no metadata");
        assert_eq!(left_out(&library), Some(path("libengine-9.rlib").into()));
        assert_eq!(left_out(&given(&["--crate-type", "bin"])), None);
        let test = format!("engine-9{}", env::consts::EXE_SUFFIX);
        assert_eq!(left_out(&given(&["--test"])), Some(path(&test).into()));
        fs::remove_dir_all(&folder).unwrap();
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
