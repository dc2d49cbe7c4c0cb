//! The coefficient of the margin in a voxel's ranking score, fitted on labelled images.

use crate::error::{check_length, check_numbers};
use crate::logit_differences::evenly_spaced;
use crate::{Error, Ranking};

/// Coefficients that are tried, `2^(k / 2)`, for the halves `k` of octaves from the first to the last: from 1/64, where the
/// margin breaks ties, to 128, where everything else does.
const HALF_OCTAVES: std::ops::RangeInclusive<i32> = -12..=14;

/// What the fit takes from one image.
#[derive(Debug, Clone, Copy)]
pub struct MarginCoefficientCase<'a> {
    /// The score without the margin, `[voxels]`: SegWithU's anchor times its slope.
    pub score: &'a [f32],
    /// What the margin says, `[voxels]`, larger for a smaller margin: SegWithU's weight `exp(-4 margin)`.
    pub margin: &'a [f32],
    /// Which voxels are wrong.
    pub errors: &'a [bool],
    /// The band near the objects.
    pub near: &'a [bool],
}

/// A fitted coefficient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FittedMarginCoefficient {
    /// What was found.
    pub coefficient: f64,
    /// The mean of AUROC over all voxels and over those near the objects, where the search began,
    pub auroc_before: f64,
    /// and where it ended.
    pub auroc_after: f64,
}

/// Voxels of one kind.
#[derive(Debug, Clone, Default, PartialEq)]
struct Voxels {
    scores: Vec<f32>,
    margins: Vec<f32>,
    errors: Vec<bool>,
}

/// Voxels on which the coefficient `s` of the score `score + s * margin` is chosen (SegWithU's ranking map, whose coefficient is
/// `softplus(err_c)`).
///
/// Training moves that number little, for the loss hardly depends on it; which coefficient ranks the errors of images that the
/// backbone was not trained on best is seen on such images alone. Of every case at most a given number of
/// voxels is kept, of all and of those near the objects, evenly spaced in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct MarginCoefficientFit {
    max_per_case: usize,
    all: Voxels,
    near: Voxels,
}

impl MarginCoefficientFit {
    /// Without a case. At most `max_per_case` voxels of a case are kept of either kind (at least one is).
    #[must_use]
    pub fn new(max_per_case: usize) -> Self {
        Self {
            max_per_case: max_per_case.max(1),
            all: Voxels::default(),
            near: Voxels::default(),
        }
    }

    /// Adds a case.
    ///
    /// # Errors
    /// [`Error::Length`] and [`Error::NotANumber`] for arrays that do not fit. Nothing is added then.
    pub fn add(&mut self, case: &MarginCoefficientCase<'_>) -> Result<(), Error> {
        let voxels = case.score.len();
        check_length("the margin", case.margin.len(), voxels)?;
        check_length("the error map", case.errors.len(), voxels)?;
        check_length("the band near the objects", case.near.len(), voxels)?;
        check_numbers("the score", case.score)?;
        check_numbers("the margin", case.margin)?;
        let near = (0..voxels)
            .filter(|&voxel| case.near.get(voxel) == Some(&true))
            .collect::<Vec<_>>();
        let limit = self.max_per_case;
        self.all.keep(case, evenly_spaced(voxels, limit));
        let near = evenly_spaced(near.len(), limit).filter_map(|place| near.get(place).copied());
        self.near.keep(case, near);
        Ok(())
    }

    /// The coefficient of largest mean AUROC among `start` and powers of the root of two from 1/64 to 128. `None` where
    /// no kept voxel is wrong, or none is right, near the objects.
    #[must_use]
    pub fn fit(&self, start: f64) -> Option<FittedMarginCoefficient> {
        let auroc_before = self.auroc(start)?;
        let mut found = FittedMarginCoefficient {
            coefficient: start,
            auroc_before,
            auroc_after: auroc_before,
        };
        for halves in HALF_OCTAVES {
            let coefficient = (0.5 * f64::from(halves)).exp2();
            let auroc = self.auroc(coefficient)?;
            if auroc > found.auroc_after {
                (found.coefficient, found.auroc_after) = (coefficient, auroc);
            }
        }
        Some(found)
    }

    /// Mean AUROC of both kinds.
    fn auroc(&self, coefficient: f64) -> Option<f64> {
        Some(0.5 * (self.all.auroc(coefficient)? + self.near.auroc(coefficient)?))
    }
}

impl Voxels {
    fn keep(&mut self, case: &MarginCoefficientCase<'_>, voxels: impl Iterator<Item = usize>) {
        for voxel in voxels {
            let at = |values: &[f32]| values.get(voxel).copied().unwrap_or_default();
            self.scores.push(at(case.score));
            self.margins.push(at(case.margin));
            self.errors.push(case.errors.get(voxel) == Some(&true));
        }
    }

    fn auroc(&self, coefficient: f64) -> Option<f64> {
        let scores = self
            .scores
            .iter()
            .zip(&self.margins)
            .map(|(&score, &margin)| (coefficient * f64::from(margin) + f64::from(score)) as f32)
            .collect::<Vec<_>>();
        Ranking::new(&scores, &self.errors).ok()?.auroc()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{MarginCoefficientCase, MarginCoefficientFit};
    use crate::Error;

    /// Errors are told by a mixture of both in which the margin counts `true_coefficient` times the score.
    fn mixture(true_coefficient: f32) -> MarginCoefficientFit {
        let number = |index: usize, factor: usize| ((index * factor) % 997) as f32 / 997.0;
        let score = (0..4000)
            .map(|index| number(index, 7919))
            .collect::<Vec<_>>();
        let margin = (0..4000)
            .map(|index| number(index, 613))
            .collect::<Vec<_>>();
        let errors = score.iter().zip(&margin);
        let errors = errors.map(|(score, margin)| {
            score + true_coefficient * margin > 0.9 * (1.0 + true_coefficient)
        });
        let errors = errors.collect::<Vec<_>>();
        let near = (0..4000).map(|index| index % 3 == 0).collect::<Vec<_>>();
        let mut fit = MarginCoefficientFit::new(usize::MAX);
        fit.add(&MarginCoefficientCase {
            score: &score,
            margin: &margin,
            errors: &errors,
            near: &near,
        })
        .unwrap();
        fit
    }

    #[test]
    fn the_coefficient_that_made_the_errors_is_found_again() {
        for true_coefficient in [0.25_f32, 2.0, 16.0] {
            let found = mixture(true_coefficient).fit(0.7).unwrap();
            assert_eq!(found.coefficient, f64::from(true_coefficient));
            assert!(found.auroc_after > 0.9999 && found.auroc_before < found.auroc_after);
        }
    }

    #[test]
    fn the_start_stays_where_nothing_is_better() {
        let fit = mixture(3.0);
        let found = fit.fit(3.0).unwrap();
        assert_eq!(found.coefficient, 3.0);
        assert_eq!(found.auroc_before, found.auroc_after);
    }

    #[test]
    fn without_errors_near_the_objects_nothing_is_fitted() {
        let mut fit = MarginCoefficientFit::new(10);
        assert_eq!(fit.fit(1.0), None);
        let case = MarginCoefficientCase {
            score: &[0.1, 0.2, 0.3],
            margin: &[0.3, 0.2, 0.1],
            errors: &[true, false, false],
            near: &[false, true, true],
        };
        fit.add(&case).unwrap();
        assert_eq!(fit.fit(1.0), None);
        let short = MarginCoefficientCase {
            margin: &[0.3],
            ..case
        };
        assert!(matches!(
            fit.add(&short),
            Err(Error::Length { found: 1, .. })
        ));
        let no_number = MarginCoefficientCase {
            score: &[0.1, f32::NAN, 0.3],
            ..case
        };
        assert!(matches!(
            fit.add(&no_number),
            Err(Error::NotANumber { index: 1, .. })
        ));
    }

    #[test]
    fn a_part_of_the_voxels_gives_nearly_the_same_coefficient() {
        let whole = mixture(2.0);
        let mut part = MarginCoefficientFit::new(900);
        part.add(&MarginCoefficientCase {
            score: &whole.all.scores,
            margin: &whole.all.margins,
            errors: &whole.all.errors,
            near: &vec![true; 4000],
        })
        .unwrap();
        assert_eq!(part.all.scores.len(), 900);
        let found = part.fit(0.7).unwrap().coefficient;
        assert!((found.log2() - 1.0).abs() <= 0.5, "{found}");
    }
}
