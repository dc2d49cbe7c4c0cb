//! What the tests in real browsers need beside Node.js: Firefox, Chromium, a Vulkan driver that runs on the CPU.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};
use crate::packages;
use crate::process::find;

/// Names or places of a browser, the best first. Debian's `/usr/bin/chromium` is a script that stands in the way of
/// signals and of switches, so the program itself comes before it.
const FIREFOX: [&str; 3] = [
    "firefox-esr",
    "firefox",
    "/Applications/Firefox.app/Contents/MacOS/firefox",
];
const CHROMIUM: [&str; 6] = [
    "/usr/lib/chromium/chromium",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];
/// Descriptions of lavapipe, Mesa's Vulkan driver for the CPU.
const LAVAPIPE: [&str; 3] = [
    "/usr/share/vulkan/icd.d/lvp_icd.x86_64.json",
    "/usr/share/vulkan/icd.d/lvp_icd.aarch64.json",
    "/usr/share/vulkan/icd.d/lvp_icd.json",
];

/// Programs for the browser tests.
#[derive(Debug, Clone)]
pub struct Browsers {
    /// Firefox's program.
    pub firefox: PathBuf,
    /// Chromium's program.
    pub chromium: PathBuf,
}

impl Browsers {
    /// Finds the browsers (`PENUMBRA_FIREFOX` and `PENUMBRA_CHROMIUM` come first) or installs them.
    ///
    /// # Errors
    /// [`Error::Install`] when there is no way to get one.
    pub fn ensure() -> Result<Self> {
        Ok(Self {
            firefox: ensure("Firefox", "PENUMBRA_FIREFOX", &FIREFOX, "firefox-esr")?,
            chromium: ensure("Chromium", "PENUMBRA_CHROMIUM", &CHROMIUM, "chromium")?,
        })
    }
}

/// Finds or installs lavapipe and returns its description; none where the system has no such packages, which leaves
/// the choice of the driver to the system.
pub fn ensure_lavapipe() -> Option<PathBuf> {
    if let Some(path) = lavapipe() {
        return Some(path);
    }
    if let Err(error) = packages::install(
        "a Vulkan driver for the CPU",
        &["mesa-vulkan-drivers", "libvulkan1"],
    ) {
        eprintln!("    {error}; tests on the graphics API use the system's own driver");
    }
    lavapipe()
}

/// Lets Vulkan see one driver only, unless the caller has chosen one.
pub fn use_driver(command: &mut Command, description: &Path) {
    for name in ["VK_ICD_FILENAMES", "VK_DRIVER_FILES"] {
        if env::var_os(name).is_none() {
            command.env(name, description);
        }
    }
}

fn lavapipe() -> Option<PathBuf> {
    LAVAPIPE
        .iter()
        .map(PathBuf::from)
        .find(|path| path.is_file())
}

fn ensure(what: &str, variable: &str, candidates: &[&str], package: &str) -> Result<PathBuf> {
    if let Some(path) = env::var_os(variable).map(PathBuf::from) {
        return if path.is_file() {
            Ok(path)
        } else {
            Err(Error::Install {
                what: what.to_owned(),
                reason: format!("{variable} names {}, which is no file", path.display()),
                advice: format!("unset {variable} or let it name the program itself"),
            })
        };
    }
    if let Some(path) = find(candidates) {
        return Ok(path);
    }
    packages::install(what, &[package])?;
    find(candidates).ok_or_else(|| Error::Install {
        what: what.to_owned(),
        reason: format!(
            "the package {package} brought none of {}",
            candidates.join(", ")
        ),
        advice: format!("install it and let {variable} name the program"),
    })
}
