//! Running other programs, and telling what is being done and how long it took.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::paths::Paths;

/// cargo, in the project's folder.
pub fn cargo(paths: &Paths) -> Command {
    // cargo tells the programs that it runs where it is itself: the same toolchain then does all the work.
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(&paths.root);
    command
}

/// Prints what is about to be done, does it, prints how long it took.
pub fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("==> {what}");
    let start = Instant::now();
    let result = work();
    let outcome = if result.is_ok() { "done" } else { "failed" };
    eprintln!("    {what}: {outcome} after {}", human(start.elapsed()));
    result
}

/// A duration for people: `0.4 s`, `2 min 05 s`.
pub fn human(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        let whole = duration.as_secs();
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

/// The command line as a person would type it.
pub fn line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Runs a program whose output goes to the terminal.
///
/// # Errors
/// [`Error::Start`] when it is missing, [`Error::Ended`] when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .map_err(|source| start_error(command, source))?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::Ended {
            command: line(command),
            status,
        })
    }
}

/// Runs a program as a [`step`] that is called like its command line.
///
/// # Errors
/// As [`run`].
pub fn run_step(command: &mut Command) -> Result<()> {
    step(&line(command), || run(command))
}

/// Runs a program, prints its standard output as it comes, and shows each line to `read`.
///
/// # Errors
/// [`Error::Start`] when it is missing; how it ended is the caller's to judge.
pub fn for_each_line(command: &mut Command, mut read: impl FnMut(&str)) -> Result<ExitStatus> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|source| start_error(command, source))?;
    let output = child.stdout.take().into_iter();
    for text in output.flat_map(|stdout| BufReader::new(stdout).lines()) {
        let text = text.map_err(|source| start_error(command, source))?;
        println!("{text}");
        read(&text);
    }
    child.wait().map_err(|source| start_error(command, source))
}

/// The first thing in `<program> --version` that begins with a digit.
pub fn version(command: &mut Command) -> Option<String> {
    let text = output(command.arg("--version")).ok()?;
    text.split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .map(str::to_owned)
}

/// Runs a program and returns what it printed on standard output.
///
/// # Errors
/// As [`run`].
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::null())
        .output()
        .map_err(|source| start_error(command, source))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(Error::Ended {
            command: line(command),
            status: output.status,
        })
    }
}

/// Runs a program, but stops it after `limit`.
///
/// # Errors
/// As [`run`], and [`Error::TooLong`].
pub fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let mut child = command
        .spawn()
        .map_err(|source| start_error(command, source))?;
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => {
                return Err(Error::Ended {
                    command: line(command),
                    status,
                });
            }
            Ok(None) if start.elapsed() < limit => sleep(Duration::from_millis(50)),
            Ok(None) => {
                // Nothing is left to do with a process that can be neither stopped nor awaited.
                let _ = child.kill();
                let _ = child.wait();
                return Err(Error::TooLong {
                    command: line(command),
                    seconds: limit.as_secs(),
                });
            }
            Err(source) => return Err(start_error(command, source)),
        }
    }
}

/// Whether a program is there and runs `--version` well.
pub fn exists(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The first of some programs that is there: names, which are looked for on PATH, and absolute places.
pub fn find(candidates: &[&str]) -> Option<PathBuf> {
    let folders = env::var_os("PATH").unwrap_or_default();
    candidates.iter().find_map(|candidate| {
        if candidate.starts_with('/') {
            return Path::new(candidate)
                .is_file()
                .then(|| PathBuf::from(candidate));
        }
        env::split_paths(&folders)
            .map(|folder| folder.join(format!("{candidate}{}", env::consts::EXE_SUFFIX)))
            .find(|path| path.is_file())
    })
}

fn start_error(command: &Command, source: std::io::Error) -> Error {
    Error::Start {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn durations_are_told_for_people() {
        assert_eq!(human(Duration::from_millis(420)), "0.4 s");
        assert_eq!(human(Duration::from_secs(125)), "2 min 05 s");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut Command::new("no-such-program-here"))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("`no-such-program-here` cannot be started"),
            "{error}"
        );
    }
}
