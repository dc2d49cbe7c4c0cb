//! What can go wrong while setting up, building, serving and testing.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

/// Result of every fallible function of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Every failure, each told in one sentence that names the thing and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line makes no sense.
    #[error("{0}; `cargo xtask help` lists what there is")]
    Usage(String),
    /// A program is missing or not executable.
    #[error("`{program}` cannot be started ({source}): install it or put it on PATH")]
    Start {
        /// The program.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// A program ended badly; it has printed its own message.
    #[error("`{command}` ended with {status}: its own message stands above")]
    Ended {
        /// The command line.
        command: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// A program was stopped because it took too long.
    #[error("`{command}` was stopped after {seconds} s")]
    TooLong {
        /// The command line.
        command: String,
        /// The limit.
        seconds: u64,
    },
    /// A file or folder could not be read, written or made.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried, a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Something that is needed could not be installed.
    #[error("{what} could not be installed ({reason}): {advice}")]
    Install {
        /// What is needed.
        what: String,
        /// Why it failed.
        reason: String,
        /// What the reader can do.
        advice: String,
    },
    /// A file of the project does not hold what it should.
    #[error("{} {fault}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what to do.
        fault: String,
    },
    /// The server could not start.
    #[error("cannot listen on {address} ({source}): choose another port with --port")]
    Listen {
        /// Where.
        address: String,
        /// Why.
        source: io::Error,
    },
    /// Checks or tests failed.
    #[error("not everything passed: see the summary above")]
    Failed,
}

/// Turns an [`io::Error`] on a path into [`Error::File`].
pub fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Error {
    let path = path.into();
    move |source| Error::File {
        action,
        path,
        source,
    }
}
