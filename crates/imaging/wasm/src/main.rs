//! Writes, for every file and folder in a folder, its packed bytes (`NAME.files`) and their native account (`NAME.txt`).

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use imaging::NamedBytes;
use imaging_wasm::{account, pack};

/// Why the accounts could not be written.
#[derive(Debug, thiserror::Error)]
enum Error {
    /// The command line names no two folders.
    #[error("two folders are needed; call it as `imaging-wasm FILES ACCOUNTS`")]
    Usage,
    /// A file or folder cannot be used.
    #[error("`{}` cannot be used ({source}); check its path and its permissions", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let outcome = match arguments.as_slice() {
        [files, accounts] => write_accounts(files, accounts),
        _ => Err(Error::Usage),
    };
    match outcome {
        Ok(count) => {
            println!("{count} accounts");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write_accounts(files: &Path, accounts: &Path) -> Result<usize, Error> {
    fs::create_dir_all(accounts).map_err(fault(accounts))?;
    let entries = entries(files)?;
    for entry in &entries {
        let selection = selection(entry)?;
        let name = entry.file_name().unwrap_or_default().to_string_lossy();
        let write = |ending: &str, bytes: &[u8]| {
            let path = accounts.join(format!("{name}.{ending}"));
            fs::write(&path, bytes).map_err(fault(&path))
        };
        write("files", &pack(&selection))?;
        write("txt", account(selection).as_bytes())?;
    }
    Ok(entries.len())
}

/// What is in a folder, in the order of its names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(fault(folder))? {
        paths.push(entry.map_err(fault(folder))?.path());
    }
    paths.sort();
    Ok(paths)
}

/// The files of an entry as somebody would choose them: a folder whole, a header with the samples of the same name.
fn selection(path: &Path) -> Result<Vec<NamedBytes>, Error> {
    let mut paths = if path.is_dir() {
        entries(path)?
    } else {
        vec![path.to_owned()]
    };
    let samples = path.with_extension("raw");
    let is_header = path
        .extension()
        .and_then(OsStr::to_str)
        .is_some_and(|ending| matches!(ending, "mhd" | "nhdr"));
    if is_header && samples.is_file() {
        paths.push(samples);
    }
    paths.retain(|path| path.is_file());
    paths
        .into_iter()
        .map(|path| {
            Ok(NamedBytes {
                name: path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned(),
                bytes: fs::read(&path).map_err(fault(&path))?,
            })
        })
        .collect()
}

fn fault(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    |source| Error::File { path, source }
}
