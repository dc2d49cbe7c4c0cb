//! Losses, optimisers and schedules (feature `train`).
//!
//! The steps of training are here; patches, augmentation and run folders are the training crate's.

mod average;
mod backbone_loss;
mod buffers;
mod head_loss;
mod optimiser;
mod pairs;
mod schedule;
mod voxel_weights;

pub use average::WeightAverage;
pub use backbone_loss::{DEEP_WEIGHTS, backbone_loss};
pub use head_loss::{HeadLoss, HeadLossWeights, HeadTargets};
pub use optimiser::{AdamW, ClippedGradients, Optimiser, Sgd, clip_gradients, trainable};
pub use pairs::{PairIndices, PairSampling};
pub use schedule::{cosine_rate, polynomial_rate};
pub use voxel_weights::{
    TailBand, VoxelOutcome, VoxelWeights, balanced_errors, band_weights, vector,
};

use burn::tensor::{Tensor, TensorData};

/// One-hot labels `[batch, classes, size..]` from identifiers in row-major order; identifiers outside the classes give
/// zeros.
#[must_use]
pub fn one_hot<const D: usize>(
    labels: &[u8],
    shape: [usize; D],
    device: &burn::tensor::Device,
) -> Tensor<D> {
    let (batch, classes) = (shape[0], shape[1]);
    let voxels = shape[2..].iter().product::<usize>();
    let mut values = vec![0.0_f32; batch * classes * voxels];
    for (index, &label) in labels.iter().enumerate().take(batch * voxels) {
        let (sample, voxel) = (index / voxels, index % voxels);
        if usize::from(label) < classes {
            values[(sample * classes + usize::from(label)) * voxels + voxel] = 1.0;
        }
    }
    Tensor::from_data(TensorData::new(values, shape), device)
}
