//! What can go wrong in this crate.

/// Errors of the method: configurations, weights and shapes that do not fit.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A configuration names a network that cannot exist.
    #[error("the network's {field} is {value}, but it must be {requirement}")]
    Config {
        /// Name of the field.
        field: &'static str,
        /// Its offending value.
        value: String,
        /// What would be right.
        requirement: &'static str,
    },
    /// An input's shape does not fit the network.
    #[error("the input has shape {shape:?}, but {requirement}")]
    InputShape {
        /// The offending shape, `[batch, channels, spatial..]`.
        shape: Vec<usize>,
        /// What the network needs.
        requirement: String,
    },
    /// The bytes are no safetensors file.
    #[error("the weights are not a readable safetensors file ({0}); export them again")]
    NotSafetensors(String),
    /// A tensor that the configuration asks for is not in the file.
    #[error(
        "the weights lack the tensor `{0}`; they belong to another architecture or are incomplete"
    )]
    MissingTensor(String),
    /// A tensor has another shape than the configuration asks for.
    #[error(
        "the weight `{name}` has shape {found:?}, but the configuration asks for {expected:?}; load it with the configuration that it was trained with"
    )]
    TensorShape {
        /// PyTorch name of the tensor.
        name: String,
        /// Shape in the file.
        found: Vec<usize>,
        /// Shape that the configuration asks for.
        expected: Vec<usize>,
    },
    /// A tensor is stored in a type that is not supported.
    #[error("the weight `{name}` is stored as {dtype}; convert it to F32, F16 or BF16")]
    TensorType {
        /// PyTorch name of the tensor.
        name: String,
        /// Type in the file.
        dtype: String,
    },
    /// A weight is infinite or not a number.
    #[error(
        "the weight `{0}` holds a value that is infinite or not a number; train or export it again"
    )]
    NotFinite(String),
    /// Values could not be read back from the device.
    #[error("the device did not give its results back ({0}); try again or use the CPU")]
    ReadBack(String),
    /// A sliding window cannot be laid over the image.
    #[error(
        "a window of {window:?} with overlap {overlap} cannot be laid over an image of {image:?}; every size must be at least 1 and the overlap in 0..1"
    )]
    Window {
        /// Size of the window.
        window: Vec<usize>,
        /// Size of the image.
        image: Vec<usize>,
        /// Overlap of neighbouring windows.
        overlap: f64,
    },
}
