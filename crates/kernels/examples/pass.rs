//! Runs a shipped model window by window for `cargo xtask bench`, as often as it is asked to.
//!
//! `pass MODEL THREADS`: MODEL is a model's folder. Every line of standard input has the name of a file with a window's values
//! and of one for what comes out (both little-endian 32-bit floats, either may be `-`); the answer is a line with the times on
//! the clock of backbone and head, and the processor time of both, in milliseconds. An empty line runs the last window again.
#![allow(clippy::unwrap_used, missing_docs)]

use std::io::BufRead;
use std::path::Path;
use std::time::Instant;

use kernels::probe::{Model, multiply_adds};

/// Rounds of the probe in one measurement: about a tenth of a second.
const ROUNDS: usize = 30_000_000;

/// Processor time of all threads so far in milliseconds, where the system tells it (Linux). Threads that run are counted up to
/// the last time that they waited, so this is right while they all wait.
fn processor_time() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let times = tasks.filter_map(|task| {
        let text = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    });
    times.sum::<u64>() as f64 / 1e6
}

fn read(name: &str) -> Vec<f32> {
    let bytes = std::fs::read(name).unwrap();
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect()
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap();
    let threads = arguments
        .next()
        .and_then(|count| count.parse().ok())
        .unwrap_or(1);
    let folder = Path::new(&folder);
    let description = std::fs::read(folder.join("model.json")).unwrap();
    let weights = std::fs::read(folder.join("weights.safetensors")).unwrap();
    let model = Model::read(&description, &weights).unwrap();
    // All work in the pool, so that the main thread only waits.
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();

    let before = processor_time();
    let (operations, sum) = pool.install(|| multiply_adds(ROUNDS));
    std::hint::black_box(sum);
    let peak = operations as f64 / (processor_time() - before) / 1e6;
    let [backbone, head] = model.operations();
    // What there is to know beforehand: vectors, peak of one thread in GFLOP/s, operations of backbone and head.
    println!("{:?} {peak:.1} {backbone} {head}", kernels::level());

    let length = model.channels * model.window.voxels();
    let mut image: Vec<f32> = (0..length)
        .map(|index| (index as f32 * 0.37).sin())
        .collect();
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let mut names = line.split_whitespace();
        if let Some(name) = names.next().filter(|name| *name != "-") {
            image = read(name);
        }
        let before = processor_time();
        let (middle, end, start, pass, maps) = pool.install(|| {
            let start = Instant::now();
            let pass = model.backbone.run(&image, model.window);
            let middle = Instant::now();
            let maps = model.head.run(&pass).unwrap();
            (middle, Instant::now(), start, pass, maps)
        });
        let spent = processor_time() - before;
        std::hint::black_box((pass, maps));
        println!(
            "{} {} {spent}",
            (middle - start).as_secs_f64() * 1e3,
            (end - middle).as_secs_f64() * 1e3
        );
        if let Some(name) = names.next().filter(|name| *name != "-") {
            let output = pool.install(|| model.run(&image)).unwrap();
            let bytes: Vec<u8> = output
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect();
            std::fs::write(name, bytes).unwrap();
        }
    }
}
