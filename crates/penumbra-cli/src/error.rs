//! What can go wrong in the command line.

use std::path::{Path, PathBuf};

/// Errors of the command line: one sentence each, for stderr.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command was not understood; exit code 2.
    #[error("{0}")]
    Usage(String),
    /// A file or folder could not be read or written.
    #[error("{} could not be used ({reason}); check the path and its permissions", path.display())]
    File {
        /// The path.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// A configuration or description is wrong.
    #[error("{}: {reason}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// An image is wrong.
    #[error("{}: {source}", path.display())]
    Image {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: imaging::Error,
    },
    /// Data do not fit together.
    #[error("{0}")]
    Data(String),
    /// The device cannot be used.
    #[error("{0}")]
    Device(String),
    /// Training cannot go on.
    #[error("{0}")]
    Training(String),
    /// The network.
    #[error(transparent)]
    Method(#[from] segwithu::Error),
    /// The metrics.
    #[error(transparent)]
    Metrics(#[from] uq::Error),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] engine::Error),
}

impl Error {
    /// A failed access to a path.
    pub fn file(path: &Path, source: &std::io::Error) -> Self {
        Self::File {
            path: path.to_path_buf(),
            reason: source.to_string(),
        }
    }

    /// Exit code: 2 for wrong usage, 1 for everything else.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            _ => 1,
        }
    }
}
