//! Segmenting an image, comparing the result with labels, and making files of it.

use std::ops::ControlFlow;
use std::rc::Rc;

use engine::{MemoryLimits, MemoryPlan, Options, Progress, UncertaintySummary};
use gloo_timers::future::TimeoutFuture;
use imaging::Volume;
use protocol::{ExportFormat, Exported, Response, Stage, WindowSize};

use crate::answers::{ResultFacts, count, image_info, is_sent, result_info};
use crate::check::compare;
use crate::error::Error;
use crate::export::{self, Last};
use crate::link::{Buffer, send};
use crate::open::{open, open_labels};
use crate::session::{Loaded, Session, progress};

/// Main memory that a run may take, in bytes: half of what a WebAssembly module can address, and what a browser's tab
/// can be expected to have.
const MAIN_MEMORY: u64 = 2 << 30;
/// Milliseconds between two masks so far.
const PARTIAL_EVERY: f64 = 1000.0;

/// What the page asks to be segmented.
pub struct Task {
    pub job: u32,
    pub names: Vec<String>,
    pub series: Option<u32>,
    pub window: WindowSize,
}

impl Session {
    pub async fn segment(&mut self, task: Task, files: Vec<Vec<u8>>) -> Result<(), Error> {
        let job = task.job;
        let loaded = self.loaded.as_ref().ok_or(Error::NoModel)?;
        progress(Some(job), Stage::Decode, 0, 0);
        let opened = open(&task.names, files, task.series)?;
        let volume = &opened.volume;
        let info = image_info(&opened)?;
        send(
            &Response::Opened { job, image: info },
            &[Buffer::Floats(&volume.voxels)],
        );

        let started = js_sys::Date::now();
        let options = plan(loaded, volume, task.window, &mut self.last.borrow_mut())?;
        let result = self.run(job, loaded, volume, &options).await;
        // What the device's pools hold is given back: the next image may have another size, or never come.
        loaded.engine.device().memory_cleanup();
        let result = result?;
        let elapsed_ms = js_sys::Date::now() - started;
        let manifest = loaded.engine.manifest();
        let doubt = UncertaintySummary::new(manifest, &result)?;
        let facts = ResultFacts {
            manifest,
            volume,
            result: &result,
            doubt: &doubt,
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
        send(&Response::Done { job, result: info }, &buffers);
        let mut volume = opened.volume;
        // The page has them; geometry and provenance are what files and comparisons need.
        volume.voxels = Vec::new();
        *self.last.borrow_mut() = Some(Last {
            job,
            result,
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
    ) -> Result<engine::Segmentation, Error> {
        let cancelled = Rc::clone(&self.cancelled);
        let is_volume = volume.shape[0] > 1;
        let mut shown = js_sys::Date::now();
        let result = loaded
            .engine
            .segment(volume, options, async |step: Progress<'_>| {
                progress(Some(job), Stage::Segment, step.done, step.total);
                let now = js_sys::Date::now();
                if is_volume && step.done < step.total && now - shown >= PARTIAL_EVERY {
                    shown = now;
                    // A mask that cannot be had now is no reason to stop.
                    if let Ok(Some(mask)) = step.mask() {
                        let (done, total) = (count(step.done), count(step.total));
                        let partial = Response::Partial { job, done, total };
                        send(&partial, &[Buffer::Bytes(&mask)]);
                    }
                }
                // Gives the browser's event loop a turn, so that "cancel" can arrive.
                TimeoutFuture::new(0).await;
                if cancelled.get() == Some(job) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })
            .await?;
        Ok(result)
    }

    pub fn check(&self, job: u32, names: &[String], files: Vec<Vec<u8>>) -> Result<(), Error> {
        let Loaded { engine, .. } = self.loaded.as_ref().ok_or(Error::NoModel)?;
        let last = self.last.borrow();
        let last = last.as_ref().ok_or(Error::NoResult)?;
        progress(Some(job), Stage::Check, 0, 0);
        let manifest = engine.manifest();
        let classes = u8::try_from(manifest.classes.len()).unwrap_or(u8::MAX);
        let labels = open_labels(names, files, classes)?;
        let (scores, errors) = compare(manifest, &last.volume, &last.result, labels)?;
        send(
            &Response::Checked { job, scores },
            &[Buffer::Bytes(&errors)],
        );
        Ok(())
    }

    pub fn export(&self, job: u32, what: &Exported, format: ExportFormat) -> Result<(), Error> {
        let Loaded { engine, .. } = self.loaded.as_ref().ok_or(Error::NoModel)?;
        let last = self.last.borrow();
        let last = last.as_ref().ok_or(Error::NoResult)?;
        let file = export::file(engine.manifest(), last, what, format, &moment())?;
        send(
            &Response::Exported {
                job,
                name: file.suffix,
                media_type: file.media_type.to_owned(),
            },
            &[Buffer::Bytes(&file.bytes)],
        );
        Ok(())
    }
}

/// Hands over a map of the last result, if it is still that of `job`.
pub fn send_map(last: Option<&Last>, job: u32, name: String) {
    let result = last.filter(|last| last.job == job);
    let map = result.and_then(|last| {
        let maps = &last.result.maps;
        maps.iter().find(|map| map.kind.name() == name)
    });
    let values: Vec<Buffer<'_>> = map
        .into_iter()
        .map(|map| Buffer::Floats(&map.values))
        .collect();
    send(&Response::MapValues { job, name }, &values);
}

/// How the run is done. The last result stays, so that it can be compared and saved while another image is on its way
/// or was given up, unless memory is too short for both.
fn plan(
    loaded: &Loaded,
    volume: &Volume,
    window: WindowSize,
    last: &mut Option<Last>,
) -> Result<Options, Error> {
    let options = |main: u64| Options {
        window,
        memory: MemoryLimits {
            main,
            buffer: loaded.largest_buffer,
        },
    };
    let alone = options(MAIN_MEMORY);
    let whole: MemoryPlan = loaded.engine.memory(volume, &alone)?;
    if let Some(kept) = last {
        let beside = options(MAIN_MEMORY.saturating_sub(kept.result.bytes()));
        if loaded.engine.memory(volume, &beside).ok().as_ref() == Some(&whole) {
            return Ok(beside);
        }
        *last = None;
    }
    Ok(alone)
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
