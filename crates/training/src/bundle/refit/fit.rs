//! What a configuration asks to fit once more.

use dataset::Cases;
use engine::Engine;
use evaluation::Progress;
use segwithu::head::Head;
use tracing::info;

use super::{calibration, ranking};
use crate::Error;
use crate::config::Refit;

/// The head after the fits that are asked for; `engine_of` makes the network with a head. The order matters: the ranking
/// map contains the calibration map.
pub(in crate::bundle) async fn refitted<const D: usize>(
    wanted: Refit,
    mut head: Head<D>,
    cases: &dyn Cases,
    progress: &dyn Progress,
    engine_of: impl Fn(&Head<D>) -> Result<Engine, Error>,
) -> Result<Head<D>, Error> {
    if let Some(near) = wanted.near {
        let start = calibration::logit_scaling_of(&head)?;
        let fitted = calibration::fit(&engine_of(&head)?, cases, near, &start, progress).await?;
        info!(
            "calibration layer: NLL {:.5} before, {:.5} after; {start:?} became {:?}",
            fitted.nll_before, fitted.nll_after, fitted.scaling
        );
        head = calibration::with_logit_scaling(head, &fitted.scaling);
    }
    if wanted.ranking {
        let start = ranking::shares_of(&head)?;
        let fitted = ranking::fit(&engine_of(&head)?, cases, start, progress).await?;
        info!(
            "ranking map: AUROC {:.5} before, {:.5} after; the margin's share {:.4} became {:.4}",
            fitted.auroc_before, fitted.auroc_after, start.margin, fitted.coefficient
        );
        head = ranking::with_margin_share(head, fitted.coefficient);
    }
    Ok(head)
}
