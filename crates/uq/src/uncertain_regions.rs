//! Where to look first: connected regions of doubt, and the doubt of every plane.

use crate::Error;
use crate::error::{check_length, check_numbers};

/// Which voxels are doubtful.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum UncertaintyThreshold {
    /// Those with at least this score.
    AtLeast(f32),
    /// The share of all voxels with the highest scores, 0 to 1; all voxels of the lowest chosen score belong to it.
    TopShare(f64),
}

/// A connected region of doubtful voxels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UncertainRegion {
    /// Plane, row and column of its highest score, from 0; of the first one where several are equal.
    pub peak: [usize; 3],
    /// Number of voxels.
    pub voxels: u64,
    /// Its highest ranking score.
    pub peak_score: f32,
    /// Mean of its ranking scores.
    pub mean_score: f32,
}

/// Connected regions of doubtful voxels, worst first, at most `max_regions` of them.
///
/// Voxels are connected across faces, edges and corners: 8 neighbours in a picture, 26 in a volume. The worst region has
/// the largest sum of scores above the threshold, so that size and height both count. `scores` `[planes, rows, columns]`,
/// larger means more doubtful.
///
/// # Errors
/// [`Error::Length`] if the scores do not fit the shape, [`Error::NotANumber`] for a score that is not a number,
/// [`Error::Setting`] for a share outside 0 to 1 or a threshold that is not a number.
pub fn uncertain_regions(
    scores: &[f32],
    shape: [usize; 3],
    selection: UncertaintyThreshold,
    max_regions: usize,
) -> Result<Vec<UncertainRegion>, Error> {
    check_length("the scores", scores.len(), voxels_of(shape))?;
    check_numbers("the scores", scores)?;
    let Some(threshold) = threshold(scores, selection)? else {
        return Ok(Vec::new());
    };
    let mut waiting: Vec<bool> = scores.iter().map(|&score| score >= threshold).collect();
    let mut regions = Vec::new();
    for start in 0..scores.len() {
        if waiting.get(start) == Some(&true) {
            let members = take_connected(&mut waiting, start, shape);
            regions.push(describe(&members, scores, shape, threshold));
        }
    }
    // Stable: equally bad regions stay in the order of their first voxels.
    regions.sort_by(|(left, left_excess), (right, right_excess)| {
        right_excess
            .total_cmp(left_excess)
            .then(right.voxels.cmp(&left.voxels))
    });
    regions.truncate(max_regions);
    Ok(regions.into_iter().map(|(region, _)| region).collect())
}

fn voxels_of(shape: [usize; 3]) -> usize {
    shape
        .iter()
        .fold(1_usize, |product, &length| product.saturating_mul(length))
}

/// The lowest score that is doubtful; `None` where no voxel is.
fn threshold(scores: &[f32], selection: UncertaintyThreshold) -> Result<Option<f32>, Error> {
    match selection {
        UncertaintyThreshold::AtLeast(score) if score.is_nan() => Err(Error::Setting {
            what: "the threshold of doubt",
            value: score.to_string(),
            requirement: "a number",
        }),
        UncertaintyThreshold::AtLeast(score) => Ok(Some(score)),
        UncertaintyThreshold::TopShare(share) if !(0.0..=1.0).contains(&share) => {
            Err(Error::Setting {
                what: "the share of doubtful voxels",
                value: share.to_string(),
                requirement: "between 0 and 1",
            })
        }
        UncertaintyThreshold::TopShare(share) => {
            let count = (share * scores.len() as f64).round() as usize;
            let Some(place) = count.checked_sub(1) else {
                return Ok(None);
            };
            let mut sorted = scores.to_vec();
            let (_, &mut lowest, _) = sorted.select_nth_unstable_by(place, |a, b| b.total_cmp(a));
            Ok(Some(lowest))
        }
    }
}

/// All voxels connected with `start`, which are waiting no longer.
fn take_connected(waiting: &mut [bool], start: usize, shape: [usize; 3]) -> Vec<usize> {
    let [_, rows, columns] = shape;
    let mut members = Vec::new();
    let mut open = vec![start];
    if let Some(first) = waiting.get_mut(start) {
        *first = false;
    }
    while let Some(index) = open.pop() {
        members.push(index);
        let place = place_of(index, shape);
        let [planes, lines, places] = [0, 1, 2].map(|axis| {
            let last = shape[axis].saturating_sub(1);
            place[axis].saturating_sub(1)..=(place[axis] + 1).min(last)
        });
        for plane in planes {
            for row in lines.clone() {
                for column in places.clone() {
                    let neighbour = (plane * rows + row) * columns + column;
                    if let Some(flag) = waiting.get_mut(neighbour).filter(|flag| **flag) {
                        *flag = false;
                        open.push(neighbour);
                    }
                }
            }
        }
    }
    members
}

fn place_of(index: usize, [_, rows, columns]: [usize; 3]) -> [usize; 3] {
    [
        index / (rows * columns),
        index / columns % rows,
        index % columns,
    ]
}

/// The region and its sum of scores above the threshold.
fn describe(
    members: &[usize],
    scores: &[f32],
    shape: [usize; 3],
    threshold: f32,
) -> (UncertainRegion, f64) {
    let (mut peak, mut peak_score) = (usize::MAX, f32::NEG_INFINITY);
    let (mut sum, mut excess) = (0.0, 0.0);
    for &index in members {
        let score = scores.get(index).copied().unwrap_or(threshold);
        if score > peak_score || (score == peak_score && index < peak) {
            (peak, peak_score) = (index, score);
        }
        sum += f64::from(score);
        // Infinite scores above an infinite threshold exceed it by nothing.
        excess += if score > threshold {
            f64::from(score) - f64::from(threshold)
        } else {
            0.0
        };
    }
    let region = UncertainRegion {
        peak: place_of(peak, shape),
        voxels: members.len() as u64,
        peak_score,
        mean_score: (sum / members.len().max(1) as f64) as f32,
    };
    (region, excess)
}

/// Mean score of every plane, in the order of planes: over the voxels of `region` (the near region of the mask, say), or
/// over the whole plane where the region leaves it out. Sort by it for the worst slices.
///
/// `scores` and `region` `[planes, rows, columns]`; one plane gives one value. A plane without voxels has 0.
///
/// # Errors
/// [`Error::Length`] if an array does not fit the shape, [`Error::NotANumber`] for a score that is not a number.
pub fn slice_uncertainty(
    scores: &[f32],
    region: &[bool],
    shape: [usize; 3],
) -> Result<Vec<f64>, Error> {
    check_length("the scores", scores.len(), voxels_of(shape))?;
    check_length("the region", region.len(), voxels_of(shape))?;
    check_numbers("the scores", scores)?;
    let [planes, rows, columns] = shape;
    let plane = (rows * columns).max(1);
    let mut doubt: Vec<f64> = scores
        .chunks(plane)
        .zip(region.chunks(plane))
        .map(|(scores, region)| {
            let everywhere = !region.contains(&true);
            let included = scores
                .iter()
                .zip(region)
                .filter(|&(_, &inside)| inside || everywhere);
            let (sum, count) = included.fold((0.0, 0_u64), |(sum, count), (&score, _)| {
                (sum + f64::from(score), count + 1)
            });
            sum / count.max(1) as f64
        })
        .collect();
    doubt.resize(planes, 0.0);
    Ok(doubt)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{UncertaintyThreshold, slice_uncertainty, uncertain_regions};
    use crate::Error;

    #[test]
    fn regions_touch_across_corners_and_the_worst_comes_first() {
        #[rustfmt::skip]
        let scores = [
            0.9, 0.0, 0.0, 0.6, 0.6,
            0.0, 0.8, 0.0, 0.6, 0.7,
            0.0, 0.0, 0.0, 0.0, 0.0,
            2.0, 0.0, 0.0, 0.0, 0.0_f32,
        ];
        let regions =
            uncertain_regions(&scores, [1, 4, 5], UncertaintyThreshold::AtLeast(0.5), 9).unwrap();
        let seen: Vec<_> = regions.iter().map(|r| (r.peak, r.voxels)).collect();
        // Above 0.5: 1.5 at the lone peak, 0.7 along the diagonal, 0.5 in the block.
        assert_eq!(seen, [([0, 3, 0], 1), ([0, 0, 0], 2), ([0, 1, 4], 4)]);
        assert!((regions[1].mean_score - 0.85).abs() < 1e-6);
        assert_eq!(regions[1].peak_score, 0.9);
        let worst =
            uncertain_regions(&scores, [1, 4, 5], UncertaintyThreshold::AtLeast(0.5), 1).unwrap();
        assert_eq!(worst, regions[..1]);
    }

    #[test]
    fn regions_reach_through_planes() {
        let mut scores = [0.0_f32; 27];
        (scores[0], scores[13], scores[26]) = (1.0, 1.0, 3.0);
        let regions =
            uncertain_regions(&scores, [3, 3, 3], UncertaintyThreshold::AtLeast(0.5), 5).unwrap();
        assert_eq!(regions.len(), 1);
        assert_eq!((regions[0].peak, regions[0].voxels), ([2, 2, 2], 3));
        scores[13] = 0.0;
        let regions =
            uncertain_regions(&scores, [3, 3, 3], UncertaintyThreshold::AtLeast(0.5), 5).unwrap();
        assert_eq!(regions.len(), 2);
    }

    #[test]
    fn a_share_chooses_that_many_voxels() {
        let scores: Vec<f32> = (0..100).map(|index| ((index * 37) % 100) as f32).collect();
        let count = |share| -> u64 {
            uncertain_regions(
                &scores,
                [1, 10, 10],
                UncertaintyThreshold::TopShare(share),
                100,
            )
            .unwrap()
            .iter()
            .map(|region| region.voxels)
            .sum()
        };
        assert_eq!((count(0.0), count(0.13), count(1.0)), (0, 13, 100));
    }

    #[test]
    fn planes_are_judged_where_the_region_is() {
        let scores = [1.0, 3.0, 5.0, 0.0, 2.0, 2.0];
        let region = [true, false, true, false, false, false];
        assert_eq!(
            slice_uncertainty(&scores, &region, [2, 1, 3]).unwrap(),
            [3.0, 4.0 / 3.0]
        );
        assert_eq!(slice_uncertainty(&[], &[], [3, 0, 4]).unwrap(), [0.0; 3]);
    }

    #[test]
    fn faults_are_named() {
        let all = UncertaintyThreshold::TopShare(1.5);
        assert!(matches!(
            uncertain_regions(&[0.0], [1, 1, 1], all, 1),
            Err(Error::Setting { .. })
        ));
        let none = UncertaintyThreshold::AtLeast(f32::NAN);
        assert!(matches!(
            uncertain_regions(&[0.0], [1, 1, 1], none, 1),
            Err(Error::Setting { .. })
        ));
        assert!(matches!(
            uncertain_regions(
                &[f32::NAN],
                [1, 1, 1],
                UncertaintyThreshold::AtLeast(0.0),
                1
            ),
            Err(Error::NotANumber { .. })
        ));
        assert!(matches!(
            slice_uncertainty(&[0.0], &[], [1, 1, 1]),
            Err(Error::Length { .. })
        ));
    }
}
