//! The reference implementation's numbers on burn-wgpu, which is what the page runs on.
//!
//! Whether there is a graphics adapter shows only when the tests run, and cargo's own harness ignores a test before that
//! or never. So this file is a program with a small harness of its own (`harness/`), which reports as ignored what has no
//! adapter or no data.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod harness;
mod reference;
mod support;

use std::process::ExitCode;

use burn::tensor::Device;
use harness::Trial;
use support::Golden;

/// Compares the numbers of a folder of golden files with those of a device.
type Comparison = fn(&Golden, &str, &Device);

/// Name, comparison, and the shared file that tells whether its data is there; none for what is in the repository.
const COMPARISONS: [(&str, Comparison, Option<&str>); 8] = [
    (
        "committed::heads_on_given_taps",
        reference::heads::heads_on_given_taps,
        None,
    ),
    (
        "committed::official_checkpoint_with_aliases",
        reference::networks::official_checkpoint_with_aliases,
        None,
    ),
    (
        "committed::single_operators",
        reference::operators::single_operators,
        None,
    ),
    (
        "shared::heads_on_given_taps",
        reference::heads::heads_on_given_taps,
        Some("golden/head3d_small.json"),
    ),
    (
        "shared::whole_networks",
        reference::networks::whole_networks,
        Some("golden/swu3d.json"),
    ),
    (
        "shared::official_checkpoint_with_aliases",
        reference::networks::official_checkpoint_with_aliases,
        Some("golden/official2d.json"),
    ),
    (
        "shared::sliding_windows",
        reference::sliding::sliding_windows,
        Some("golden/sliding2d.json"),
    ),
    (
        "shared::single_operators",
        reference::operators::single_operators,
        Some("golden/ops.json"),
    ),
];

fn main() -> ExitCode {
    let device = Device::wgpu_options()
        .init()
        .map_err(|error| format!("no graphics adapter ({error}); install mesa-vulkan-drivers"));
    let trials = COMPARISONS.map(|(name, compare, data)| {
        let missing = data.filter(|data| !test_data::path!(data).exists());
        let missing = missing.map(|data| format!("needs {data}; set PENUMBRA_SHARED"));
        let device = &device;
        Trial {
            name,
            reason_to_ignore: device.as_ref().err().cloned().or(missing),
            run: Box::new(move || {
                let golden = match data {
                    Some(_) => Golden::shared(),
                    None => Golden::committed(),
                };
                compare(&golden, "wgpu", device.as_ref().unwrap());
            }),
        }
    });
    harness::run(&trials, std::env::args().skip(1))
}
