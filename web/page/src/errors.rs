//! What can go wrong in the page itself. What goes wrong in the worker arrives as a finished sentence.

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
    #[error(
        "The page's own file “{file}” could not be fetched ({fault}); check the connection and load the page again."
    )]
    Fetch {
        /// The file, relative to the page.
        file: String,
        /// Status or reason.
        fault: String,
    },
    /// One of the page's own lists is not what it should be.
    #[error(
        "The page's own list “{file}” cannot be read ({fault}); load the page again, and if that does not help, tell whoever runs it."
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
        "The page and its worker do not fit together ({fault}); load the page again without the cache."
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
    /// Arrays that do not match the shape they came with.
    #[error(
        "The worker's {what} holds {found} values where {expected} were due; load the page again."
    )]
    Length {
        /// Which array.
        what: String,
        /// Values found.
        found: usize,
        /// Values due.
        expected: usize,
    },
}
