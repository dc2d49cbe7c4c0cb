//! How far expected errors strayed from true ones, on images whose labels are known.

use serde::{Deserialize, Serialize};

use crate::error::check_length;
use crate::quantile::quantile;
use crate::{ClassExpectedError, Error, ExpectedError, Interval, spearman};

/// Fewest cases that an experience is drawn from.
const MIN_CASES: usize = 5;
/// Shares of cases below and above an interval.
const TAILS: [f64; 2] = [0.05, 0.95];

/// What was expected of an image, and what was true.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorCase {
    /// From the probabilities.
    pub expected: ExpectedError,
    /// Voxels whose mark was not their label.
    pub wrong: u64,
    /// Voxels of every class in the label, background first.
    pub sizes: Vec<u64>,
}

impl ErrorCase {
    /// Of one image: what was expected, its mask and its labels.
    ///
    /// # Errors
    /// [`Error::Length`] unless mask and labels have the same voxels, [`Error::UnknownClass`] for a label beyond the
    /// classes of the expected error.
    pub fn new(expected: ExpectedError, mask: &[u8], labels: &[u8]) -> Result<Self, Error> {
        check_length("the labels", labels.len(), mask.len())?;
        let mut sizes = vec![0; expected.per_class.len()];
        for &label in labels {
            *sizes
                .get_mut(usize::from(label))
                .ok_or(Error::UnknownClass {
                    label,
                    classes: expected.per_class.len(),
                })? += 1;
        }
        let wrong = mask
            .iter()
            .zip(labels)
            .filter(|(mask, label)| mask != label);
        Ok(Self {
            expected,
            wrong: wrong.count() as u64,
            sizes,
        })
    }
}

/// What a model's validation images say about its expected errors. Stored with the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorCalibration {
    /// Number of images.
    pub cases: usize,
    /// True wrong voxels by expected ones, in 5 % of the images lower and in 5 % higher.
    pub ratio: Interval,
    /// What an expected number is multiplied by: true wrong voxels by expected ones, in half of the images lower and in half
    /// higher.
    pub scale: f64,
    /// Share of the images, 0 to 1, whose scaled number is within a factor of 1.5 of the true one, each image scaled by
    /// what the others say.
    pub within_factor: f64,
    /// For every class, background first: true size less expected size, by the expected wrong voxels of the class; in 5 %
    /// of the images lower and in 5 % higher.
    pub size: Vec<Interval>,
}

impl ErrorCalibration {
    /// From labelled images.
    ///
    /// # Errors
    /// [`Error::TooFewCases`] for fewer than five, [`Error::Length`] for cases of different numbers of classes.
    pub fn fit(cases: &[ErrorCase]) -> Result<Self, Error> {
        if cases.len() < MIN_CASES {
            return Err(Error::TooFewCases {
                what: "the calibration of expected errors",
                found: cases.len(),
                minimum: MIN_CASES,
            });
        }
        let classes = cases.first().map_or(0, |case| case.sizes.len());
        for case in cases {
            check_length("the list of class sizes", case.sizes.len(), classes)?;
        }
        let pairs: Vec<(f64, f64)> = cases
            .iter()
            .map(|case| (case.expected.wrong(), case.wrong as f64))
            .collect();
        let ratios: Vec<f64> = pairs
            .iter()
            .map(|&(expected, wrong)| ratio(wrong, expected))
            .collect();
        let scaled: Vec<(f64, f64)> = pairs
            .iter()
            .enumerate()
            .map(|(left_out, &(expected, wrong))| {
                let others = ratios.iter().enumerate();
                let others = others.filter(|&(case, _)| case != left_out);
                let scale = median(others.map(|(_, &ratio)| ratio).collect());
                (expected * scale, wrong)
            })
            .collect();
        let size = (0..classes).map(|class| {
            interval(cases.iter().filter_map(|case| {
                let expected = case.expected.per_class.get(class)?;
                let size = *case.sizes.get(class)? as f64;
                Some((size - expected.expected_size()) / expected.wrong().max(1.0))
            }))
        });
        Ok(Self {
            cases: cases.len(),
            ratio: interval(ratios.iter().copied()),
            scale: median(ratios),
            within_factor: ErrorAgreement::of(&scaled).within_factor.unwrap_or(0.0),
            size: size.collect(),
        })
    }

    /// The number of wrong voxels that an expected one stands for, on images like the validation images: the sum of a
    /// model's error probabilities can be too high or too low on all of them. Order stays as it is.
    #[must_use]
    pub fn scaled(&self, expected: f64) -> f64 {
        expected * self.scale
    }

    /// Wrong voxels as 90 % of the validation images had them, given how many are expected.
    #[must_use]
    pub fn wrong(&self, expected: f64) -> Interval {
        Interval {
            low: expected * self.ratio.low,
            high: expected * self.ratio.high,
        }
    }

    /// The size of a class in voxels with the spread that 90 % of the validation images had.
    ///
    /// Errors of neighbouring voxels go together, so the variance of independent voxels would be far too small: what
    /// counts is how far sizes strayed on whole images, by the error that was expected of them.
    #[must_use]
    pub fn size(&self, class: usize, expected: &ClassExpectedError) -> Option<Interval> {
        let spread = self.size.get(class)?;
        let at =
            |share: f64| (expected.expected_size() + share * expected.wrong().max(1.0)).max(0.0);
        Some(Interval {
            low: at(spread.low),
            high: at(spread.high),
        })
    }
}

/// The range that leaves [`TAILS`] out; 0 to 0 of nothing.
fn interval(values: impl Iterator<Item = f64>) -> Interval {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let [low, high] = TAILS.map(|share| quantile(&values, share).unwrap_or(0.0));
    Interval { low, high }
}

/// The middle of values; 1 of nothing.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    quantile(&values, 0.5).unwrap_or(1.0)
}

/// A ratio of voxel counts, each taken as at least one voxel: a fraction of a voxel against none is no error to speak of.
fn ratio(value: f64, by: f64) -> f64 {
    value.max(1.0) / by.max(1.0)
}

/// How well expected numbers of wrong voxels agree with true ones over images.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ErrorAgreement {
    /// All expected wrong voxels by all true ones; none without true ones.
    pub ratio: Option<f64>,
    /// Share of the images, 0 to 1, whose expected number is within [`ErrorAgreement::FACTOR`] of the true one, each
    /// taken as at least one voxel; none without images.
    pub within_factor: Option<f64>,
    /// Spearman's rank correlation over images; none where undefined.
    pub spearman: Option<f64>,
}

impl ErrorAgreement {
    /// The factor within which an expected number counts as right.
    pub const FACTOR: f64 = 1.5;

    /// Of pairs, one for every image: expected and true number of wrong voxels.
    #[must_use]
    pub fn of(pairs: &[(f64, f64)]) -> Self {
        let (expected, wrong): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
        let total: f64 = wrong.iter().sum();
        let close = |&&(expected, wrong): &&(f64, f64)| {
            let ratio = ratio(expected, wrong);
            (1.0 / Self::FACTOR..=Self::FACTOR).contains(&ratio)
        };
        let within = pairs.iter().filter(close).count() as f64;
        Self {
            ratio: (total > 0.0).then(|| expected.iter().sum::<f64>() / total),
            within_factor: (!pairs.is_empty()).then(|| within / pairs.len() as f64),
            spearman: spearman(&expected, &wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{ErrorAgreement, ErrorCalibration, ErrorCase};
    use crate::{ClassExpectedError, Error, ExpectedError};

    /// An image of two classes with 100 marked voxels, `missed` expected beyond them and `size` true ones.
    fn case(missed: f64, wrong: u64, size: u64) -> ErrorCase {
        let class = |marked, false_positive, missed| ClassExpectedError {
            marked,
            false_positive,
            missed,
        };
        ErrorCase {
            expected: ExpectedError {
                voxels: 1000,
                missed,
                per_class: vec![class(900, missed, 0.0), class(100, 0.0, missed)],
                ..ExpectedError::default()
            },
            wrong,
            sizes: vec![1000 - size, size],
        }
    }

    #[test]
    fn a_model_that_expects_twice_too_much_is_halved() {
        let cases: Vec<ErrorCase> = (1..=9)
            .map(|number| case(f64::from(number) * 20.0, u64::from(number as u32) * 10, 100))
            .collect();
        let found = ErrorCalibration::fit(&cases).unwrap();
        assert_eq!(
            (found.cases, found.scale, found.within_factor),
            (9, 0.5, 1.0)
        );
        assert_eq!(found.scaled(30.0), 15.0);
        let range = found.wrong(30.0);
        assert_eq!((range.low, range.high), (15.0, 15.0));
        // None of what was expected beyond the mask was there.
        let size = found.size(1, &cases[0].expected.per_class[1]).unwrap();
        assert_eq!((size.low, size.high), (100.0, 100.0));
        assert_eq!(found.size(2, &cases[0].expected.per_class[1]), None);
    }

    #[test]
    fn true_sizes_lie_within_the_range_of_most_images() {
        let sizes = [100, 104, 108, 112, 116, 120, 110, 110, 110, 110];
        let cases = sizes.map(|size| case(20.0, 20, size));
        let found = ErrorCalibration::fit(&cases).unwrap();
        let range = found.size(1, &cases[0].expected.per_class[1]).unwrap();
        let inside = |size: &&u64| (range.low..=range.high).contains(&(**size as f64));
        assert_eq!(sizes.iter().filter(inside).count(), 8);
    }

    #[test]
    fn few_images_and_other_labels_are_refused() {
        let few = vec![case(1.0, 1, 100); 4];
        assert!(matches!(
            ErrorCalibration::fit(&few),
            Err(Error::TooFewCases { found: 4, .. })
        ));
        let expected = case(1.0, 1, 100).expected;
        assert!(matches!(
            ErrorCase::new(expected.clone(), &[0, 1], &[0, 2]),
            Err(Error::UnknownClass { label: 2, .. })
        ));
        let counted = ErrorCase::new(expected, &[0, 1, 1], &[0, 1, 0]).unwrap();
        assert_eq!((counted.wrong, counted.sizes), (1, vec![2, 1]));
    }

    #[test]
    fn agreement_by_hand() {
        let found = ErrorAgreement::of(&[(10.0, 10.0), (30.0, 20.0), (31.0, 20.0), (0.2, 0.0)]);
        assert_eq!(found.ratio, Some(71.2 / 50.0));
        assert_eq!(found.within_factor, Some(0.75));
        assert_eq!(ErrorAgreement::of(&[]).within_factor, None);
    }
}
