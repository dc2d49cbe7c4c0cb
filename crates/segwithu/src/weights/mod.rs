//! Weights in safetensors files, by the names of the PyTorch reference's state dictionary.

mod load;
mod names;
mod save;

pub use load::Weights;
pub use save::{NamedTensors, Precision, named_parameters, parameter_ids, save, serialise};
