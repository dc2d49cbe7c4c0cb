//! Devices, bundles and image files.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use burn::tensor::Device;
use engine::{Bundle, Engine, MemoryLimits, Options, Segmentation};
use imaging::{Limits, Volume};

use crate::Error;
use crate::arguments::DeviceChoice;

/// Where bundles lie in the source tree.
const MODELS: &str = "web/models";

/// The device that was asked for.
pub fn device(choice: DeviceChoice) -> Result<Device, Error> {
    match choice {
        DeviceChoice::Cpu => Ok(Device::flex()),
        #[cfg(feature = "gpu")]
        DeviceChoice::Gpu => Device::wgpu_options().init().map_err(|error| {
            Error::Device(format!(
                "no graphics adapter could be used ({error}); use --device cpu"
            ))
        }),
        #[cfg(not(feature = "gpu"))]
        DeviceChoice::Gpu => Err(Error::Device(
            "this build has no graphics backend; use --device cpu".to_owned(),
        )),
        #[cfg(feature = "cuda")]
        DeviceChoice::Cuda => Ok(Device::cuda(0)),
        #[cfg(not(feature = "cuda"))]
        DeviceChoice::Cuda => Err(Error::Device(
            "this build has no CUDA backend; build it with `--features cuda`, or use --device cpu"
                .to_owned(),
        )),
    }
}

/// Name of a device in reports.
pub const fn device_name(choice: DeviceChoice) -> &'static str {
    match choice {
        DeviceChoice::Cpu => "cpu",
        DeviceChoice::Gpu => "gpu",
        DeviceChoice::Cuda => "cuda",
    }
}

/// A bundle by its folder, or by its identifier under `web/models`.
pub fn bundle(model: &str) -> Result<Bundle, Error> {
    let named = Path::new(MODELS).join(model);
    let folder = if Path::new(model).join("model.json").is_file() {
        PathBuf::from(model)
    } else {
        named
    };
    let manifest_path = folder.join("model.json");
    let manifest = read(&manifest_path)?;
    let description = engine::Manifest::from_json(&manifest)?;
    let weights = read(&folder.join(&description.weights.file))?;
    Ok(Bundle::from_bytes(&manifest, weights)?)
}

/// An engine whose device has passed the known-answer test.
pub fn engine(model: &str, choice: DeviceChoice) -> Result<Engine, Error> {
    let engine = Engine::new(&bundle(model)?, &device(choice)?)?;
    let report = pollster::block_on(engine.self_test())?;
    if report.passed() {
        Ok(engine)
    } else {
        Err(Error::Device(format!(
            "the device fails the model's known-answer test by {:.1e} of the sums; use --device cpu",
            report.largest_difference
        )))
    }
}

/// A file's bytes.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::file(path, &source))
}

/// Writes a file, and the folder above it where it is missing.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| Error::file(folder, &source))?;
    }
    std::fs::write(path, bytes).map_err(|source| Error::file(path, &source))
}

/// Opens an image file.
pub fn open(path: &Path) -> Result<Volume, Error> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let fault = |source| Error::Image {
        path: path.to_path_buf(),
        source,
    };
    imaging::open(&read(path)?, &name, &Limits::default()).map_err(fault)
}

/// How images are segmented with an engine: with as much memory as the machine has to spare.
pub fn options(engine: &Engine) -> Options {
    let on_cpu = *engine.device() == Device::flex();
    Options {
        memory: MemoryLimits {
            main: available_memory().unwrap_or(u64::MAX),
            buffer: (!on_cpu).then_some(MemoryLimits::DEFAULT_BUFFER),
        },
        ..Options::default()
    }
}

/// Bytes of memory that can be had without swapping, where the system says it (Linux).
fn available_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// Segments an image; the second value is the time in milliseconds.
pub fn segment(engine: &Engine, volume: &Volume) -> Result<(Segmentation, f64), Error> {
    segment_with(engine, volume, &options(engine))
}

/// As [`segment`], with other options than the usual ones.
pub fn segment_with(
    engine: &Engine,
    volume: &Volume,
    options: &Options,
) -> Result<(Segmentation, f64), Error> {
    let started = Instant::now();
    let result =
        pollster::block_on(engine.segment(volume, options, async |_| ControlFlow::Continue(())))?;
    Ok((result, started.elapsed().as_secs_f64() * 1e3))
}

/// Logits of one sample of Monte-Carlo dropout, `[classes, planes, rows, columns]`, and the time in milliseconds.
pub fn segment_stochastic(engine: &Engine, volume: &Volume) -> Result<(Vec<f32>, f64), Error> {
    let options = options(engine);
    let started = Instant::now();
    let result = pollster::block_on(
        engine.segment_stochastic(volume, &options, async |_| ControlFlow::Continue(())),
    )?;
    Ok((result.logits, started.elapsed().as_secs_f64() * 1e3))
}
