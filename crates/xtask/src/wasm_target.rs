//! The `wasm32-unknown-unknown` target: found, added with rustup, or built from the distribution's sources.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::error::{Error, Result, file};
use crate::packages;
use crate::paths::Paths;
use crate::process::{exists, output, run, run_within, step};

/// Name of the target.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// Set to anything, this keeps rustup from being asked for the target.
const FROM_PACKAGES: &str = "PENUMBRA_WASM_FROM_PACKAGES";
const RUSTUP_LIMIT: Duration = Duration::from_secs(60);

const DISTRIBUTION_RUSTC: &str = "/usr/bin/rustc";
const DISTRIBUTION_RUSTDOC: &str = "/usr/bin/rustdoc";
const DISTRIBUTION_CARGO: &str = "/usr/bin/cargo";
const LIBRARY_SOURCES: &str = "/usr/lib/rustlib/src/rust/library";
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
const LINKERS: [&str; 3] = ["/usr/bin/lld-22", "/usr/bin/lld-21", "/usr/bin/lld-20"];

/// Sees to it that a compiler for the target is there.
///
/// Returns the folder that must stand first on `PATH`, or none where the active toolchain has the target.
///
/// # Errors
/// [`Error::Install`] when there is no way to get it.
pub fn ensure(paths: &Paths) -> Result<Option<PathBuf>> {
    if has_standard_library(Path::new("rustc")) {
        return Ok(None);
    }
    let toolchain = paths.tools.join("toolchain");
    if is_current(&toolchain) {
        return Ok(Some(toolchain.join("bin")));
    }
    if env::var_os(FROM_PACKAGES).is_none() && exists("rustup") {
        let added = step(&format!("adding {TARGET} with rustup"), || {
            let mut rustup = Command::new("rustup");
            rustup.args(["target", "add", TARGET]).stdin(Stdio::null());
            run_within(&mut rustup, RUSTUP_LIMIT)
        });
        match added {
            Ok(()) if has_standard_library(Path::new("rustc")) => return Ok(None),
            Ok(()) => {
                eprintln!(
                    "    rustup added {TARGET}, but not to the active compiler: trying distribution packages"
                )
            }
            Err(error) => eprintln!("    {error}; trying distribution packages"),
        }
    }
    build_from_packages(&toolchain)?;
    Ok(Some(toolchain.join("bin")))
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

/// A standard library fits exactly one compiler, so the compiler's version is written beside it.
fn is_current(toolchain: &Path) -> bool {
    let recorded = fs::read_to_string(toolchain.join("compiler-version"));
    let present = output(Command::new(DISTRIBUTION_RUSTC).arg("-vV"));
    matches!((recorded, present), (Ok(recorded), Ok(present)) if recorded == present)
        && has_standard_library(&toolchain.join("bin/rustc"))
}

fn build_from_packages(toolchain: &Path) -> Result<()> {
    if !(cfg!(target_os = "linux") && Path::new("/usr").is_dir()) {
        return Err(Error::Install {
            what: TARGET.to_owned(),
            reason: "rustup could not add it".to_owned(),
            advice: format!("run `rustup target add {TARGET}` with a network connection"),
        });
    }
    if !Path::new(DISTRIBUTION_RUSTC).exists()
        || !Path::new(LIBRARY_SOURCES).is_dir()
        || linker().is_none()
    {
        packages::install(
            "a Rust compiler for WebAssembly and its library's sources",
            &PACKAGES,
        )?;
    }
    let Some(linker) = linker() else {
        return Err(missing(format!("none of {} exists", LINKERS.join(", "))));
    };
    let version = output(Command::new(DISTRIBUTION_RUSTC).arg("-vV"))?;
    let host = host(&version)
        .ok_or_else(|| missing(format!("{DISTRIBUTION_RUSTC} does not tell its host")))?;
    let host_libraries =
        output(Command::new(DISTRIBUTION_RUSTC).args(["--print", "target-libdir"]))?;

    step(
        &format!("building the standard library for {TARGET} from the distribution's sources"),
        || {
            let work = toolchain.with_extension("build");
            remove(&work)?;
            copy_folder(Path::new(LIBRARY_SOURCES), &work.join("library"))?;
            build_library(&work)?;
            assemble(
                toolchain,
                &work,
                &host,
                Path::new(host_libraries.trim()),
                &linker,
            )?;
            write(&toolchain.join("compiler-version"), &version)?;
            remove(&work)
        },
    )
}

fn missing(reason: String) -> Error {
    Error::Install {
        what: TARGET.to_owned(),
        reason,
        advice: format!(
            "run `rustup target add {TARGET}`, or install the packages {}",
            PACKAGES.join(" ")
        ),
    }
}

fn linker() -> Option<PathBuf> {
    LINKERS.iter().map(PathBuf::from).find(|path| path.exists())
}

fn host(version: &str) -> Option<String> {
    version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
}

fn build_library(work: &Path) -> Result<()> {
    let mut cargo = clean(Command::new(DISTRIBUTION_CARGO));
    cargo
        .current_dir(work.join("library"))
        .args([
            "build",
            "--release",
            "--manifest-path",
            "sysroot/Cargo.toml",
            "--target",
            TARGET,
        ])
        .args([
            "--no-default-features",
            "--features",
            "panic-unwind,backtrace-trace-only,compiler-builtins-mem",
        ])
        .env("RUSTC", DISTRIBUTION_RUSTC)
        // What the compiler's own build sets for its library: unstable features, a name of its own for the metadata.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("__CARGO_DEFAULT_LIB_METADATA", "wasmstd")
        .env("CARGO_TARGET_DIR", work.join("target"))
        .env(
            "RUSTFLAGS",
            "-Cembed-bitcode=yes -Zforce-unstable-if-unmarked -Cdebuginfo=0",
        );
    run(&mut cargo).map_err(|error| {
        missing(format!(
            "{error}; an offline package registry is the usual cause"
        ))
    })
}

/// Lays out a sysroot: our libraries for wasm32, links to the distribution's for the host, wrappers that name it.
fn assemble(
    toolchain: &Path,
    work: &Path,
    host: &str,
    host_libraries: &Path,
    linker: &Path,
) -> Result<()> {
    remove(toolchain)?;
    let library = toolchain.join("lib/rustlib").join(TARGET).join("lib");
    let host_folder = toolchain.join("lib/rustlib").join(host);
    let bin = toolchain.join("bin");
    for folder in [&library, &host_folder.join("bin"), &bin] {
        fs::create_dir_all(folder).map_err(file("make the folder", folder))?;
    }
    let built = work.join("target").join(TARGET).join("release/deps");
    for entry in fs::read_dir(&built)
        .map_err(file("read the folder", &built))?
        .flatten()
    {
        let path = entry.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "rlib")
        {
            fs::copy(&path, library.join(entry.file_name())).map_err(file("copy", &path))?;
        }
    }
    link(host_libraries, &host_folder.join("lib"))?;
    link(linker, &host_folder.join("bin/rust-lld"))?;
    link(Path::new(DISTRIBUTION_CARGO), &bin.join("cargo"))?;
    for (name, program) in [
        ("rustc", DISTRIBUTION_RUSTC),
        ("rustdoc", DISTRIBUTION_RUSTDOC),
    ] {
        let wrapper = bin.join(name);
        write(
            &wrapper,
            &format!(
                "#!/bin/sh\nexec {program} --sysroot \"{}\" \"$@\"\n",
                toolchain.display()
            ),
        )?;
        make_executable(&wrapper)?;
    }
    Ok(())
}

/// Removes what cargo and rustup set for this program and what would lead another toolchain astray.
pub fn clean(mut command: Command) -> Command {
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let package = text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_");
        if package
            || [
                "CARGO",
                "RUSTC",
                "RUSTDOC",
                "RUSTFLAGS",
                "RUSTUP_TOOLCHAIN",
                "LD_LIBRARY_PATH",
            ]
            .contains(&&*text)
        {
            command.env_remove(&name);
        }
    }
    command
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(file("write", path))
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(file("remove the folder", folder))?;
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).map_err(file("make the folder", to))?;
    for entry in fs::read_dir(from)
        .map_err(file("read the folder", from))?
        .flatten()
    {
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy_folder(&source, &copy)?;
        } else {
            fs::copy(&source, &copy).map_err(file("copy", &source))?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn link(original: &Path, name: &Path) -> Result<()> {
    std::os::unix::fs::symlink(original, name).map_err(file("link", name))
}

#[cfg(not(unix))]
fn link(_original: &Path, name: &Path) -> Result<()> {
    Err(missing(format!(
        "{} cannot be a link on this system",
        name.display()
    )))
}

#[cfg(unix)]
fn make_executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
        .map_err(file("make executable", path))
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn the_host_is_read_from_the_compilers_account() {
        let text = "rustc 1.96.0\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\nrelease: 1.96.0\n";
        assert_eq!(host(text).unwrap(), "x86_64-unknown-linux-gnu");
        assert_eq!(host("rustc 1.96.0\n"), None);
    }
}
