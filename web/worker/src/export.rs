//! Files of the last result, in the page's words.

use engine::{Manifest, output};
use protocol::{ExportFormat, Exported};

use crate::error::Error;
use crate::session::Last;

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

/// The mask or a map of the last result as a file.
pub fn file(
    manifest: &Manifest,
    last: &Last,
    what: &Exported,
    wanted: ExportFormat,
) -> Result<output::OutputFile, Error> {
    let context = output::Context {
        manifest,
        volume: &last.volume,
        result: &last.result,
        names: &last.names,
        moment: &moment(),
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

/// The visitor's local time, as `2026-11-26T12:34:56`.
fn moment() -> String {
    let now = js_sys::Date::new_0();
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        now.get_full_year(),
        now.get_month() + 1,
        now.get_date(),
        now.get_hours(),
        now.get_minutes(),
        now.get_seconds()
    )
}
