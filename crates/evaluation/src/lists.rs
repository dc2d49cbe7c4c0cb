//! Lists of places to look at, against the true errors.

use std::collections::BTreeMap;

use engine::{Manifest, Segmentation, region_settings};
use segwithu::head::MapKind;
use uq::{
    ErrorProbability, FreeResponse, MaskUncertainty, Run, StructuringElement, error_regions,
    regions_above, thick_errors,
};

use crate::Error;
use crate::methods::map_of;
use crate::metrics::{CaseMetrics, RegionFigures};

/// The list that the engine makes.
pub const REGIONS: &str = "regions";
/// The list that it made before: the voxels above a threshold that refers 5 % of the validation voxels, in pieces.
const RANKING_PIECES: &str = "ranking_pieces";
/// Lists made from one map alone: as many voxels as the engine's list has in doubt, opened like those.
const RANKING: &str = "ranking";
const ENTROPY: &str = "entropy";
/// Share of the voxels that the former list began with.
const FORMER_SHARE: f64 = 0.05;

/// What every list finds of the errors of a case that are thicker than the tolerance.
pub(crate) fn lists(
    manifest: &Manifest,
    result: &Segmentation,
    error: &ErrorProbability,
    labels: &[u8],
) -> Result<BTreeMap<String, FreeResponse>, Error> {
    let shape = result.shape;
    let settings = region_settings(shape, engine::usual_tolerance(shape));
    let errors = thick_errors(&result.labels, labels, shape, &settings.tolerance)?;
    let found = error_regions(
        &MaskUncertainty {
            mask: &result.labels,
            wrong: &error.wrong,
            instead: &error.instead,
            shape,
            // How far borders could move is not asked for here.
            spacing: [1.0; 3],
        },
        &settings,
    )?;
    let limit = (1.0 - settings.level) as f32;
    let doubtful = error.wrong.iter().filter(|&&wrong| wrong > limit).count();
    let of_map = |kind, threshold: Option<f32>, tolerance: &StructuringElement| {
        let Some(threshold) = threshold else {
            return Ok(Vec::new());
        };
        Ok::<_, Error>(regions_above(
            map_of(result, kind)?,
            threshold,
            shape,
            tolerance,
        )?)
    };
    let ranking = map_of(result, MapKind::Ranking)?;
    let entropy = map_of(result, MapKind::Entropy)?;
    let former = manifest.validation.threshold(FORMER_SHARE);
    let others = [
        (
            RANKING_PIECES,
            of_map(
                MapKind::Ranking,
                former.map(|point| point.ranking as f32),
                &StructuringElement::new([0; 3]),
            )?,
        ),
        (
            RANKING,
            of_map(
                MapKind::Ranking,
                highest(ranking, doubtful),
                &settings.tolerance,
            )?,
        ),
        (
            ENTROPY,
            of_map(
                MapKind::Entropy,
                highest(entropy, doubtful),
                &settings.tolerance,
            )?,
        ),
    ];
    let curve = |regions: Vec<&[Run]>| {
        let mut curve = FreeResponse::default();
        curve.add(regions, &errors);
        curve
    };
    let ours: Vec<Vec<Run>> = found.into_iter().map(|region| region.runs).collect();
    let all = std::iter::once((REGIONS, ours)).chain(others);
    Ok(all
        .map(|(name, regions)| {
            let regions = regions.iter().map(Vec::as_slice).collect();
            (name.to_owned(), curve(regions))
        })
        .collect())
}

/// The lowest of the `count` highest scores; none for none.
fn highest(scores: &[f32], count: usize) -> Option<f32> {
    let place = count.min(scores.len()).checked_sub(1)?;
    let mut sorted = scores.to_vec();
    let (_, &mut lowest, _) = sorted.select_nth_unstable_by(place, |a, b| b.total_cmp(a));
    Some(lowest)
}

/// Numbers of first places that stand in reports.
const FIRST: [usize; 4] = [1, 3, 5, 10];

/// Every list's figures over cases whose images have as many axes.
pub(crate) fn region_figures(
    cases: &[CaseMetrics],
    volumes: bool,
) -> BTreeMap<String, RegionFigures> {
    let shape = if volumes { [2, 2, 2] } else { [1, 2, 2] };
    let tolerance = region_settings(shape, engine::usual_tolerance(shape))
        .tolerance
        .radii();
    let mut curves: BTreeMap<&str, FreeResponse> = BTreeMap::new();
    for (name, curve) in cases.iter().flat_map(|case| &case.lists) {
        curves.entry(name).or_default().merge(curve);
    }
    let figures = curves.into_iter().map(|(name, curve)| {
        let found = FIRST.map(|most| (most, curve.found(most)));
        let wrong = FIRST.map(|most| Some((most, curve.false_per_image(most)?)));
        let figures = RegionFigures {
            tolerance,
            errors: curve.errors(),
            found: found.into(),
            false_per_image: wrong.into_iter().flatten().collect(),
        };
        (name.to_owned(), figures)
    });
    figures.collect()
}
