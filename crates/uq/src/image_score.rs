//! One number for an image without labels: the Dice coefficient that its maps let expect.

use serde::{Deserialize, Serialize};

use crate::error::{check_length, check_numbers};
use crate::least_squares::solve;
use crate::{Error, Layout, Probabilities, near_mask};

/// Fewest cases that an estimator is fitted on.
const MIN_CASES: usize = 3;

/// What an image's maps say about its segmentation as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ImageStatistics {
    /// Mean ranking score over the near region of the mask; over the whole image where the mask is empty.
    pub near_ranking: f64,
    /// Mean entropy there, in nats.
    pub near_entropy: f64,
    /// The Dice coefficient that the probabilities claim, 0 to 1: the mean over foreground classes c of
    /// (2 x sum over the mask of p_c + 1) / (sum over the image of p_c + size of the mask + 1).
    pub claimed_dice: f64,
}

impl ImageStatistics {
    /// From the maps of one image: ranking, entropy and mask `[planes, rows, columns]` of `shape`, and (tempered)
    /// probabilities of all classes.
    ///
    /// # Errors
    /// [`Error::Length`] if the arrays do not fit, [`Error::NotANumber`] for a value that is not a number,
    /// [`Error::UnknownClass`] for a mask with a class beyond the probabilities'.
    pub fn of(
        ranking: &[f32],
        entropy: &[f32],
        probabilities: &Probabilities<'_>,
        mask: &[u8],
        shape: [usize; 3],
    ) -> Result<Self, Error> {
        let near = near_mask(mask, mask, shape)?;
        check_length("the ranking map", ranking.len(), mask.len())?;
        check_length("the entropy map", entropy.len(), mask.len())?;
        check_numbers("the ranking map", ranking)?;
        check_numbers("the entropy map", entropy)?;
        Ok(Self {
            near_ranking: mean_within(ranking, &near),
            near_entropy: mean_within(entropy, &near),
            claimed_dice: claimed_dice(probabilities, mask)?,
        })
    }

    fn features(&self) -> [f64; 3] {
        [self.near_ranking, self.near_entropy, self.claimed_dice]
    }
}

/// Mean of the values in a region; over everything where the region is empty, 0 of nothing. Only as many values as the
/// shorter slice has.
#[must_use]
pub fn mean_within(values: &[f32], region: &[bool]) -> f64 {
    let everywhere = !region.contains(&true);
    let included = values
        .iter()
        .zip(region)
        .filter(|&(_, &inside)| inside || everywhere);
    let (sum, count) = included.fold((0.0, 0_u64), |(sum, count), (&value, _)| {
        (sum + f64::from(value), count + 1)
    });
    sum / count.max(1) as f64
}

fn claimed_dice(probabilities: &Probabilities<'_>, mask: &[u8]) -> Result<f64, Error> {
    let (classes, voxels) = (probabilities.classes, mask.len());
    let values = probabilities.values;
    check_length(
        "the probabilities",
        values.len(),
        voxels.saturating_mul(classes),
    )?;
    check_numbers("the probabilities", values)?;
    if let Some(&label) = mask.iter().find(|&&id| usize::from(id) >= classes) {
        return Err(Error::UnknownClass { label, classes });
    }
    let (start, step) = match probabilities.layout {
        Layout::ClassFirst => (voxels, 1),
        Layout::ClassLast => (1, classes),
    };
    let of_class = |class: usize| {
        let of_class = values.iter().skip(class * start).step_by(step);
        let (mut shared, mut claimed, mut size) = (0.0, 0.0, 0.0);
        for (&probability, &id) in of_class.zip(mask) {
            claimed += f64::from(probability);
            if usize::from(id) == class {
                shared += f64::from(probability);
                size += 1.0;
            }
        }
        (2.0 * shared + 1.0) / (claimed + size + 1.0)
    };
    let foreground = classes.saturating_sub(1).max(1) as f64;
    Ok((1..classes).map(of_class).sum::<f64>() / foreground)
}

/// A coefficient of an estimator, with the statistics of its feature over the cases that it was fitted on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Coefficient {
    mean: f64,
    deviation: f64,
    weight: f64,
}

/// Expected Dice of an image without labels: a linear function of its [`ImageStatistics`], fitted on labelled cases.
///
/// Least squares on standardised features with a ridge as strong as one case, which keeps few cases from being believed
/// too much (Hoerl and Kennard, Technometrics 12, 1970). Written to and read from a model's description.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DiceEstimator {
    /// Mean Dice of the fitted cases.
    intercept: f64,
    near_ranking: Coefficient,
    near_entropy: Coefficient,
    claimed_dice: Coefficient,
    /// Number of cases that it was fitted on.
    pub cases: usize,
    /// Mean absolute error on those cases.
    pub mean_absolute_error: f64,
}

impl DiceEstimator {
    /// Fits on cases: their statistics and their mean Dice over foreground classes.
    ///
    /// # Errors
    /// [`Error::Length`] unless there is one Dice for every case, [`Error::TooFewCases`] for fewer than three.
    pub fn fit(statistics: &[ImageStatistics], dice: &[f64]) -> Result<Self, Error> {
        check_length(
            "the list of Dice coefficients",
            dice.len(),
            statistics.len(),
        )?;
        if dice.len() < MIN_CASES {
            return Err(Error::TooFewCases {
                what: "the estimator of Dice",
                found: dice.len(),
                minimum: MIN_CASES,
            });
        }
        let features: Vec<[f64; 3]> = statistics.iter().map(ImageStatistics::features).collect();
        let count = features.len() as f64;
        let [near_ranking, near_entropy, claimed_dice] = [0, 1, 2].map(|feature| {
            let mean = features.iter().map(|row| row[feature]).sum::<f64>() / count;
            let squares = features.iter().map(|row| (row[feature] - mean).powi(2));
            let deviation = (squares.sum::<f64>() / count).sqrt();
            (mean, deviation)
        });
        let scales = [near_ranking, near_entropy, claimed_dice];
        let standardised = |row: &[f64; 3]| {
            [0, 1, 2].map(|feature| {
                let (mean, deviation) = scales[feature];
                // A feature that is the same everywhere says nothing.
                if deviation > 1e-12 * mean.abs() {
                    (row[feature] - mean) / deviation
                } else {
                    0.0
                }
            })
        };
        let intercept = dice.iter().sum::<f64>() / count;
        let mut matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        let mut right = [0.0; 3];
        for (row, &dice) in features.iter().map(standardised).zip(dice) {
            for i in 0..3 {
                right[i] += row[i] * (dice - intercept);
                for j in 0..3 {
                    matrix[i][j] += row[i] * row[j];
                }
            }
        }
        let weights = solve(matrix, right);
        let [near_ranking, near_entropy, claimed_dice] = [0, 1, 2].map(|feature| Coefficient {
            mean: scales[feature].0,
            deviation: scales[feature].1,
            weight: weights[feature],
        });
        let mut estimator = Self {
            intercept,
            near_ranking,
            near_entropy,
            claimed_dice,
            cases: dice.len(),
            mean_absolute_error: 0.0,
        };
        let errors = statistics
            .iter()
            .zip(dice)
            .map(|(case, dice)| (estimator.expected_dice(case) - dice).abs());
        estimator.mean_absolute_error = errors.sum::<f64>() / count;
        Ok(estimator)
    }

    /// Expected mean Dice over foreground classes, 0 to 1.
    pub fn expected_dice(&self, statistics: &ImageStatistics) -> f64 {
        let coefficients = [self.near_ranking, self.near_entropy, self.claimed_dice];
        let terms =
            coefficients
                .into_iter()
                .zip(statistics.features())
                .map(|(coefficient, value)| {
                    if coefficient.deviation > 1e-12 * coefficient.mean.abs() {
                        coefficient.weight * (value - coefficient.mean) / coefficient.deviation
                    } else {
                        0.0
                    }
                });
        (self.intercept + terms.sum::<f64>()).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{DiceEstimator, ImageStatistics};
    use crate::{Error, Layout, Probabilities};

    fn statistics(ranking: f64, entropy: f64, claimed: f64) -> ImageStatistics {
        ImageStatistics {
            near_ranking: ranking,
            near_entropy: entropy,
            claimed_dice: claimed,
        }
    }

    #[test]
    fn statistics_by_hand() {
        // One object voxel at the left end of a row of six; near are it and the two beside it.
        let mask = [1, 0, 0, 0, 0, 0];
        let ranking = [3.0, 2.0, 1.0, 9.0, 9.0, 9.0];
        let entropy = [0.3, 0.3, 0.0, 0.0, 0.0, 0.0];
        let object = [0.75, 0.25, 0.0, 0.0, 0.0, 0.0_f32];
        let values: Vec<f32> = object.iter().map(|p| 1.0 - p).chain(object).collect();
        let of = |values: &[f32], layout| {
            let probabilities = Probabilities {
                values,
                classes: 2,
                layout,
            };
            ImageStatistics::of(&ranking, &entropy, &probabilities, &mask, [1, 1, 6]).unwrap()
        };
        let found = of(&values, Layout::ClassFirst);
        assert_eq!(found.near_ranking, 2.0);
        assert!((found.near_entropy - 0.2).abs() < 1e-7);
        assert_eq!(found.claimed_dice, 2.5 / 3.0);
        let transposed: Vec<f32> = object.iter().flat_map(|p| [1.0 - p, *p]).collect();
        assert_eq!(of(&transposed, Layout::ClassLast), found);
    }

    #[test]
    fn an_empty_mask_is_judged_by_the_whole_image() {
        let probabilities = Probabilities {
            values: &[1.0, 1.0, 0.0, 0.0],
            classes: 2,
            layout: Layout::ClassFirst,
        };
        let found = ImageStatistics::of(&[1.0, 3.0], &[0.0; 2], &probabilities, &[0, 0], [1, 1, 2])
            .unwrap();
        assert_eq!((found.near_ranking, found.claimed_dice), (2.0, 1.0));
    }

    #[test]
    fn a_linear_relation_is_found() {
        let cases: Vec<_> = (0..400)
            .map(|index| {
                let x = f64::from(index % 20) / 20.0;
                let y = f64::from(index % 7) / 10.0;
                let z = 0.5 + f64::from(index % 11) / 40.0;
                (statistics(x, y, z), 0.5 - 0.2 * x - 0.1 * y + 0.4 * z)
            })
            .collect();
        let (cases, dice): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
        let estimator = DiceEstimator::fit(&cases, &dice).unwrap();
        assert!(estimator.mean_absolute_error < 1e-3, "{estimator:?}");
        let expected = estimator.expected_dice(&statistics(0.3, 0.3, 0.6));
        assert!((expected - (0.5 - 0.06 - 0.03 + 0.24)).abs() < 2e-3);
        // Far away the estimate stays a Dice coefficient.
        assert_eq!(estimator.expected_dice(&statistics(100.0, 0.0, 0.0)), 0.0);
        assert_eq!(estimator.expected_dice(&statistics(-100.0, 0.0, 1.0)), 1.0);
    }

    #[test]
    fn features_that_never_change_say_nothing() {
        let cases = [statistics(1.0, 0.2, 0.8); 4];
        let estimator = DiceEstimator::fit(&cases, &[0.8, 0.9, 0.7, 0.8]).unwrap();
        assert!((estimator.expected_dice(&statistics(5.0, 2.0, 0.1)) - 0.8).abs() < 1e-12);
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        let cases = [
            statistics(1.0, 0.2, 0.8),
            statistics(1.5, 0.3, 0.7),
            statistics(0.2, 0.1, 0.9),
        ];
        let estimator = DiceEstimator::fit(&cases, &[0.8, 0.6, 0.93]).unwrap();
        let text = serde_json::to_string(&estimator).unwrap();
        let read: DiceEstimator = serde_json::from_str(&text).unwrap();
        for case in &cases {
            let difference = read.expected_dice(case) - estimator.expected_dice(case);
            assert!(difference.abs() < 1e-12);
        }
    }

    #[test]
    fn too_few_cases_are_refused() {
        let error = DiceEstimator::fit(&[statistics(1.0, 1.0, 1.0); 2], &[0.5; 2]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the estimator of Dice needs at least 3 cases and got 2; name more cases"
        );
        assert!(matches!(
            DiceEstimator::fit(&[], &[0.5]),
            Err(Error::Length { .. })
        ));
    }
}
