//! The `wasm32-unknown-unknown` target: found in the toolchain, or added with rustup.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::paths::Paths;
use crate::process::{exists, output, run_within, step};

/// Name of the target.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// Names a toolchain of its own for the WebAssembly modules: a folder with `bin/cargo` and `bin/rustc`.
const TOOLCHAIN: &str = "PENUMBRA_WASM_TOOLCHAIN";
const RUSTUP_LIMIT: Duration = Duration::from_secs(60);

/// Sees to it that a compiler for the target is there.
///
/// Returns the folder that must stand first on `PATH`, or none where the active toolchain has the target.
///
/// # Errors
/// [`Error::Install`] when there is none and rustup cannot add it.
pub fn ensure(paths: &Paths) -> Result<Option<PathBuf>> {
    if let Some(name) = env::var_os(TOOLCHAIN).filter(|name| !name.is_empty()) {
        let programs = paths.root.join(name).join("bin");
        return if has_standard_library(&programs.join("rustc")) {
            Ok(Some(programs))
        } else {
            Err(missing(format!(
                "{TOOLCHAIN} names {}, where bin/rustc cannot compile for it",
                programs.with_file_name("").display()
            )))
        };
    }
    if is_in_active_toolchain() {
        return Ok(None);
    }
    if !exists("rustup") {
        return Err(missing(
            "the active toolchain lacks it and there is no rustup to add it".to_owned(),
        ));
    }
    step(&format!("adding {TARGET} with rustup"), || {
        let mut rustup = Command::new("rustup");
        rustup.args(["target", "add", TARGET]).stdin(Stdio::null());
        run_within(&mut rustup, RUSTUP_LIMIT).map_err(|error| missing(error.to_string()))
    })?;
    if is_in_active_toolchain() {
        Ok(None)
    } else {
        Err(missing(
            "rustup added it, but not to the active compiler".to_owned(),
        ))
    }
}

/// Whether the compiler that builds everything else can build for the target.
pub fn is_in_active_toolchain() -> bool {
    has_standard_library(Path::new("rustc"))
}

/// Removes what cargo and rustup set for this program, so that another toolchain's cargo finds its own compiler.
pub fn forget_active_toolchain(command: &mut Command) {
    for name in [
        "CARGO",
        "RUSTC",
        "RUSTDOC",
        "RUSTFLAGS",
        "RUSTUP_TOOLCHAIN",
        "LD_LIBRARY_PATH",
    ] {
        command.env_remove(name);
    }
}

fn has_standard_library(rustc: &Path) -> bool {
    let mut command = Command::new(rustc);
    command.args(["--print", "target-libdir", "--target", TARGET]);
    output(&mut command).is_ok_and(|folder| holds_std(Path::new(folder.trim())))
}

fn holds_std(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with("libstd-") && name.ends_with(".rlib")
        })
    })
}

fn missing(reason: String) -> Error {
    Error::Install {
        what: TARGET.to_owned(),
        reason,
        advice: format!(
            "run `rustup target add {TARGET}` with a network connection, or let {TOOLCHAIN} name a toolchain that has it"
        ),
    }
}
