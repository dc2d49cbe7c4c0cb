//! Segmenting an image.

use std::ops::ControlFlow;
use std::rc::Rc;

use engine::{
    Manifest, MemoryLimits, MemoryPlan, Options, Progress, Segmentation, UncertaintySummary,
};
use imaging::Volume;
use protocol::{PartChoice, RegionRun, Response, Stage, WindowSize, encode_region_voxels};
use uq::Run;

use crate::error::Error;
use crate::finished::FinishedSegmentation;
use crate::host::{Buffer, Host};
use crate::messages::{count, progress};
use crate::open::open;
use crate::responses::{ResultFacts, image_info, is_sent, result_info};
use crate::session::{Loaded, Session};

/// Main memory that a run may take, in bytes: half of what a WebAssembly module can address, and what a browser's tab
/// can be expected to have.
const MAX_MAIN_MEMORY: u64 = 2 << 30;
/// Milliseconds between two masks so far.
const MIN_PARTIAL_INTERVAL: f64 = 1000.0;

/// What the page asks to be segmented.
#[derive(Debug)]
pub(crate) struct Task {
    pub job: u32,
    pub names: Vec<String>,
    pub series: Option<u32>,
    pub part: PartChoice,
    pub window: WindowSize,
}

impl<H: Host> Session<H> {
    /// Decodes and segments an image; the result becomes the last one.
    pub async fn segment(&self, task: Task, files: Vec<Vec<u8>>) -> Result<(), Error> {
        let job = task.job;
        let loaded = self.loaded()?;
        progress(&*self.host, Some(job), Stage::Decode, 0, 0);
        let opened = open(&task.names, files, task.series, task.part)?;
        let volume = &opened.volume;
        let info = image_info(&opened)?;
        let answer = Response::Opened { job, image: info };
        self.host.send(&answer, &[Buffer::Floats(&volume.voxels)]);

        let started = self.host.now();
        let options = plan(loaded, volume, task.window, &mut self.finished.borrow_mut())?;
        let result = self.run(job, loaded, volume, &options).await;
        // What the device's pools hold is given back: the next image may have another size, or never come.
        loaded.engine.device().memory_cleanup();
        let result = result?;
        let elapsed_ms = self.host.now() - started;
        let manifest = loaded.engine.manifest();
        let uncertainty = UncertaintySummary::new(manifest, volume, &result)?;
        let facts = ResultFacts {
            manifest,
            volume,
            result: &result,
            uncertainty: &uncertainty,
            backend: loaded.backend,
            elapsed_ms,
        };
        let info = result_info(&facts)?;
        let mut buffers = vec![
            Buffer::Bytes(&result.labels),
            Buffer::Floats(&result.probability),
        ];
        let sent = result
            .maps
            .iter()
            .filter(|map| is_sent(&result, map.kind.name()));
        buffers.extend(sent.map(|map| Buffer::Floats(&map.values)));
        let probabilities = if info.probabilities_sent {
            object_probabilities(&result, manifest)
        } else {
            Vec::new()
        };
        buffers.extend(probabilities.iter().map(|values| Buffer::Floats(values)));
        let voxels = encode_region_voxels(&region_runs(&uncertainty));
        buffers.push(Buffer::Bytes(&voxels));
        self.host
            .send(&Response::Done { job, result: info }, &buffers);
        let mut volume = opened.volume;
        // The page has them; geometry and provenance are what files and comparisons need.
        volume.voxels = Vec::new();
        *self.finished.borrow_mut() = Some(FinishedSegmentation {
            job,
            model: Rc::clone(loaded),
            result,
            elapsed_ms,
            volume,
            names: task.names,
        });
        Ok(())
    }

    async fn run(
        &self,
        job: u32,
        loaded: &Loaded,
        volume: &Volume,
        options: &Options,
    ) -> Result<Segmentation, Error> {
        let is_volume = volume.shape[0] > 1;
        let mut shown = self.host.now();
        let result = loaded
            .engine
            .segment(volume, options, async |step: Progress<'_>| {
                progress(
                    &*self.host,
                    Some(job),
                    Stage::Segment,
                    step.done,
                    step.total,
                );
                let now = self.host.now();
                if is_volume && step.done < step.total && now - shown >= MIN_PARTIAL_INTERVAL {
                    shown = now;
                    // A mask that cannot be had now is no reason to stop.
                    if let Ok(Some(mask)) = step.mask() {
                        let (done, total) = (count(step.done), count(step.total));
                        let partial = Response::Partial { job, done, total };
                        self.host.send(&partial, &[Buffer::Bytes(&mask)]);
                    }
                }
                // Gives the browser's event loop a turn, so that "cancel" can arrive.
                self.host.turn().await;
                if self.jobs.is_cancelled(job) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })
            .await?;
        Ok(result)
    }
}

/// The voxels of every region that is listed.
pub(crate) fn region_runs(uncertainty: &UncertaintySummary) -> Vec<Vec<RegionRun>> {
    let runs = |runs: &Vec<Run>| {
        let numbers = runs
            .iter()
            .map(|run| [run.plane, run.row, run.first, run.last]);
        numbers.collect()
    };
    uncertainty.region_voxels.iter().map(runs).collect()
}

/// The tempered probability of every class but the background.
fn object_probabilities(result: &Segmentation, manifest: &Manifest) -> Vec<Vec<f32>> {
    let objects = manifest.classes.iter().skip(1);
    objects
        .filter_map(|class| result.class_probability(class.id))
        .collect()
}

/// How the run is done. The last result stays, so that it can be compared and saved while another image is on its way
/// or was given up, unless memory is too short for both.
fn plan(
    loaded: &Loaded,
    volume: &Volume,
    window: WindowSize,
    finished: &mut Option<FinishedSegmentation>,
) -> Result<Options, Error> {
    let options = |main: u64| Options {
        window,
        memory: MemoryLimits {
            main,
            buffer: loaded.largest_buffer,
        },
    };
    let alone = options(MAX_MAIN_MEMORY);
    let whole: MemoryPlan = loaded.engine.memory(volume, &alone)?;
    if let Some(kept) = finished {
        let beside = options(MAX_MAIN_MEMORY.saturating_sub(kept.result.bytes()));
        if loaded.engine.memory(volume, &beside).ok().as_ref() == Some(&whole) {
            return Ok(beside);
        }
        *finished = None;
    }
    Ok(alone)
}
