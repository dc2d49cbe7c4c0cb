//! `cargo xtask test`: every check and every test, and one summary at the end.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use crate::browsers::{Browsers, ensure_lavapipe};
use crate::checks;
use crate::error::{Error, Result, file};
use crate::interchange;
use crate::page;
use crate::paths::Paths;
use crate::process::{line, run, step};
use crate::summary::{CargoReader, Count};
use crate::tools::Tools;

/// The parts, in their order; `--only` chooses some.
pub const PARTS: [&str; 7] = [
    "format",
    "lint",
    "documentation",
    "rust",
    "interchange",
    "page",
    "browser",
];

/// Runs the chosen parts (all where `only` is empty), goes on after a failure, and prints the summary.
///
/// # Errors
/// [`Error::Failed`] when anything failed.
pub fn run_all(paths: &Paths, only: &[String]) -> Result<()> {
    let mut total = Count::default();
    let mut account = Vec::new();
    let mut page_failed = false;
    let chosen = |part: &&str| only.is_empty() || only.iter().any(|chosen| chosen == part);
    // The page has tools and build folders of its own. Both builds have long stretches with one crate that everything
    // waits for; side by side each fills the other's.
    let mut page = chosen(&"page").then(|| {
        let paths = paths.clone();
        thread::spawn(move || Tools::ensure(&paths).and_then(|tools| page::build(&paths, &tools)))
    });
    for part in PARTS.into_iter().filter(chosen) {
        let result = match part {
            "format" => checks::format(paths).map(one),
            "lint" => checks::lint(paths).map(one),
            "documentation" => checks::document(paths).map(one),
            "rust" => rust(paths),
            "interchange" => interchange::run_all(paths),
            "page" => page
                .take()
                .and_then(|page| page.join().ok())
                .unwrap_or_else(|| {
                    Err(Error::Usage(
                        "the build of the page broke off; see the message above".to_owned(),
                    ))
                })
                .map(|()| Count::default()),
            // Against the page of an older build they would test something else than the sources.
            _ if page_failed => Err(Error::Usage(
                "the page was not built, so it cannot be tested".to_owned(),
            )),
            _ => browser(paths),
        };
        match result {
            Ok(count) => {
                account.push(format!("{part}: {count}"));
                total += count;
            }
            Err(error) => {
                eprintln!("error: {error}");
                account.push(format!("{part}: FAILED ({error})"));
                total.failed += 1;
                page_failed |= part == "page";
            }
        }
    }
    for entry in &account {
        println!("{entry}");
    }
    println!("{total}");
    if total.failed == 0 {
        Ok(())
    } else {
        Err(Error::Failed)
    }
}

/// A check has no count of its own: it counts as one test.
fn one((): ()) -> Count {
    Count {
        passed: 1,
        ..Count::default()
    }
}

/// The native programs and tests. Everything is built by one command for the whole workspace, because another
/// choice of packages is another choice of features, and burn would be compiled a second time.
fn rust(paths: &Paths) -> Result<Count> {
    let lavapipe = ensure_lavapipe();
    let mut build = cargo(paths);
    build.args(["build", "--workspace", "--all-targets", "--locked"]);
    step(&line(&build), || run(&mut build))?;
    let mut test = cargo(paths);
    test.args([
        "test",
        "--workspace",
        "--locked",
        "--no-fail-fast",
        "--",
        "--show-output",
    ]);
    if let Some(description) = lavapipe {
        use_driver(&mut test, &description);
    }
    step("cargo test --workspace", || count_tests(&mut test))
}

/// Lets Vulkan see one driver only, unless the caller has chosen one.
fn use_driver(command: &mut Command, description: &PathBuf) {
    for name in ["VK_ICD_FILENAMES", "VK_DRIVER_FILES"] {
        if env::var_os(name).is_none() {
            command.env(name, description);
        }
    }
}

fn count_tests(command: &mut Command) -> Result<Count> {
    let start = |source| Error::Start {
        program: "cargo".to_owned(),
        source,
    };
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(start)?;
    let mut reader = CargoReader::default();
    for text in child
        .stdout
        .take()
        .into_iter()
        .flat_map(|stdout| BufReader::new(stdout).lines())
    {
        let text = text.map_err(start)?;
        println!("{text}");
        reader.read(&text);
    }
    let status = child.wait().map_err(start)?;
    if status.success() || reader.count.failed > 0 {
        Ok(reader.count)
    } else {
        Err(Error::Ended {
            command: line(command),
            status,
        })
    }
}

/// The tests of the built page in Firefox and Chromium.
fn browser(paths: &Paths) -> Result<Count> {
    let folder = paths.root.join("tests");
    let browsers = Browsers::ensure()?;
    let lavapipe = ensure_lavapipe();
    install_modules(paths)?;
    let report = folder.join("artefacts/report.tap");
    let artefacts = folder.join("artefacts");
    fs::create_dir_all(&artefacts).map_err(file("make the folder", &artefacts))?;
    let _ = fs::remove_file(&report);
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
        .env(
            "PENUMBRA_CLI",
            paths
                .target
                .join("debug")
                .join(format!("penumbra{}", env::consts::EXE_SUFFIX)),
        );
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

fn test_files(folder: &PathBuf) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).map_err(file("read the folder", folder))?;
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".test.mjs"))
        .collect();
    names.sort();
    Ok(names)
}

/// Installs the packages that `tests/package-lock.json` names, unless this has been done.
fn install_modules(paths: &Paths) -> Result<()> {
    let folder = paths.root.join("tests");
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
            .current_dir(&folder)
            .args(["ci", "--silent", "--no-audit", "--no-fund"]);
        run(&mut command).map_err(|error| Error::Install {
            what: "the packages of tests/package-lock.json".to_owned(),
            reason: error.to_string(),
            advice: "install Node.js 20 or later with npm and check that the npm registry can be reached".to_owned(),
        })
    })?;
    fs::write(&stamp, wanted).map_err(file("write", &stamp))
}

/// cargo, in the project's folder.
pub fn cargo(paths: &Paths) -> Command {
    // cargo tells the programs that it runs where it is itself: the same toolchain then does all the work.
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(&paths.root);
    command
}
