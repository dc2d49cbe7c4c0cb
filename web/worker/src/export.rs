//! Files and maps of the last result.

use engine::{Manifest, output};
use protocol::{ExportFormat, Exported, Response};

use crate::error::Error;
use crate::finished::FinishedSegmentation;
use crate::host::{Buffer, Host};
use crate::session::Session;

/// The mask or a map of the last result as a file. `moment` is the local time, as `2026-11-26T12:34:56`, `corrected` the
/// mask that came with the request.
fn file(
    manifest: &Manifest,
    finished: &FinishedSegmentation,
    what: &Exported,
    wanted: ExportFormat,
    moment: &str,
    corrected: Option<&[u8]>,
) -> Result<output::OutputFile, Error> {
    let context = output::Context {
        manifest,
        volume: &finished.volume,
        result: &finished.result,
        corrected,
        names: &finished.names,
        moment,
    };
    match what {
        Exported::Mask | Exported::CorrectedMask => Ok(context.mask(wanted)?),
        Exported::Map { name } => {
            let map = finished
                .result
                .maps
                .iter()
                .find(|map| map.kind.name() == name);
            let map = map.ok_or_else(|| Error::NoMap(name.clone()))?;
            Ok(context.map(map, wanted)?)
        }
        Exported::Probability => Ok(context.probability(wanted)?),
    }
}

impl<H: Host> Session<H> {
    /// Makes a file of the last result.
    pub fn export(
        &self,
        job: u32,
        what: &Exported,
        format: ExportFormat,
        buffers: &[Vec<u8>],
    ) -> Result<(), Error> {
        let finished = self.finished.borrow();
        let finished = finished.as_ref().ok_or(Error::NoResult)?;
        let manifest = finished.model.engine.manifest();
        let corrected = buffers.first().map(Vec::as_slice);
        let moment = self.host.moment();
        let file = file(manifest, finished, what, format, &moment, corrected)?;
        let exported = Response::Exported {
            job,
            name: file.suffix,
            media_type: file.media_type.to_owned(),
        };
        self.host.send(&exported, &[Buffer::Bytes(&file.bytes)]);
        Ok(())
    }
}

/// Hands over a map of the last result, if that is still the one of `job`.
pub(crate) fn send_map(
    host: &impl Host,
    finished: Option<&FinishedSegmentation>,
    job: u32,
    name: String,
) {
    let result = finished.filter(|finished| finished.job == job);
    let map = result.and_then(|finished| {
        let maps = &finished.result.maps;
        maps.iter().find(|map| map.kind.name() == name)
    });
    let values = map.map(|map| Buffer::Floats(&map.values));
    host.send(&Response::MapValues { job, name }, values.as_slice());
}

/// Hands over the probabilities of a class of the last result, if that is still the one of `job`.
pub(crate) fn send_probability(
    host: &impl Host,
    finished: Option<&FinishedSegmentation>,
    job: u32,
    class: u8,
) {
    let result = finished.filter(|finished| finished.job == job);
    let values = result.and_then(|finished| finished.result.class_probability(class));
    let values = values.as_deref().map(Buffer::Floats);
    host.send(
        &Response::ProbabilityValues { job, class },
        values.as_slice(),
    );
}
