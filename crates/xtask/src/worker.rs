//! The worker's WebAssembly module: built by cargo, wrapped by wasm-bindgen, shrunk by wasm-opt.
//!
//! It is the only module that links burn and takes minutes, so it is built apart from the page, and the second
//! and third steps are left out as long as cargo's output stays the same.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result, file};
use crate::hash::sha256_hex;
use crate::paths::Paths;
use crate::process::{run, step};
use crate::tools::Tools;
use crate::wasm_target::TARGET;

/// The cargo profile of both modules.
pub const PROFILE: &str = "web";
/// Stem of the generated files; `web/worker/worker.js` names them.
const STEM: &str = "penumbra";
/// Where `web/worker/worker.js` learns how long the module is: what a server sends may be compressed, and then its
/// Content-Length says nothing of the bytes that arrive.
const LENGTH: &str = "const MODULE_BYTES = 0;";
const BINDGEN: [&str; 5] = [
    "--target",
    "no-modules",
    "--no-typescript",
    "--omit-default-module-path",
    "--remove-producers-section",
];
/// The instruction sets are those that the compiler takes for granted, and SIMD; index.html names them for the page.
const OPTIMISE: [&str; 8] = [
    "-O1",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-simd",
];

/// Brings the worker's folder up to date.
///
/// # Errors
/// When a tool fails or a file cannot be written.
pub fn build(paths: &Paths, tools: &Tools) -> Result<()> {
    step("building the worker's module", || {
        let mut cargo = tools.command("cargo");
        cargo.current_dir(&paths.root);
        cargo.args([
            "build",
            "--package",
            "penumbra-worker",
            "--target",
            TARGET,
            "--profile",
            PROFILE,
            "--locked",
        ]);
        run(&mut cargo)
    })?;
    let module = paths.target.join(TARGET).join(PROFILE).join("worker.wasm");
    let shim = paths.root.join("web/worker/worker.js");
    let key = key(&module, &shim)?;
    let folder = paths.worker_dist();
    let stamp = folder.with_extension("key");
    if fs::read_to_string(&stamp).is_ok_and(|last| last == key) && folder.is_dir() {
        eprintln!("    the worker's module has not changed");
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(file("remove the folder", &folder))?;
    }
    fs::create_dir_all(&folder).map_err(file("make the folder", &folder))?;
    step("wrapping the worker's module with wasm-bindgen", || {
        let mut bindgen = tools.command("wasm-bindgen");
        bindgen
            .args(BINDGEN)
            .args(["--out-name", STEM, "--out-dir"])
            .arg(&folder)
            .arg(&module);
        run(&mut bindgen)
    })?;
    step("shrinking the worker's module with wasm-opt", || {
        let wrapped = folder.join(format!("{STEM}_bg.wasm"));
        let mut optimise = tools.command("wasm-opt");
        optimise
            .args(OPTIMISE)
            .arg(&wrapped)
            .arg("-o")
            .arg(&wrapped);
        run(&mut optimise)
    })?;
    write_shim(&shim, &folder)?;
    report(&folder)?;
    fs::write(&stamp, key).map_err(file("write", &stamp))
}

/// Copies the script that starts the module, with the module's length in it.
fn write_shim(shim: &Path, folder: &Path) -> Result<()> {
    let module = folder.join(format!("{STEM}_bg.wasm"));
    let length = fs::metadata(&module).map_err(file("read", &module))?.len();
    let text = fs::read_to_string(shim).map_err(file("read", shim))?;
    let changed = with_length(&text, length).ok_or_else(|| Error::Content {
        path: shim.to_path_buf(),
        fault: format!("has no line `{LENGTH}`: put one in, the build fills in the length"),
    })?;
    let target = folder.join("worker.js");
    fs::write(&target, changed).map_err(file("write", &target))
}

fn with_length(shim: &str, length: u64) -> Option<String> {
    let (before, after) = shim.split_once(LENGTH)?;
    Some(format!("{before}const MODULE_BYTES = {length};{after}"))
}

/// Changes whenever the generated files would.
fn key(module: &Path, shim: &Path) -> Result<String> {
    let mut parts = Vec::new();
    for path in [module, shim] {
        parts.push(sha256_hex(&fs::read(path).map_err(file("read", path))?));
    }
    parts.extend(
        BINDGEN
            .iter()
            .chain(&OPTIMISE)
            .map(|argument| (*argument).to_owned()),
    );
    Ok(parts.join(" "))
}

fn report(folder: &Path) -> Result<()> {
    let mut names: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(file("read the folder", folder))?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    names.sort();
    for path in names {
        let length = fs::metadata(&path).map_err(file("read", &path))?.len();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        eprintln!("    {name}: {:.2} MB", length as f64 / 1e6);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_script_that_is_shipped_learns_the_length() {
        let shim = include_str!("../../../web/worker/worker.js");
        let told = with_length(shim, 15_550_000).unwrap();
        assert!(told.contains("const MODULE_BYTES = 15550000;"));
        assert_eq!(with_length("", 1), None);
    }
}
