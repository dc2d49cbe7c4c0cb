//! What can go wrong between a file and its segmentation.

/// Errors of the engine, one sentence each.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A bundle's `model.json` is no JSON of the right form.
    #[error("model.json cannot be read ({0}); pack the model again")]
    Manifest(String),
    /// A bundle's format is newer or older than this program.
    #[error(
        "the model has format version {found}, but this program reads version {expected}; pack the model again"
    )]
    Version {
        /// Version of the bundle.
        found: u32,
        /// Version of this program.
        expected: u32,
    },
    /// A field of `model.json` has a value that cannot be.
    #[error("{field} in model.json is {value}, but it must be {requirement}; pack the model again")]
    Field {
        /// The field.
        field: &'static str,
        /// Its value.
        value: String,
        /// What would be right.
        requirement: &'static str,
    },
    /// A site file is no JSON of the right form.
    #[error("the site file cannot be read ({0}); write it again with `penumbra calibrate`")]
    SiteFile(String),
    /// A site file belongs to other weights.
    #[error(
        "the site file was calibrated for other weights, those of `{site}`, than `{model}` has; calibrate this model"
    )]
    OtherModel {
        /// Model of the site file.
        site: String,
        /// The model that it was to be used with.
        model: String,
    },
    /// The weights are not the ones that `model.json` describes.
    #[error(
        "the weights have the SHA-256 {found}, but model.json says {expected}; download the model again"
    )]
    Checksum {
        /// Digest of the file, hexadecimal.
        found: String,
        /// Digest in `model.json`.
        expected: String,
    },
    /// A model for volumes got a picture.
    #[error(
        "the image is a single plane, but this model takes volumes; open a volume (NIfTI, a DICOM series or a TIFF of several pages) or choose a model for pictures"
    )]
    SinglePlane,
    /// The picture has too few pixels to hold anything.
    #[error(
        "the image has {size}, too few to segment; choose one of at least {least} along each side"
    )]
    TooSmall {
        /// Size of the image, such as `7 x 300 pixels`.
        size: String,
        /// Fewest pixels along each side.
        least: usize,
    },
    /// The run would take more memory than there is.
    #[error(
        "an image of {image} voxels needs about {needed} with this model, more than the {limit} that may be used here; {way_out}"
    )]
    Memory {
        /// Columns x rows x planes.
        image: String,
        /// Bytes, for people.
        needed: String,
        /// Bytes, for people.
        limit: String,
        /// What would fit.
        way_out: String,
    },
    /// The network would take a larger buffer than the device allows.
    #[error(
        "the model's window of {window} needs a buffer of {needed}, more than the {limit} that this graphics device allows; {way_out}"
    )]
    Buffer {
        /// Size of the window.
        window: String,
        /// Bytes, for people.
        needed: String,
        /// Bytes, for people.
        limit: String,
        /// What would fit.
        way_out: &'static str,
    },
    /// The picture has nothing to see.
    #[error(
        "the image has the same value everywhere, so there is nothing to segment; choose another image"
    )]
    Constant,
    /// A result cannot be saved like that.
    #[error("{what} cannot be saved as {format}; choose {instead}")]
    FileFormat {
        /// `a mask` or `a map`, and of what.
        what: &'static str,
        /// The format.
        format: &'static str,
        /// Formats that would do.
        instead: String,
    },
    /// A report cannot be written as a table.
    #[error("the report cannot be written as a table ({0}); save it as JSON")]
    Table(String),
    /// Labels of another size, and nothing that says where they lie.
    #[error(
        "the labels have {found}, but the image has {expected}; open the labels that belong to this image"
    )]
    LabelShape {
        /// Size of the labels.
        found: String,
        /// Size of the image.
        expected: String,
    },
    /// Labels somewhere else in the patient.
    #[error(
        "the labels lie beside the image and share no voxel with it; open the labels that belong to this image"
    )]
    LabelPlace,
    /// A corrected mask of another size.
    #[error(
        "the corrected mask has {found} voxels, but the image has {expected}; correct the mask of this image"
    )]
    CorrectedSize {
        /// Voxels of the mask.
        found: usize,
        /// Voxels of the image.
        expected: usize,
    },
    /// A corrected mask with a class that the model does not have.
    #[error(
        "the corrected mask has class {class}, but the model has {classes} classes, counted from 0; use one of these"
    )]
    CorrectedClass {
        /// The class.
        class: u8,
        /// Classes of the model.
        classes: usize,
    },
    /// A result is not a number: the device failed.
    #[error("the device gave a result that is not a number; use the CPU")]
    NotFinite,
    /// The work was given up.
    #[error("the work was cancelled")]
    Cancelled,
    /// Decoding or encoding.
    #[error(transparent)]
    Image(#[from] imaging::Error),
    /// The metrics.
    #[error(transparent)]
    Metrics(#[from] uq::Error),
    /// Drawing.
    #[error(transparent)]
    Drawing(#[from] overlay::Error),
    /// The network.
    #[error(transparent)]
    Method(#[from] segwithu::Error),
}
