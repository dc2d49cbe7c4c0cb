//! Writes what this crate can write, from real images, for the readers of other projects: `cargo xtask test --only
//! interchange` runs it and then the scripts of `tests/interchange`, which say what they expect.
//!
//! Usage: `write_interchange SAMPLES FOLDER`.

mod bids;
mod dicom;
mod volumes;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [samples, folder] = arguments.as_slice() else {
        eprintln!("usage: write_interchange SAMPLES FOLDER");
        return ExitCode::from(2);
    };
    match write_all(samples, folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write_all(samples: &Path, folder: &Path) -> Outcome {
    // What an earlier version wrote must not be checked.
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    dicom::write(samples, &folder.join("dicom"))?;
    bids::write(samples, &folder.join("bids"))?;
    volumes::write(samples, &folder.join("volumes"))
}

/// Writes a file and the folders that it lies in.
fn save(path: &Path, content: impl AsRef<[u8]>) -> Outcome {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content)?;
    Ok(())
}
