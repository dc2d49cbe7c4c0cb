//! Whether an image is like those that the model knows.

use segwithu::head::MapKind;
use uq::{ImageStatistics, Layout, Probabilities, prediction_limit};
use vocabulary::ImageScore;

use crate::{Error, Manifest, Moments, Segmentation};

/// Standard deviations from the mean from which on an image is unusual, if mean and deviation were known exactly: one of
/// 370 images of the model's own kind lies further away.
const UNUSUAL: f64 = 3.0;
/// Validation images from which on it can be told whether another one is like them.
const MIN_USUAL: usize = 5;
/// Nats below which an entropy counts as this: what is left there is rounding, and differs between devices.
const MIN_ENTROPY: f32 = 1e-6;

/// How unusual an image is; none where the model has no statistics of usual ones, or knows fewer than five.
///
/// # Errors
/// Those of the metrics for arrays that do not fit, which those of a run do.
pub fn image_score(
    manifest: &Manifest,
    result: &Segmentation,
) -> Result<Option<ImageScore>, Error> {
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
    (cases >= MIN_USUAL)
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
    mean(entropy.iter().map(|value| value.max(MIN_ENTROPY).ln()))
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

    use super::{image_score, mean_log_entropy, unusual_from};
    use crate::test_support::manifest;
    use crate::{InDistribution, MapResult, Moments, Segmentation};

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
            let image = image_score(&manifest, &result).unwrap();
            image.and_then(|image| image.expected_dice).unwrap()
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
        assert_eq!(image_score(&manifest, &result).unwrap(), None);
        manifest.validation.cases = 12;
        let image = image_score(&manifest, &result).unwrap().unwrap();
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
            let image = image_score(&manifest, &result).unwrap().unwrap();
            assert_eq!(image.unusual, unusual);
            assert_eq!(image.expected_dice, None);
            assert!((image.ranking_z - f64::from(value - 0.2) / 0.1).abs() < 1e-5);
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
            let result = result([1, 10, 10], values, &[]);
            let image = image_score(&manifest, &result).unwrap().unwrap();
            assert!(image.ranking_z.abs() < 0.1 && image.entropy_z.abs() < 0.1);
            assert_eq!(image.log_entropy_z.unwrap() > 3.0, unusual, "{image:?}");
            assert_eq!(image.unusual, unusual);
        }
        assert_eq!(mean_log_entropy(&[0.0]), mean_log_entropy(&[1e-7]));
        assert_eq!(mean_log_entropy(&[]), None);
    }
}
