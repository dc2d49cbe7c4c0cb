//! What can go wrong in the worker.

use protocol::Cause;

/// Errors of the worker. What the visitor reads is [`Error::sentence`]; what only helps those who run the page is
/// [`Error::details`].
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the page's own origin did not arrive.
    #[error("`{file}`: {reason}")]
    Fetch {
        /// The file's name.
        file: String,
        /// What the browser says.
        reason: String,
    },
    /// A file of the page's own origin stopped arriving.
    #[error("`{file}`: nothing has come for {seconds} s")]
    Stalled {
        /// The file's name.
        file: String,
        /// How long.
        seconds: u32,
    },
    /// Another model is wanted meanwhile.
    #[error("another model was chosen")]
    Superseded,
    /// A model's files are not what they should be.
    #[error("{0}")]
    Bundle(engine::Error),
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
    /// The error as a whole sentence for the visitor, who can do nothing about files, hashes and messages.
    pub fn sentence(&self) -> String {
        match self {
            Self::Fetch { .. } => {
                "The model could not be fetched; check the connection and try again.".to_owned()
            }
            Self::Stalled { .. } => {
                "The model has stopped arriving; check the connection and try again.".to_owned()
            }
            Self::Bundle(_) => {
                "The model's files are damaged or incomplete; try again, or choose another model."
                    .to_owned()
            }
            Self::Version { .. }
            | Self::Message(_)
            | Self::Buffer { .. }
            | Self::Buffers { .. }
            | Self::Answer(_) => {
                "Two parts of this page do not fit together; load the page again.".to_owned()
            }
            Self::Superseded
            | Self::Stopped
            | Self::NoModel
            | Self::NoResult
            | Self::NoSeries { .. }
            | Self::NoMap(_)
            | Self::SelfTest { .. }
            | Self::Engine(_)
            | Self::Image(_)
            | Self::Metrics(_)
            | Self::Method(_) => whole(&self.to_string()),
        }
    }

    /// What the sentence leaves out, for those who run the page.
    pub fn details(&self) -> Option<String> {
        match self {
            Self::Fetch { .. }
            | Self::Stalled { .. }
            | Self::Bundle(_)
            | Self::Version { .. }
            | Self::Message(_)
            | Self::Buffer { .. }
            | Self::Buffers { .. }
            | Self::Answer(_) => Some(whole(&self.to_string())),
            Self::Superseded
            | Self::Stopped
            | Self::NoModel
            | Self::NoResult
            | Self::NoSeries { .. }
            | Self::NoMap(_)
            | Self::SelfTest { .. }
            | Self::Engine(_)
            | Self::Image(_)
            | Self::Metrics(_)
            | Self::Method(_) => None,
        }
    }

    /// What it is about.
    pub const fn cause(&self) -> Cause {
        match self {
            Self::Engine(engine::Error::Memory { .. } | engine::Error::Buffer { .. }) => {
                Cause::Memory
            }
            Self::Engine(engine::Error::SinglePlane) => Cause::Model,
            _ => Cause::Other,
        }
    }
}

/// A text as a whole sentence: errors are worded to stand inside of one, the page shows them alone.
fn whole(text: &str) -> String {
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

/// The first line of what a browser or a driver says, without what follows it: backtraces are of no use to a visitor.
pub fn brief(text: &str) -> String {
    const LONGEST: usize = 100;
    let line = text.lines().next().unwrap_or_default().trim();
    let mut short: String = line.chars().take(LONGEST).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
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
        assert_eq!(Error::NoModel.details(), None);
    }

    #[test]
    fn what_a_visitor_can_do_nothing_about_is_folded_away() {
        let checksum = Error::Bundle(engine::Error::Checksum {
            found: "0123456789abcdef".repeat(4),
            expected: "fedcba9876543210".repeat(4),
        });
        let fetch = Error::Fetch {
            file: "weights.safetensors".to_owned(),
            reason: "status 404".to_owned(),
        };
        let message = Error::Message("Stop.".to_owned());
        for (error, detail) in [
            (checksum, "0123456789abcdef"),
            (fetch, "status 404"),
            (message, "(Stop.)"),
        ] {
            let sentence = error.sentence();
            assert!(
                !sentence.contains(detail) && sentence.len() < 100,
                "{sentence}"
            );
            let details = error.details().unwrap_or_default();
            assert!(details.contains(detail), "{details}");
        }
    }

    #[test]
    fn a_backtrace_is_cut_off() {
        assert_eq!(brief("lost\n   0: wasm-function[12]"), "lost");
        assert_eq!(brief(&"ä".repeat(200)), format!("{}…", "ä".repeat(100)));
        assert_eq!(brief(""), "");
    }

    #[test]
    fn the_way_out_depends_on_the_cause() {
        assert_eq!(
            Error::Engine(engine::Error::SinglePlane).cause(),
            Cause::Model
        );
        let memory = engine::Error::Memory {
            image: String::new(),
            needed: String::new(),
            limit: String::new(),
            way_out: String::new(),
        };
        assert_eq!(Error::Engine(memory).cause(), Cause::Memory);
        assert_eq!(Error::NoModel.cause(), Cause::Other);
    }
}
