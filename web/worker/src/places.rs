//! Places to look at in the last result, with a tolerance of the visitor's choice.

use engine::{Report, UncertaintySummary};
use protocol::{PlacesInfo, Response, encode_region_voxels};

use crate::error::Error;
use crate::finished::FinishedSegmentation;
use crate::host::{Buffer, Host};
use crate::messages::count;
use crate::segment::region_runs;
use crate::session::Session;

impl<H: Host> Session<H> {
    /// Lists the places of the last result, if that is still the one of `job`.
    pub fn places(&self, job: u32, tolerance: u32) -> Result<(), Error> {
        let finished = self.finished.borrow();
        let finished = finished.as_ref().filter(|finished| finished.job == job);
        let found = finished.map(|finished| look(finished, tolerance));
        let (found, voxels) = found.transpose()?.unzip();
        let voxels = voxels.as_deref().map(Buffer::Bytes);
        self.host
            .send(&Response::Places { job, found }, voxels.as_slice());
        Ok(())
    }
}

fn look(finished: &FinishedSegmentation, tolerance: u32) -> Result<(PlacesInfo, Vec<u8>), Error> {
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
    let voxels = encode_region_voxels(&region_runs(&uncertainty));
    let info = PlacesInfo {
        tolerance: count(tolerance),
        summary: report.summary.clone(),
        report: report.to_json()?,
        regions: uncertainty.regions,
    };
    Ok((info, voxels))
}
