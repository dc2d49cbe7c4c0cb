//! Devices and engines.

use burn::tensor::Device;
use engine::Engine;

use crate::Error;
use crate::arguments::DeviceChoice;
use crate::bundles::find;

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

/// An engine whose device has passed the known-answer test.
pub fn engine(model: &str, choice: DeviceChoice) -> Result<Engine, Error> {
    let engine = Engine::new(&find(model)?.bundle()?, &device(choice)?)?;
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
