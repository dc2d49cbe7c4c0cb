//! Whether a list of regions leads to the true errors.

use serde::{Deserialize, Serialize};

use crate::components::{Pieces, RunIndex};
use crate::error::{check_length, check_numbers};
use crate::voxel_set::{at, voxels_of};
use crate::{Error, Run, StructuringElement, VoxelSet};

/// The true errors of a mask that are thicker than a tolerance: wrong voxels, opened by it, in pieces connected across
/// faces, edges and corners. Arrays `[planes, rows, columns]`.
///
/// # Errors
/// [`Error::Length`] if an array does not fit the shape.
pub fn thick_errors(
    mask: &[u8],
    labels: &[u8],
    shape: [usize; 3],
    tolerance: &StructuringElement,
) -> Result<Vec<Vec<Run>>, Error> {
    check_length("the mask", mask.len(), voxels_of(shape))?;
    check_length("the labels", labels.len(), voxels_of(shape))?;
    let wrong = VoxelSet::from_fn(shape, |index| mask.get(index) != labels.get(index));
    Ok(Pieces::of(wrong.opened(tolerance).runs()).runs())
}

/// The places where a map of scores reaches a threshold, opened by a tolerance, in connected pieces, by falling sums of
/// what the scores are above the threshold: a list made from any map alone. `scores` `[planes, rows, columns]`.
///
/// # Errors
/// [`Error::Length`] if the scores do not fit the shape, [`Error::NotANumber`] for a score, or a threshold, that is not a
/// number.
pub fn regions_above(
    scores: &[f32],
    threshold: f32,
    shape: [usize; 3],
    tolerance: &StructuringElement,
) -> Result<Vec<Vec<Run>>, Error> {
    check_length("the scores", scores.len(), voxels_of(shape))?;
    check_numbers("the scores", scores)?;
    check_numbers("the threshold", &[threshold])?;
    let above = VoxelSet::from_fn(shape, |index| at(scores, index) >= threshold);
    let excess = |region: &Vec<Run>| -> f64 {
        let indices = region.iter().flat_map(|run| run.indices(shape));
        indices
            .map(|index| f64::from(at(scores, index) - threshold))
            .sum()
    };
    let mut regions: Vec<(f64, Vec<Run>)> = Pieces::of(above.opened(tolerance).runs())
        .runs()
        .into_iter()
        .map(|region| (excess(&region), region))
        .collect();
    regions.sort_by(|left, right| right.0.total_cmp(&left.0));
    Ok(regions.into_iter().map(|(_, region)| region).collect())
}

/// The free-response curve of lists of regions: how many of the true errors their first regions find, and how many
/// regions are false (Chakraborty, Medical Physics 16, 1989, for lists of places instead of yes or no).
///
/// A region finds an error that it touches across a face, an edge or a corner, or shares a voxel with; a region that finds
/// none is false. Images are added one by one, and curves merge.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FreeResponse {
    images: u64,
    /// For every error the place of the first region that finds it, from 0.
    errors: Vec<Option<usize>>,
    /// False regions by their place in the list.
    false_regions: Vec<u64>,
}

impl FreeResponse {
    /// Adds an image: its regions in list order and its true errors, both as runs in the order of planes, rows, columns.
    pub fn add<'a>(&mut self, regions: impl IntoIterator<Item = &'a [Run]>, errors: &[Vec<Run>]) {
        let mut runs: Vec<(Run, usize)> = errors
            .iter()
            .enumerate()
            .flat_map(|(number, error)| error.iter().map(move |&run| (run, number)))
            .collect();
        runs.sort_unstable();
        let (runs, numbers): (Vec<Run>, Vec<usize>) = runs.into_iter().unzip();
        let errors_at = RunIndex::new(runs);
        let mut found = vec![None; errors.len()];
        for (place, region) in regions.into_iter().enumerate() {
            let mut is_false = true;
            for neighbour in region.iter().flat_map(|run| errors_at.touching(run)) {
                let number = numbers.get(neighbour);
                if let Some(first) = number.and_then(|&number| found.get_mut(number)) {
                    is_false = false;
                    first.get_or_insert(place);
                }
            }
            if self.false_regions.len() <= place {
                self.false_regions.resize(place + 1, 0);
            }
            if let Some(count) = self.false_regions.get_mut(place) {
                *count += u64::from(is_false);
            }
        }
        self.images += 1;
        self.errors.append(&mut found);
    }

    /// Adds the images of another curve.
    pub fn merge(&mut self, other: &Self) {
        self.images += other.images;
        self.errors.extend_from_slice(&other.errors);
        if self.false_regions.len() < other.false_regions.len() {
            self.false_regions.resize(other.false_regions.len(), 0);
        }
        for (count, more) in self.false_regions.iter_mut().zip(&other.false_regions) {
            *count += more;
        }
    }

    /// Number of images.
    #[must_use]
    pub const fn images(&self) -> u64 {
        self.images
    }

    /// Number of true errors.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.errors.len() as u64
    }

    /// How many of them the first `most` regions of their images find.
    #[must_use]
    pub fn found(&self, most: usize) -> u64 {
        let found = self.errors.iter().flatten();
        found.filter(|&&place| place < most).count() as u64
    }

    /// How many of the first `most` regions of an image are false, on average; none without images.
    #[must_use]
    pub fn false_per_image(&self, most: usize) -> Option<f64> {
        let count: u64 = self.false_regions.iter().take(most).sum();
        (self.images > 0).then(|| count as f64 / self.images as f64)
    }
}
