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

/// A ranking map in an order in which every referral is found at once, however large the image: voxels grouped by the
/// upper half of their rank's bits, the most doubtful group first.
#[derive(Debug, Clone)]
pub struct Referrals {
    /// Where each group starts, and the end of the last one.
    starts: Vec<usize>,
    /// Object voxels before each group, and all of them.
    objects_before: Vec<usize>,
    /// Ranks by group, in no order within one.
    ranks: Vec<u32>,
    /// Whether each is an object's.
    objects: Vec<bool>,
}

/// Groups of voxels: one for each value of the upper half of a rank.
const GROUPS: usize = 1 << 16;

impl Referrals {
    /// Sorts a map. `ranking` and `mask` belong to the same voxels. Values that are not a number count as the most
    /// doubtful.
    #[must_use]
    pub fn new(ranking: &[f32], mask: &[u8]) -> Self {
        let voxels = || {
            let ranks = ranking.iter().map(|&value| rank(value));
            ranks.zip(mask.iter().map(|&class| class != 0))
        };
        // How many voxels, and how many of objects, each group has; then where it starts.
        let mut counts = vec![(0, 0); GROUPS];
        for (rank, object) in voxels() {
            if let Some((all, objects)) = counts.get_mut(group(rank)) {
                *all += 1;
                *objects += usize::from(object);
            }
        }
        let (mut starts, mut objects_before) = (vec![0], vec![0]);
        let mut sum = (0, 0);
        for (all, objects) in counts {
            sum = (sum.0 + all, sum.1 + objects);
            starts.push(sum.0);
            objects_before.push(sum.1);
        }
        let (mut ranks, mut objects) = (vec![0; sum.0], vec![false; sum.0]);
        let mut places = starts.clone();
        for (rank, object) in voxels() {
            if let Some(place) = places.get_mut(group(rank)) {
                if let (Some(slot), Some(flag)) = (ranks.get_mut(*place), objects.get_mut(*place)) {
                    (*slot, *flag) = (rank, object);
                }
                *place += 1;
            }
        }
        Self {
            starts,
            objects_before,
            ranks,
            objects,
        }
    }

    /// Refers a share of the voxels, 0..=1: finds the value above which it lies.
    #[must_use]
    pub fn refer(&self, share: f64) -> Referral {
        let (count, objects) = (
            self.ranks.len(),
            self.objects_before.last().copied().unwrap_or(0),
        );
        let wanted = ((share.clamp(0.0, 1.0) * count as f64).round() as usize).min(count);
        if wanted == 0 {
            return Referral {
                threshold: f32::INFINITY,
                pixels: 0.0,
                objects: (objects > 0).then_some(0.0),
            };
        }
        // The group in which the last of them lies: the first one that ends at or after it.
        let end = self.starts.partition_point(|&start| start < wanted);
        let first = end.saturating_sub(1);
        let start = self.starts.get(first).copied().unwrap_or(0);
        let range = start..self.starts.get(end).copied().unwrap_or(count);
        let ranks = self.ranks.get(range.clone()).unwrap_or_default();
        let flags = self.objects.get(range).unwrap_or_default();
        let mut group: Vec<(u32, bool)> =
            ranks.iter().copied().zip(flags.iter().copied()).collect();
        let place = (wanted - start).saturating_sub(1);
        let last = if place < group.len() {
            group.select_nth_unstable(place).1.0
        } else {
            u32::MAX
        };
        // Equal values are in one group, and go together.
        let referred = group.iter().filter(|(rank, _)| *rank <= last);
        let (within, objects_within) = referred.fold((0, 0), |(all, objects), (_, object)| {
            (all + 1, objects + usize::from(*object))
        });
        let before = self.objects_before.get(first).copied().unwrap_or(0);
        Referral {
            threshold: value(last),
            pixels: (start + within) as f64 / count as f64,
            objects: (objects > 0).then(|| (before + objects_within) as f64 / objects as f64),
        }
    }
}

fn group(rank: u32) -> usize {
    (rank >> 16) as usize
}

/// The place of a value among all values, the largest first, as `f32::total_cmp` orders them; what is not a number counts as
/// infinite.
const fn rank(value: f32) -> u32 {
    let bits = if value.is_nan() {
        f32::INFINITY.to_bits()
    } else {
        value.to_bits()
    };
    // Negative numbers ascend with their bits, others descend.
    if bits >> 31 == 1 {
        bits
    } else {
        !bits & 0x7fff_ffff
    }
}

/// The value at a place.
const fn value(rank: u32) -> f32 {
    f32::from_bits(if rank >> 31 == 1 {
        rank
    } else {
        !rank & 0x7fff_ffff
    })
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

    fn refer(ranking: &[f32], mask: &[u8], share: f64) -> Referral {
        Referrals::new(ranking, mask).refer(share)
    }

    #[test]
    fn many_values_are_referred_as_sorting_them_says() {
        // Numbers of both signs, many of them equal or in one group.
        let values: Vec<f32> = (0..5000_u32)
            .map(|index| {
                let noise = index.wrapping_mul(2_654_435_761) >> 16;
                (noise % 1999) as f32 * 1e-4 - 0.05
            })
            .collect();
        let mask: Vec<u8> = (0..5000_u32).map(|index| u8::from(index % 7 < 3)).collect();
        let mut sorted = values.clone();
        sorted.sort_by(|left, right| right.total_cmp(left));
        let referrals = Referrals::new(&values, &mask);
        for wanted in [1, 2, 17, 1234, 2500, 4999, 5000] {
            let found = referrals.refer(f64::from(wanted) / 5000.0);
            let threshold = sorted[wanted as usize - 1];
            assert_eq!(found.threshold, threshold);
            let referred = |index: &usize| values[*index] >= threshold;
            let all = (0..5000).filter(referred).count();
            let objects = (0..5000).filter(|index| mask[*index] != 0);
            let share = objects.clone().filter(referred).count() as f64 / objects.count() as f64;
            assert!((found.pixels - all as f64 / 5000.0).abs() < 1e-12);
            assert!((found.objects.unwrap() - share).abs() < 1e-12);
        }
    }

    #[test]
    fn ranks_order_values_from_the_largest() {
        let values = [
            f32::INFINITY,
            3.0,
            1e-40,
            0.0,
            -0.0,
            -1e-40,
            -2.0,
            f32::NEG_INFINITY,
        ];
        for pair in values.windows(2) {
            assert!(rank(pair[0]) < rank(pair[1]), "{pair:?}");
        }
        for number in values {
            assert_eq!(value(rank(number)).to_bits(), number.to_bits());
        }
        assert_eq!(rank(f32::NAN), rank(f32::INFINITY));
    }

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
