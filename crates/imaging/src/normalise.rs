//! Intensity normalisation, as a model was trained with.

use serde::{Deserialize, Serialize};

use crate::value_range::{Outliers, finite_range, outliers};

/// The smallest standard deviation divided by.
const MIN_DEVIATION: f64 = 1e-8;

/// How intensities are brought to the scale that a network expects. In JSON: `{"kind": "z_score"}` or
/// `{"kind": "dataset", "percentile_00_5": .., "percentile_99_5": .., "mean": .., "std": ..}`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Normalisation {
    /// By the picture's own mean and population standard deviation, all channels pooled. Single values that lie far outside
    /// all others are brought to their range first.
    ZScore,
    /// By the statistics of the training set: clip to the two percentiles, subtract the mean, divide by the standard
    /// deviation (nnU-Net's scheme for CT; mean and deviation are those of the unclipped training voxels).
    Dataset {
        /// Percentile 0.5 of the training voxels.
        percentile_00_5: f64,
        /// Percentile 99.5 of the training voxels.
        percentile_99_5: f64,
        /// Mean of the training voxels.
        mean: f64,
        /// Standard deviation of the training voxels; at least 1e-8 is divided by.
        std: f64,
    },
}

impl Normalisation {
    /// Normalises voxels in place. Computed in 64 bits and rounded once.
    ///
    /// Values that are not finite take no part in the statistics and become the mean, 0; with
    /// [`Normalisation::Dataset`] infinities are clipped like any other value.
    pub fn apply(&self, voxels: &mut [f32]) {
        match *self {
            Self::ZScore => {
                // A few wild values would leave nothing of the others.
                if let Some(Outliers {
                    range: [low, high], ..
                }) = outliers(voxels, finite_range(voxels).0)
                {
                    voxels
                        .iter_mut()
                        .filter(|voxel| voxel.is_finite())
                        .for_each(|voxel| *voxel = voxel.max(low).min(high));
                }
                let (mean, deviation) = statistics(voxels);
                let deviation = deviation.max(MIN_DEVIATION);
                for voxel in voxels {
                    let value = f64::from(*voxel);
                    *voxel = if value.is_finite() {
                        ((value - mean) / deviation) as f32
                    } else {
                        0.0
                    };
                }
            }
            Self::Dataset {
                percentile_00_5,
                percentile_99_5,
                mean,
                std,
            } => {
                let deviation = std.max(MIN_DEVIATION);
                for voxel in voxels {
                    let value = f64::from(*voxel);
                    // Not `clamp`, which panics where a bundle's percentiles are out of order.
                    let clipped = value.max(percentile_00_5).min(percentile_99_5);
                    *voxel = if value.is_nan() {
                        0.0
                    } else {
                        ((clipped - mean) / deviation) as f32
                    };
                }
            }
        }
    }
}

/// Mean and population standard deviation of the finite values, in two passes; 0 and 0 without any.
fn statistics(voxels: &[f32]) -> (f64, f64) {
    let finite = || {
        voxels
            .iter()
            .filter(|voxel| voxel.is_finite())
            .map(|&voxel| f64::from(voxel))
    };
    let count = finite().count().max(1) as f64;
    let mean = finite().sum::<f64>() / count;
    let variance = finite()
        .map(|value| (value - mean) * (value - mean))
        .sum::<f64>()
        / count;
    (mean, variance.sqrt())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Normalisation;

    #[test]
    fn z_score_uses_the_population_deviation() {
        let mut voxels = [1.0, 2.0, 3.0, 4.0, f32::NAN];
        Normalisation::ZScore.apply(&mut voxels);
        let deviation = 1.25_f64.sqrt();
        for (found, value) in voxels.iter().zip([-1.5, -0.5, 0.5, 1.5]) {
            assert!((f64::from(*found) - value / deviation).abs() < 1e-6);
        }
        assert_eq!(voxels[4], 0.0);
    }

    #[test]
    fn constant_pictures_and_empty_ones_become_zeros() {
        let mut voxels = [7.0; 5];
        Normalisation::ZScore.apply(&mut voxels);
        assert_eq!(voxels, [0.0; 5]);
        Normalisation::ZScore.apply(&mut []);
    }

    #[test]
    fn dataset_statistics_clip_first() {
        let scheme: Normalisation = serde_json::from_str(
            r#"{"kind": "dataset", "percentile_00_5": -10, "percentile_99_5": 30, "mean": 10, "std": 4}"#,
        )
        .unwrap();
        let mut voxels = [-100.0, f32::NEG_INFINITY, 10.0, 12.0, 1e9, f32::NAN];
        scheme.apply(&mut voxels);
        assert_eq!(voxels, [-5.0, -5.0, 0.0, 0.5, 5.0, 0.0]);
    }

    #[test]
    fn json_names_are_stable() {
        assert_eq!(
            serde_json::to_string(&Normalisation::ZScore).unwrap(),
            r#"{"kind":"z_score"}"#
        );
    }
}
