//! The page: everything that is served, in `dist`.

use std::env;
use std::io;
use std::path::PathBuf;

use crate::compress;
use crate::csp::{self, Strictness};
use crate::error::Result;
use crate::offline;
use crate::paths::Paths;
use crate::process::{run, step};
use crate::tools::Tools;
use crate::worker;

/// Builds worker and page into `dist`, with compressed copies beside what is large.
///
/// # Errors
/// When a tool fails.
pub fn build(paths: &Paths, tools: &Tools) -> Result<()> {
    // trunk's hook does this too; done first, its account is not mixed with trunk's.
    worker::build(paths, tools)?;
    step("building the page with trunk", || {
        let mut trunk = tools.command("trunk");
        trunk
            .current_dir(&paths.root)
            .args(["build", "--release", "--offline", "--locked"]);
        // trunk takes NO_COLOR for a Boolean of its own and stops at any other value than true and false.
        trunk.env_remove("NO_COLOR");
        // Standard output is for the address alone.
        trunk.stdout(io::stderr());
        run(&mut trunk)
    })?;
    compress::write(paths)
}

/// What trunk's hook calls after a build: writes the policy into the page that trunk is about to publish, then the service
/// worker, which has to know the page as it then is.
///
/// # Errors
/// As [`csp::write`] and [`offline::write`].
pub fn write_csp(paths: &Paths) -> Result<()> {
    let folder = env::var_os("TRUNK_STAGING_DIR").map_or_else(|| paths.dist(), PathBuf::from);
    let development = env::var_os("TRUNK_PROFILE").is_some_and(|profile| profile == "debug");
    let strictness = if development {
        Strictness::Development
    } else {
        Strictness::Release
    };
    csp::write(&folder, strictness)?;
    offline::write(&paths.root, &folder, strictness)
}
