//! How far expected errors strayed from true ones, on images whose labels are known.

use serde::{Deserialize, Serialize};

use crate::error::check_length;
use crate::error_law::{ErrorLaw, Form, LawCase};
use crate::quantile::quantile;
use crate::{ClassExpectedError, Error, ExpectedError, Interval, border_faces, spearman};

/// Fewest cases that an experience is drawn from. Of so few comes little more than a common factor.
const MIN_CASES: usize = 2;
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
    /// Length of the mask's borders: [`crate::border_faces`].
    #[serde(default)]
    pub border: u64,
    /// Mean entropy near the mask, in nats: [`crate::ImageStatistics::near_entropy`].
    #[serde(default)]
    pub near_entropy: f64,
}

impl ErrorCase {
    /// Of one image: what was expected, the mean entropy near its mask, in nats, its mask and its labels, both of `shape` planes,
    /// rows and columns.
    ///
    /// # Errors
    /// [`Error::Length`] unless mask and labels fit the shape, [`Error::UnknownClass`] for a label beyond the classes of the
    /// expected error.
    pub fn new(
        expected: ExpectedError,
        near_entropy: f64,
        mask: &[u8],
        labels: &[u8],
        shape: [usize; 3],
    ) -> Result<Self, Error> {
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
            border: border_faces(mask, shape)?,
            near_entropy,
        })
    }
}

/// What a model's validation images say about its expected errors. Stored with the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorCalibration {
    /// Number of images.
    pub cases: usize,
    /// True wrong voxels by calibrated ones, in 5 % of the images lower and in 5 % higher; each image calibrated by what the
    /// groups of others say.
    pub ratio: Interval,
    /// The factor of expected numbers in half of the images or less: what the calibration does to an image in the middle.
    pub scale: f64,
    /// Share of the images, 0 to 1, whose calibrated number is within a factor of 1.5 of the true one, calibrated likewise.
    pub within_factor: f64,
    /// For every class, background first: true size less calibrated size, by the calibrated wrong voxels of the class; in 5 %
    /// of the images lower and in 5 % higher.
    pub size: Vec<Interval>,
    /// From what an image shows to its factor.
    law: ErrorLaw,
}

impl ErrorCalibration {
    /// From labelled images and the group of each, such as its patient: images of one group are alike, so that only other
    /// groups tell how well the calibration does on new ones.
    ///
    /// # Errors
    /// [`Error::TooFewCases`] for fewer than two, [`Error::Length`] for cases of different numbers of classes, or another
    /// number of groups than of cases.
    pub fn fit<G: PartialEq>(cases: &[ErrorCase], groups: &[G]) -> Result<Self, Error> {
        if cases.len() < MIN_CASES {
            return Err(Error::TooFewCases {
                what: "the calibration of expected errors",
                found: cases.len(),
                minimum: MIN_CASES,
            });
        }
        check_length("the list of groups", groups.len(), cases.len())?;
        let classes = cases.first().map_or(0, |case| case.sizes.len());
        for case in cases {
            check_length("the list of class sizes", case.sizes.len(), classes)?;
        }
        let seen: Vec<LawCase> = cases.iter().map(LawCase::new).collect();
        let held_out = |form: Form| -> Vec<ExpectedError> {
            let calibrated = seen
                .iter()
                .zip(groups)
                .zip(cases)
                .map(|((seen_one, group), case)| {
                    let others = seen.iter().zip(groups).filter(|(_, other)| *other != group);
                    let others: Vec<LawCase> = others.map(|(case, _)| *case).collect();
                    // Where all images are of one group there are no others, and each is calibrated by itself.
                    let by = if others.is_empty() { &seen } else { &others };
                    let factor = ErrorLaw::fit(by, form).factor(seen_one);
                    case.expected.scaled(factor)
                });
            calibrated.collect()
        };
        let pairs_of = |calibrated: &[ExpectedError]| -> Vec<(f64, f64)> {
            let pairs = calibrated.iter().zip(cases);
            pairs
                .map(|(expected, case)| (expected.wrong(), case.wrong as f64))
                .collect()
        };
        let share = |calibrated: &[ExpectedError]| {
            ErrorAgreement::of(&pairs_of(calibrated))
                .within_factor
                .unwrap_or(0.0)
        };
        // A factor that depends on the image has to do better on images of other groups than one for all.
        let (constant, powers) = (held_out(Form::Constant), held_out(Form::Powers));
        let (form, calibrated) = if share(&powers) > share(&constant) {
            (Form::Powers, powers)
        } else {
            (Form::Constant, constant)
        };
        let pairs = pairs_of(&calibrated);
        let size = (0..classes).map(|class| {
            interval(calibrated.iter().zip(cases).filter_map(|(sums, case)| {
                let expected = sums.per_class.get(class)?;
                let size = *case.sizes.get(class)? as f64;
                Some((size - expected.expected_size()) / expected.wrong().max(1.0))
            }))
        });
        let law = ErrorLaw::fit(&seen, form);
        Ok(Self {
            cases: cases.len(),
            ratio: interval(
                pairs
                    .iter()
                    .map(|&(expected, wrong)| ratio(wrong, expected)),
            ),
            scale: median(seen.iter().map(|case| law.factor(case)).collect()),
            within_factor: ErrorAgreement::of(&pairs).within_factor.unwrap_or(0.0),
            size: size.collect(),
            law,
        })
    }

    /// What expected numbers of wrong voxels of an image are multiplied by, given their sums, the length of the mask's
    /// borders, [`crate::border_faces`], and the mean entropy near the mask. Positive; within what the validation images had.
    #[must_use]
    pub fn factor(&self, sums: &ExpectedError, border: u64, near_entropy: f64) -> f64 {
        self.law.factor_of(sums, border, near_entropy)
    }

    /// Wrong voxels as 90 % of the validation images had them, given the calibrated number of them.
    #[must_use]
    pub fn wrong(&self, calibrated: f64) -> Interval {
        Interval {
            low: calibrated * self.ratio.low,
            high: calibrated * self.ratio.high,
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
            border: 40,
            near_entropy: 0.2,
        }
    }

    /// Every case a group of its own.
    fn alone(cases: &[ErrorCase]) -> Vec<usize> {
        (0..cases.len()).collect()
    }

    #[test]
    fn a_model_that_expects_twice_too_much_is_halved() {
        let cases: Vec<ErrorCase> = (1..=90)
            .map(|number| case(f64::from(number) * 4.0, u64::from(number as u32) * 2, 100))
            .collect();
        let found = ErrorCalibration::fit(&cases, &alone(&cases)).unwrap();
        assert_eq!((found.cases, found.within_factor), (90, 1.0));
        assert!((found.scale - 0.5).abs() < 0.01);
        let factor = found.factor(&cases[2].expected, 40, 0.2);
        assert!((factor - 0.5).abs() < 0.01);
        let range = found.wrong(15.0);
        assert!((range.low - 15.0).abs() < 0.2 && (range.high - 15.0).abs() < 0.2);
        // None of what was expected beyond the mask was there.
        let calibrated = cases[0].expected.scaled(factor);
        let size = found.size(1, &calibrated.per_class[1]).unwrap();
        assert!((size.low - 100.0).abs() < 0.5 && (size.high - 100.0).abs() < 0.5);
        assert_eq!(found.size(2, &calibrated.per_class[1]), None);
    }

    #[test]
    fn a_factor_that_falls_with_the_sum_is_learnt_from_many_cases() {
        // True numbers grow as the square root.
        let many: Vec<ErrorCase> = (1..=60)
            .map(|number| {
                let expected = f64::from(number).powi(2) / 4.0;
                case(expected, (5.0 * expected.sqrt()).round() as u64, 100)
            })
            .collect();
        let found = ErrorCalibration::fit(&many, &alone(&many)).unwrap();
        assert!(found.within_factor > 0.9, "{}", found.within_factor);
        let small = found.factor(&many[5].expected, 40, 0.2);
        let large = found.factor(&many[50].expected, 40, 0.2);
        assert!(small > 3.0 * large, "{small} {large}");
        // What no image showed is not believed: the factor is that of the furthest one.
        let beyond = case(1e6, 0, 100).expected;
        assert!(
            (found.factor(&beyond, 40, 0.2) - found.factor(&many[59].expected, 40, 0.2)).abs()
                < 1e-9
        );
    }

    #[test]
    fn two_cases_are_not_believed_altogether() {
        let two = vec![case(50.0, 200, 100); 2];
        let found = ErrorCalibration::fit(&two, &alone(&two)).unwrap();
        assert!((2.0..3.5).contains(&found.scale), "{}", found.scale);
    }

    #[test]
    fn images_of_the_same_patient_do_not_judge_each_other() {
        // Two patients with opposite factors: together they are right on average, for each other wrong.
        let cases: Vec<ErrorCase> = (0..10)
            .map(|number| case(40.0, if number < 5 { 20 } else { 80 }, 100))
            .collect();
        let groups: Vec<bool> = (0..10).map(|number| number < 5).collect();
        let found = ErrorCalibration::fit(&cases, &groups).unwrap();
        assert_eq!(found.within_factor, 0.0);
        assert!(found.ratio.low < 0.3 && found.ratio.high > 3.0);
    }

    #[test]
    fn true_sizes_lie_within_the_range_of_most_images() {
        let sizes = [100, 104, 108, 112, 116, 120, 110, 110, 110, 110];
        let cases = sizes.map(|size| case(20.0, 20, size));
        let found = ErrorCalibration::fit(&cases, &alone(&cases)).unwrap();
        let range = found.size(1, &cases[0].expected.per_class[1]).unwrap();
        let inside = |size: &&u64| (range.low..=range.high).contains(&(**size as f64));
        assert_eq!(sizes.iter().filter(inside).count(), 8);
    }

    #[test]
    fn few_images_and_other_labels_are_refused() {
        let few = vec![case(1.0, 1, 100); 1];
        assert!(matches!(
            ErrorCalibration::fit(&few, &alone(&few)),
            Err(Error::TooFewCases { found: 1, .. })
        ));
        let five = vec![case(1.0, 1, 100); 5];
        assert!(matches!(
            ErrorCalibration::fit(&five, &[0; 4]),
            Err(Error::Length { .. })
        ));
        let expected = case(1.0, 1, 100).expected;
        assert!(matches!(
            ErrorCase::new(expected.clone(), 0.2, &[0, 1], &[0, 2], [1, 1, 2]),
            Err(Error::UnknownClass { label: 2, .. })
        ));
        let counted = ErrorCase::new(expected, 0.2, &[0, 1, 1], &[0, 1, 0], [1, 1, 3]).unwrap();
        assert_eq!(
            (counted.wrong, counted.sizes, counted.border),
            (1, vec![2, 1], 1)
        );
    }

    #[test]
    fn agreement_by_hand() {
        let found = ErrorAgreement::of(&[(10.0, 10.0), (30.0, 20.0), (31.0, 20.0), (0.2, 0.0)]);
        assert_eq!(found.ratio, Some(71.2 / 50.0));
        assert_eq!(found.within_factor, Some(0.75));
        assert_eq!(ErrorAgreement::of(&[]).within_factor, None);
    }
}
