//! Places where a mask may be wrong by more than a tolerance, as a list to walk through, worst first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vocabulary::{BoundingBox, Region, RegionKind};

use crate::border_shift::{max_shift, thickness};
use crate::components::Pieces;
use crate::error::{check_length, check_numbers};
use crate::necks::split_at_necks;
use crate::voxel_set::{at, check_spacing, voxels_of};
use crate::{Error, Run, StructuringElement, VoxelSet};

/// A mask and how probably it is wrong, every array `[planes, rows, columns]`.
#[derive(Debug, Clone, Copy)]
pub struct MaskUncertainty<'a> {
    /// The marked class of every voxel, 0 for background.
    pub mask: &'a [u8],
    /// Probability that it is wrong, 0 to 1: [`crate::ErrorProbability::wrong`].
    pub wrong: &'a [f32],
    /// What it would be then: [`crate::ErrorProbability::instead`].
    pub instead: &'a [u8],
    /// Planes, rows, columns; one plane for a picture.
    pub shape: [usize; 3],
    /// Distance between planes, rows and columns: the unit of [`ErrorRegion::max_shift`].
    pub spacing: [f64; 3],
}

/// What makes a region.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionSettings {
    /// How sure a voxel must be, 0.5 to 1, to be beyond doubt: in doubt is where the marked class is less probable.
    pub level: f64,
    /// How thick a doubtful place must be: where this does not fit in, the border is sure within the tolerance.
    pub tolerance: StructuringElement,
    /// Where a doubtful place is thinner than this share of its thickest parts on both sides, 0 to 1, it is split in two;
    /// 0 splits nothing.
    pub neck: f64,
}

/// A place to look at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorRegion {
    /// What may be wrong there.
    pub kind: RegionKind,
    /// The class that most of the expected error is marked as; 0 where something may have been missed.
    pub class: u8,
    /// What that would be instead.
    pub instead: u8,
    /// Number of voxels.
    pub voxels: u64,
    /// Expected wrong voxels: the sum of their error probabilities.
    pub expected_wrong: f64,
    /// How far the border could move inside the region, in the unit of the spacing: the largest distance of a voxel to
    /// the nearest one that is marked as something else. For a missed object half its thickness.
    pub max_shift: f64,
    /// The box around it.
    pub bounding_box: BoundingBox,
    /// Its voxels, in the order of planes, rows and columns.
    pub runs: Vec<Run>,
}

impl ErrorRegion {
    /// The region without its voxels.
    #[must_use]
    pub const fn summary(&self) -> Region {
        Region {
            kind: self.kind,
            class: self.class,
            instead: self.instead,
            voxels: self.voxels,
            expected_wrong: self.expected_wrong,
            max_shift: self.max_shift,
            bounding_box: self.bounding_box,
        }
    }
}

/// The places where a mask may be wrong by more than the tolerance, by falling expected error.
///
/// The voxels in doubt, opened by the tolerance ([`VoxelSet::opened`]), fall into pieces that are connected across faces,
/// edges and corners, and are split at their necks. A piece that touches no marked object is one that may have been
/// missed. An object without a voxel beyond doubt is a region as a whole, if it has at least as many voxels as the
/// tolerance, with the pieces that touch only it. No voxel belongs to two regions, and every voxel of the opened set to one.
/// Where every axis that the tolerance reaches along has one voxel only, it removes nothing.
///
/// # Errors
/// [`Error::Length`] if an array does not fit the shape, [`Error::NotANumber`] for a probability that is not a number,
/// [`Error::Setting`] for a level outside 0.5 to 1, a neck outside 0 to 1 or a spacing that is not a positive number.
pub fn error_regions(
    uncertainty: &MaskUncertainty<'_>,
    settings: &RegionSettings,
) -> Result<Vec<ErrorRegion>, Error> {
    check(uncertainty, settings)?;
    let shape = uncertainty.shape;
    let limit = (1.0 - settings.level) as f32;
    let doubtful = VoxelSet::from_fn(shape, |index| at(uncertainty.wrong, index) > limit);
    let mut opened = doubtful.opened(&settings.tolerance);
    let marked =
        Pieces::of(VoxelSet::from_fn(shape, |index| at(uncertainty.mask, index) != 0).runs());
    let least = settings.tolerance.voxels(shape);
    // Objects in doubt as a whole stand apart from the pieces around them.
    let mut unsure = marked.runs();
    for object in &mut unsure {
        if is_unsure(object, uncertainty, limit, least) {
            opened.remove_runs(object);
        } else {
            object.clear();
        }
    }
    let mut found = Vec::new();
    for piece in Pieces::of(opened.runs()).runs() {
        let touched = marked.touched_by(&piece);
        let sure = |&object: &usize| unsure.get(object).is_none_or(Vec::is_empty);
        match touched.first() {
            Some(&object) if !touched.iter().any(sure) => {
                if let Some(whole) = unsure.get_mut(object) {
                    whole.extend(piece);
                }
            }
            touched => {
                let kind = match touched {
                    Some(_) => RegionKind::Border,
                    None => RegionKind::MissedObject,
                };
                let parts = split_at_necks(piece, settings.neck, shape);
                found.extend(parts.into_iter().map(|runs| (kind, runs)));
            }
        }
    }
    for mut runs in unsure.into_iter().filter(|runs| !runs.is_empty()) {
        runs.sort_unstable();
        found.push((RegionKind::FalseObject, runs));
    }
    let mut regions: Vec<ErrorRegion> = found
        .into_iter()
        .filter_map(|(kind, runs)| describe(kind, runs, uncertainty))
        .collect();
    regions.sort_by(|left, right| {
        right
            .expected_wrong
            .total_cmp(&left.expected_wrong)
            .then_with(|| left.runs.cmp(&right.runs))
    });
    Ok(regions)
}

fn check(uncertainty: &MaskUncertainty<'_>, settings: &RegionSettings) -> Result<(), Error> {
    let voxels = voxels_of(uncertainty.shape);
    check_length("the mask", uncertainty.mask.len(), voxels)?;
    check_length("the error probabilities", uncertainty.wrong.len(), voxels)?;
    check_length("the other classes", uncertainty.instead.len(), voxels)?;
    check_numbers("the error probabilities", uncertainty.wrong)?;
    check_spacing(uncertainty.spacing)?;
    if !(0.5..=1.0).contains(&settings.level) {
        return Err(Error::Setting {
            what: "the level of doubt",
            value: settings.level.to_string(),
            requirement: "between 0.5 and 1",
        });
    }
    if !(0.0..=1.0).contains(&settings.neck) {
        return Err(Error::Setting {
            what: "the width of a neck",
            value: settings.neck.to_string(),
            requirement: "between 0 and 1",
        });
    }
    Ok(())
}

/// Whether no voxel of an object is beyond doubt; specks of fewer than `least` voxels do not count.
fn is_unsure(object: &[Run], uncertainty: &MaskUncertainty<'_>, limit: f32, least: u64) -> bool {
    let mut indices = object.iter().flat_map(|run| run.indices(uncertainty.shape));
    object.iter().map(Run::voxels).sum::<u64>() >= least
        && indices.all(|index| at(uncertainty.wrong, index) > limit)
}

/// The region of some voxels; none of no voxels.
fn describe(
    kind: RegionKind,
    runs: Vec<Run>,
    uncertainty: &MaskUncertainty<'_>,
) -> Option<ErrorRegion> {
    let bounding_box = bounding_box(&runs)?;
    let mut expected_wrong = 0.0;
    // Expected error by marked class and the one that it may be instead.
    let mut shares: BTreeMap<(u8, u8), f64> = BTreeMap::new();
    for index in runs.iter().flat_map(|run| run.indices(uncertainty.shape)) {
        let wrong = f64::from(at(uncertainty.wrong, index));
        let change = (at(uncertainty.mask, index), at(uncertainty.instead, index));
        expected_wrong += wrong;
        *shares.entry(change).or_default() += wrong;
    }
    let (&(class, instead), _) = shares
        .iter()
        .reduce(|most, next| if next.1 > most.1 { next } else { most })?;
    let max_shift = match kind {
        RegionKind::MissedObject => thickness(&runs, uncertainty.shape, uncertainty.spacing),
        RegionKind::Border | RegionKind::FalseObject => max_shift(
            &runs,
            uncertainty.mask,
            uncertainty.shape,
            uncertainty.spacing,
        ),
    };
    Some(ErrorRegion {
        kind,
        class,
        instead,
        voxels: runs.iter().map(Run::voxels).sum(),
        expected_wrong,
        max_shift,
        bounding_box,
        runs,
    })
}

fn bounding_box(runs: &[Run]) -> Option<BoundingBox> {
    let ends = |run: &Run| {
        let [first, last] = [run.first, run.last].map(|column| [column, run.row, run.plane]);
        (first, last)
    };
    let (first, last) = runs.iter().map(ends).reduce(|(first, last), (low, high)| {
        let axes = [0, 1, 2];
        (
            axes.map(|axis| first[axis].min(low[axis])),
            axes.map(|axis| last[axis].max(high[axis])),
        )
    })?;
    Some(BoundingBox {
        first: first.map(|place| place as usize),
        last: last.map(|place| place as usize),
    })
}
