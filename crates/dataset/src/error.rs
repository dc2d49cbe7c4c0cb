//! What can be wrong with a data set.

use std::path::{Path, PathBuf};

/// Errors of this crate: one sentence each, with the file, the value and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("{} could not be used ({reason}); check the path and its permissions", path.display())]
    File {
        /// The path.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// `dataset.json` or `splits.json` is wrong.
    #[error("{file}: {reason}")]
    Description {
        /// The file, as it was named.
        file: String,
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// An image or a label file cannot be decoded.
    #[error("{file}: {source}")]
    Image {
        /// The file, as it was named.
        file: String,
        /// What is wrong with it.
        source: imaging::Error,
    },
    /// An image and its labels have different sizes.
    #[error(
        "{labels} has {found} voxels and its image has {expected} voxels (planes x rows x columns); labels must have the image's size"
    )]
    Size {
        /// The label file, as it was named.
        labels: String,
        /// Size of the labels.
        found: String,
        /// Size of the image.
        expected: String,
    },
    /// A case that was asked for does not exist, exists twice, or lacks its image or its labels.
    #[error("{0}")]
    Cases(String),
}

impl Error {
    /// A failed access to a path.
    pub fn file(path: &Path, source: &std::io::Error) -> Self {
        Self::File {
            path: path.to_path_buf(),
            reason: source.to_string(),
        }
    }
}
