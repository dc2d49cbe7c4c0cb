//! `penumbra predict`: the files that the page saves.

use std::time::SystemTime;

use dataset::files::write;
use engine::output::{Context, Overlay, map_formats, mask_formats, probability_formats, stem};
use engine::{Engine, ExportFormat, Options, Report, UncertaintySummary, WindowSize};
use evaluation::{Progress as _, options, segment_with};
use segwithu::head::MapKind;

use crate::Error;
use crate::arguments::{PROBABILITY, PredictOptions, ResultFormat, Window};
use crate::inputs::{Grouping, Input, inputs};
use crate::model::{device_name, engine};
use crate::terminal::Terminal;

/// Segments every image; a bad one is reported at the end, the others are done.
pub fn run(wanted: &PredictOptions, terminal: &Terminal) -> Result<(), Error> {
    let maps = wanted
        .maps
        .as_deref()
        .map(|names| {
            let maps = names.iter().filter(|name| *name != PROBABILITY);
            maps.map(|name| map_kind(name)).collect()
        })
        .transpose()?;
    let inputs = inputs(&wanted.files, Grouping::Series)?;
    let engine = engine(&wanted.model, wanted.device)?;
    let run = Run {
        options: Options {
            window: match wanted.window {
                Window::Small => WindowSize::Small,
                Window::Model => WindowSize::Model,
            },
            ..options(&engine)
        },
        engine,
        wanted,
        maps,
        terminal,
    };
    let mut last_fault = None;
    for (number, input) in inputs.iter().enumerate() {
        if let Err(error) = run.predict(input) {
            // The last fault becomes the command's own message.
            if let Some(earlier) = last_fault.replace(error) {
                terminal.say(&earlier.to_string());
            }
        }
        let name = input.path().display().to_string();
        terminal.step("predict", number + 1, inputs.len(), &name);
    }
    last_fault.map_or(Ok(()), Err)
}

fn map_kind(name: &str) -> Result<MapKind, Error> {
    MapKind::from_name(name).ok_or_else(|| Error::UnknownMap(name.to_owned()))
}

struct Run<'a> {
    engine: Engine,
    options: Options,
    wanted: &'a PredictOptions,
    /// Maps that are written; all where none are named.
    maps: Option<Vec<MapKind>>,
    terminal: &'a Terminal,
}

impl Run<'_> {
    fn predict(&self, input: &Input) -> Result<(), Error> {
        let choice = imaging::Choice {
            time: self.wanted.time,
            channel: self.wanted.channel,
            spacing: self.wanted.spacing.map(Into::into),
        };
        let opened = input.open(self.wanted.series, &choice)?;
        let volume = &opened.volume;
        let (result, elapsed) =
            pollster::block_on(segment_with(&self.engine, volume, &self.options))?;
        let manifest = self.engine.manifest();
        let stem = stem(input.names());
        let out = |suffix: &str| self.wanted.out.join(format!("{stem}{suffix}"));

        let moment = moment();
        let context = Context {
            manifest,
            volume,
            result: &result,
            corrected: None,
            names: input.names(),
            moment: &moment,
        };
        for format in self.mask_formats(volume) {
            let file = context.mask(format)?;
            write(&out(&file.suffix), &file.bytes)?;
        }
        let maps = result.maps.iter().filter(|map| {
            self.maps
                .as_ref()
                .is_none_or(|wanted| wanted.contains(&map.kind))
        });
        for map in maps {
            for format in self.map_formats(volume) {
                let file = context.map(map, format)?;
                write(&out(&file.suffix), &file.bytes)?;
            }
        }
        let names = self.wanted.maps.iter().flatten();
        if names.into_iter().any(|name| name == PROBABILITY) {
            for format in self.probability_formats(volume) {
                let file = context.probability(format)?;
                write(&out(&file.suffix), &file.bytes)?;
            }
        }
        let summary = UncertaintySummary::new(manifest, volume, &result)?;
        let plane = summary.worst_plane();
        let overlay = Overlay::new(manifest, volume, &result, &summary, plane)?;
        write(&out("_overlay.png"), &overlay.png()?)?;
        write(&out("_overlay.svg"), overlay.svg()?.as_bytes())?;
        let device = device_name(self.wanted.device);
        let report = Report::new(manifest, volume, &result, &summary, device, elapsed)?;
        write(&out("_report.json"), report.to_json()?.as_bytes())?;
        if self.wanted.csv {
            write(&out("_report.csv"), report.to_csv()?.as_bytes())?;
        }
        self.terminal.print(&format!(
            "{}: {}{} windows, {elapsed:.0} ms",
            input.path().display(),
            opened.series_prefix(),
            result.windows
        ));
        Ok(())
    }

    fn mask_formats(&self, volume: &imaging::Volume) -> Vec<ExportFormat> {
        self.formats(&mask_formats(volume), |format| match format {
            ResultFormat::Png => ExportFormat::Png,
            ResultFormat::Tiff => ExportFormat::Tiff,
            ResultFormat::Nifti => ExportFormat::Nifti,
            ResultFormat::Nrrd => ExportFormat::Nrrd,
            ResultFormat::Dicom => ExportFormat::DicomSegmentation,
            ResultFormat::Bids => ExportFormat::Bids,
        })
    }

    /// Formats that hold masks only leave maps in the one that goes with them.
    fn map_formats(&self, volume: &imaging::Volume) -> Vec<ExportFormat> {
        self.formats(&map_formats(volume), |format| match format {
            ResultFormat::Png | ResultFormat::Tiff => ExportFormat::Tiff,
            ResultFormat::Nifti | ResultFormat::Nrrd => ExportFormat::Nifti,
            ResultFormat::Dicom => ExportFormat::DicomParametricMap,
            ResultFormat::Bids => ExportFormat::Bids,
        })
    }

    /// Only TIFF and NIfTI hold a channel for every class.
    fn probability_formats(&self, volume: &imaging::Volume) -> Vec<ExportFormat> {
        self.formats(&probability_formats(volume), |format| match format {
            ResultFormat::Png | ResultFormat::Tiff => ExportFormat::Tiff,
            ResultFormat::Nifti | ResultFormat::Nrrd | ResultFormat::Dicom | ResultFormat::Bids => {
                ExportFormat::Nifti
            }
        })
    }

    fn formats(
        &self,
        usual: &[ExportFormat],
        format: impl Fn(ResultFormat) -> ExportFormat,
    ) -> Vec<ExportFormat> {
        let Some(wanted) = &self.wanted.formats else {
            return usual.iter().take(1).copied().collect();
        };
        let mut formats = Vec::new();
        for format in wanted.iter().copied().map(format) {
            if !formats.contains(&format) {
                formats.push(format);
            }
        }
        formats
    }
}

/// The time in UTC, as `2026-11-26T12:34:56`: what the system tells without a library of time zones.
fn moment() -> String {
    let seconds = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs());
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
        rest / 3600,
        rest / 60 % 60,
        rest % 60
    )
}

/// Year, month and day of a day counted from 1 January 1970, in the Gregorian calendar.
fn civil(days: u64) -> (u64, u64, u64) {
    // Counted from 1 March of the year 0, so that the leap day ends a year (H. Hinnant, "chrono-Compatible Low-Level
    // Date Algorithms").
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::civil;

    #[test]
    fn days_become_dates() {
        for (days, date) in [
            (0, (1970, 1, 1)),
            (11_016, (2000, 2, 29)),
            (11_017, (2000, 3, 1)),
            (20_783, (2026, 11, 26)),
            (47_540, (2100, 2, 28)),
            (47_541, (2100, 3, 1)),
        ] {
            assert_eq!(civil(days), date, "{days}");
        }
    }
}
