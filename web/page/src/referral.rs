//! Referral: the most doubtful share of the pixels goes to a human, the rest is kept.

use protocol::CurvePoint;

/// What a referral means for the image on screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Referral {
    /// Pixels with this ranking or more are referred; infinite when none is.
    pub threshold: f32,
    /// Share of all pixels that is referred, 0..=1. Equal values are referred together, so it may exceed what was asked.
    pub pixels: f64,
    /// Share of the object pixels that is referred, 0..=1; none without objects.
    pub objects: Option<f64>,
}

/// Finds the threshold of the ranking map above which a share of the pixels lies.
///
/// `ranking` and `mask` belong to the same pixels; `share` is 0..=1. Values that are not a number count as the most
/// doubtful.
#[must_use]
pub fn refer(ranking: &[f32], mask: &[u8], share: f64) -> Referral {
    let wanted =
        ((share.clamp(0.0, 1.0) * ranking.len() as f64).round() as usize).min(ranking.len());
    if wanted == 0 {
        let objects = mask.iter().any(|class| *class != 0).then_some(0.0);
        return Referral {
            threshold: f32::INFINITY,
            pixels: 0.0,
            objects,
        };
    }
    let mut values: Vec<f32> = ranking
        .iter()
        .map(|value| {
            if value.is_nan() {
                f32::INFINITY
            } else {
                *value
            }
        })
        .collect();
    let (_, threshold, _) =
        values.select_nth_unstable_by(wanted - 1, |left, right| right.total_cmp(left));
    let threshold = *threshold;
    let referred = |value: &f32| value.is_nan() || *value >= threshold;
    let pixels = ranking.iter().filter(|value| referred(value)).count();
    let objects = mask.iter().filter(|class| **class != 0).count();
    let both = ranking
        .iter()
        .zip(mask)
        .filter(|(value, class)| **class != 0 && referred(value))
        .count();
    Referral {
        threshold,
        pixels: pixels as f64 / ranking.len() as f64,
        objects: (objects > 0).then(|| both as f64 / objects as f64),
    }
}

/// Share of wrong pixels that is expected among those kept, from the model's risk-coverage curve on its validation
/// images, linear between its points. None without a curve; below its first point, the risk there.
#[must_use]
pub fn expected_risk(curve: &[CurvePoint], coverage: f64) -> Option<f64> {
    let first = curve.first()?;
    let mut before = first;
    for point in curve {
        if point.coverage >= coverage {
            let span = point.coverage - before.coverage;
            let part = if span > 0.0 {
                ((coverage - before.coverage) / span).clamp(0.0, 1.0)
            } else {
                1.0
            };
            return Some(before.risk + part * (point.risk - before.risk));
        }
        before = point;
    }
    Some(before.risk)
}

/// Share of wrong pixels among those kept, measured with true labels; none when all are referred.
#[must_use]
pub fn measured_risk(ranking: &[f32], errors: &[u8], threshold: f32) -> Option<f64> {
    let kept = ranking
        .iter()
        .zip(errors)
        .filter(|(value, _)| **value < threshold);
    let (count, wrong) = kept.fold((0_u64, 0_u64), |(count, wrong), (_, error)| {
        (count + 1, wrong + u64::from(*error != 0))
    });
    (count > 0).then(|| wrong as f64 / count as f64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn the_most_doubtful_are_referred() {
        let ranking = [0.1, 0.9, 0.5, 0.7, 0.2];
        let found = refer(&ranking, &[0, 1, 1, 0, 1], 0.4);
        assert!((found.threshold - 0.7).abs() < 1e-9);
        assert!((found.pixels - 0.4).abs() < 1e-12);
        assert!((found.objects.unwrap() - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn none_and_all() {
        let none = refer(&[1.0, 2.0], &[0, 0], 0.0);
        assert_eq!((none.pixels, none.objects), (0.0, None));
        assert!(none.threshold.is_infinite());
        assert!((refer(&[1.0, 2.0], &[1, 0], 1.0).pixels - 1.0).abs() < 1e-12);
        assert_eq!(refer(&[], &[], 0.5).pixels, 0.0);
    }

    #[test]
    fn equal_values_go_together_and_broken_ones_first() {
        assert!((refer(&[3.0, 3.0, 3.0, 1.0], &[1; 4], 0.25).pixels - 0.75).abs() < 1e-12);
        assert!((refer(&[f32::NAN, 1.0, 2.0, 0.0], &[1; 4], 0.25).pixels - 0.25).abs() < 1e-12);
    }

    #[test]
    fn the_curve_is_linear_between_its_points() {
        let curve = [
            CurvePoint {
                coverage: 0.5,
                risk: 0.01,
            },
            CurvePoint {
                coverage: 1.0,
                risk: 0.05,
            },
        ];
        assert!((expected_risk(&curve, 0.75).unwrap() - 0.03).abs() < 1e-12);
        assert!((expected_risk(&curve, 0.1).unwrap() - 0.01).abs() < 1e-12);
        assert!((expected_risk(&curve, 1.0).unwrap() - 0.05).abs() < 1e-12);
        assert_eq!(expected_risk(&[], 0.5), None);
    }

    #[test]
    fn labels_tell_the_true_risk_of_what_is_kept() {
        let (ranking, errors) = ([0.1, 0.9, 0.5, 0.7], [0, 1, 1, 0]);
        assert_eq!(measured_risk(&ranking, &errors, 0.7), Some(0.5));
        assert_eq!(measured_risk(&ranking, &errors, f32::INFINITY), Some(0.5));
        assert_eq!(measured_risk(&ranking, &errors, 0.0), None);
    }
}
