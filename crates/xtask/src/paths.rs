//! Where things are in the working tree.

use std::env;
use std::path::{Path, PathBuf};

/// Folders that the other modules need.
#[derive(Debug, Clone)]
pub struct Paths {
    /// Root of the workspace.
    pub root: PathBuf,
    /// Tools that were installed for this project: `PENUMBRA_TOOLS`, else `.tools`.
    pub tools: PathBuf,
    /// cargo's build folder: `CARGO_TARGET_DIR`, else `target`.
    pub target: PathBuf,
    /// Real images for the tests, which are not part of the repository: `PENUMBRA_SHARED`, else `../shared`.
    pub shared: PathBuf,
}

impl Paths {
    /// Finds the workspace from the current folder upwards, else where this program was built.
    pub fn find() -> Self {
        let built = Path::new(env!("CARGO_MANIFEST_DIR"));
        let here = env::current_dir().unwrap_or_default();
        let root = here
            .ancestors()
            .chain(built.ancestors())
            .find(|folder| {
                folder.join("Trunk.toml").is_file() && folder.join("crates/xtask").is_dir()
            })
            .unwrap_or(built)
            .to_path_buf();
        let from_environment = |name: &str, default: &str| {
            root.join(env::var_os(name).map_or_else(|| default.into(), PathBuf::from))
        };
        Self {
            tools: from_environment("PENUMBRA_TOOLS", ".tools"),
            target: from_environment("CARGO_TARGET_DIR", "target"),
            shared: from_environment("PENUMBRA_SHARED", "../shared"),
            root,
        }
    }

    /// This program's file. Building the workspace replaces the one that is running, whose own path then leads nowhere.
    pub fn own_program(&self) -> Option<PathBuf> {
        let name = format!("xtask{}", env::consts::EXE_SUFFIX);
        let built = self.target.join("debug").join(name);
        if built.is_file() {
            Some(built)
        } else {
            env::current_exe().ok()
        }
    }

    /// The built page.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The worker's files, ready to be served.
    pub fn worker_dist(&self) -> PathBuf {
        // Not below `CARGO_TARGET_DIR`: index.html names this folder.
        self.root.join("target/worker-dist")
    }

    /// The lessons, ready to be served; named by index.html too.
    pub fn lessons_dist(&self) -> PathBuf {
        self.root.join("target/lessons-dist")
    }
}
