//! The one error type of the crate.

use crate::Format;
use crate::uneven_spacing::UnevenSpacing;

/// Why a file could not be opened, or a picture not be made.
///
/// Every message is one sentence that names the offending value and says what to do. It never holds a file's name or
/// the value of a pixel, so that it may be shown and logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file has no bytes.
    #[error("the file is empty (0 bytes); choose an image file")]
    Empty,
    /// The first bytes belong to no known picture format.
    #[error(
        "this is {looks_like}, not an image that can be read; choose a PNG, JPEG, TIFF, BMP, GIF, WebP, DICOM, NIfTI, NRRD, MetaImage or MGH file"
    )]
    UnknownFormat {
        /// What the first bytes look like, with its article.
        looks_like: String,
    },
    /// A format that is known and not read.
    #[error("this is {what}, which cannot be read; {remedy}")]
    KnownFormat {
        /// The format's name, with its article.
        what: &'static str,
        /// What to do, the second half of a sentence.
        remedy: &'static str,
    },
    /// A compressed file that does not unpack.
    #[error("the {name} data cannot be unpacked; copy or download the file again")]
    Packed {
        /// The compression's name.
        name: &'static str,
    },
    /// A decoder stopped at a fault of its own.
    #[error(
        "the file could not be read, because its decoder failed; save the image in another format"
    )]
    DecoderFailed,
    /// A header whose samples are in another file that is not there.
    #[error(
        "the samples of this {format} header are in a file of their own; choose it together with the header"
    )]
    NoData {
        /// The header's format.
        format: Format,
    },
    /// The format is known, this variant of it is not supported.
    #[error(
        "this {format} file has {what}, which is not supported; {}",
        instead_of(*format)
    )]
    Unsupported {
        /// The file's format.
        format: Format,
        /// The feature that is missing.
        what: String,
    },
    /// The header declares a picture without pixels.
    #[error(
        "the {format} header gives a size of {columns} x {rows} pixels, but at least 1 x 1 is needed; export the image again"
    )]
    ZeroSize {
        /// The file's format.
        format: Format,
        /// Declared width.
        columns: u64,
        /// Declared height.
        rows: u64,
    },
    /// The header declares more pixels than [`Limits::max_pixels`](crate::Limits::max_pixels).
    #[error(
        "the image has {columns} x {rows} pixels{} ({} in all), more than the {limit} that can be opened; crop it or reduce its size",
        in_planes(*planes), columns.saturating_mul(*rows).saturating_mul(*planes)
    )]
    TooLarge {
        /// Declared width.
        columns: u64,
        /// Declared height.
        rows: u64,
        /// Number of planes.
        planes: u64,
        /// Most pixels allowed.
        limit: u64,
    },
    /// The decoded picture would need more bytes than [`Limits::max_bytes`](crate::Limits::max_bytes).
    #[error(
        "the image needs {bytes} bytes of memory once decoded, more than the {limit} allowed; crop it or reduce its size"
    )]
    TooManyBytes {
        /// Bytes needed.
        bytes: u64,
        /// Most bytes allowed.
        limit: u64,
    },
    /// The memory for the decoded picture could not be had.
    #[error(
        "there is no memory for the {bytes} bytes of the decoded image; close other pages or reduce the image's size"
    )]
    OutOfMemory {
        /// Bytes asked for.
        bytes: u64,
    },
    /// The file ends before the picture does.
    #[error(
        "the {format} file ends after {bytes} bytes, before the image is complete; copy or download it again"
    )]
    Truncated {
        /// The file's format.
        format: Format,
        /// Length of the file.
        bytes: u64,
    },
    /// The file contradicts its own format.
    #[error("the {format} file is damaged ({detail}); copy or download it again")]
    Damaged {
        /// The file's format.
        format: Format,
        /// What is wrong, in the decoder's words.
        detail: String,
    },
    /// A DICOM image whose pixels are compressed in a way that cannot be undone here.
    #[error("this DICOM image is compressed with {name}, which cannot be read; {remedy}")]
    Compression {
        /// The compression's name.
        name: &'static str,
        /// What to do, the second half of a sentence.
        remedy: &'static str,
    },
    /// A DICOM file that holds no image.
    #[error("this DICOM file is {what}, which holds no image; choose the images it belongs to")]
    NotAnImage {
        /// What it is, with its article.
        what: String,
    },
    /// DICOM images that make no volume.
    #[error(
        "the images lie {smallest} to {largest} mm apart, too unevenly for a volume; choose the images of one evenly spaced stack"
    )]
    UnevenSpacing {
        /// Smallest distance in millimetres.
        smallest: String,
        /// Largest distance in millimetres.
        largest: String,
    },
    /// Uneven images that cannot be made a volume in the way asked for.
    #[error(
        "the images lie too unevenly to become {wanted}; open them without choosing what becomes of uneven images"
    )]
    NoSuchSpacing {
        /// What was asked for.
        wanted: UnevenSpacing,
    },
    /// A ZIP archive that cannot be unpacked.
    #[error("the ZIP archive cannot be unpacked ({detail}); unpack it and choose the files in it")]
    Archive {
        /// What is wrong with it.
        detail: String,
    },
    /// Several files, and no image among them.
    #[error("none of the {files} files is an image that can be read: of the first, {first}")]
    NoImages {
        /// How many there were.
        files: usize,
        /// What is to be said of the first one.
        first: String,
    },
    /// One of the two files of a NIfTI pair.
    #[error(
        "this is one half of a NIfTI or Analyze pair; choose the .hdr file and the .img file of the same name together"
    )]
    HalfOfPair,
    /// A label picture holds a value that is no class.
    #[error(
        "the label image holds the value {id}, but this model has only the classes 0 to {}; choose the labels that belong to this model",
        classes.saturating_sub(1)
    )]
    UnknownLabel {
        /// The smallest value that is no class.
        id: String,
        /// Number of classes, background included.
        classes: u8,
    },
    /// A label picture in a format that cannot keep class ids.
    #[error(
        "labels in {what} have no exact class ids; save them as a grey or palette PNG or TIFF, or as a NIfTI volume of integers"
    )]
    InexactLabels {
        /// What the file holds instead.
        what: String,
    },
    /// A number of channels that cannot be made from the picture.
    #[error(
        "{wanted} channels cannot be made from an image with {found}; ask for 1 (grey) or 3 (RGB)"
    )]
    Channels {
        /// Channels asked for.
        wanted: usize,
        /// Channels of the volume.
        found: usize,
    },
    /// An array whose length does not fit the picture's size.
    #[error(
        "{what} has {found} values where {expected} are needed; pass an array that fits the image's size"
    )]
    WrongLength {
        /// Which array.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length needed.
        expected: usize,
    },
    /// Three letters that are no orientation.
    #[error(
        "the orientation \"{found}\" is not three axis codes; give one letter each of R or L, A or P, and S or I, such as RAS"
    )]
    AxisCodes {
        /// What was given instead, at most 12 characters of it.
        found: String,
    },
    /// A position and voxel sizes that no volume can have.
    #[error(
        "the geometry cannot be used ({detail}); export the image again with its position and voxel sizes"
    )]
    Geometry {
        /// What is wrong with it.
        detail: String,
    },
    /// A voxel size that cannot be resampled to.
    #[error(
        "a voxel size of {size} mm cannot be resampled to; give three sizes from 0.000001 to 1000000 mm"
    )]
    VoxelSize {
        /// The size asked for.
        size: String,
    },
    /// With the voxel size asked for, the volume would exceed [`Limits::max_pixels`](crate::Limits::max_pixels).
    #[error(
        "resampled to {planes} x {rows} x {columns} voxels the image would exceed the {limit} that fit in memory; crop it or choose a model with larger voxels"
    )]
    TooFine {
        /// Planes after resampling.
        planes: u64,
        /// Rows after resampling.
        rows: u64,
        /// Columns after resampling.
        columns: u64,
        /// Most voxels allowed.
        limit: u64,
    },
    /// A plane that the volume does not have.
    #[error("there is no plane {plane} in an image with {planes}; count planes from 0")]
    NoSuchPlane {
        /// The plane asked for.
        plane: usize,
        /// Planes of the volume.
        planes: usize,
    },
    /// A time point or a channel that the file does not have.
    #[error("there is no {what} {wanted} in a file with {count}; count from 0")]
    NoSuchPart {
        /// `time point` or `channel`.
        what: &'static str,
        /// The one asked for, counted from 0.
        wanted: usize,
        /// How many there are.
        count: usize,
    },
    /// An encoder refused.
    #[error("the {format} file could not be written ({detail}); save a smaller image")]
    Encode {
        /// The format to write.
        format: Format,
        /// What the encoder said.
        detail: String,
    },
    /// A date and time that cannot be read.
    #[error("the date and time `{text}` cannot be read; give it as 2026-11-26T12:34:56")]
    InvalidMoment {
        /// What was given.
        text: String,
    },
    /// A mask holds a class that nobody has described.
    #[error("there is no segment for the class {id}; describe every class of the mask")]
    NoSegment {
        /// The class's value in the mask.
        id: u8,
    },
    /// Segments that cannot be told apart, or one for the background.
    #[error(
        "the segments have the class {id} twice or as background; give each its own class, 1 to 255"
    )]
    Segments {
        /// The class's value in the mask.
        id: u8,
    },
    /// A DICOM object asked for of an image that is none.
    #[error(
        "the image is not from DICOM, so no patient and study are known that a DICOM object could belong to; save the result as NIfTI or TIFF"
    )]
    NotDicom,
    /// A DICOM series without an attribute that objects made from it must refer to.
    #[error(
        "the DICOM series has no {attribute}, so no DICOM object can refer to it; save the result as NIfTI"
    )]
    MissingAttribute {
        /// The attribute's name and tag.
        attribute: &'static str,
    },
    /// A geometry that is not that of the series that a result is to refer to.
    #[error(
        "the geometry is not that of the DICOM series ({detail}); bring the result back to the image's own grid first"
    )]
    OffGrid {
        /// What differs.
        detail: &'static str,
    },
    /// A sidecar that JSON cannot hold.
    #[error("the sidecar's value `{name}` is not a finite number; leave it out")]
    Sidecar {
        /// The value's name.
        name: String,
    },
}

/// What to make of a file that cannot be decoded.
fn instead_of(format: Format) -> &'static str {
    match format {
        Format::Dicom => "convert it to plain DICOM first, for example with gdcmconv --raw",
        Format::Nifti => "save it again with integers of 8 to 64 bits or 32-bit floats as voxels",
        Format::Png
        | Format::Jpeg
        | Format::Tiff
        | Format::Bmp
        | Format::Gif
        | Format::WebP
        | Format::Nrrd
        | Format::MetaImage
        | Format::Mgh => "save it again as PNG or as uncompressed TIFF",
    }
}

fn in_planes(planes: u64) -> String {
    if planes == 1 {
        String::new()
    } else {
        format!(" in {planes} planes")
    }
}

impl Error {
    /// A damaged file, with a decoder's message made fit for the inside of a sentence.
    pub(crate) fn damaged(format: Format, detail: impl std::fmt::Display) -> Self {
        let detail = detail.to_string();
        let detail = detail.split_whitespace().collect::<Vec<_>>().join(" ");
        let detail = detail
            .trim_end_matches(['.', '!', ';'])
            .replace(['(', ')'], "")
            .replace(". ", ": ");
        Self::Damaged { format, detail }
    }

    /// A document or program that is an archive itself.
    pub(crate) fn document(what: &'static str) -> Self {
        Self::KnownFormat {
            what,
            remedy: "choose an image file",
        }
    }

    pub(crate) fn unsupported(format: Format, what: impl Into<String>) -> Self {
        Self::Unsupported {
            format,
            what: what.into(),
        }
    }

    pub(crate) fn truncated(format: Format, bytes: &[u8]) -> Self {
        Self::Truncated {
            format,
            bytes: bytes.len() as u64,
        }
    }
}
