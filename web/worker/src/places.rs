//! Places to look at in the last result, with a tolerance of the visitor's choice.

use engine::{Report, UncertaintySummary};
use protocol::{PlacesInfo, Response};

use crate::error::Error;
use crate::finished::FinishedSegmentation;
use crate::host::Host;
use crate::messages::count;
use crate::session::Session;

impl<H: Host> Session<H> {
    /// Lists the places of the last result, if that is still the one of `job`.
    pub fn places(&self, job: u32, tolerance: u32) -> Result<(), Error> {
        let finished = self.finished.borrow();
        let finished = finished.as_ref().filter(|finished| finished.job == job);
        let found = finished.map(|finished| look(finished, tolerance));
        let found = found.transpose()?;
        self.host.send(&Response::Places { job, found }, &[]);
        Ok(())
    }
}

fn look(finished: &FinishedSegmentation, tolerance: u32) -> Result<PlacesInfo, Error> {
    let manifest = finished.model.engine.manifest();
    let (volume, result) = (&finished.volume, &finished.result);
    let tolerance = usize::try_from(tolerance).map_or(engine::MAX_TOLERANCE, |wanted| {
        wanted.min(engine::MAX_TOLERANCE)
    });
    let uncertainty = UncertaintySummary::with_tolerance(manifest, volume, result, tolerance)?;
    let report = Report::new(
        manifest,
        volume,
        result,
        &uncertainty,
        finished.model.backend.name(),
        finished.elapsed_ms,
    )?;
    Ok(PlacesInfo {
        tolerance: count(tolerance),
        summary: report.summary.clone(),
        report: report.to_json()?,
        regions: uncertainty.regions,
    })
}
