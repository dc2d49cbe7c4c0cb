//! A model's two files, checked.

use sha2::{Digest as _, Sha256};

use crate::{Error, Manifest};

/// A model: its description and its weights.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// The description.
    pub manifest: Manifest,
    weights: Vec<u8>,
}

impl Bundle {
    /// Checks a model's files against each other.
    ///
    /// `manifest` are the bytes of `model.json`, `weights` those of the safetensors file.
    ///
    /// # Errors
    /// Every fault of the description, and [`Error::Checksum`] where the weights are others.
    pub fn from_bytes(manifest: &[u8], weights: Vec<u8>) -> Result<Self, Error> {
        let manifest = Manifest::from_json(manifest)?;
        let found = sha256(&weights);
        if found != manifest.weights.sha256 {
            return Err(Error::Checksum {
                found,
                expected: manifest.weights.sha256,
            });
        }
        Ok(Self { manifest, weights })
    }

    /// A bundle that is about to be written: the description takes the weights' checksum.
    #[must_use]
    pub fn new(mut manifest: Manifest, weights: Vec<u8>) -> Self {
        manifest.weights.sha256 = sha256(&weights);
        manifest.weights.bytes = weights.len() as u64;
        Self { manifest, weights }
    }

    /// Bytes of the weights' file.
    #[must_use]
    pub fn weights(&self) -> &[u8] {
        &self.weights
    }
}

/// SHA-256 as hexadecimal text.
fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
