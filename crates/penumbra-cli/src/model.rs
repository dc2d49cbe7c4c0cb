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
        DeviceChoice::Gpu => Device::wgpu_options()
            .init()
            .map_err(|error| Error::NoAdapter(error.to_string())),
        #[cfg(not(feature = "gpu"))]
        DeviceChoice::Gpu => Err(Error::NoGraphics),
        #[cfg(feature = "cuda")]
        DeviceChoice::Cuda => Ok(Device::cuda(0)),
        #[cfg(not(feature = "cuda"))]
        DeviceChoice::Cuda => Err(Error::NoCuda),
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
        Err(Error::KnownAnswer {
            difference: report.largest_difference,
        })
    }
}
