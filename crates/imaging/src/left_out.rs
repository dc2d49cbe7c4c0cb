//! What is said of files that are no images.

use crate::Error;

/// What was left out of several files, and why.
pub(crate) struct LeftOut {
    /// How many files there were in all.
    pub(crate) count: usize,
    /// Each reason once, with the number of files, in order of occurrence.
    skipped: Vec<(Error, usize)>,
}

impl LeftOut {
    /// Nothing yet, of `count` files.
    pub(crate) fn of(count: usize) -> Self {
        Self {
            count,
            skipped: Vec::new(),
        }
    }

    pub(crate) fn skip(&mut self, error: Error) {
        match self.skipped.iter_mut().find(|(other, _)| *other == error) {
            Some((_, count)) => *count += 1,
            None => self.skipped.push((error, 1)),
        }
    }

    pub(crate) fn into_error(self) -> Error {
        let files = self.count;
        let mut reasons = self.skipped.into_iter().map(|(error, _)| error);
        match (reasons.next(), reasons.next()) {
            (None, _) => Error::Empty,
            (Some(only), None) => only,
            (Some(first), Some(_)) => Error::NoImages {
                files,
                first: first.to_string(),
            },
        }
    }

    pub(crate) fn into_sentences(self) -> Vec<String> {
        self.skipped
            .into_iter()
            .map(|(error, count)| match count {
                1 => format!("One file was left out: {error}."),
                _ => format!("{count} files were left out: {error}."),
            })
            .collect()
    }
}
