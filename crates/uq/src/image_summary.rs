//! What there is to say about a mask as a whole.

use serde::{Deserialize, Serialize};

use crate::{ErrorRegion, ExpectedError};

/// The facts behind one line about an image.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ImageSummary {
    /// Voxels marked as any object; with 0 the mask is empty, and [`ImageSummary::missed`] says whether something may be
    /// there.
    pub object: u64,
    /// Expected wrong voxels.
    pub expected_wrong: f64,
    /// Of these, those that may have been missed.
    pub missed: f64,
    /// The fewest regions that together hold most of the expected error, that is more than half; none where all of them
    /// hold less, since it is spread thinly along the borders.
    pub places: Option<usize>,
    /// Share of the expected error that the regions hold, 0 to 1; 0 where none is expected.
    pub share_in_regions: f64,
    /// Dice coefficient that the probabilities let expect, 0 to 1; none where no class is marked or expected.
    pub expected_dice: Option<f64>,
    /// How doubtful the image is as a whole: [`relative_entropy`].
    pub score: f64,
}

impl ImageSummary {
    /// From the sums over an image and its regions, whose expected errors fall.
    #[must_use]
    pub fn new(sums: &ExpectedError, regions: &[ErrorRegion]) -> Self {
        let wrong = sums.wrong();
        let held: f64 = regions.iter().map(|region| region.expected_wrong).sum();
        Self {
            object: sums.object(),
            expected_wrong: wrong,
            missed: sums.missed,
            places: places_holding(regions, wrong, 0.5),
            share_in_regions: if wrong > 0.0 {
                (held / wrong).min(1.0)
            } else {
                0.0
            },
            expected_dice: sums.expected_dice(),
            score: relative_entropy(sums),
        }
    }
}

/// The fewest of the first regions that together hold more than a share of a total; none where all do not.
#[must_use]
pub fn places_holding(regions: &[ErrorRegion], total: f64, share: f64) -> Option<usize> {
    let mut held = 0.0;
    regions
        .iter()
        .position(|region| {
            held += region.expected_wrong;
            held > share * total
        })
        .map(|last| last + 1)
}

/// Total entropy of the probabilities in nats by the number of marked voxels, which counts as at least one: a large object
/// has a longer border, which is always a little in doubt. An empty mask is judged by its total entropy: nothing marked
/// and nothing in doubt gives 0, nothing marked and much in doubt more than any object has.
#[must_use]
pub fn relative_entropy(sums: &ExpectedError) -> f64 {
    sums.entropy / sums.object().max(1) as f64
}

/// Expected wrong voxels by the number of marked ones, which counts as at least one.
#[must_use]
pub fn relative_error(sums: &ExpectedError) -> f64 {
    sums.wrong() / sums.object().max(1) as f64
}
