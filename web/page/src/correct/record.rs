//! The review as it is saved with the report.

use correction::{CorrectedMask, RecordedClass, RecordedRegion, Review, ReviewRecord};
use protocol::{ClassInfo, VoxelSize};

use crate::errors::Error;
use crate::results::outcome::Outcome;

/// The record of a review and of what was changed, if anything was. `saved` is the time, RFC 3339.
#[must_use]
pub fn record(
    outcome: &Outcome,
    review: &Review,
    mask: Option<&CorrectedMask>,
    saved: String,
) -> ReviewRecord {
    let info = &outcome.info;
    let classes = &outcome.model.classes;
    let expected: Vec<f64> = info
        .regions
        .iter()
        .map(|region| region.expected_wrong)
        .collect();
    let changes = mask.map(CorrectedMask::changes).unwrap_or_default();
    let changed = changes.iter().filter(|change| change.class != 0);
    let measured = |voxels: u64| measure(voxels, info.voxel_size);
    let recorded = changed.map(|change| {
        let (volume_after, area_after) = measured(change.after);
        let (volume_changed, area_changed) = measured(change.added + change.removed);
        RecordedClass {
            id: change.class,
            name: name(classes, change.class),
            voxels_before: change.before,
            voxels_after: change.after,
            voxels_added: change.added,
            voxels_removed: change.removed,
            volume_ml_after: volume_after,
            volume_ml_changed: volume_changed,
            area_mm2_after: area_after,
            area_mm2_changed: area_changed,
        }
    });
    let regions = info.regions.iter().enumerate().map(|(number, region)| {
        let reviewed = review.regions().get(number).cloned().unwrap_or_default();
        RecordedRegion {
            kind: region.kind,
            class: name(classes, region.class),
            instead: name(classes, region.instead),
            voxels: region.voxels,
            expected_wrong: region.expected_wrong,
            bounding_box: region.bounding_box,
            decision: reviewed.decision,
            note: reviewed.note,
        }
    });
    ReviewRecord {
        model: outcome.model.id.clone(),
        weights_sha256: outcome.model.weights_sha256.clone(),
        saved,
        requirement: review.requirement,
        expected_wrong_left: review.expected_left(&expected, info.expected.voxels),
        voxels_changed: mask.map_or(0, CorrectedMask::changed),
        classes: recorded.collect(),
        regions: regions.collect(),
    }
}

/// Millilitres and square millimetres of voxels, whichever the image allows.
fn measure(voxels: u64, size: VoxelSize) -> (Option<f64>, Option<f64>) {
    match size {
        VoxelSize::Unknown => (None, None),
        VoxelSize::Millilitres(each) => (Some(each * voxels as f64), None),
        VoxelSize::SquareMillimetres(each) => (None, Some(each * voxels as f64)),
    }
}

fn name(classes: &[ClassInfo], id: u8) -> String {
    let known = classes.iter().find(|class| class.id == id);
    known.map_or_else(|| id.to_string(), |class| class.name.clone())
}

/// A report, which is a JSON object, with the record as its last field, `review`. All before it stays as it is, byte for
/// byte.
///
/// # Errors
/// [`Error::Save`] for a report that is no object.
pub fn with_record(report: &str, record: &ReviewRecord) -> Result<String, Error> {
    let fault = |fault: String| Error::Save {
        file: "report".to_owned(),
        fault,
    };
    let text = serde_json::to_string_pretty(record).map_err(|error| fault(error.to_string()))?;
    let body = report.trim_end().strip_suffix('}').map(str::trim_end);
    let body = body.ok_or_else(|| fault("it is no JSON object".to_owned()))?;
    let comma = if body.ends_with('{') { "" } else { "," };
    Ok(format!(
        "{body}{comma}\n  \"review\": {}\n}}\n",
        text.replace('\n', "\n  ")
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use correction::Decision;
    use serde_json::Value;

    use super::*;
    use crate::results::outcome::tests::{region, two_classes};

    #[test]
    fn a_record_says_what_was_decided_and_changed() {
        let mut found = two_classes([1, 2, 3], &[0.9, 0.9, 0.1, 0.1, 0.1, 0.1]);
        found.info.regions = vec![region([0; 3], [1, 1, 0]), region([2, 0, 0], [2, 1, 0])];
        found.info.expected.voxels = 10.0;
        found.info.voxel_size = VoxelSize::SquareMillimetres(0.5);
        let mut review = Review::new(2);
        review.decide(0, Some(Decision::Fix));
        review.set_note(0, "blur".to_owned());
        review.requirement = Some(0.01);
        let mut mask = CorrectedMask::new(found.mask.clone(), [1, 2, 3]).unwrap();
        mask.fill([0, 0, 0], None, 0);
        mask.fill([0, 1, 2], None, 1);
        mask.undo();
        let record = record(
            &found,
            &review,
            Some(&mask),
            "2026-11-29T10:00:00".to_owned(),
        );
        assert_eq!(
            (record.voxels_changed, record.expected_wrong_left),
            (2, 6.0)
        );
        let class = &record.classes[0];
        assert_eq!(
            (class.name.as_str(), class.voxels_before, class.voxels_after),
            ("nucleus", 2, 0)
        );
        assert_eq!(
            (
                class.voxels_removed,
                class.area_mm2_changed,
                class.volume_ml_changed
            ),
            (2, Some(1.0), None)
        );
        assert_eq!(record.regions[0].decision, Some(Decision::Fix));
        assert_eq!(record.regions[1].decision, None);

        let text = with_record("{\n  \"summary\": \"fine\"\n}", &record).unwrap();
        assert!(text.starts_with("{\n  \"summary\": \"fine\","));
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["summary"], "fine");
        assert_eq!(value["review"]["regions"][0]["note"], "blur");
        assert_eq!(
            serde_json::from_value::<ReviewRecord>(value["review"].clone()).unwrap(),
            record
        );
        let alone: Value = serde_json::from_str(&with_record("{}", &record).unwrap()).unwrap();
        assert_eq!(alone["review"]["weights_sha256"], "00");
        assert!(with_record("[1]", &record).is_err());
    }

    #[test]
    fn a_review_without_corrections_has_a_record_too() {
        let found = two_classes([1, 2, 3], &[0.9; 6]);
        let record = record(&found, &Review::new(0), None, String::new());
        assert!(record.classes.is_empty() && record.voxels_changed == 0);
    }
}
