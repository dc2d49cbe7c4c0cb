//! Selective prediction: the error rate among the voxels that are kept when the most doubtful are referred.

use serde::{Deserialize, Serialize};

use crate::error::{check_length, check_numbers};
use crate::{Error, Ranking};

/// Sums of at most so many terms are added up one by one.
const TERM_BY_TERM: u64 = 64;

/// One point of a risk-coverage curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Share of voxels kept, the least doubtful first, above 0 and up to 1.
    pub coverage: f64,
    /// Error rate among those kept, 0 to 1; within equal scores, as expected for a random order.
    pub risk: f64,
    /// The largest score among those kept.
    pub threshold: f32,
}

impl Ranking {
    /// Area under the risk-coverage curve, 0 to 1 (not times 1000): the mean over k = 1..n of the error rate among the k
    /// voxels with the lowest scores (Geifman and El-Yaniv, 2017). Within equal scores the expectation over their
    /// random order is taken: errors accumulate linearly.
    ///
    /// `None` without voxels.
    pub fn aurc(&self) -> Option<f64> {
        if self.count() == 0 {
            return None;
        }
        let (mut kept, mut wrong, mut area) = (0, 0, 0.0);
        for group in self.groups() {
            let rate = group.errors as f64 / group.count as f64;
            area += summed_risk(kept, wrong as f64, rate, group.count);
            kept += group.count;
            wrong += group.errors;
        }
        Some(area / self.count() as f64)
    }

    /// Excess AURC: [`Ranking::aurc`] less the AURC of a perfect order of the same errors, [`aurc_optimal`] (Geifman,
    /// Uziel and El-Yaniv, ICLR 2019, with the exact finite sum in place of their limit).
    ///
    /// `None` without voxels.
    pub fn eaurc(&self) -> Option<f64> {
        Some(self.aurc()? - aurc_optimal(self.count(), self.errors())?)
    }

    /// Area under the generalised risk-coverage curve, 0 to 1/2 (not times 1000): the mean over coverages of the errors
    /// that are kept, by the number of all voxels, so the rate of silent failures (Traub et al., NeurIPS 2024). It is
    /// (1 - AUROC) acc (1 - acc) + (1 - acc)^2 / 2 with acc the share of right voxels; within equal scores the expectation
    /// over their random order.
    ///
    /// `None` without voxels.
    pub fn augrc(&self) -> Option<f64> {
        if self.count() == 0 {
            return None;
        }
        let rate = self.errors() as f64 / self.count() as f64;
        // Without both kinds no pair is out of order.
        let out_of_order = self.auroc().map_or(0.0, |auroc| 1.0 - auroc);
        Some(out_of_order * rate * (1.0 - rate) + rate * rate / 2.0)
    }

    /// The risk-coverage curve at (at most) `points` coverages, evenly spaced up to 1, in ascending order.
    pub fn risk_coverage(&self, points: usize) -> Vec<CurvePoint> {
        let count = self.count();
        let points = (points as u64).min(count);
        let mut curve = Vec::with_capacity(points as usize);
        let mut groups = self.groups().iter();
        let (mut before, mut wrong_before) = (0, 0);
        let mut current = groups.next();
        for point in 1..=points {
            // The nearest whole number of voxels, without a detour over floating point.
            let kept = ((2 * u128::from(point) * u128::from(count) + u128::from(points))
                / (2 * u128::from(points))) as u64;
            while let Some(group) = current {
                if before + group.count >= kept {
                    break;
                }
                before += group.count;
                wrong_before += group.errors;
                current = groups.next();
            }
            let Some(group) = current else {
                break;
            };
            let wrong_here = group.errors as f64 * (kept - before) as f64 / group.count as f64;
            curve.push(CurvePoint {
                coverage: kept as f64 / count as f64,
                risk: (wrong_before as f64 + wrong_here) / kept as f64,
                threshold: group.score,
            });
        }
        curve
    }
}

/// The sum over j = 1..`more` of (`wrong` + `rate` j) / (`kept` + j): the risks that are passed while `more` voxels are
/// added, of which the share `rate` is wrong.
pub(crate) fn summed_risk(kept: u64, wrong: f64, rate: f64, more: u64) -> f64 {
    let kept_f = kept as f64;
    let direct = |count: u64| {
        (1..=count)
            .map(|place| (wrong + rate * place as f64) / (kept_f + place as f64))
            .sum::<f64>()
    };
    // Short sums term by term; so are the first terms of long ones, where the series below does not hold.
    let first = if more <= TERM_BY_TERM {
        more
    } else {
        TERM_BY_TERM.saturating_sub(kept)
    };
    let rest = more - first;
    if rest == 0 {
        return direct(first);
    }
    let (start, end) = ((kept + first) as f64, (kept + more) as f64);
    // H(n) = ln n + gamma + 1/(2n) - 1/(12 n^2) + 1/(120 n^4) - ..
    let correction = |n: f64| {
        let inverse = 1.0 / n;
        let square = inverse * inverse;
        inverse / 2.0 - square / 12.0 + square * square / 120.0
    };
    let harmonics = (rest as f64 / start).ln_1p() + correction(end) - correction(start);
    let wrong_before = wrong + rate * first as f64;
    direct(first) + rate * rest as f64 + (wrong_before - rate * start) * harmonics
}

/// AURC with equal scores in the order of the input, as codes with a stable sort report it. It depends on the order of
/// the voxels; [`Ranking::aurc`] does not.
///
/// `None` without voxels.
///
/// # Errors
/// [`Error::Length`] if the slices differ in length, [`Error::NotANumber`] for a score that is not a number.
pub fn aurc_stable(scores: &[f32], errors: &[bool]) -> Result<Option<f64>, Error> {
    check_length("the error map", errors.len(), scores.len())?;
    check_numbers("the scores", scores)?;
    let mut ordered: Vec<(f32, bool)> =
        scores.iter().copied().zip(errors.iter().copied()).collect();
    // Not `total_cmp`, for which the two zeros differ; there is no not-a-number here.
    ordered.sort_by(|(left, _), (right, _)| {
        left.partial_cmp(right).unwrap_or(std::cmp::Ordering::Equal)
    });
    let (mut wrong, mut area) = (0_u64, 0.0);
    for (place, (_, error)) in ordered.iter().enumerate() {
        wrong += u64::from(*error);
        area += wrong as f64 / (place + 1) as f64;
    }
    Ok((!ordered.is_empty()).then(|| area / ordered.len() as f64))
}

/// The AURC of a perfect ranking of `count` voxels with `errors` wrong ones: (1/n) times the sum over i = n-m+1..n of
/// (i - (n - m)) / i. Its limit for large n is the familiar r + (1 - r) ln(1 - r).
///
/// `None` without voxels, or with more errors than voxels.
pub fn aurc_optimal(count: u64, errors: u64) -> Option<f64> {
    let right = count.checked_sub(errors)?;
    (count > 0).then(|| summed_risk(right, 0.0, 1.0, errors) / count as f64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{aurc_optimal, summed_risk};
    use crate::Ranking;

    #[test]
    fn a_curve_through_every_voxel_averages_to_the_aurc() {
        let scores = [0.1, 0.4, 0.4, 0.4, 0.2, 0.9, 0.9, 0.5];
        let errors = [false, true, false, false, false, true, true, false];
        let ranking = Ranking::new(&scores, &errors).unwrap();
        let curve = ranking.risk_coverage(8);
        assert_eq!(curve.len(), 8);
        let mean = curve.iter().map(|point| point.risk).sum::<f64>() / 8.0;
        assert!((mean - ranking.aurc().unwrap()).abs() < 1e-15);
        assert_eq!(
            (curve[7].coverage, curve[7].risk, curve[7].threshold),
            (1.0, 3.0 / 8.0, 0.9)
        );
        // Half of the voxels: 0.1, 0.2 and two of the three at 0.4, one third of which are wrong.
        let half = ranking.risk_coverage(2)[0];
        assert_eq!((half.coverage, half.threshold), (0.5, 0.4));
        assert!((half.risk - (2.0 / 3.0) / 4.0).abs() < 1e-15);
    }

    #[test]
    fn more_points_than_voxels_are_not_made_up() {
        assert_eq!(
            Ranking::new(&[0.3, 0.2], &[true, false])
                .unwrap()
                .risk_coverage(50)
                .len(),
            2
        );
        assert!(Ranking::new(&[], &[]).unwrap().risk_coverage(50).is_empty());
        assert!(
            Ranking::new(&[0.3], &[true])
                .unwrap()
                .risk_coverage(0)
                .is_empty()
        );
    }

    /// Long sums, which are not added up term by term, against the plain loop.
    #[test]
    fn long_sums_equal_their_terms() {
        for (kept, wrong, rate, more) in [
            (0_u64, 0.0, 0.3, 100_000_u64),
            (1, 1.0, 1.0, 5_000),
            (255, 40.0, 0.0, 20_000),
            (3_000_000, 120.0, 0.001, 700_000),
            (90_000_000, 70_000.0, 0.5, 257),
        ] {
            let terms = (1..=more)
                .map(|place| (wrong + rate * place as f64) / (kept as f64 + place as f64));
            let expected = terms.sum::<f64>();
            let found = summed_risk(kept, wrong, rate, more);
            assert!(
                (found - expected).abs() <= 1e-11 * more as f64,
                "{kept} {more}: {found} {expected}"
            );
        }
    }

    #[test]
    fn the_optimum_of_impossible_counts_is_undefined() {
        assert_eq!(aurc_optimal(0, 0), None);
        assert_eq!(aurc_optimal(3, 4), None);
        assert_eq!(aurc_optimal(4, 1), Some(1.0 / 16.0));
    }
}
