//! Build tools from crates.io.

use std::env;
use std::fs;
use std::process::Command;

use crate::error::{Error, Result, file};
use crate::paths::Paths;
use crate::process::{run, step};

/// Installs a program into the folder of tools with `cargo install`.
///
/// # Errors
/// [`Error::Install`] when it cannot be fetched or built.
pub fn cargo_install(
    mut cargo: Command,
    paths: &Paths,
    package: &str,
    version: &str,
    arguments: &[&str],
) -> Result<()> {
    step(
        &format!("installing {package} {version} with cargo"),
        || {
            // Not the project's build folder, which has other flags; and one for each, because two can be installed at once.
            let build = paths.tools.join(format!("build-{package}"));
            cargo
                .current_dir(env::temp_dir())
                .args(["install", "--quiet", "--force", "--root"])
                .arg(&paths.tools)
                .arg(format!("{package}@{version}"))
                .args(arguments)
                .env("CARGO_TARGET_DIR", &build)
                // They run for seconds: a cheap build is worth more than a fast program. Level 1 takes wasm-bindgen 74 s of
                // processor time more to build, and saves 9 s at each build of the worker.
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
                .env("CARGO_PROFILE_RELEASE_LTO", "off")
                .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
                .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
                .env("CARGO_PROFILE_RELEASE_STRIP", "symbols");
            run(&mut cargo).map_err(|error| Error::Install {
                what: format!("{package} {version}"),
                reason: error.to_string(),
                advice:
                    "check that the crates.io registry can be reached, or put this version on PATH"
                        .to_owned(),
            })?;
            fs::remove_dir_all(&build).map_err(file("remove the folder", &build))
        },
    )
}
