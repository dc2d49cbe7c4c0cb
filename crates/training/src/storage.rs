//! Where a run keeps its files: in memory, as a page does, or in a folder (`files`).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use crate::Error;

/// Files by name.
pub trait Storage: fmt::Debug {
    /// A file's bytes; none where it does not exist.
    ///
    /// # Errors
    /// [`Error::Storage`] where it exists and cannot be read.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error>;

    /// Writes a file that appears under its name only when complete.
    ///
    /// # Errors
    /// [`Error::Storage`].
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error>;

    /// Adds to the end of a file, which need not exist.
    ///
    /// # Errors
    /// [`Error::Storage`].
    fn append(&self, name: &str, bytes: &[u8]) -> Result<(), Error>;

    /// Whether a file exists.
    fn contains(&self, name: &str) -> bool;

    /// What messages call a file.
    fn display_name(&self, name: &str) -> String {
        name.to_owned()
    }

    /// A file's bytes, which must exist.
    ///
    /// # Errors
    /// [`Error::NoFile`] where it does not exist, [`Error::Storage`] where it cannot be read.
    fn require(&self, name: &str) -> Result<Vec<u8>, Error> {
        self.read(name)?.ok_or_else(|| Error::NoFile {
            file: self.display_name(name),
        })
    }
}

/// Files in memory.
#[derive(Debug, Default)]
pub struct MemoryStorage(RefCell<BTreeMap<String, Vec<u8>>>);

impl MemoryStorage {
    /// Names of all files, in order.
    pub fn names(&self) -> Vec<String> {
        self.0.borrow().keys().cloned().collect()
    }
}

impl Storage for MemoryStorage {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.0.borrow().get(name).cloned())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        self.0.borrow_mut().insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn append(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let mut files = self.0.borrow_mut();
        files.entry(name.to_owned()).or_default().extend(bytes);
        Ok(())
    }

    fn contains(&self, name: &str) -> bool {
        self.0.borrow().contains_key(name)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{MemoryStorage, Storage};

    #[test]
    fn files_in_memory_are_written_added_to_and_read() {
        let storage = MemoryStorage::default();
        assert!(!storage.contains("a"));
        assert_eq!(storage.read("a").unwrap(), None);
        assert!(
            storage
                .require("a")
                .unwrap_err()
                .to_string()
                .starts_with("a does not exist")
        );
        storage.write("a", b"one").unwrap();
        storage.append("a", b" two").unwrap();
        assert_eq!(storage.require("a").unwrap(), b"one two");
        storage.append("b", b"x").unwrap();
        assert_eq!(storage.names(), ["a", "b"]);
    }
}
