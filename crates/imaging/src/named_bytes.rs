//! A file in memory, with its name.

use std::fmt;

/// A file in memory. Its `Debug` output shows neither name nor contents, which may identify a patient.
#[derive(Clone, PartialEq, Eq)]
pub struct NamedBytes {
    /// The file's name, with the folders above it where they are known. It decides which `.hdr` and `.img` belong
    /// together, and nothing else.
    pub name: String,
    /// The file's contents.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for NamedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamedBytes")
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}
