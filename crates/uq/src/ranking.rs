//! How well scores rank wrong voxels above right ones.
//!
//! Score: an uncertainty, larger means more doubtful. Positive: the voxel's class is wrong.

use crate::Error;
use crate::error::{check_length, check_numbers};
use crate::tie_group::TieGroup;

/// Scores and errors, sorted once, for all metrics that need the order.
///
/// Takes 8 bytes for each voxel while sorting, then 24 bytes for each distinct score.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// In ascending order of score.
    groups: Vec<TieGroup>,
    count: u64,
    errors: u64,
}

/// A 32-bit key in the order of the scores. Both zeros are one value.
pub(crate) fn key(score: f32) -> u32 {
    let bits = (score + 0.0).to_bits();
    if bits >> 31 == 1 {
        !bits
    } else {
        bits | 1 << 31
    }
}

/// The score of a key.
pub(crate) fn score_of(key: u32) -> f32 {
    f32::from_bits(if key >> 31 == 1 {
        key & !(1 << 31)
    } else {
        !key
    })
}

impl Ranking {
    /// Sorts scores (any range, infinities allowed); `errors[i]` says whether voxel `i` is wrong.
    ///
    /// # Errors
    /// [`Error::Length`] if the slices differ in length, [`Error::NotANumber`] for a score that is not a number.
    pub fn new(scores: &[f32], errors: &[bool]) -> Result<Self, Error> {
        check_length("the error map", errors.len(), scores.len())?;
        check_numbers("the scores", scores)?;
        let mut sorted: Vec<u64> = scores
            .iter()
            .zip(errors)
            .map(|(&score, &error)| u64::from(key(score)) << 1 | u64::from(error))
            .collect();
        sorted.sort_unstable();
        let groups = sorted
            .chunk_by(|left, right| left >> 1 == right >> 1)
            .map(|group| TieGroup {
                score: group
                    .first()
                    .map_or(0.0, |&packed| score_of((packed >> 1) as u32)),
                count: group.len() as u64,
                errors: group.iter().map(|packed| packed & 1).sum(),
            });
        Ok(Self::from_groups(groups.collect()))
    }

    /// From groups in ascending order of score, none of them empty.
    pub(crate) fn from_groups(groups: Vec<TieGroup>) -> Self {
        Self {
            count: groups.iter().map(|group| group.count).sum(),
            errors: groups.iter().map(|group| group.errors).sum(),
            groups,
        }
    }

    /// Number of voxels.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Number of wrong voxels.
    pub fn errors(&self) -> u64 {
        self.errors
    }

    pub(crate) fn groups(&self) -> &[TieGroup] {
        &self.groups
    }

    /// Area under the receiver operating characteristic, 0 to 1: P(score of a wrong voxel > score of a right one)
    /// + 1/2 P(equal), the Mann-Whitney statistic (Hanley and McNeil, Radiology 143, 1982).
    ///
    /// `None` unless there are both wrong and right voxels.
    pub fn auroc(&self) -> Option<f64> {
        let right = self.count - self.errors;
        if self.errors == 0 || right == 0 {
            return None;
        }
        let mut right_below = 0.0;
        let mut won = 0.0;
        for group in &self.groups {
            let right_here = (group.count - group.errors) as f64;
            won += group.errors as f64 * (right_below + 0.5 * right_here);
            right_below += right_here;
        }
        Some(won / (self.errors as f64 * right as f64))
    }

    /// Area under the precision-recall curve as average precision, 0 to 1: the sum over distinct thresholds, from the
    /// highest, of (step of recall) x precision, without interpolation (Davis and Goadrich, ICML 2006).
    ///
    /// `None` without wrong voxels.
    pub fn auprc(&self) -> Option<f64> {
        if self.errors == 0 {
            return None;
        }
        let (mut found, mut flagged, mut area) = (0_u64, 0_u64, 0.0);
        for group in self.groups.iter().rev() {
            found += group.errors;
            flagged += group.count;
            area += group.errors as f64 * found as f64 / flagged as f64;
        }
        Some(area / self.errors as f64)
    }

    /// False positive rate at the highest threshold whose true positive rate is at least 95 %, 0 to 1: the share of
    /// right voxels that one must look at to see 95 % of the wrong ones. Voxels with the threshold's own score count as
    /// flagged (Hendrycks and Gimpel, ICLR 2017; Liang et al., ICLR 2018).
    ///
    /// `None` unless there are both wrong and right voxels.
    pub fn fpr95(&self) -> Option<f64> {
        let right = self.count - self.errors;
        if self.errors == 0 || right == 0 {
            return None;
        }
        let (mut found, mut flagged_right) = (0_u64, 0_u64);
        for group in self.groups.iter().rev() {
            found += group.errors;
            flagged_right += group.count - group.errors;
            // 100 found >= 95 errors, in integers: 0.95 has no exact floating-point value.
            if u128::from(found) * 100 >= u128::from(self.errors) * 95 {
                break;
            }
        }
        Some(flagged_right as f64 / right as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::{key, score_of};

    #[test]
    fn keys_keep_the_order_and_lead_back() {
        let scores = [
            f32::NEG_INFINITY,
            -3.0,
            -f32::MIN_POSITIVE,
            0.0,
            1e-40,
            0.5,
            17.0,
            f32::INFINITY,
        ];
        assert!(scores.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        assert!(scores.iter().all(|&score| score_of(key(score)) == score));
        assert_eq!(key(-0.0), key(0.0));
    }
}
