//! Where to look first, and whether the image is like those that the model knows.

use segwithu::head::MapKind;
use serde::Serialize;
use uq::{
    ImageStatistics, Layout, Probabilities, UncertaintyThreshold, near_mask, prediction_limit,
    slice_uncertainty, uncertain_regions,
};
use vocabulary::{ImageScore, SliceUncertainty, UncertainRegion};

use crate::{Error, Manifest, Moments, Segmentation};

/// Most regions that are listed.
const MOST_REGIONS: usize = 20;
/// Share of the validation voxels that lie above the score from which a voxel counts as doubtful.
const DOUBTFUL_SHARE: f64 = 0.05;
/// Standard deviations from the mean from which on an image is unusual, if mean and deviation were known exactly: one of
/// 370 images of the model's own kind lies further away.
const UNUSUAL: f64 = 3.0;
/// Validation images from which on it can be told whether another one is like them.
const LEAST_USUAL: usize = 5;
/// Nats below which an entropy counts as this: what is left there is rounding, and differs between devices.
const LEAST_ENTROPY: f32 = 1e-6;

/// Doubt beyond single voxels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UncertaintySummary {
    /// One entry per plane, in plane order; empty for pictures.
    pub slices: Vec<SliceUncertainty>,
    /// Doubtful regions, worst first, at most 20.
    pub regions: Vec<UncertainRegion>,
    /// How unusual the image is; none where the model has no statistics of usual ones, or knows fewer than five.
    pub image: Option<ImageScore>,
}

impl UncertaintySummary {
    /// Looks through a result.
    ///
    /// # Errors
    /// Those of the metrics for arrays that do not fit, which those of a run do.
    pub fn new(manifest: &Manifest, result: &Segmentation) -> Result<Self, Error> {
        let image = image_score(manifest, result)?;
        let Some(ranking) = result.map(MapKind::Ranking) else {
            return Ok(Self {
                slices: Vec::new(),
                regions: Vec::new(),
                image,
            });
        };
        let selection = manifest
            .validation
            .threshold(DOUBTFUL_SHARE)
            .map_or(UncertaintyThreshold::TopShare(DOUBTFUL_SHARE), |point| {
                UncertaintyThreshold::AtLeast(point.ranking as f32)
            });
        Ok(Self {
            slices: slices(ranking, result)?,
            regions: uncertain_regions(ranking, result.shape, selection, MOST_REGIONS)?,
            image,
        })
    }

    /// The plane with the most doubt; the first one of a picture.
    #[must_use]
    pub fn worst_plane(&self) -> usize {
        self.slices
            .iter()
            .max_by(|left, right| left.doubt.total_cmp(&right.doubt))
            .map_or(0, |slice| slice.plane)
    }
}

fn slices(ranking: &[f32], result: &Segmentation) -> Result<Vec<SliceUncertainty>, Error> {
    let [planes, rows, columns] = result.shape;
    if planes < 2 {
        return Ok(Vec::new());
    }
    let near = near_mask(&result.labels, &result.labels, result.shape)?;
    let doubt = slice_uncertainty(ranking, &near, result.shape)?;
    let objects = result
        .labels
        .chunks((rows * columns).max(1))
        .map(|plane| plane.iter().filter(|&&label| label != 0).count() as u64);
    Ok(doubt
        .into_iter()
        .zip(objects)
        .enumerate()
        .map(|(plane, (doubt, object_voxels))| SliceUncertainty {
            plane,
            doubt,
            object_voxels,
        })
        .collect())
}

fn image_score(manifest: &Manifest, result: &Segmentation) -> Result<Option<ImageScore>, Error> {
    let usual = &manifest.in_distribution;
    let Some(limit) = unusual_from(manifest.validation.cases) else {
        return Ok(None);
    };
    let standing = |kind, mean: f64, deviation: f64| {
        Moments { mean, deviation }.standing(self::mean(result.map(kind)?.iter().copied())?)
    };
    let (Some(ranking_z), Some(entropy_z)) = (
        standing(
            MapKind::Ranking,
            usual.ranking_mean,
            usual.ranking_deviation,
        ),
        standing(
            MapKind::Entropy,
            usual.entropy_mean,
            usual.entropy_deviation,
        ),
    ) else {
        return Ok(None);
    };
    let log_entropy_z = usual.log_entropy.and_then(|usual| {
        let entropy = result.map(MapKind::Entropy)?;
        usual.standing(mean_log_entropy(entropy)?)
    });
    let all = [Some(ranking_z), Some(entropy_z), log_entropy_z];
    Ok(Some(ImageScore {
        ranking_z,
        entropy_z,
        log_entropy_z,
        expected_dice: expected_dice(manifest, result)?,
        unusual: all.into_iter().flatten().any(|z| z.abs() > limit),
    }))
}

/// Standard deviations from the mean of `cases` validation images from which on another one is unusual: as rare as one
/// beyond [`UNUSUAL`] of a distribution that is known exactly. None for fewer than five images.
fn unusual_from(cases: usize) -> Option<f64> {
    (cases >= LEAST_USUAL)
        .then(|| prediction_limit(cases, UNUSUAL))
        .flatten()
}

fn expected_dice(manifest: &Manifest, result: &Segmentation) -> Result<Option<f64>, Error> {
    let (Some(estimator), Some(ranking), Some(entropy)) = (
        &manifest.validation.dice_estimator,
        result.map(MapKind::Ranking),
        result.map(MapKind::Entropy),
    ) else {
        return Ok(None);
    };
    let probabilities = Probabilities {
        values: &result.probabilities(true),
        classes: manifest.classes.len(),
        layout: Layout::ClassFirst,
    };
    let statistics = ImageStatistics::of(
        ranking,
        entropy,
        &probabilities,
        &result.labels,
        result.shape,
    )?;
    Ok(Some(estimator.expected_dice(&statistics)))
}

/// Mean natural logarithm of an entropy map in nats, each value taken as at least 1e-6; none of an empty map.
///
/// The mean of the entropy itself is made by the few voxels along borders, whatever image it is. The mean logarithm tells
/// how sure the network is of everything else.
#[must_use]
pub fn mean_log_entropy(entropy: &[f32]) -> Option<f64> {
    mean(entropy.iter().map(|value| value.max(LEAST_ENTROPY).ln()))
}

/// Mean in 64 bits; none of nothing.
pub(crate) fn mean(values: impl Iterator<Item = f32>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u64), |(sum, count), value| {
        (sum + f64::from(value), count + 1)
    });
    (count > 0).then(|| sum / count as f64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use segwithu::head::MapKind;
    use uq::{DiceEstimator, ImageStatistics, prediction_limit};

    use super::{UncertaintySummary, mean_log_entropy, unusual_from};
    use crate::test_support::manifest;
    use crate::{InDistribution, MapResult, Moments, OperatingPoint, Segmentation};

    fn result(shape: [usize; 3], ranking: Vec<f32>, labels: &[usize]) -> Segmentation {
        let voxels = ranking.len();
        let mut logits = vec![0.0; 2 * voxels];
        for &voxel in labels {
            logits[voxels + voxel] = 1.0;
        }
        let maps = [MapKind::Ranking, MapKind::Entropy].map(|kind| MapResult {
            kind,
            values: ranking.clone(),
        });
        Segmentation::new(shape, 2, logits, maps.to_vec(), 1, Vec::new())
    }

    #[test]
    fn regions_and_slices_lead_to_the_doubtful_voxels() {
        let mut manifest = manifest(&[32, 32, 32], 2);
        manifest.validation.thresholds = vec![
            OperatingPoint {
                referred: 0.5,
                ranking: 0.1,
            },
            OperatingPoint {
                referred: 0.06,
                ranking: 0.5,
            },
        ];
        let mut ranking = vec![0.2_f32; 4 * 8 * 8];
        ranking[2 * 64 + 3 * 8 + 4] = 0.9;
        ranking[2 * 64 + 3 * 8 + 5] = 0.7;
        let doubt = UncertaintySummary::new(
            &manifest,
            &result([4, 8, 8], ranking, &[2 * 64 + 3 * 8 + 4]),
        )
        .unwrap();
        assert_eq!(doubt.regions.len(), 1);
        let region = doubt.regions[0];
        assert_eq!((region.peak, region.voxels), ([2, 3, 4], 2));
        assert!((region.mean_score - 0.8).abs() < 1e-6);
        let objects: Vec<u64> = doubt
            .slices
            .iter()
            .map(|slice| slice.object_voxels)
            .collect();
        assert_eq!(objects, [0, 0, 1, 0]);
        assert_eq!(doubt.worst_plane(), 2);
        assert!(doubt.slices[2].doubt > doubt.slices[1].doubt);
        assert_eq!(doubt.image, None);
    }

    #[test]
    fn a_model_that_can_tell_says_which_dice_to_expect() {
        let mut manifest = manifest(&[32, 32], 2);
        manifest.validation.cases = 100;
        manifest.in_distribution = InDistribution {
            ranking_deviation: 1.0,
            entropy_deviation: 1.0,
            ..InDistribution::default()
        };
        let cases = [0.1, 0.2, 0.3, 0.4].map(|near_entropy| ImageStatistics {
            near_ranking: 0.5,
            near_entropy,
            claimed_dice: 0.9,
        });
        let estimator = DiceEstimator::fit(&cases, &[0.9, 0.8, 0.7, 0.6]).unwrap();
        manifest.validation.dice_estimator = Some(estimator);
        let expected = |value: f32| {
            let result = result([1, 8, 8], vec![value; 64], &[9]);
            let doubt = UncertaintySummary::new(&manifest, &result).unwrap();
            doubt.image.and_then(|image| image.expected_dice).unwrap()
        };
        assert!(expected(0.1) > expected(0.2) && expected(0.2) > expected(0.4));
    }

    #[test]
    fn few_images_tell_less_of_what_is_usual() {
        assert_eq!(unusual_from(4), None);
        assert_eq!(unusual_from(5), prediction_limit(5, 3.0));
        let mut manifest = manifest(&[32, 32], 2);
        manifest.in_distribution = InDistribution {
            ranking_deviation: 0.1,
            entropy_deviation: 0.1,
            ..InDistribution::default()
        };
        manifest.validation.cases = 2;
        let result = result([1, 8, 8], vec![0.5; 64], &[]);
        assert_eq!(
            UncertaintySummary::new(&manifest, &result).unwrap().image,
            None
        );
        manifest.validation.cases = 12;
        let image = UncertaintySummary::new(&manifest, &result)
            .unwrap()
            .image
            .unwrap();
        // Five deviations away, of twelve images: 3.8 would be too many.
        assert!(image.unusual && (image.ranking_z - 5.0).abs() < 1e-6);
    }

    #[test]
    fn an_image_unlike_the_validation_images_is_unusual() {
        let mut manifest = manifest(&[32, 32], 2);
        manifest.validation.cases = 100;
        manifest.in_distribution = InDistribution {
            ranking_mean: 0.2,
            ranking_deviation: 0.1,
            entropy_mean: 0.2,
            entropy_deviation: 0.1,
            log_entropy: None,
        };
        for (value, unusual) in [(0.3, false), (0.6, true)] {
            let result = result([1, 8, 8], vec![value; 64], &[]);
            let doubt = UncertaintySummary::new(&manifest, &result).unwrap();
            let image = doubt.image.unwrap();
            assert_eq!(image.unusual, unusual);
            assert_eq!(image.expected_dice, None);
            assert!((image.ranking_z - f64::from(value - 0.2) / 0.1).abs() < 1e-5);
            assert!(doubt.slices.is_empty());
            assert_eq!(image.log_entropy_z, None);
        }
    }

    #[test]
    fn an_image_of_usual_entropy_with_nothing_sure_in_it_is_unusual() {
        let mut manifest = manifest(&[32, 32], 2);
        manifest.validation.cases = 100;
        // A tenth of the voxels lies along borders, the network is sure of the others.
        let usual: Vec<f32> = (0..100)
            .map(|voxel| [0.5, 1e-5][usize::from(voxel % 10 > 0)])
            .collect();
        let usual_log = mean_log_entropy(&usual).unwrap();
        manifest.in_distribution = InDistribution {
            ranking_mean: 0.05,
            ranking_deviation: 0.1,
            entropy_mean: 0.05,
            entropy_deviation: 0.1,
            log_entropy: Some(Moments {
                mean: usual_log,
                deviation: 0.5,
            }),
        };
        for (values, unusual) in [(usual, false), (vec![0.05; 100], true)] {
            let doubt =
                UncertaintySummary::new(&manifest, &result([1, 10, 10], values, &[])).unwrap();
            let image = doubt.image.unwrap();
            assert!(image.ranking_z.abs() < 0.1 && image.entropy_z.abs() < 0.1);
            assert_eq!(image.log_entropy_z.unwrap() > 3.0, unusual, "{image:?}");
            assert_eq!(image.unusual, unusual);
        }
        assert_eq!(mean_log_entropy(&[0.0]), mean_log_entropy(&[1e-7]));
        assert_eq!(mean_log_entropy(&[]), None);
    }
}
