//! Convolution, normalisation and the uncertainty maps on the processor, without a tensor library.
//!
//! The network's inner loops, for the crate `penumbra-segwithu`: they compile in seconds, which burn does not, and are measured
//! by themselves. [`operators`] are what training needs one by one, with their gradients; [`network`] is a whole pass of
//! inference that keeps its planes in the kernels' own layout.
//!
//! Arrays are row-major, `[channels, spatial..]`, in 32-bit floats. Three spatial axes: depth, height and width; in 2D the depth
//! is 1.

mod buffer;
mod convolution;
mod functions;
mod maps;
pub mod network;
mod normalise;
pub mod operators;
mod parallel;
mod planes;
#[cfg(feature = "probe")]
pub mod probe;
mod resize;
#[cfg(test)]
mod tests;
mod tile;
mod vector;

pub use convolution::{Convolution, TransposedConvolution};
pub use maps::{MapValues, ProbeHead};
pub use normalise::{Activation, Normalisation};
pub use planes::{Grid, Planes};
pub use resize::linear_point;
pub use vector::{Level, level};
