//! The method of Penumbra: a DynUNet segmentation network and the SegWithU uncertainty head, in one forward pass.
//!
//! | module | what |
//! |---|---|
//! | [`backbone`] | DynUNet with a residual encoder, in 2D and 3D, and its taps |
//! | [`head`] | fusion of the taps, rank-1 probes, every map |
//! | [`model`] | both together |
//! | [`Footprint`] | how much memory a pass takes |
//! | [`sliding_window`] | windows over an image, blended with a Gaussian |
//! | [`weights`] | safetensors by the PyTorch reference's names |
//! | [`ops`] | the operators, for any number of spatial axes |
//!
//! Tensors are channel-first `[batch, channels, spatial..]`; the const parameter `D` is their rank, 4 in 2D and 5 in 3D.

pub mod backbone;
pub mod conformance;
mod error;
mod footprint;
pub mod head;
pub mod model;
pub mod ops;
pub mod sliding_window;
#[cfg(feature = "train")]
pub mod train;
pub mod weights;

pub use error::Error;
pub use footprint::Footprint;
pub use model::{SegWithU, SegWithUConfig, SegWithUOutput};
