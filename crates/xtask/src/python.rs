//! Programs and packages from PyPI, in environments of their own.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::error::{Error, Result, file};
use crate::paths::Paths;
use crate::process::{run_within, step};

/// Longer than any download here takes.
const INSTALL_LIMIT: Duration = Duration::from_secs(300);

/// A Python environment below the folder of tools.
#[derive(Debug)]
pub struct Environment {
    folder: PathBuf,
}

impl Environment {
    /// The environment `name` with what `requirements` lists (in the format of pip's requirements files): made, or left
    /// as it is where it was made from the same list.
    ///
    /// # Errors
    /// [`Error::Install`] without Python or PyPI.
    pub fn ensure(paths: &Paths, name: &str, requirements: &str) -> Result<Self> {
        let environment = Self {
            folder: paths.tools.join(name),
        };
        let stamp = environment.folder.join("installed-from.txt");
        let python = environment.program("python");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == requirements)
            && python.is_file()
        {
            return Ok(environment);
        }
        let refused = |error: Error| {
            Error::Install {
            what: requirements.split_whitespace().collect::<Vec<_>>().join(", "),
            reason: error.to_string(),
            advice:
                "install Python 3.11 or later with its venv module and check that PyPI can be reached"
                    .to_owned(),
        }
        };
        step(&format!("installing Python packages: {name}"), || {
            let mut make = Command::new(if cfg!(windows) { "python" } else { "python3" });
            make.args(["-m", "venv", "--clear"])
                .arg(&environment.folder);
            run_within(&mut make, INSTALL_LIMIT).map_err(refused)?;
            let list = environment.folder.join("requirements.txt");
            fs::write(&list, requirements).map_err(file("write", &list))?;
            let mut install = Command::new(&python);
            install
                .args(["-m", "pip", "install", "--quiet"])
                .args(["--disable-pip-version-check", "--no-compile"])
                .args(["--retries", "1", "--requirement"])
                .arg(&list);
            run_within(&mut install, INSTALL_LIMIT).map_err(refused)
        })?;
        fs::write(&stamp, requirements).map_err(file("write", &stamp))?;
        Ok(environment)
    }

    /// The path of one of its programs.
    pub fn program(&self, name: &str) -> PathBuf {
        let folder = self
            .folder
            .join(if cfg!(windows) { "Scripts" } else { "bin" });
        folder.join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}
