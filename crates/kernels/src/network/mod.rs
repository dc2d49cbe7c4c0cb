//! The whole network in inference, without tensors: DynUNet with a residual encoder, fusion of its taps, and the head.
//!
//! Its parts are those of the PyTorch reference (see the crate `penumbra-segwithu`, which fills them from its
//! parameters), but nothing is copied that need not be: the encoder writes its skips where the decoder joins
//! them, normalisation and activation are one pass in place, and the maps come from one loop.

mod backbone;
mod head;

pub use backbone::{Backbone, BackboneValues, ResidualBlock, UpBlock};
pub use head::{Fusion, Head};
