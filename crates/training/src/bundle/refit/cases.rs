//! The validation cases, one after the other.

use dataset::Cases;
use engine::{Engine, Segmentation};
use evaluation::{Progress, segment};
use uq::near_mask;

use crate::Error;

/// Voxels of either kind, everywhere and near the objects, that are fitted on, all cases together.
pub(super) const MAX_VOXELS: usize = 1 << 19;

/// Segments every case and hands its result, its labels and the band near its objects to `add`.
pub(super) async fn segment_cases(
    engine: &Engine,
    cases: &dyn Cases,
    progress: &dyn Progress,
    mut add: impl FnMut(&Segmentation, &[u8], &[bool]) -> Result<(), Error>,
) -> Result<(), Error> {
    let classes = engine.manifest().classes.len();
    for number in 0..cases.len() {
        let case = cases.read(number, classes)?;
        let (result, _) = segment(engine, &case.volume).await?;
        let labels = &case.labels.ids;
        let near = near_mask(labels, &result.labels, result.shape)?;
        add(&result, labels, &near)?;
        progress.step("fit", number + 1, cases.len(), cases.name(number));
    }
    Ok(())
}
