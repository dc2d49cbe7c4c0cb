//! `cargo xtask serve`: builds, serves, and builds again when a source changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use crate::error::Result;
use crate::headers::FrameAncestors;
use crate::page;
use crate::paths::Paths;
use crate::server;
use crate::tools::Tools;

/// What is watched, below the root.
const SOURCES: [&str; 5] = ["index.html", "Trunk.toml", "Cargo.toml", "crates", "web"];
const PAUSE: Duration = Duration::from_millis(500);

/// Serves the page until the program is stopped; with `tools`, builds it first, and again after each change.
///
/// # Errors
/// When the first build fails or the port is taken.
pub fn run(
    paths: &Paths,
    tools: Option<&Tools>,
    watch: bool,
    port: u16,
    open: bool,
    ancestors: FrameAncestors,
) -> Result<()> {
    // Looked at before the build, so that what changes meanwhile is not overlooked.
    let mut last = newest(paths);
    if let Some(tools) = tools {
        page::build(paths, tools)?;
    }
    let address = server::start(&paths.dist(), port, ancestors)?;
    // On standard output, alone on its line: programs read it too.
    println!("http://{address}/");
    if open {
        show(&format!("http://{address}/"));
    }
    loop {
        sleep(PAUSE);
        let Some(tools) = tools.filter(|_| watch) else {
            continue;
        };
        let now = newest(paths);
        if now != last {
            last = now;
            match page::build(paths, tools) {
                Ok(()) => eprintln!("==> rebuilt: reload http://{address}/"),
                Err(error) => eprintln!("error: {error}; the former page is still served"),
            }
        }
    }
}

/// Opens the visitor's browser where there is a screen; the address has been printed in any case.
fn show(address: &str) {
    let screen = cfg!(any(target_os = "macos", windows))
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some());
    if !screen {
        return;
    }
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let spawned = Command::new(opener)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if spawned.is_err() {
        eprintln!("    open the address in a browser");
    }
}

/// Number of source files and the time of the latest change.
fn newest(paths: &Paths) -> (usize, Option<SystemTime>) {
    let mut files = Vec::new();
    for source in SOURCES {
        collect(&paths.root.join(source), &mut files);
    }
    let latest = files
        .iter()
        .filter_map(|path| fs::metadata(path).ok()?.modified().ok())
        .max();
    (files.len(), latest)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if !path.is_dir() {
        files.push(path.to_path_buf());
        return;
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        collect(&entry.path(), files);
    }
}
