//! Files of the last result, in the page's words.

use engine::{Manifest, Segmentation, output};
use imaging::Volume;
use protocol::{ExportFormat, Exported};

use crate::error::Error;

/// The last finished segmentation.
pub struct Last {
    /// Number of the job that made it.
    pub job: u32,
    pub result: Segmentation,
    /// The image, without its voxels.
    pub volume: Volume,
    /// Names of its files.
    pub names: Vec<String>,
}

/// The mask or a map of the last result as a file. `moment` is the local time, as `2026-11-26T12:34:56`.
pub fn file(
    manifest: &Manifest,
    last: &Last,
    what: &Exported,
    wanted: ExportFormat,
    moment: &str,
) -> Result<output::OutputFile, Error> {
    let context = output::Context {
        manifest,
        volume: &last.volume,
        result: &last.result,
        names: &last.names,
        moment,
    };
    match what {
        Exported::Mask => Ok(context.mask(wanted)?),
        Exported::Map { name } => {
            let map = last.result.maps.iter().find(|map| map.kind.name() == name);
            let map = map.ok_or_else(|| Error::NoMap(name.clone()))?;
            Ok(context.map(map, wanted)?)
        }
    }
}
