//! What can go wrong in the worker.

/// Errors of the worker, one sentence each, for the visitor.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the page's own origin did not arrive.
    #[error("the model's file `{file}` could not be loaded ({reason}); reload the page")]
    Fetch {
        /// The file's name.
        file: String,
        /// What the browser says.
        reason: String,
    },
    /// Page and worker are of different builds.
    #[error(
        "the page speaks version {found} of its messages and the worker version {expected}; reload the page"
    )]
    Version {
        /// Version of the page.
        found: u32,
        /// Version of the worker.
        expected: u32,
    },
    /// A message cannot be understood.
    #[error("a message of the page could not be read ({0}); reload the page")]
    Message(String),
    /// A file came without its bytes.
    #[error("file {place} of {of} did not arrive as an array of bytes; open the files again")]
    Buffer {
        /// Place of the file in the message, from 1.
        place: usize,
        /// Files of the message.
        of: usize,
    },
    /// Names and bytes do not pair.
    #[error(
        "the request needs {expected} arrays of bytes and came with {found}; open the files again"
    )]
    Buffers {
        /// Arrays that came.
        found: usize,
        /// Arrays that the request needs.
        expected: usize,
    },
    /// An answer cannot be told to the page.
    #[error("the answer could not be sent to the page ({0}); reload the page")]
    Answer(String),
    /// The worker takes no more requests.
    #[error("the worker has stopped; reload the page")]
    Stopped,
    /// No model is loaded yet.
    #[error("no model is loaded yet; wait until it is, then open the image again")]
    NoModel,
    /// There is no result to compare with.
    #[error("there is no segmentation to compare with; open an image first, then its labels")]
    NoResult,
    /// The files have no such series.
    #[error(
        "the files hold {count} series, so there is no series {series}; choose one that is listed"
    )]
    NoSeries {
        /// The series asked for, from 0.
        series: u32,
        /// Series in the files.
        count: usize,
    },
    /// The result has no such map.
    #[error("the result has no map `{0}`; choose one that is listed")]
    NoMap(String),
    /// Neither device passes the known-answer test.
    #[error(
        "this browser computes the model's known-answer test wrongly (difference {difference:.1e}, allowed {allowed:.0e}); use another browser"
    )]
    SelfTest {
        /// Difference.
        difference: f64,
        /// Largest that passes.
        allowed: f64,
    },
    /// The engine.
    #[error(transparent)]
    Engine(#[from] engine::Error),
    /// Decoding.
    #[error(transparent)]
    Image(#[from] imaging::Error),
    /// The metrics.
    #[error(transparent)]
    Metrics(#[from] uq::Error),
    /// The method.
    #[error(transparent)]
    Method(#[from] segwithu::Error),
}

impl Error {
    /// The error as a whole sentence: errors are worded to stand inside of one, the page shows them alone.
    pub fn sentence(&self) -> String {
        let text = self.to_string();
        let mut rest = text.chars();
        let first = rest
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().collect());
        let end = if text.ends_with(['.', '!', '?']) {
            ""
        } else {
            "."
        };
        format!("{first}{}{end}", rest.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_becomes_a_sentence() {
        assert_eq!(
            Error::NoModel.sentence(),
            "No model is loaded yet; wait until it is, then open the image again."
        );
        assert_eq!(
            Error::Message("Stop.".to_owned()).sentence(),
            "A message of the page could not be read (Stop.); reload the page."
        );
    }
}
