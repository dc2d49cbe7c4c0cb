//! The build tools beside the compiler: trunk, wasm-bindgen's command line, wasm-opt.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::process::Command;

use crate::cargo_install::cargo_install;
use crate::error::{Error, Result, file};
use crate::paths::Paths;
use crate::process::{run, step, version};
use crate::wasm_target;

const TRUNK: &str = "0.21.14";
const BINARYEN: &str = "132.0.0";
/// The oldest wasm-opt that knows every instruction that the compiler emits.
const MIN_WASM_OPT: u32 = 123;

/// All tools of the WebAssembly build, ready for use.
#[derive(Debug, Clone)]
pub struct Tools {
    path: OsString,
    /// Whether the WebAssembly modules have another toolchain than everything else.
    own_toolchain: bool,
}

impl Tools {
    /// Finds or installs everything.
    ///
    /// # Errors
    /// [`Error::Install`] for what cannot be had.
    pub fn ensure(paths: &Paths) -> Result<Self> {
        let toolchain = wasm_target::ensure(paths)?;
        let own_toolchain = toolchain.is_some();
        let folders = toolchain.into_iter().chain([
            paths.tools.join("bin"),
            paths.tools.join("npm/node_modules/.bin"),
        ]);
        let inherited = env::var_os("PATH").unwrap_or_default();
        let path =
            env::join_paths(folders.chain(env::split_paths(&inherited))).map_err(|error| {
                Error::Usage(format!(
                    "the folder {} cannot stand on PATH ({error}): move the project",
                    paths.tools.display()
                ))
            })?;
        let tools = Self {
            path,
            own_toolchain,
        };
        tools.ensure_wasm_opt(paths)?;
        tools.ensure_wasm_bindgen(paths)?;
        tools.ensure_trunk(paths)?;
        Ok(tools)
    }

    /// A command that finds these tools and the compiler for wasm32.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        if self.own_toolchain {
            wasm_target::forget_active_toolchain(&mut command);
        }
        command.env("PATH", &self.path);
        command
    }

    fn ensure_trunk(&self, paths: &Paths) -> Result<()> {
        match self.version("trunk") {
            Some(version) if version == TRUNK => Ok(()),
            // Its default features ask for new versions and fetch tools, with an own TLS; here it is given all its tools.
            _ => cargo_install(
                self.command("cargo"),
                paths,
                "trunk",
                TRUNK,
                &["--locked", "--no-default-features"],
            ),
        }
    }

    /// The command line must be of the very version of the library that is linked.
    fn ensure_wasm_bindgen(&self, paths: &Paths) -> Result<()> {
        let lock = paths.root.join("Cargo.lock");
        let text = fs::read_to_string(&lock).map_err(file("read", &lock))?;
        let wanted = locked_version(&text, "wasm-bindgen").ok_or_else(|| Error::Content {
            path: lock,
            fault: "does not name a version of wasm-bindgen: restore it from the repository"
                .to_owned(),
        })?;
        if self.version("wasm-bindgen").as_deref() == Some(wanted) {
            return Ok(());
        }
        // Not with its own lock file: that one can name a crate version that has been withdrawn.
        cargo_install(
            self.command("cargo"),
            paths,
            "wasm-bindgen-cli",
            wanted,
            &["--bin", "wasm-bindgen"],
        )
    }

    fn ensure_wasm_opt(&self, paths: &Paths) -> Result<()> {
        if self
            .wasm_opt_version()
            .is_some_and(|version| version >= MIN_WASM_OPT)
        {
            return Ok(());
        }
        step(
            &format!("installing wasm-opt (binaryen {BINARYEN}) with npm"),
            || {
                let folder = paths.tools.join("npm");
                fs::create_dir_all(&folder).map_err(file("make the folder", &folder))?;
                let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
                let mut command = Command::new(npm);
                command.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]);
                command.arg(&folder).arg(format!("binaryen@{BINARYEN}"));
                run(&mut command).map_err(|error| Error::Install {
                what: "wasm-opt".to_owned(),
                reason: error.to_string(),
                advice: "install Node.js 20 or later with npm and check that the npm registry can be reached, or put \
                         binaryen's wasm-opt on PATH"
                    .to_owned(),
            })
            },
        )
    }

    /// `wasm-opt version 132 (version_132)` gives 132.
    fn wasm_opt_version(&self) -> Option<u32> {
        self.version("wasm-opt")
            .and_then(|version| version.split('_').next_back()?.parse().ok())
    }

    fn version(&self, program: &str) -> Option<String> {
        version(&mut self.command(program))
    }
}

/// The version of a package in the text of a `Cargo.lock`.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    lines.find(|line| *line == name)?;
    lines
        .next()?
        .strip_prefix("version = \"")?
        .strip_suffix('"')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn the_locked_version_is_of_the_package_itself() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").unwrap(), "0.2.130");
        assert_eq!(locked_version(lock, "trunk"), None);
    }
}
