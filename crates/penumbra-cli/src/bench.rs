//! `penumbra bench`: how long the network takes.

use std::time::Instant;

use engine::Engine;
use imaging::encode::tiff_f32;
use imaging::{Limits, open};

use crate::Error;
use crate::arguments::DeviceChoice;
use crate::model::{bundle, device, device_name, segment};

/// Times one window: the first run, which compiles shaders, and the median of `runs` further ones.
pub fn run(model: &str, choice: DeviceChoice, runs: usize) -> Result<(), Error> {
    let engine = Engine::new(&bundle(model)?, &device(choice)?)?;
    let patch = &engine.manifest().preprocessing.patch;
    let [rows, columns] = patch[..] else {
        return Err(Error::Data(format!(
            "the window {patch:?} is not two-dimensional; choose a model for pictures"
        )));
    };
    let values =
        (0..rows * columns).map(|index| ((index % 97) as f32).sin() + (index as f32 / 311.0).cos());
    let picture = tiff_f32(&values.collect::<Vec<_>>(), rows, columns);
    let volume = picture
        .and_then(|bytes| open(&bytes, "", &Limits::default()))
        .map_err(engine::Error::from)?;
    let started = Instant::now();
    let (_, first) = segment(&engine, &volume)?;
    let mut times = (0..runs)
        .map(|_| segment(&engine, &volume).map(|(_, elapsed)| elapsed))
        .collect::<Result<Vec<_>, _>>()?;
    times.sort_by(f64::total_cmp);
    println!(
        "{} on {}: window {rows} x {columns}, first {first:.0} ms, median of {runs} {:.0} ms, all {:.1} s",
        engine.manifest().id,
        device_name(choice),
        times.get(times.len() / 2).copied().unwrap_or(first),
        started.elapsed().as_secs_f64()
    );
    Ok(())
}
