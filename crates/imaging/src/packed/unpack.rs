//! A selection of files with the contents of archives in place of the archives.

use std::sync::Arc;

use super::document::document;
use super::stream::unwrapped;
use super::tar;
use crate::named_bytes::NamedBytes;
use crate::zip::Unzipped;
use crate::{Error, Limits, signature, zip};

/// Archives within archives; a study within a folder within a mail is as deep as it gets.
const MAX_DEPTH: usize = 3;

/// The files, and what is to be said of those that could not be unpacked.
#[derive(Default)]
pub(crate) struct Unpacked {
    pub files: Vec<Arc<NamedBytes>>,
    pub faults: Vec<Error>,
}

/// Unpacks what is packed. A damaged archive is left out like any other file that cannot be read.
pub(crate) fn unpacked(files: Vec<NamedBytes>, limits: &Limits) -> Unpacked {
    let mut unpacked = Unpacked::default();
    let mut bytes_left = limits.max_bytes;
    for file in files {
        unpacked.add(file, limits, 0, &mut bytes_left);
    }
    unpacked
}

impl Unpacked {
    fn add(&mut self, file: NamedBytes, limits: &Limits, depth: usize, bytes_left: &mut u64) {
        if let Err(error) = self.try_add(file, limits, depth, bytes_left) {
            self.faults.push(error);
        }
    }

    fn try_add(
        &mut self,
        file: NamedBytes,
        limits: &Limits,
        depth: usize,
        bytes_left: &mut u64,
    ) -> Result<(), Error> {
        let room = Limits {
            max_bytes: *bytes_left,
            ..*limits
        };
        let contents = if is_zip(&file) {
            if let Some(what) = document(&file.name, []) {
                return Err(Error::document(what));
            }
            let Unzipped { files, faults } = zip::unpack(&file.bytes, &room)?;
            if let Some(what) = document("", files.iter().map(|(name, _)| name.as_str())) {
                return Err(Error::document(what));
            }
            self.faults.extend(faults);
            files
        } else if tar::is_tar(&file.bytes) {
            tar::unpack(&file.bytes)?
                .into_iter()
                .map(|(name, bytes)| (name, bytes.to_vec()))
                .collect()
        } else if let Some((bytes, name)) = unwrapped(&file.bytes, &file.name, &room)? {
            vec![(name.into_owned(), bytes)]
        } else {
            self.files.push(Arc::new(file));
            return Ok(());
        };
        if depth >= MAX_DEPTH {
            return Err(Error::Archive {
                detail: format!("it lies more than {MAX_DEPTH} archives deep"),
            });
        }
        for (name, bytes) in contents {
            *bytes_left = bytes_left.saturating_sub(bytes.len() as u64);
            self.add(NamedBytes { name, bytes }, limits, depth + 1, bytes_left);
        }
        Ok(())
    }
}

/// Whether a file is a ZIP archive, perhaps behind a program that unpacks it. An image that carries one is an image.
fn is_zip(file: &NamedBytes) -> bool {
    zip::is_zip(&file.bytes)
        || zip::ends_as_zip(&file.bytes)
            && signature::detect_named(&file.bytes, &file.name).is_err()
}
