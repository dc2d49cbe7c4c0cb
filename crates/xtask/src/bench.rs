//! `cargo xtask bench`: the shipped networks on the CPU beside ONNX Runtime, and in a WebAssembly runtime.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::error::{Error, Result, file};
use crate::paths::Paths;
use crate::process::{cargo, output, run_step, step};
use crate::python::Environment;
use crate::wasm_target;

/// Models that are measured: one in 2D and one in 3D.
const MODELS: [&str; 2] = ["dsb2018_nuclei", "hippocampus"];
/// The crate with the kernels, which builds in seconds.
const PACKAGE: &str = "penumbra-kernels";
/// What stands around the measured part of the document.
const BEGIN: &str = "<!-- written by `cargo xtask bench` -->";
const END: &str = "<!-- end of what is written -->";

/// Measures, prints and writes the tables of `docs/benchmarks.md`.
///
/// # Errors
/// When a program cannot be built, outputs differ, or the document lacks its marks.
pub fn run(paths: &Paths) -> Result<()> {
    let mut text = beside_onnxruntime(paths)?;
    text.push('\n');
    text.push_str(&in_webassembly(paths)?);
    print!("{text}");
    let document = paths.root.join("docs/benchmarks.md");
    let old = fs::read_to_string(&document).map_err(file("read", &document))?;
    let new = replaced(&old, &text).ok_or_else(|| Error::Content {
        path: document.clone(),
        fault: format!("lacks `{BEGIN}` or `{END}`: put both lines back"),
    })?;
    fs::write(&document, new).map_err(file("write", &document))
}

/// The document with another text between its marks.
fn replaced(document: &str, text: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{text}\n{END}{after}"))
}

fn models(paths: &Paths) -> impl Iterator<Item = PathBuf> {
    MODELS
        .map(|name| paths.root.join("web/models").join(name))
        .into_iter()
}

/// A table with the rival's times; one sentence where it cannot be had.
fn beside_onnxruntime(paths: &Paths) -> Result<String> {
    let export = paths.shared.join("onnx/export.py");
    if !export.is_file() {
        return Ok(format!(
            "Not measured beside ONNX Runtime: {} is not there.\n",
            export.display()
        ));
    }
    let folder = paths.root.join("tests/benchmarks");
    let requirements = folder.join("requirements.txt");
    let requirements = fs::read_to_string(&requirements).map_err(file("read", &requirements))?;
    let python = Environment::ensure(paths, "python-benchmarks", &requirements)?;
    let mut build = cargo(paths);
    build.args(["build", "--release", "--package", PACKAGE, "--locked"]);
    run_step(build.args(["--features", "probe", "--example", "pass"]))?;
    let program = paths.target.join("release/examples/pass");
    let mut measure = Command::new(python.program("python"));
    measure
        .arg(folder.join("beside_onnxruntime.py"))
        .arg(program.with_extension(env::consts::EXE_EXTENSION))
        .arg(export)
        .arg(paths.target.join("benchmarks"))
        .args(models(paths));
    step("running beside ONNX Runtime", || output(&mut measure))
}

/// Lines of Node.js on the kernels as a WebAssembly module.
fn in_webassembly(paths: &Paths) -> Result<String> {
    let mut build = match wasm_target::ensure(paths)? {
        Some(programs) => {
            let mut build = Command::new(programs.join("cargo"));
            wasm_target::forget_active_toolchain(&mut build);
            let old = env::var_os("PATH").unwrap_or_default();
            let path = env::join_paths(std::iter::once(programs).chain(env::split_paths(&old)));
            if let Ok(path) = path {
                build.env("PATH", path);
            }
            build.current_dir(&paths.root);
            build
        }
        None => cargo(paths),
    };
    build.args(["rustc", "--release", "--package", PACKAGE, "--locked"]);
    build.args(["--features", "probe", "--lib", "--crate-type", "cdylib"]);
    run_step(build.args(["--target", wasm_target::TARGET]))?;
    let module = paths
        .target
        .join(wasm_target::TARGET)
        .join("release/kernels.wasm");
    let mut node = Command::new("node");
    node.arg(paths.root.join("crates/kernels/examples/pass.mjs"))
        .arg(module)
        .args(models(paths));
    let lines = step("running in WebAssembly", || output(&mut node))?;
    let rows = lines.lines().map(|line| format!("- {line}\n"));
    Ok(format!(
        "In WebAssembly with SIMD128, one thread, processor time, in Node.js:\n\n{}",
        rows.collect::<String>()
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{BEGIN, END, replaced};

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let document = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        let new = replaced(&document, "| new |").unwrap();
        assert_eq!(new, format!("before\n{BEGIN}\n\n| new |\n{END}\nafter\n"));
        assert_eq!(replaced(&new, "| new |").unwrap(), new);
        assert_eq!(replaced("no marks", "new"), None);
    }
}
