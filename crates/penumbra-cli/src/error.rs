//! What can go wrong in the command line.

use std::path::PathBuf;

/// Errors of the command line: one sentence each, for stderr.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command was not understood; exit code 2.
    #[error("{0}")]
    Usage(String),
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
    /// The data set, or a file.
    #[error(transparent)]
    Dataset(#[from] dataset::Error),
    /// The evaluation.
    #[error(transparent)]
    Evaluation(#[from] evaluation::Error),
    /// Training.
    #[error(transparent)]
    Training(#[from] training::Error),
    /// The engine.
    #[error(transparent)]
    Engine(#[from] engine::Error),
}

impl Error {
    /// Exit code: 2 for wrong usage, 1 for everything else.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_)
            | Self::Evaluation(
                evaluation::Error::UnknownMethod { .. } | evaluation::Error::MethodNeeds { .. },
            ) => 2,
            Self::Image { .. }
            | Self::Data(_)
            | Self::Device(_)
            | Self::Dataset(_)
            | Self::Evaluation(_)
            | Self::Training(_)
            | Self::Engine(_) => 1,
        }
    }
}
