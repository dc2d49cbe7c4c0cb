//! SegWithU in burn: a segmentation network and an uncertainty head that reads its features, in one forward pass.
//!
//! The backbone is MONAI's DynUNet with a residual encoder. The head, trained on the frozen backbone, gives a map that
//! ranks voxels by how likely they are wrong, one that tempers the probabilities, and the parts that both are made of.
//! Inference runs on the CPU and, with the feature `gpu`, on WebGPU, natively and in a browser; training (feature
//! `train`) steps as PyTorch does. Weights are safetensors by the reference implementation's names.
//!
//! ```
//! use burn::tensor::{Device, Distribution, Tensor};
//! use segwithu::backbone::DynUNetConfig;
//! use segwithu::head::temper;
//! use segwithu::{SegWithU, SegWithUConfig};
//!
//! # fn main() -> Result<(), segwithu::Error> {
//! let device = Device::flex();
//! // Two spatial axes, one channel, three classes. A trained network: `Weights::from_bytes(&file)?.load(network, "", &device)?`.
//! let config = SegWithUConfig::new(DynUNetConfig::new(2, 1, 3, [4, 8, 8, 16, 16]));
//! let network: SegWithU<4> = config.init(&device)?;
//!
//! let image = Tensor::random([1, 1, 32, 48], Distribution::Default, &device);
//! let output = network.forward(image)?;
//! assert_eq!(output.logits.dims(), [1, 3, 32, 48]);
//! assert_eq!(output.maps.ranking.dims(), [1, 1, 32, 48]);
//! let tempered = temper(output.logits, output.maps.calibration);
//! # let _ = tempered;
//! # Ok(())
//! # }
//! ```
//!
//! | module | what |
//! |---|---|
//! | [`backbone`] | DynUNet with a residual encoder, in 2D and 3D, and its taps |
//! | [`head`] | fusion of the taps, rank-1 probes, every map ([`head::MapKind`] lists them) |
//! | [`model`] | both together |
//! | [`Footprint`] | how much memory a pass takes |
//! | [`sliding_window`] | windows over an image, blended with a Gaussian |
//! | [`weights`] | safetensors by the PyTorch reference's names |
//! | [`ops`] | the operators, for any number of spatial axes |
//! | [`conformance`] | comparison with stored outputs of the reference |
#![cfg_attr(
    feature = "train",
    doc = "| [`train`] | losses, optimisers and schedules (feature `train`) |"
)]
#![cfg_attr(
    not(feature = "train"),
    doc = "| `train` | losses, optimisers and schedules (feature `train`) |"
)]
//!
//! Tensors are channel-first `[batch, channels, spatial..]`; the const parameter `D` is their rank, 4 in 2D and 5 in 3D.

pub mod backbone;
pub mod conformance;
mod error;
mod footprint;
pub mod head;
mod inference;
pub mod model;
pub mod ops;
pub mod sliding_window;
#[cfg(feature = "train")]
pub mod train;
pub mod weights;

pub use error::Error;
pub use footprint::Footprint;
pub use model::{SegWithU, SegWithUConfig, SegWithUOutput};
