//! Which regions were looked at, what was decided, and what error is expected to be left.

use serde::{Deserialize, Serialize};
use uq::{BoundingBox, RegionKind};

/// What a person decided about a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The mask is right there.
    Accept,
    /// The mask was corrected there.
    Fix,
    /// Somebody else is to look at it.
    Refer,
}

/// A region in a review.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reviewed {
    /// What was decided; none of one that was not looked at.
    pub decision: Option<Decision>,
    /// What the person wrote.
    pub note: String,
}

/// How far a review is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There is something to look at, or nothing says when it is enough.
    Open,
    /// Less error is expected to be left than is acceptable.
    Met,
    /// Every region was looked at.
    Complete,
}

/// The review of one image: a decision and a note for every region, and how much error is acceptable.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Review {
    regions: Vec<Reviewed>,
    /// Wrong voxels that are acceptable, as a share of the voxels of objects, 0 to 1; none without a requirement.
    pub requirement: Option<f64>,
}

impl Review {
    /// A review of that many regions that has not begun.
    #[must_use]
    pub fn new(regions: usize) -> Self {
        Self {
            regions: vec![Reviewed::default(); regions],
            requirement: None,
        }
    }

    /// The regions, in the order of the list.
    #[must_use]
    pub fn regions(&self) -> &[Reviewed] {
        &self.regions
    }

    /// What was decided about a region.
    #[must_use]
    pub fn decision(&self, region: usize) -> Option<Decision> {
        self.regions.get(region)?.decision
    }

    /// Decides about a region; none takes a decision back.
    pub fn decide(&mut self, region: usize, decision: Option<Decision>) {
        if let Some(reviewed) = self.regions.get_mut(region) {
            reviewed.decision = decision;
        }
    }

    /// Writes a note.
    pub fn set_note(&mut self, region: usize, note: String) {
        if let Some(reviewed) = self.regions.get_mut(region) {
            reviewed.note = note;
        }
    }

    /// Number of regions that were looked at.
    #[must_use]
    pub fn decided(&self) -> usize {
        let decided = self
            .regions
            .iter()
            .filter(|region| region.decision.is_some());
        decided.count()
    }

    /// Whether nothing was decided and nothing written.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        self.regions
            .iter()
            .all(|region| *region == Reviewed::default())
    }

    /// The next region after one that was not looked at, from the beginning again at the end; none where all were.
    #[must_use]
    pub fn next_open(&self, after: Option<usize>) -> Option<usize> {
        let count = self.regions.len();
        let first = after.map_or(0, |after| after + 1);
        (0..count)
            .map(|step| (first + step) % count)
            .find(|&region| self.decision(region).is_none())
    }

    /// Wrong voxels expected to be left: those of the regions that were not looked at, and those outside of all regions.
    /// `expected` has the expected wrong voxels of every region, `total` is that of the image. What was looked at counts
    /// as right, whether it was accepted, corrected or referred.
    #[must_use]
    pub fn expected_left(&self, expected: &[f64], total: f64) -> f64 {
        let seen = expected.iter().enumerate();
        let seen = seen.filter(|(region, _)| self.decision(*region).is_some());
        let seen: f64 = seen.map(|(_, wrong)| wrong).sum();
        (total - seen).max(0.0)
    }

    /// How far it is, with `left` wrong voxels expected to be left and `objects` voxels of objects.
    #[must_use]
    pub fn standing(&self, left: f64, objects: u64) -> Standing {
        if self.decided() == self.regions.len() {
            Standing::Complete
        } else if self
            .requirement
            .is_some_and(|share| left <= share * objects as f64)
        {
            Standing::Met
        } else {
            Standing::Open
        }
    }
}

/// A review as it is saved with a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReviewRecord {
    /// The model.
    pub model: String,
    /// SHA-256 of its weights, hexadecimal.
    pub weights_sha256: String,
    /// When it was saved, RFC 3339.
    pub saved: String,
    /// Wrong voxels that are acceptable, as a share of the voxels of objects, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requirement: Option<f64>,
    /// Wrong voxels expected to be left after what was looked at.
    pub expected_wrong_left: f64,
    /// Voxels whose class was changed.
    pub voxels_changed: u64,
    /// What was changed of every class.
    pub classes: Vec<RecordedClass>,
    /// The regions in the order of the list.
    pub regions: Vec<RecordedRegion>,
}

/// What was changed of a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordedClass {
    /// Value in the mask.
    pub id: u8,
    /// Name.
    pub name: String,
    /// Voxels of the model's own mask.
    pub voxels_before: u64,
    /// Voxels of the corrected mask.
    pub voxels_after: u64,
    /// Voxels that became of the class.
    pub voxels_added: u64,
    /// Voxels that ceased to be of the class.
    pub voxels_removed: u64,
    /// Volume of the corrected mask, in an image of several planes whose geometry is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_ml_after: Option<f64>,
    /// Volume that became of the class and ceased to be, together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_ml_changed: Option<f64>,
    /// Area of the corrected mask, in a single plane whose geometry is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_mm2_after: Option<f64>,
    /// Area that became of the class and ceased to be, together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area_mm2_changed: Option<f64>,
}

/// A region with what was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordedRegion {
    /// What may be wrong there.
    pub kind: RegionKind,
    /// Name of the class that most of the expected error is marked as.
    pub class: String,
    /// Name of the class that it would be instead.
    pub instead: String,
    /// Number of voxels.
    pub voxels: u64,
    /// Expected wrong voxels.
    pub expected_wrong: f64,
    /// The box around it: column, row and plane as stored, from 0, ends included.
    pub bounding_box: BoundingBox,
    /// What was decided; none of one that was not looked at.
    pub decision: Option<Decision>,
    /// What the person wrote.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::{Decision, Review, Standing};

    #[test]
    fn the_next_region_is_one_that_nobody_has_looked_at() {
        let mut review = Review::new(4);
        assert_eq!(review.next_open(None), Some(0));
        review.decide(0, Some(Decision::Accept));
        review.decide(2, Some(Decision::Refer));
        assert_eq!(review.next_open(Some(0)), Some(1));
        assert_eq!(review.next_open(Some(1)), Some(3));
        assert_eq!(review.next_open(Some(3)), Some(1));
        review.decide(1, Some(Decision::Fix));
        review.decide(3, Some(Decision::Fix));
        assert_eq!(review.next_open(Some(1)), None);
        review.decide(2, None);
        assert_eq!(review.next_open(Some(3)), Some(2));
        assert_eq!(Review::new(0).next_open(None), None);
        review.decide(9, Some(Decision::Fix));
        assert_eq!(review.decided(), 3);
    }

    #[test]
    fn a_review_ends_when_its_requirement_is_met_or_its_list_is_empty() {
        let mut review = Review::new(2);
        let (expected, total) = ([30.0, 10.0], 50.0);
        let standing =
            |review: &Review| review.standing(review.expected_left(&expected, total), 2000);
        assert_eq!(standing(&review), Standing::Open);
        review.requirement = Some(0.01);
        assert_eq!(standing(&review), Standing::Open);
        review.decide(0, Some(Decision::Accept));
        assert_eq!(review.expected_left(&expected, total), 20.0);
        assert_eq!(standing(&review), Standing::Met);
        review.decide(1, Some(Decision::Refer));
        assert_eq!(standing(&review), Standing::Complete);
        assert_eq!(review.expected_left(&expected, total), 10.0);
    }

    #[test]
    fn a_review_comes_back_as_it_was_kept() {
        let mut review = Review::new(2);
        review.decide(1, Some(Decision::Refer));
        review.set_note(1, "ask Ada".to_owned());
        let text = serde_json::to_string(&review).unwrap();
        assert!(text.contains(r#""decision":"refer""#), "{text}");
        assert_eq!(serde_json::from_str::<Review>(&text).unwrap(), review);
        assert!(!review.is_untouched() && Review::new(3).is_untouched());
    }

    proptest! {
        #[test]
        fn every_decision_leaves_less_and_never_less_than_nothing(
            expected in prop::collection::vec(0.0..100.0_f64, 1..9), rest in 0.0..50.0_f64, order in prop::collection::vec(0..9_usize, 1..12),
        ) {
            let total = expected.iter().sum::<f64>() + rest;
            let mut review = Review::new(expected.len());
            let mut before = review.expected_left(&expected, total);
            for region in order {
                review.decide(region, Some(Decision::Accept));
                let left = review.expected_left(&expected, total);
                prop_assert!(left <= before && left >= 0.0);
                before = left;
            }
        }
    }
}
