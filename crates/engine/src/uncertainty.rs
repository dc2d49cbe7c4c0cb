//! What a result says about its own errors: how many, where, and what to look at first.

use segwithu::head::MapKind;
use uq::{
    ErrorProbability, ExpectedError, ImageSummary, Layout, MaskUncertainty, Probabilities,
    RegionSettings, Run, StructuringElement, border_faces, error_regions, mean_within, near_mask,
    slice_uncertainty,
};
use vocabulary::{
    ClassExpectation, ExpectedWrong, ImageScore, ImageScoreKind, Interval, Region,
    SliceUncertainty, VoxelSize,
};

use crate::voxel_size::{distances, voxel_size};
use crate::{Error, Manifest, Segmentation, image_score};
use imaging::Volume;

/// Most regions that are listed: more than anybody walks through.
const MAX_REGIONS: usize = 100;
/// How sure a voxel must be to be beyond doubt.
const SURE: f64 = 0.9;
/// How far a border may be unsure in pictures, in pixels.
const PICTURE_TOLERANCE: usize = 2;
/// How far a border may be unsure in volumes, in voxels.
const VOLUME_TOLERANCE: usize = 1;
/// Largest tolerance: far beyond what separates one place from another in images that a network can segment.
pub const MAX_TOLERANCE: usize = 64;
/// A doubtful place is split in two where it is thinner than this share of its thickest parts. Of 0, 0.4, 0.6 and 0.8 the
/// highest that loses next to no thick error among the first five places of the validation images.
const NECK: f64 = 0.4;

/// What a result says about its own errors.
#[derive(Debug, Clone, PartialEq)]
pub struct UncertaintySummary {
    /// Expected wrong voxels of the whole image.
    pub expected: ExpectedWrong,
    /// Size and expected errors of every class but the background.
    pub classes: Vec<ClassExpectation>,
    /// How large a voxel is.
    pub voxel_size: VoxelSize,
    /// Places to look at, worst first, at most 100.
    pub regions: Vec<Region>,
    /// The voxels of each of them, in the order of planes, rows and columns.
    pub region_voxels: Vec<Vec<Run>>,
    /// One entry per plane, in plane order; empty for pictures.
    pub slices: Vec<SliceUncertainty>,
    /// The facts behind the one line about the image.
    pub facts: ImageSummary,
    /// How unusual the image is; none where the model has no statistics of usual ones, or knows fewer than five.
    pub image: Option<ImageScore>,
}

/// How far a border may be unsure before the place is worth a look, in voxels: 2 in pictures, 1 in volumes.
#[must_use]
pub const fn usual_tolerance(shape: [usize; 3]) -> usize {
    if shape[0] > 1 {
        VOLUME_TOLERANCE
    } else {
        PICTURE_TOLERANCE
    }
}

/// What makes a region, in an image of that shape: places less sure than 90 %, thicker than the tolerance (voxels, at most
/// [`MAX_TOLERANCE`]) on either side.
#[must_use]
pub fn region_settings(shape: [usize; 3], tolerance: usize) -> RegionSettings {
    let tolerance = tolerance.min(MAX_TOLERANCE);
    let radii = if shape[0] > 1 {
        [tolerance; 3]
    } else {
        [0, tolerance, tolerance]
    };
    RegionSettings {
        level: SURE,
        tolerance: StructuringElement::new(radii),
        neck: NECK,
    }
}

impl UncertaintySummary {
    /// Looks through the result of an image, whose voxels are not needed, with the [usual tolerance](usual_tolerance).
    ///
    /// # Errors
    /// As [`with_tolerance`](Self::with_tolerance).
    pub fn new(manifest: &Manifest, volume: &Volume, result: &Segmentation) -> Result<Self, Error> {
        Self::with_tolerance(manifest, volume, result, usual_tolerance(result.shape))
    }

    /// Looks through the result of an image. `tolerance` is how far a border may be unsure before the place is listed, in
    /// voxels, at most [`MAX_TOLERANCE`].
    ///
    /// # Errors
    /// Those of an unusable geometry, and those of the metrics for arrays that do not fit, which those of a run do.
    pub fn with_tolerance(
        manifest: &Manifest,
        volume: &Volume,
        result: &Segmentation,
        tolerance: usize,
    ) -> Result<Self, Error> {
        let image = image_score(manifest, result)?;
        let (raw, error) = errors(manifest, result)?;
        let mut found = error_regions(
            &MaskUncertainty {
                mask: &result.labels,
                wrong: &error.wrong,
                instead: &error.instead,
                shape: result.shape,
                spacing: distances(volume)?,
            },
            &region_settings(result.shape, tolerance),
        )?;
        let calibration = manifest.validation.expected_error.as_ref();
        let border = border_faces(&result.labels, result.shape)?;
        let near = near_mask(&result.labels, &result.labels, result.shape)?;
        let entropy = result.map(MapKind::Entropy).unwrap_or_default();
        let near_entropy = mean_within(entropy, &near);
        let factor = calibration.map_or(1.0, |calibration| {
            calibration.factor(&raw, border, near_entropy)
        });
        let sums = raw.scaled(factor);
        // The whole image's factor is everywhere the best guess; order stays as it is.
        for region in &mut found {
            region.expected_wrong = (factor * region.expected_wrong).min(region.voxels as f64);
        }
        let wrong = sums.wrong();
        let objects = sums.per_class.iter().enumerate().skip(1);
        let classes = objects.filter_map(|(class, sums)| {
            Some(ClassExpectation {
                class: u8::try_from(class).ok()?,
                marked: sums.marked,
                expected: sums.expected_size(),
                range: calibration.and_then(|calibration| calibration.size(class, sums)),
                false_positive: sums.false_positive,
                missed: sums.missed,
                expected_dice: sums.expected_dice(),
            })
        });
        let score_kind = manifest.validation.image_score.unwrap_or_default();
        Ok(Self {
            expected: ExpectedWrong {
                voxels: wrong,
                false_object: sums.false_object,
                missed: sums.missed,
                other_class: sums.other_class,
                range: calibration
                    .map(|calibration| possible(calibration.wrong(wrong), sums.voxels)),
            },
            classes: classes.collect(),
            voxel_size: voxel_size(volume)?,
            facts: ImageSummary {
                score: doubt(score_kind, &raw),
                ..ImageSummary::new(&sums, &found)
            },
            regions: found
                .iter()
                .take(MAX_REGIONS)
                .map(uq::ErrorRegion::summary)
                .collect(),
            region_voxels: found
                .into_iter()
                .take(MAX_REGIONS)
                .map(|region| region.runs)
                .collect(),
            slices: slices(result, &error.wrong, &near, factor)?,
            image,
        })
    }

    /// The plane with the most expected wrong voxels; the first one of a picture.
    #[must_use]
    pub fn worst_plane(&self) -> usize {
        self.slices
            .iter()
            .max_by(|left, right| left.expected_wrong.total_cmp(&right.expected_wrong))
            .map_or(0, |slice| slice.plane)
    }

    /// Whether the image is unlike the validation images, where the model can tell.
    #[must_use]
    pub fn unlike(&self) -> Option<bool> {
        self.image.map(|image| image.unusual)
    }
}

/// A range of wrong voxels in an image that has no more than so many.
fn possible(range: Interval, voxels: u64) -> Interval {
    Interval {
        low: range.low.min(voxels as f64),
        high: range.high.min(voxels as f64),
    }
}

/// How doubtful an image is as a whole, by the tempered probabilities alone: larger is more doubtful.
fn doubt(kind: ImageScoreKind, sums: &ExpectedError) -> f64 {
    match kind {
        ImageScoreKind::RelativeEntropy => uq::relative_entropy(sums),
        ImageScoreKind::RelativeError => uq::relative_error(sums),
        // Nothing marked and nothing expected: no doubt.
        ImageScoreKind::ExpectedDiceLoss => 1.0 - sums.expected_dice().unwrap_or(1.0),
        ImageScoreKind::MeanEntropy => sums.entropy / sums.voxels.max(1) as f64,
    }
}

/// Sums over the image, and every voxel's own. The probabilities of all classes, which take the most memory, are gone
/// before anything else is looked for.
fn errors(
    manifest: &Manifest,
    result: &Segmentation,
) -> Result<(ExpectedError, ErrorProbability), Error> {
    let probabilities = Probabilities {
        values: &result.probabilities(true),
        classes: manifest.classes.len(),
        layout: Layout::ClassFirst,
    };
    Ok((
        ExpectedError::of(&probabilities, &result.labels)?,
        ErrorProbability::of(&probabilities, &result.labels)?,
    ))
}

fn slices(
    result: &Segmentation,
    wrong: &[f32],
    near: &[bool],
    factor: f64,
) -> Result<Vec<SliceUncertainty>, Error> {
    let [planes, rows, columns] = result.shape;
    let Some(ranking) = result.map(MapKind::Ranking).filter(|_| planes > 1) else {
        return Ok(Vec::new());
    };
    let doubt = slice_uncertainty(ranking, near, result.shape)?;
    let pixels = (rows * columns).max(1);
    let planes = result.labels.chunks(pixels).zip(wrong.chunks(pixels));
    Ok(doubt
        .into_iter()
        .zip(planes)
        .enumerate()
        .map(|(plane, (doubt, (labels, wrong)))| SliceUncertainty {
            plane,
            doubt,
            object_voxels: labels.iter().filter(|&&label| label != 0).count() as u64,
            expected_wrong: (factor * wrong.iter().copied().map(f64::from).sum::<f64>())
                .min(wrong.len() as f64),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use segwithu::head::MapKind;
    use uq::{ClassExpectedError, ErrorCalibration, ErrorCase, ExpectedError};
    use vocabulary::{RegionKind, VoxelSize};

    use super::UncertaintySummary;
    use crate::test_support::{manifest, volume};
    use crate::{MapResult, Segmentation};

    /// Two classes with the logit of the object given for every voxel, and a ranking of zeros.
    fn result(shape: [usize; 3], logits: &[f32]) -> Segmentation {
        let mut all = vec![0.0; logits.len()];
        all.extend(logits);
        let ranking = MapResult {
            kind: MapKind::Ranking,
            values: vec![0.0; logits.len()],
        };
        Segmentation::new(shape, 2, all, vec![ranking], 1, Vec::new())
    }

    #[test]
    fn expected_errors_add_up_and_regions_lead_to_them() {
        let shape = [1, 24, 24];
        // A square beyond doubt with an unsure corner of 8 x 8 that may be no object.
        let logits: Vec<f32> = (0..24 * 24)
            .map(|pixel| match (pixel / 24, pixel % 24) {
                (8..16, 8..16) => 0.4,
                (4..20, 4..20) => 9.0,
                _ => -9.0,
            })
            .collect();
        let result = result(shape, &logits);
        let mut image = volume(shape, |_| 0.0);
        image.voxels.clear();
        let summary = UncertaintySummary::new(&manifest(&[32, 32], 2), &image, &result).unwrap();
        let unsure = 64.0 * (1.0 - 1.0 / (1.0 + (-0.4_f64).exp()));
        let expected = summary.expected;
        assert!((expected.false_object - unsure).abs() < 0.1, "{expected:?}");
        assert!(expected.missed < 0.1 && expected.other_class.abs() < 1e-3);
        let sum = expected.false_object + expected.missed + expected.other_class;
        assert!((expected.voxels - sum).abs() < 1e-9);
        assert_eq!(summary.classes.len(), 1);
        assert_eq!(summary.classes[0].marked, 256);
        assert!((summary.classes[0].expected - (256.0 - unsure)).abs() < 0.2);
        assert_eq!(summary.voxel_size, VoxelSize::Unknown);
        assert_eq!((summary.unlike(), summary.worst_plane()), (None, 0));
        let [region] = summary.regions.as_slice() else {
            panic!("{:?}", summary.regions)
        };
        assert_eq!(
            (region.kind, region.class, region.instead),
            (RegionKind::Border, 1, 0)
        );
        let inside = [8, 8, 0]..=[15, 15, 0];
        assert!(inside.contains(&region.bounding_box.first));
        assert!(inside.contains(&region.bounding_box.last));
        assert_eq!(summary.facts.places, Some(1));
        // Nothing is 17 pixels thick; what is expected to be wrong stays.
        let coarse =
            UncertaintySummary::with_tolerance(&manifest(&[32, 32], 2), &image, &result, 8)
                .unwrap();
        assert!(coarse.regions.is_empty());
        assert_eq!(coarse.expected, expected);
    }

    /// What 60 validation images with that many expected and true wrong voxels say.
    fn experience(expected: f64, wrong: u64) -> ErrorCalibration {
        let case = ErrorCase {
            expected: ExpectedError {
                voxels: 1000,
                missed: expected,
                per_class: vec![ClassExpectedError::default(); 2],
                ..ExpectedError::default()
            },
            wrong,
            sizes: vec![900, 100],
            border: 40,
            near_entropy: 0.2,
        };
        let groups: Vec<usize> = (0..60).collect();
        ErrorCalibration::fit(&vec![case; 60], &groups).unwrap()
    }

    #[test]
    fn what_validation_images_say_scales_every_number_and_nothing_exceeds_what_is_there() {
        let shape = [2, 12, 12];
        let logits: Vec<f32> = (0..2 * 144)
            .map(|voxel| if voxel % 12 < 6 { 0.2 } else { -0.2 })
            .collect();
        let image = volume(shape, |_| 0.0);
        let mut model = manifest(&[32, 32, 32], 2);
        let result = result(shape, &logits);
        let raw = UncertaintySummary::new(&model, &image, &result).unwrap();
        assert_eq!(raw.expected.range, None);
        model.validation.expected_error = Some(experience(200.0, 100));
        let halved = UncertaintySummary::new(&model, &image, &result).unwrap();
        let ratio = halved.expected.voxels / raw.expected.voxels;
        assert!((ratio - 0.5).abs() < 0.01, "{ratio}");
        let range = halved.expected.range.unwrap();
        assert!(range.low <= halved.expected.voxels * 1.02 && range.high <= 288.0);
        assert_eq!(halved.facts.expected_wrong, halved.expected.voxels);
        let of_regions = |summary: &UncertaintySummary| summary.regions[0].expected_wrong;
        assert!((of_regions(&halved) - ratio * of_regions(&raw)).abs() < 1e-3);
        let class = &halved.classes[0];
        assert!((class.missed - ratio * raw.classes[0].missed).abs() < 1e-6);
        assert!(class.range.is_some() && class.expected_dice > raw.classes[0].expected_dice);
        let planes: f64 = halved.slices.iter().map(|slice| slice.expected_wrong).sum();
        assert!((planes - halved.expected.voxels).abs() < 1e-2);
        // The score of the image is that of its own probabilities.
        assert_eq!(halved.facts.score, raw.facts.score);

        model.validation.expected_error = Some(experience(10.0, 1000));
        let most = UncertaintySummary::new(&model, &image, &result).unwrap();
        assert!((most.expected.voxels - 288.0).abs() < 1e-6);
        assert!(
            most.regions
                .iter()
                .all(|region| region.expected_wrong <= region.voxels as f64)
        );
        assert!(
            most.slices
                .iter()
                .all(|slice| slice.expected_wrong <= 144.0)
        );
        assert_eq!(most.classes[0].expected_dice, Some(0.0));
    }

    #[test]
    fn planes_are_ordered_by_what_may_be_wrong_on_them() {
        let shape = [3, 12, 12];
        let logits: Vec<f32> = (0..3 * 144)
            .map(|voxel| if voxel / 144 == 1 { 0.1 } else { 5.0 })
            .collect();
        let image = volume(shape, |_| 0.0);
        let summary =
            UncertaintySummary::new(&manifest(&[32, 32, 32], 2), &image, &result(shape, &logits))
                .unwrap();
        assert_eq!(summary.worst_plane(), 1);
        let sum: f64 = summary
            .slices
            .iter()
            .map(|slice| slice.expected_wrong)
            .sum();
        assert!((sum - summary.expected.voxels).abs() < 1e-3);
        assert_eq!(summary.slices[0].object_voxels, 144);
    }
}
