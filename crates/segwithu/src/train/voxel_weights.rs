//! Where the head's loss looks: the reference treats all voxels alike, the errors lie near the objects.
//!
//! Everything here is a plain function of what is known of every voxel, and changes the loss through
//! [`VoxelWeights`], whose default is the reference.

use burn::tensor::{Device, Tensor, TensorData};

/// What the backbone made of a voxel. Class 0 is the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoxelOutcome {
    /// The right class.
    Correct,
    /// An object where there is none.
    FalsePositive,
    /// Background where there is an object.
    FalseNegative,
    /// An object of another class.
    Confusion,
}

impl VoxelOutcome {
    /// The three kinds of error.
    pub const ERRORS: [Self; 3] = [Self::FalsePositive, Self::FalseNegative, Self::Confusion];

    /// The outcome of a voxel with class `found` in the segmentation and `truth` in the labels.
    #[must_use]
    pub const fn new(found: u8, truth: u8) -> Self {
        match (found, truth) {
            _ if found == truth => Self::Correct,
            (_, 0) => Self::FalsePositive,
            (0, _) => Self::FalseNegative,
            _ => Self::Confusion,
        }
    }

    /// Whether the class is wrong.
    #[must_use]
    pub const fn is_error(self) -> bool {
        !matches!(self, Self::Correct)
    }
}

/// Departures from the reference's even treatment of voxels, each `[batch x voxels]`.
#[derive(Debug, Clone, Default)]
pub struct VoxelWeights {
    /// Weights of the voxels in the negative log-likelihood, with the sum 1, in place of the even mean.
    pub nll: Option<Tensor<1>>,
    /// Weights of the voxels in the error term, with the sum 1, in place of the even mean.
    pub error: Option<Tensor<1>>,
    /// What an error counts in the tail term, in place of 1 each.
    pub tail_errors: Option<Tensor<1>>,
    /// A share of the tail term is taken within the band only.
    pub tail_band: Option<TailBand>,
}

/// The band of the tail term.
#[derive(Debug, Clone)]
pub struct TailBand {
    /// 0 in the band and far below every score elsewhere: added to the scores before the softmax.
    pub outside: Tensor<1>,
    /// Share of the term, 0 to 1.
    pub share: f64,
}

/// Far below every score, and far from the limits of f32.
const FAR_BELOW: f32 = -1e9;

impl TailBand {
    /// The band of a batch; none where the share is 0 or no voxel lies in the band.
    #[must_use]
    pub fn new(near: &[bool], share: f64, device: &Device) -> Option<Self> {
        if share <= 0.0 || !near.contains(&true) {
            return None;
        }
        let values = near.iter().map(|&near| if near { 0.0 } else { FAR_BELOW });
        Some(Self {
            outside: vector(values.collect(), device),
            share,
        })
    }
}

/// Weights of a mean of which `share` is taken over the band and the rest over everything: they sum to 1. Even weights
/// where the band is empty.
#[must_use]
pub fn band_weights(near: &[bool], share: f64) -> Vec<f32> {
    let inside = near.iter().filter(|&&near| near).count();
    let share = if inside == 0 { 0.0 } else { share };
    let everywhere = (1.0 - share) / near.len().max(1) as f64;
    let extra = share / inside.max(1) as f64;
    near.iter()
        .map(|&near| (everywhere + if near { extra } else { 0.0 }) as f32)
        .collect()
}

/// What each voxel counts as an error when every kind of error that occurs has the same total: 0 for correct voxels;
/// the sum is the number of errors.
#[must_use]
pub fn balanced_errors(outcomes: &[VoxelOutcome]) -> Vec<f32> {
    let count = |kind: VoxelOutcome| outcomes.iter().filter(|&&outcome| outcome == kind).count();
    let counts = VoxelOutcome::ERRORS.map(count);
    let kinds = counts.iter().filter(|&&count| count > 0).count();
    let total = counts.iter().sum::<usize>() as f64;
    let weights = counts.map(|count| (total / (kinds.max(1) * count.max(1)) as f64) as f32);
    outcomes
        .iter()
        .map(|outcome| match outcome {
            VoxelOutcome::Correct => 0.0,
            VoxelOutcome::FalsePositive => weights[0],
            VoxelOutcome::FalseNegative => weights[1],
            VoxelOutcome::Confusion => weights[2],
        })
        .collect()
}

/// A vector on a device.
#[must_use]
pub fn vector(values: Vec<f32>, device: &Device) -> Tensor<1> {
    let length = values.len();
    Tensor::from_data(TensorData::new(values, [length]), device)
}

#[cfg(test)]
mod tests {
    use super::{VoxelOutcome, balanced_errors, band_weights};

    #[test]
    fn outcomes_are_told_apart() {
        assert_eq!(VoxelOutcome::new(2, 2), VoxelOutcome::Correct);
        assert_eq!(VoxelOutcome::new(1, 0), VoxelOutcome::FalsePositive);
        assert_eq!(VoxelOutcome::new(0, 2), VoxelOutcome::FalseNegative);
        assert_eq!(VoxelOutcome::new(1, 2), VoxelOutcome::Confusion);
    }

    #[test]
    fn band_weights_sum_to_one_and_give_the_band_its_share() {
        let near = [true, true, false, false, false, false, false, false];
        let weights = band_weights(&near, 0.5);
        assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!((weights[..2].iter().sum::<f32>() - (0.5 + 0.5 * 0.25)).abs() < 1e-6);
        assert_eq!(band_weights(&near, 0.0), [0.125; 8]);
        assert_eq!(band_weights(&[false; 4], 0.7), [0.25; 4]);
    }

    #[test]
    fn balanced_errors_give_every_kind_the_same_total() {
        use VoxelOutcome::{Correct, FalseNegative, FalsePositive};
        let outcomes = [
            FalsePositive,
            FalsePositive,
            FalsePositive,
            FalseNegative,
            Correct,
        ];
        let weights = balanced_errors(&outcomes);
        assert_eq!(weights[4], 0.0);
        assert!((weights[..3].iter().sum::<f32>() - 2.0).abs() < 1e-6);
        assert!((weights[3] - 2.0).abs() < 1e-6);
        assert_eq!(balanced_errors(&[Correct; 3]), [0.0; 3]);
    }
}
