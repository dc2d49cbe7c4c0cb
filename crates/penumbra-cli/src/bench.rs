//! `penumbra bench`: how long the network takes.

use std::time::Instant;

use engine::Engine;
use evaluation::{options, segment};
use imaging::encode::tiff_f32;
use imaging::{Limits, Volume, open};

use crate::Error;
use crate::arguments::BenchOptions;
use crate::bundles::find;
use crate::model::{device, device_name};

/// Times one window: the first run, which compiles shaders, and the median of `runs` further ones.
pub fn run(wanted: &BenchOptions) -> Result<(), Error> {
    let runs = wanted.runs;
    let engine = Engine::new(&find(&wanted.model)?.bundle()?, &device(wanted.device)?)?;
    let segment = |volume: &Volume| pollster::block_on(segment(&engine, volume));
    let patch = engine.manifest().preprocessing.patch.clone();
    let shape = match patch[..] {
        [rows, columns] => [1, rows, columns],
        [planes, rows, columns] => [planes, rows, columns],
        _ => {
            return Err(Error::Window(patch));
        }
    };
    let volume = pattern(shape)?;
    let memory = engine
        .memory(&volume, &options(&engine))?
        .peak()
        .div_ceil(1 << 20);
    let started = Instant::now();
    let (_, first) = segment(&volume)?;
    let mut times = (0..runs)
        .map(|_| segment(&volume).map(|(_, elapsed)| elapsed))
        .collect::<Result<Vec<_>, _>>()?;
    times.sort_by(f64::total_cmp);
    println!(
        "{} on {}: window {}, {memory} MiB of memory, first {first:.0} ms, median of {runs} {:.0} ms, all {:.1} s",
        engine.manifest().id,
        device_name(wanted.device),
        patch
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" x "),
        times.get(times.len() / 2).copied().unwrap_or(first),
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

/// A volume in which something is to be seen. It comes out of a file like any other: as one tall picture, cut into planes.
fn pattern([planes, rows, columns]: [usize; 3]) -> Result<Volume, Error> {
    let values = (0..planes * rows * columns)
        .map(|index| ((index % 97) as f32).sin() + (index as f32 / 311.0).cos())
        .collect::<Vec<_>>();
    let mut volume = tiff_f32(&values, planes * rows, columns)
        .and_then(|bytes| open(&bytes, "", &Limits::default()))
        .map_err(engine::Error::from)?;
    volume.shape = [planes, rows, columns];
    Ok(volume)
}
