//! Selective prediction: the error rate among the voxels that are kept when the most doubtful are referred.

use serde::{Deserialize, Serialize};

use crate::error::check_length;
use crate::{Error, Ranking};

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

/// See [`Ranking::aurc`].
pub(crate) fn aurc(ranking: &Ranking) -> Option<f64> {
    if ranking.count() == 0 {
        return None;
    }
    let (mut kept, mut wrong, mut area) = (0.0, 0.0, 0.0);
    for group in ranking.groups() {
        let rate = group.errors as f64 / group.count as f64;
        for place in 1..=group.count {
            area += (wrong + rate * place as f64) / (kept + place as f64);
        }
        kept += group.count as f64;
        wrong += group.errors as f64;
    }
    Some(area / ranking.count() as f64)
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
    if let Some(index) = scores.iter().position(|score| score.is_nan()) {
        return Err(Error::NotANumber {
            what: "the scores",
            index,
        });
    }
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
    let sum: f64 = (1..=errors)
        .map(|wrong| wrong as f64 / (right + wrong) as f64)
        .sum();
    (count > 0).then(|| sum / count as f64)
}

/// See [`Ranking::risk_coverage`].
pub(crate) fn risk_coverage(ranking: &Ranking, points: usize) -> Vec<CurvePoint> {
    let count = ranking.count();
    let points = (points as u64).min(count);
    let mut curve = Vec::with_capacity(points as usize);
    let mut groups = ranking.groups().iter();
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::aurc_optimal;
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

    #[test]
    fn the_optimum_of_impossible_counts_is_undefined() {
        assert_eq!(aurc_optimal(0, 0), None);
        assert_eq!(aurc_optimal(3, 4), None);
        assert_eq!(aurc_optimal(4, 1), Some(1.0 / 16.0));
    }
}
