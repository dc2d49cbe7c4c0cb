//! The engine over one image, with the time that it takes.

use std::ops::ControlFlow;

use burn::tensor::Device;
use engine::{Engine, MemoryLimits, Options, Segmentation};
use imaging::Volume;
use web_time::Instant;

use crate::Error;

/// How images are segmented with an engine: with as much memory as the machine has to spare.
pub fn options(engine: &Engine) -> Options {
    let on_cpu = *engine.device() == Device::flex();
    Options {
        memory: MemoryLimits {
            main: available_memory(),
            buffer: (!on_cpu).then_some(MemoryLimits::DEFAULT_BUFFER),
        },
        ..Options::default()
    }
}

/// Bytes of memory that can be had without swapping; no limit where the system does not say it.
#[cfg(not(target_arch = "wasm32"))]
fn available_memory() -> u64 {
    let from_system = || {
        let text = std::fs::read_to_string("/proc/meminfo").ok()?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("MemAvailable:"))?;
        let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        kibibytes.checked_mul(1024)
    };
    from_system().unwrap_or(u64::MAX)
}

/// What a page may count on: the engine's own limit.
#[cfg(target_arch = "wasm32")]
fn available_memory() -> u64 {
    Options::default().memory.main
}

/// Segments an image; the second value is the time in milliseconds.
///
/// # Errors
/// Those of [`Engine::segment`].
pub async fn segment(engine: &Engine, volume: &Volume) -> Result<(Segmentation, f64), Error> {
    segment_with(engine, volume, &options(engine)).await
}

/// As [`segment`], with other options than the usual ones.
///
/// # Errors
/// Those of [`Engine::segment`].
pub async fn segment_with(
    engine: &Engine,
    volume: &Volume,
    options: &Options,
) -> Result<(Segmentation, f64), Error> {
    let started = Instant::now();
    let result = engine
        .segment(volume, options, async |_| ControlFlow::Continue(()))
        .await?;
    Ok((result, milliseconds(started)))
}

/// Logits of one sample of Monte-Carlo dropout, `[classes, planes, rows, columns]`, and the time in milliseconds.
///
/// # Errors
/// Those of [`Engine::segment_stochastic`].
pub async fn segment_stochastic(
    engine: &Engine,
    volume: &Volume,
) -> Result<(Vec<f32>, f64), Error> {
    let options = options(engine);
    let started = Instant::now();
    let result = engine
        .segment_stochastic(volume, &options, async |_| ControlFlow::Continue(()))
        .await?;
    Ok((result.logits, milliseconds(started)))
}

/// Milliseconds since `started`.
pub(crate) fn milliseconds(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e3
}
