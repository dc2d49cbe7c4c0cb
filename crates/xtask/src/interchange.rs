//! Files that this project writes, in the readers of other projects: nibabel, SimpleITK, pydicom, highdicom, dciodvfy.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result, file};
use crate::packages;
use crate::paths::Paths;
use crate::process::{cargo, find, for_each_line, line, run, run_step, step};
use crate::python::Environment;
use crate::summary::Count;

/// The program that writes the files.
const WRITER: &str = "write_interchange";

/// Writes the files and has every `tests/interchange/check_*.py` read them. Counts as one skipped test where Python, its
/// packages or the real images are not to be had.
///
/// # Errors
/// When the writer cannot be built or fails, or a script ends badly without naming what failed.
pub fn run_all(paths: &Paths) -> Result<Count> {
    let samples = paths.shared.join("samples");
    if !samples.is_dir() {
        return Ok(Count::skipped(&format!(
            "{} is not there; set PENUMBRA_SHARED to the folder of shared samples",
            samples.display()
        )));
    }
    let folder = paths.root.join("tests/interchange");
    let requirements = folder.join("requirements.txt");
    let requirements = fs::read_to_string(&requirements).map_err(file("read", &requirements))?;
    let python = match Environment::ensure(paths, "python", &requirements) {
        Ok(environment) => environment.program("python"),
        Err(error) => return Ok(Count::skipped(&error.to_string())),
    };
    if find(&["dciodvfy"]).is_none()
        && let Err(error) = packages::install("dciodvfy", &["dicom3tools"])
    {
        eprintln!("    {error}; its checks are left out");
    }

    // For the whole workspace, because another choice of packages is another choice of features and a second build.
    run_step(cargo(paths).args(["build", "--workspace", "--example", WRITER, "--locked"]))?;
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

/// Runs a script and counts what it says.
fn read_checks(command: &mut Command) -> Result<Count> {
    let mut count = Count::default();
    let status = for_each_line(command, |text| count.read_check(text))?;
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
