//! What can go wrong in the page itself. What goes wrong in the worker arrives as a finished sentence.

use crate::session::Message;

/// A fault of the page, as one sentence for the visitor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The query names a device that does not exist.
    #[error(
        "The address asks for the backend “{value}”; write backend=webgpu or backend=cpu instead."
    )]
    Backend {
        /// What the address says.
        value: String,
    },
    /// The query names a sample that is not in the catalogue.
    #[error("There is no sample image called “{value}”; choose one from the list.")]
    Sample {
        /// What the address says.
        value: String,
    },
    /// The query names a lesson that there is not.
    #[error("There is no lesson called “{value}”; open one with the link under the page's name.")]
    Lesson {
        /// What the address says.
        value: String,
    },
    /// The query names a model that is not in the catalogue.
    #[error("There is no model called “{value}”; choose one from the list.")]
    Model {
        /// What the address says.
        value: String,
    },
    /// One of the page's own files could not be had.
    #[error("A file of this page could not be fetched; check the connection and try again.")]
    Fetch {
        /// The file, relative to the page.
        file: String,
        /// Status or reason.
        fault: String,
    },
    /// One of the page's own lists is not what it should be.
    #[error(
        "A list of this page cannot be read; load the page again, and if that does not help, tell whoever runs it."
    )]
    Catalogue {
        /// The file, relative to the page.
        file: String,
        /// What is wrong.
        fault: String,
    },
    /// The browser did not hand over a file.
    #[error(
        "The file could not be read ({fault}); it may have been moved or renamed, so choose it again."
    )]
    Read {
        /// What the browser says.
        fault: String,
    },
    /// Something was dropped or pasted that holds no file.
    #[error(
        "There was no image file in what was opened; open PNG, JPEG, TIFF, BMP, WebP, DICOM or NIfTI files, a folder or a zip of them."
    )]
    NoFile,
    /// The page around a frame asks for something that does not exist.
    #[error("The page around this one asks for “{value}”; write hello, open or show instead.")]
    Asked {
        /// What it asks for.
        value: String,
    },
    /// The page around a frame hands over no files.
    #[error(
        "The page around this one handed over no image; send files as a list of objects with a name and bytes, an ArrayBuffer."
    )]
    Handed,
    /// A folder holds more files than are read at once.
    #[error(
        "The folder holds more than {most} files; open a folder with fewer, such as that of a single series."
    )]
    TooManyFiles {
        /// How many are read.
        most: usize,
    },
    /// The worker answered with something else than was agreed.
    #[error(
        "Two parts of this page do not fit together; load the page again without the cache (Ctrl+Shift+R)."
    )]
    Protocol {
        /// What is wrong.
        fault: String,
    },
    /// The canvas cannot be drawn on.
    #[error(
        "The browser would not let the page draw ({fault}); the image may be too large for it, so try a smaller one."
    )]
    Draw {
        /// What the browser says.
        fault: String,
    },
    /// A file could not be made.
    #[error("The file “{file}” could not be made ({fault}).")]
    Save {
        /// Its name.
        file: String,
        /// What is wrong.
        fault: String,
    },
    /// A correction that cannot be made.
    #[error("That could not be done: {fault}.")]
    Correct {
        /// Why not, and what to do.
        fault: String,
    },
    /// Arrays that do not match the shape they came with.
    #[error("The result did not arrive whole; load the page again and open the image once more.")]
    Length {
        /// Which array.
        what: String,
        /// Values found.
        found: usize,
        /// Values due.
        expected: usize,
    },
}

impl Error {
    /// What the sentence leaves out, for those who run the page.
    #[must_use]
    pub fn details(&self) -> Option<String> {
        match self {
            Self::Fetch { file, fault } | Self::Catalogue { file, fault } => {
                Some(format!("{file}: {fault}"))
            }
            Self::Protocol { fault } => Some(fault.clone()),
            Self::Length {
                what,
                found,
                expected,
            } => Some(format!(
                "The {what} holds {found} values where {expected} were due."
            )),
            Self::Backend { .. }
            | Self::Sample { .. }
            | Self::Model { .. }
            | Self::Read { .. }
            | Self::NoFile
            | Self::Asked { .. }
            | Self::Handed
            | Self::Lesson { .. }
            | Self::Correct { .. }
            | Self::TooManyFiles { .. }
            | Self::Draw { .. }
            | Self::Save { .. } => None,
        }
    }
}

impl From<&Error> for Message {
    fn from(error: &Error) -> Self {
        Self {
            text: error.to_string(),
            details: error.details(),
        }
    }
}
