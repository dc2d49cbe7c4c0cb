//! What can go wrong in training.

/// Errors of this crate: one sentence each, with the file or the value and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A configuration, or something stored beside it, is wrong.
    #[error("{file}: {reason}")]
    Config {
        /// The file, as it was named.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Data do not fit the configuration, or a run's files each other.
    #[error("{0}")]
    Data(String),
    /// Training cannot go on.
    #[error("{0}")]
    Training(String),
    /// A file of the run could not be read or written.
    #[error("{file} could not be used ({reason}); check the path and its permissions")]
    Storage {
        /// The file, as it was named.
        file: String,
        /// What the system says.
        reason: String,
    },
    /// The data set.
    #[error(transparent)]
    Dataset(#[from] dataset::Error),
    /// The evaluation of a bundle.
    #[error(transparent)]
    Evaluation(#[from] evaluation::Error),
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
