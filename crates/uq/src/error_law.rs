//! From the sum of a model's error probabilities to the number of wrong voxels.

use serde::{Deserialize, Serialize};
use vocabulary::Interval;

use crate::least_squares::solve;
use crate::{ErrorCase, ExpectedError};

/// How strongly the logarithm of the common factor, and the exponents, are drawn towards 0, in cases: few cases should not be
/// believed too much.
const RIDGE: [f64; 4] = [0.5, 1.0, 1.0, 1.0];
/// The same with exponents that are as good as 0.
const CONSTANT: [f64; 4] = [0.5, 1e12, 1e12, 1e12];

/// What a factor may depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Nothing: one factor for all images.
    Constant,
    /// What the image shows.
    Powers,
}
/// Residual, in natural logarithms, from which on a case counts less: an image on which the model fails altogether should not
/// bend the law for all others (Huber, Annals of Mathematical Statistics 35, 1964).
const HUBER: f64 = 0.3;
/// Rounds of reweighting; the weights hardly change after a few.
const ROUNDS: usize = 30;

/// Entropy, in nats, that a border counts with at least.
const LEAST_ENTROPY: f64 = 1e-3;

/// What an image shows without labels, in natural logarithms: the sum of the error probabilities and the length of the mask's
/// border, each at least one voxel, and the mean entropy near the mask. Chosen on the validation images of five models, each
/// group of images left out in turn, among these, the size of the object, the share of missed voxels and the mean ranking.
fn predictors(sums: &ExpectedError, border: u64, near_entropy: f64) -> [f64; 3] {
    [
        sums.wrong().max(1.0).ln(),
        (border as f64).max(1.0).ln(),
        near_entropy.max(LEAST_ENTROPY).ln(),
    ]
}

/// The factor by which the sum of error probabilities is multiplied: a product of powers of what an image shows.
///
/// Errors of neighbouring voxels go together, and where a model is unsure along a long thin border it errs otherwise than in
/// a lump: one factor for all images leaves both unexplained. Fitted by robust least squares of logarithms with a ridge that
/// leaves a constant factor where the cases do not say more.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct ErrorLaw {
    /// Natural logarithm of the factor for an image at the means.
    intercept: f64,
    /// Mean logarithms of the predictors.
    means: [f64; 3],
    /// Exponents of the predictors.
    exponents: [f64; 3],
    /// The factors that the fitted images had: others are not believed.
    factors: Interval,
}

/// A labelled image as the law sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LawCase {
    predictors: [f64; 3],
    /// Logarithm of true by expected wrong voxels, each at least one.
    ratio: f64,
}

impl LawCase {
    pub(crate) fn new(case: &ErrorCase) -> Self {
        let sums = &case.expected;
        Self {
            predictors: predictors(sums, case.border, case.near_entropy),
            ratio: (case.wrong.max(1) as f64).ln() - sums.wrong().max(1.0).ln(),
        }
    }
}

impl ErrorLaw {
    /// From labelled images, at least one.
    pub(crate) fn fit(cases: &[LawCase], form: Form) -> Self {
        let ridge = match form {
            Form::Constant => CONSTANT,
            Form::Powers => RIDGE,
        };
        let count = cases.len().max(1) as f64;
        let mean = |value: fn(&LawCase) -> f64| cases.iter().map(value).sum::<f64>() / count;
        let means = [
            mean(|case| case.predictors[0]),
            mean(|case| case.predictors[1]),
            mean(|case| case.predictors[2]),
        ];
        let row = |case: &LawCase| {
            let [wrong, border, entropy] = case.predictors;
            [1.0, wrong - means[0], border - means[1], entropy - means[2]]
        };
        let mut solution = [0.0; 4];
        for _ in 0..ROUNDS {
            let mut matrix = [[0.0; 4]; 4];
            let mut right = [0.0; 4];
            for (diagonal, (line, ridge)) in matrix.iter_mut().zip(ridge).enumerate() {
                if let Some(entry) = line.get_mut(diagonal) {
                    *entry = ridge;
                }
            }
            for case in cases {
                let row = row(case);
                let fitted: f64 = row
                    .iter()
                    .zip(solution)
                    .map(|(value, weight)| value * weight)
                    .sum();
                let residual = (case.ratio - fitted).abs();
                let weight = if residual > HUBER {
                    HUBER / residual
                } else {
                    1.0
                };
                for ((line, right), left) in matrix.iter_mut().zip(&mut right).zip(row) {
                    *right += weight * left * case.ratio;
                    for (entry, value) in line.iter_mut().zip(row) {
                        *entry += weight * left * value;
                    }
                }
            }
            solution = solve(matrix, right);
        }
        let [intercept, wrong, border, entropy] = solution;
        let mut law = Self {
            intercept,
            means,
            exponents: [wrong, border, entropy],
            factors: Interval {
                low: 0.0,
                high: f64::MAX,
            },
        };
        let factors: Vec<f64> = cases.iter().map(|case| law.of(&case.predictors)).collect();
        law.factors = Interval {
            low: factors.iter().copied().fold(f64::MAX, f64::min),
            high: factors.iter().copied().fold(0.0, f64::max),
        };
        law
    }

    fn of(&self, predictors: &[f64; 3]) -> f64 {
        let terms = predictors.iter().zip(self.means).zip(self.exponents);
        let sum: f64 = terms
            .map(|((value, mean), exponent)| exponent * (value - mean))
            .sum();
        (self.intercept + sum).exp()
    }

    /// The factor of an image.
    pub(crate) fn factor(&self, case: &LawCase) -> f64 {
        self.within(self.of(&case.predictors))
    }

    /// The factor of an image without labels.
    pub(crate) fn factor_of(&self, sums: &ExpectedError, border: u64, near_entropy: f64) -> f64 {
        self.within(self.of(&predictors(sums, border, near_entropy)))
    }

    /// The nearest factor that an image had.
    fn within(&self, factor: f64) -> f64 {
        factor.min(self.factors.high).max(self.factors.low)
    }
}
