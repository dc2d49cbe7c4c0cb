//! What a run says about itself: a line of JSON for every report, the same for people, and curves.

use std::collections::BTreeMap;
use std::time::Duration;

use plot::{Axis, Plot, Series};
use serde_json::{Map, Value};
use tracing::info;
use web_time::Instant;

use crate::Error;
use crate::run_folder::RunFolder;

/// Named numbers of a report.
pub type Metrics = BTreeMap<String, f64>;

/// A plot of the log.
#[derive(Debug, Clone, Copy)]
pub struct Curves {
    /// Part of the file's name.
    pub name: &'static str,
    /// What the values are.
    pub label: &'static str,
    /// Whether a metric is drawn in it.
    pub belongs: fn(&str) -> bool,
}

/// The log of a part.
#[derive(Debug)]
pub struct RunLog<'a> {
    folder: RunFolder<'a>,
    reports: Vec<Map<String, Value>>,
    started: Instant,
    /// Step and seconds at which this invocation began.
    begin: (usize, f64),
    steps: usize,
}

impl<'a> RunLog<'a> {
    /// Opens the log of a part of `steps` steps; what an earlier invocation wrote up to step `from` stays.
    pub fn open(
        folder: RunFolder<'a>,
        from: usize,
        seconds: f64,
        steps: usize,
    ) -> Result<Self, Error> {
        let path = folder.log();
        let earlier = if from > 0 {
            let bytes = folder.storage.read(&path)?.unwrap_or_default();
            String::from_utf8(bytes).unwrap_or_default()
        } else {
            String::new()
        };
        let kept = |report: &Map<String, Value>| {
            report
                .get("step")
                .and_then(Value::as_u64)
                .is_some_and(|step| step <= from as u64)
        };
        let reports = earlier
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .filter(kept)
            .collect::<Vec<_>>();
        let lines = reports
            .iter()
            .filter_map(|report| serde_json::to_string(report).ok());
        let text = lines.map(|line| line + "\n").collect::<String>();
        folder.storage.write(&path, text.as_bytes())?;
        Ok(Self {
            folder,
            reports,
            started: Instant::now(),
            begin: (from, seconds),
            steps,
        })
    }

    /// Seconds of work so far, earlier invocations included.
    pub fn seconds(&self) -> f64 {
        self.begin.1 + self.started.elapsed().as_secs_f64()
    }

    /// Writes a report after `step` steps, and the same for people with rate and remaining time.
    pub fn report(&mut self, step: usize, metrics: &Metrics) -> Result<(), Error> {
        let mut report = Map::new();
        report.insert("step".to_owned(), step.into());
        report.insert("seconds".to_owned(), self.seconds().into());
        for (name, &value) in metrics {
            report.insert(name.clone(), value.into());
        }
        let line = serde_json::to_string(&report).unwrap_or_default() + "\n";
        let storage = self.folder.storage;
        storage.append(&self.folder.log(), line.as_bytes())?;
        self.reports.push(report);

        let elapsed = self.started.elapsed().as_secs_f64().max(1e-9);
        let rate = step.saturating_sub(self.begin.0) as f64 / elapsed;
        let left = self.steps.saturating_sub(step) as f64 / rate.max(1e-9);
        let left = Duration::try_from_secs_f64(left).unwrap_or_default();
        let texts = metrics
            .iter()
            .map(|(name, value)| format!("{name} {}", short(*value)));
        info!(
            "{} {step}/{}, {rate:.2} steps/s, {} left: {}",
            self.folder.part(),
            self.steps,
            duration(left),
            texts.collect::<Vec<_>>().join(", ")
        );
        Ok(())
    }

    /// Draws the curves of each plot that has any.
    pub fn draw(&self, plots: &[Curves]) -> Result<(), Error> {
        for Curves {
            name,
            label,
            belongs,
        } in plots
        {
            let mut series = BTreeMap::<String, Vec<(f64, f64)>>::new();
            for report in &self.reports {
                let step = report
                    .get("step")
                    .and_then(Value::as_f64)
                    .unwrap_or_default();
                for (metric, value) in report.iter().filter(|(metric, _)| belongs(metric)) {
                    if let Some(value) = value.as_f64() {
                        series
                            .entry(metric.clone())
                            .or_default()
                            .push((step, value));
                    }
                }
            }
            if series.is_empty() {
                continue;
            }
            let last = series.iter().filter_map(|(name, points)| {
                points
                    .last()
                    .map(|(step, value)| format!("{name} {} at step {step}", short(*value)))
            });
            let plot = Plot {
                title: format!("{}: {name}", self.folder.part()),
                description: format!(
                    "{label} over the steps of training, at last {}.",
                    last.collect::<Vec<_>>().join(", ")
                ),
                x: Axis::new("step"),
                y: Axis::new(label),
                series: series
                    .into_iter()
                    .map(|(name, points)| Series::line(&name, points))
                    .collect(),
            };
            let file = self.folder.curves(name);
            self.folder.storage.write(&file, plot.svg().as_bytes())?;
        }
        Ok(())
    }
}

/// Four digits.
fn short(value: f64) -> String {
    if value != 0.0 && (value.abs() < 1e-3 || value.abs() >= 1e4) {
        format!("{value:.3e}")
    } else {
        format!("{value:.4}")
    }
}

fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 120 {
        format!("{seconds} s")
    } else if seconds < 7200 {
        format!("{} min", seconds / 60)
    } else {
        format!("{} h {} min", seconds / 3600, seconds % 3600 / 60)
    }
}
