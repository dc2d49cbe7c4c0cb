//! Files that this project writes, in the readers of other projects: nibabel, SimpleITK, pydicom, highdicom, dciodvfy.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::error::{Error, Result, file};
use crate::packages;
use crate::paths::Paths;
use crate::process::{find, line, run, run_within, step};
use crate::suite::cargo;
use crate::summary::Count;

/// The program that writes the files.
const WRITER: &str = "write_interchange";
/// Longer than any download here takes.
const INSTALL_LIMIT: Duration = Duration::from_secs(300);

/// Writes the files and has every `tests/interchange/check_*.py` read them. Counts as one skipped test where Python, its
/// packages or the real images are not to be had.
///
/// # Errors
/// When the writer cannot be built or fails, or a script ends badly without naming what failed.
pub fn run_all(paths: &Paths) -> Result<Count> {
    let samples = paths.shared.join("samples");
    if !samples.is_dir() {
        return Ok(skipped(&format!(
            "{} is not there; set PENUMBRA_SHARED to the folder of shared samples",
            samples.display()
        )));
    }
    let folder = paths.root.join("tests/interchange");
    let python = match ensure_python(paths, &folder.join("requirements.txt")) {
        Ok(python) => python,
        Err(error) => return Ok(skipped(&error.to_string())),
    };
    if find(&["dciodvfy"]).is_none()
        && let Err(error) = packages::install("dciodvfy", &["dicom3tools"])
    {
        eprintln!("    {error}; its checks are left out");
    }

    // For the whole workspace, because another choice of packages is another choice of features and a second build.
    let mut build = cargo(paths);
    build.args(["build", "--workspace", "--example", WRITER, "--locked"]);
    step(&line(&build), || run(&mut build))?;
    let written = paths.target.join("interchange");
    let program = paths.target.join("debug/examples").join(WRITER);
    let mut writer = Command::new(program.with_extension(env::consts::EXE_EXTENSION));
    writer.arg(&samples).arg(&written);
    step("writing files for other readers", || run(&mut writer))?;

    let mut count = Count::default();
    for script in scripts(&folder)? {
        let mut command = Command::new(&python);
        command
            .current_dir(&folder)
            .arg(&script)
            .args([&written, &samples])
            // Compiled once, but not into the source tree.
            .env("PYTHONPYCACHEPREFIX", paths.tools.join("python-cache"));
        count += step(&line(&command), || read_checks(&mut command))?;
    }
    Ok(count)
}

fn skipped(why: &str) -> Count {
    println!("SKIPPED: {why}");
    Count {
        skipped: 1,
        ..Count::default()
    }
}

/// Runs a script and counts what it says.
fn read_checks(command: &mut Command) -> Result<Count> {
    let start = |source| Error::Start {
        program: "python".to_owned(),
        source,
    };
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(start)?;
    let mut count = Count::default();
    let output = child.stdout.take().into_iter();
    for text in output.flat_map(|stdout| BufReader::new(stdout).lines()) {
        let text = text.map_err(start)?;
        println!("{text}");
        count.read_check(&text);
    }
    let status = child.wait().map_err(start)?;
    if status.success() || count.failed > 0 {
        Ok(count)
    } else {
        Err(Error::Ended {
            command: line(command),
            status,
        })
    }
}

fn scripts(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(file("read the folder", folder))?;
    let mut scripts: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("check_") && name.ends_with(".py")
        })
        .collect();
    scripts.sort();
    Ok(scripts)
}

/// The interpreter of an environment that has the packages that `requirements` names.
fn ensure_python(paths: &Paths, requirements: &Path) -> Result<PathBuf> {
    let environment = paths.tools.join("python");
    let python = environment.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let wanted = fs::read_to_string(requirements).map_err(file("read", requirements))?;
    let stamp = environment.join("installed-from.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) && python.is_file() {
        return Ok(python);
    }
    let refused = |error: Error| Error::Install {
        what: "the Python packages of tests/interchange/requirements.txt".to_owned(),
        reason: error.to_string(),
        advice:
            "install Python 3.11 or later with its venv module and check that PyPI can be reached"
                .to_owned(),
    };
    step(
        "installing the Python packages of the interchange tests",
        || {
            let mut make = Command::new(if cfg!(windows) { "python" } else { "python3" });
            make.args(["-m", "venv", "--clear"]).arg(&environment);
            run_within(&mut make, INSTALL_LIMIT).map_err(refused)?;
            let mut install = Command::new(&python);
            install
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                ])
                .args(["--no-compile", "--retries", "1", "--requirement"])
                .arg(requirements);
            run_within(&mut install, INSTALL_LIMIT).map_err(refused)
        },
    )?;
    fs::write(&stamp, wanted).map_err(file("write", &stamp))?;
    Ok(python)
}
