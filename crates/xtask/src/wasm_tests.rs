//! The imaging library on wasm32: it must say of every file what it says natively.

use std::env;
use std::fs;
use std::process::Command;

use crate::error::{Error, Result, file};
use crate::paths::Paths;
use crate::process::{cargo, for_each_line, line, run, run_step, step};
use crate::summary::Count;
use crate::tools::Tools;
use crate::wasm_target::TARGET;
use crate::worker::PROFILE;

const PACKAGE: &str = "penumbra-imaging-wasm";
/// The program that writes the native accounts.
const PROGRAM: &str = "imaging-wasm";

/// Builds the library for node and natively, and compares their accounts of the files after public bug reports. Counts as
/// one skipped test where these are absent.
///
/// # Errors
/// When something does not compile, or the comparison ends badly without naming what differs.
pub fn run_all(paths: &Paths) -> Result<Count> {
    let files = paths.shared.join("reports/files");
    if !files.is_dir() {
        return Ok(Count::skipped(&format!(
            "{} is not there; set PENUMBRA_SHARED to the folder of shared samples",
            files.display()
        )));
    }
    let tools = Tools::ensure(paths)?;
    step("building the imaging library for wasm32", || {
        let mut cargo = tools.command("cargo");
        cargo.current_dir(&paths.root);
        cargo.args(["build", "--package", PACKAGE, "--lib", "--target", TARGET]);
        run(cargo.args(["--profile", PROFILE, "--locked"]))
    })?;
    // For the whole workspace, because another choice of packages is another choice of features and a second build.
    run_step(cargo(paths).args(["build", "--workspace", "--bin", PROGRAM, "--locked"]))?;

    let accounts = paths.target.join("imaging-wasm");
    // Accounts of files that are gone would be compared too.
    if accounts.exists() {
        fs::remove_dir_all(&accounts).map_err(file("remove the folder", &accounts))?;
    }
    let program = paths.target.join("debug").join(PROGRAM);
    let mut native = Command::new(program.with_extension(env::consts::EXE_EXTENSION));
    native.arg(&files).arg(&accounts);
    step("reading files natively", || run(&mut native))?;

    let module = paths.target.join(TARGET).join(PROFILE);
    let mut node = Command::new("node");
    node.current_dir(&paths.root)
        .arg("crates/imaging/wasm/compare.mjs")
        .args([module.join("imaging_wasm.wasm"), accounts]);
    step(&line(&node), || {
        let mut count = Count::default();
        let status = for_each_line(&mut node, |text| count.read_check(text))?;
        if status.success() || count.failed > 0 {
            Ok(count)
        } else {
            Err(Error::Ended {
                command: line(&node),
                status,
            })
        }
    })
}
