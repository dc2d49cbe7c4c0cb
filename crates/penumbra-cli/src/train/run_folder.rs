//! The folder of a run: configuration, log as JSON lines, weights.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use burn::module::Module;
use segwithu::weights::{Precision, save};
use serde::Serialize;

use super::config::RunConfig;
use crate::Error;

/// A folder that a training run writes to.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    log: File,
    /// Log and weight files carry this name: `backbone` or `head`.
    part: &'static str,
    started: Instant,
    steps: usize,
}

/// A line of the log.
#[derive(Debug, Serialize)]
struct LogLine<'a, T> {
    step: usize,
    seconds: f64,
    #[serde(flatten)]
    values: &'a T,
}

impl RunFolder {
    /// Creates the folder where it is missing and starts the part's log anew.
    pub fn create(
        path: &Path,
        part: &'static str,
        config: &RunConfig,
        steps: usize,
    ) -> Result<Self, Error> {
        std::fs::create_dir_all(path).map_err(|source| Error::file(path, &source))?;
        let config_path = path.join("config.json");
        let text = serde_json::to_string_pretty(config).map_err(|error| Error::Config {
            path: config_path.clone(),
            reason: error.to_string(),
        })?;
        std::fs::write(&config_path, text).map_err(|source| Error::file(&config_path, &source))?;
        let log_path = path.join(format!("{part}.jsonl"));
        let log = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(true)
            .open(&log_path);
        let log = log.map_err(|source| Error::file(&log_path, &source))?;
        Ok(Self {
            path: path.to_path_buf(),
            log,
            part,
            started: Instant::now(),
            steps,
        })
    }

    /// Writes a line of the log, and the same for people with rate and remaining time.
    pub fn log<T: Serialize>(&mut self, step: usize, values: &T) -> Result<(), Error> {
        let elapsed = self.started.elapsed();
        let line = LogLine {
            step,
            seconds: elapsed.as_secs_f64(),
            values,
        };
        let text = serde_json::to_string(&line).unwrap_or_default();
        writeln!(self.log, "{text}").map_err(|source| Error::file(&self.path, &source))?;
        let rate = step as f64 / elapsed.as_secs_f64().max(1e-9);
        let left = Duration::from_secs_f64(self.steps.saturating_sub(step) as f64 / rate.max(1e-9));
        let values = serde_json::to_string(values).unwrap_or_default();
        println!(
            "{} step {step} of {}, {rate:.2} steps a second, {} min left: {values}",
            self.part,
            self.steps,
            left.as_secs() / 60
        );
        Ok(())
    }

    /// Time since the run began.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Where the part's weights of the given kind lie: `best` or `last`.
    pub fn weights_path(path: &Path, part: &str, kind: &str) -> PathBuf {
        path.join(format!("{part}_{kind}.safetensors"))
    }

    /// Saves weights in full precision. They appear under their name only when complete.
    pub fn save<M: Module>(&self, module: &M, prefix: &str, kind: &str) -> Result<(), Error> {
        let bytes = save(module, prefix, Precision::Full)?;
        let path = Self::weights_path(&self.path, self.part, kind);
        let partial = path.with_extension("partial");
        std::fs::write(&partial, bytes).map_err(|source| Error::file(&partial, &source))?;
        std::fs::rename(&partial, &path).map_err(|source| Error::file(&path, &source))
    }
}
