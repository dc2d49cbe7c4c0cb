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

/// The engine's name of a format.
const fn format(format: ExportFormat) -> output::FileFormat {
    match format {
        ExportFormat::Png => output::FileFormat::Png,
        ExportFormat::Tiff => output::FileFormat::Tiff,
        ExportFormat::Nifti => output::FileFormat::Nifti,
        ExportFormat::Nrrd => output::FileFormat::Nrrd,
        ExportFormat::DicomSegmentation => output::FileFormat::DicomSegmentation,
        ExportFormat::DicomParametricMap => output::FileFormat::DicomParametricMap,
        ExportFormat::Bids => output::FileFormat::Bids,
    }
}

/// The page's name of a format.
pub const fn page_format(format: output::FileFormat) -> ExportFormat {
    match format {
        output::FileFormat::Png => ExportFormat::Png,
        output::FileFormat::Tiff => ExportFormat::Tiff,
        output::FileFormat::Nifti => ExportFormat::Nifti,
        output::FileFormat::Nrrd => ExportFormat::Nrrd,
        output::FileFormat::DicomSegmentation => ExportFormat::DicomSegmentation,
        output::FileFormat::DicomParametricMap => ExportFormat::DicomParametricMap,
        output::FileFormat::Bids => ExportFormat::Bids,
    }
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
        Exported::Mask => Ok(context.mask(format(wanted))?),
        Exported::Map { name } => {
            let map = last.result.maps.iter().find(|map| map.kind.name() == name);
            let map = map.ok_or_else(|| Error::NoMap(name.clone()))?;
            Ok(context.map(map, format(wanted))?)
        }
    }
}
