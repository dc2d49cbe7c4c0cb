//! How far a review is.

use correction::{Review, Standing};

use crate::results::outcome::Outcome;

/// The figures of a review.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReviewFigures {
    /// Places that were looked at.
    pub decided: usize,
    /// Places in the list.
    pub places: usize,
    /// Wrong voxels expected to be left.
    pub left: f64,
    /// Their share of the voxels of objects.
    pub share: f64,
    /// The share that is acceptable.
    pub requirement: Option<f64>,
    /// Share of the expected error that was looked at, 0 to 1.
    pub done: f64,
    /// Whether it is finished, and why.
    pub standing: Standing,
}

/// The figures of a review of a segmentation whose mask has that many voxels of objects now; none where there is nothing to
/// look at.
#[must_use]
pub fn figures(outcome: &Outcome, review: &Review, objects: u64) -> Option<ReviewFigures> {
    let info = &outcome.info;
    if info.regions.is_empty() {
        return None;
    }
    let expected: Vec<f64> = info
        .regions
        .iter()
        .map(|region| region.expected_wrong)
        .collect();
    let total = info.expected.voxels;
    let left = review.expected_left(&expected, total);
    let done = if total > 0.0 { 1.0 - left / total } else { 1.0 };
    Some(ReviewFigures {
        decided: review.decided(),
        places: expected.len(),
        left,
        share: left / objects.max(1) as f64,
        requirement: review.requirement,
        done: done.clamp(0.0, 1.0),
        standing: review.standing(left, objects),
    })
}

#[cfg(test)]
mod tests {
    use correction::Decision;

    use super::*;
    use crate::results::outcome::tests::{region, two_classes};

    #[test]
    fn what_was_looked_at_is_not_left() {
        let mut found = two_classes([1, 2, 3], &[0.9; 6]);
        assert_eq!(figures(&found, &Review::new(0), 6), None);
        found.info.regions = vec![region([0; 3], [1, 1, 0]), region([2, 0, 0], [2, 1, 0])];
        found.info.expected.voxels = 16.0;
        let mut review = Review::new(2);
        review.decide(0, Some(Decision::Accept));
        review.requirement = Some(0.1);
        let of = |review: &Review| figures(&found, review, 200);
        let now = of(&review);
        assert_eq!(now.map(|now| (now.decided, now.places)), Some((1, 2)));
        assert_eq!(now.map(|now| (now.left, now.share)), Some((12.0, 0.06)));
        assert_eq!(
            now.map(|now| (now.done, now.standing)),
            Some((0.25, Standing::Met))
        );
    }
}
