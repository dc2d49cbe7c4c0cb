//! The tests of the built page in Firefox and Chromium.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::browsers::{Browsers, ensure_lavapipe, use_driver};
use crate::error::{Error, Result, file};
use crate::paths::Paths;
use crate::process::{run, step};
use crate::summary::Count;

/// Runs every `tests/*.test.mjs` with node's test runner.
///
/// # Errors
/// When a browser or a package cannot be had, or the runner ends badly without naming what failed.
pub fn run_all(paths: &Paths) -> Result<Count> {
    let folder = paths.root.join("tests");
    let browsers = Browsers::ensure()?;
    let lavapipe = ensure_lavapipe();
    install_modules(&folder)?;
    let artefacts = folder.join("artefacts");
    let report = artefacts.join("report.tap");
    fs::create_dir_all(&artefacts).map_err(file("make the folder", &artefacts))?;
    let _ = fs::remove_file(&report);
    let program = format!("penumbra{}", env::consts::EXE_SUFFIX);
    let mut node = Command::new("node");
    node.current_dir(&folder)
        // One at a time: two browsers that compute on the same processors only slow each other down.
        .args(["--test", "--test-concurrency=1"])
        .args(["--test-reporter=spec", "--test-reporter-destination=stdout"])
        .args([
            "--test-reporter=tap",
            "--test-reporter-destination=artefacts/report.tap",
        ])
        .args(test_files(&folder)?)
        .env("PENUMBRA_FIREFOX", &browsers.firefox)
        .env("PENUMBRA_CHROMIUM", &browsers.chromium)
        .env("PENUMBRA_CLI", paths.target.join("debug").join(program));
    if let Some(program) = paths.own_program() {
        node.env("PENUMBRA_XTASK", program);
    }
    if let Some(description) = lavapipe {
        use_driver(&mut node, &description);
    }
    let outcome = step("node --test", || run(&mut node));
    let count = Count::from_tap(&fs::read_to_string(&report).unwrap_or_default());
    match outcome {
        Err(error) if count.failed == 0 => Err(error),
        _ => Ok(count),
    }
}

fn test_files(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).map_err(file("read the folder", folder))?;
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".test.mjs"))
        .collect();
    names.sort();
    Ok(names)
}

/// Installs the packages that `package-lock.json` names, unless this has been done.
fn install_modules(folder: &Path) -> Result<()> {
    let lock = folder.join("package-lock.json");
    let wanted = fs::read_to_string(&lock).map_err(file("read", &lock))?;
    let stamp = folder.join("node_modules/.installed-from");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    step("installing the test packages with npm", || {
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        let mut command = Command::new(npm);
        command
            .current_dir(folder)
            .args(["ci", "--silent", "--no-audit", "--no-fund"]);
        run(&mut command).map_err(|error| Error::Install {
            what: "the packages of tests/package-lock.json".to_owned(),
            reason: error.to_string(),
            advice: "install Node.js 20 or later with npm and check that the npm registry can be reached".to_owned(),
        })
    })?;
    fs::write(&stamp, wanted).map_err(file("write", &stamp))
}
