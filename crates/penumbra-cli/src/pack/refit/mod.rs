//! Few numbers of the head, fitted once more on validation images, which neither backbone nor head learnt from. The mask
//! stays as it is.

mod calibration;
mod ranking;

use engine::{Engine, Segmentation};
use segwithu::head::Head;
use uq::near_mask;

use crate::Error;
use crate::evaluate::{Case, CasePaths};
use crate::model::segment;
use crate::train::Refit;

/// Voxels of either kind, everywhere and near the objects, that are fitted on, all cases together.
const MOST_VOXELS: usize = 1 << 19;

/// The head after the fits that are asked for; `engine_of` makes the network with a head. The order matters: the ranking
/// map contains the calibration map.
pub fn refitted<const D: usize>(
    wanted: Refit,
    mut head: Head<D>,
    cases: &[CasePaths],
    engine_of: impl Fn(&Head<D>) -> Result<Engine, Error>,
) -> Result<Head<D>, Error> {
    if let Some(near) = wanted.near {
        let start = calibration::logit_scaling_of(&head)?;
        let fitted = calibration::fit(&engine_of(&head)?, cases, near, &start)?;
        println!(
            "calibration layer: NLL {:.5} before, {:.5} after; {start:?} became {:?}",
            fitted.nll_before, fitted.nll_after, fitted.scaling
        );
        head = calibration::with_logit_scaling(head, &fitted.scaling);
    }
    if wanted.ranking {
        let start = ranking::shares_of(&head)?;
        let fitted = ranking::fit(&engine_of(&head)?, cases, start)?;
        println!(
            "ranking map: AUROC {:.5} before, {:.5} after; the margin's share {:.4} became {:.4}",
            fitted.auroc_before, fitted.auroc_after, start.margin, fitted.coefficient
        );
        head = ranking::with_margin_share(head, fitted.coefficient);
    }
    Ok(head)
}

/// Segments every case and hands its result, its labels and the band near its objects to `add`.
fn over_cases(
    engine: &Engine,
    cases: &[CasePaths],
    mut add: impl FnMut(&Segmentation, &[u8], &[bool]) -> Result<(), Error>,
) -> Result<(), Error> {
    let classes = engine.manifest().classes.len();
    for (index, paths) in cases.iter().enumerate() {
        let case = Case::read(paths, classes)?;
        let (result, _) = segment(engine, &case.volume)?;
        let labels = &case.labels.ids;
        let near = near_mask(labels, &result.labels, result.shape)?;
        add(&result, labels, &near)?;
        println!("fit {} of {}: {}", index + 1, cases.len(), paths.name);
    }
    Ok(())
}
