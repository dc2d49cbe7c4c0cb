//! Errors by cause.

use crate::Error;

/// What an [`Error`] is about, for callers that act on the cause and not on the message.
///
/// ```
/// use imaging::{Error, ErrorKind, Limits};
///
/// let error = imaging::open(b"GIF89a", "cut.gif", &Limits::default()).unwrap_err();
/// match error.kind() {
///     ErrorKind::Damaged => println!("ask for another copy: {error}"),
///     ErrorKind::TooLarge => println!("ask for a smaller image: {error}"),
///     _ => println!("{error}"),
/// }
/// # assert_eq!(error.kind(), ErrorKind::Damaged);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes are no image: nothing, another kind of file, or a DICOM object without pixels.
    NoImage,
    /// The file is an image that this crate does not read, or not in this variant.
    Unsupported,
    /// The file contradicts its own format or ends early. Another copy of it may be whole.
    Damaged,
    /// The image is beyond the [`Limits`](crate::Limits), or beyond the memory that there is.
    TooLarge,
    /// A file is missing: the other half of a pair.
    Incomplete,
    /// Labels whose values are not those of the classes asked for.
    Labels,
    /// The caller asked for what cannot be: an array of another length, a plane that is not there, a wrong date.
    Parameter,
    /// The result could not be written in the format asked for.
    Encoding,
}

impl Error {
    /// What the error is about.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Empty
            | Self::UnknownFormat { .. }
            | Self::KnownFormat { .. }
            | Self::NotAnImage { .. }
            | Self::NoImages { .. } => ErrorKind::NoImage,
            Self::Unsupported { .. }
            | Self::Compression { .. }
            | Self::UnevenSpacing { .. }
            | Self::NoSuchSpacing { .. }
            | Self::DecoderFailed => ErrorKind::Unsupported,
            Self::ZeroSize { .. }
            | Self::Truncated { .. }
            | Self::Damaged { .. }
            | Self::Archive { .. }
            | Self::Packed { .. } => ErrorKind::Damaged,
            Self::TooLarge { .. }
            | Self::TooManyBytes { .. }
            | Self::OutOfMemory { .. }
            | Self::TooFine { .. } => ErrorKind::TooLarge,
            Self::HalfOfPair | Self::NoData { .. } => ErrorKind::Incomplete,
            Self::UnknownLabel { .. } | Self::InexactLabels { .. } => ErrorKind::Labels,
            Self::Channels { .. }
            | Self::WrongLength { .. }
            | Self::AxisCodes { .. }
            | Self::Geometry { .. }
            | Self::VoxelSize { .. }
            | Self::NoSuchPlane { .. }
            | Self::NoSuchPart { .. }
            | Self::InvalidMoment { .. }
            | Self::NoSegment { .. }
            | Self::Segments { .. }
            | Self::OffGrid { .. }
            | Self::Sidecar { .. } => ErrorKind::Parameter,
            Self::Encode { .. } | Self::NotDicom | Self::MissingAttribute { .. } => {
                ErrorKind::Encoding
            }
        }
    }
}
