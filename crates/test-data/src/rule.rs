//! Where the data is, and what of it is absent.

use std::env;
use std::path::{Component, Path, PathBuf};

/// The variable that names the data folder.
pub const VARIABLE: &str = "PENUMBRA_SHARED";
/// The data folder where the variable is not set, seen from the workspace's root.
const DEFAULT: &str = "../shared";

/// The folder that holds all data for the tests.
#[derive(Debug)]
pub struct DataFolder {
    /// As it is shown to people: as the variable gives it, or relative to the workspace.
    shown: PathBuf,
    absolute: PathBuf,
}

impl DataFolder {
    /// The folder that the rule gives now.
    pub fn from_environment() -> Self {
        // This crate's own place in the workspace: the crate that is being compiled may stand at any depth.
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let named = env::var_os(VARIABLE).filter(|name| !name.is_empty());
        Self::new(&workspace, named.as_deref().unwrap_or(DEFAULT.as_ref()))
    }

    fn new(workspace: &Path, name: &std::ffi::OsStr) -> Self {
        Self {
            shown: PathBuf::from(name),
            absolute: workspace.join(name),
        }
    }

    /// The absolute path.
    pub fn absolute(&self) -> String {
        self.absolute.to_string_lossy().into_owned()
    }

    /// Why a test that needs `paths` cannot run; none where all are there.
    pub fn reason_to_ignore(&self, paths: &[String]) -> Option<String> {
        let missing: Vec<String> = paths
            .iter()
            .filter(|path| !self.absolute.join(path).exists())
            .map(|path| self.shown.join(path).display().to_string())
            .collect();
        (!missing.is_empty()).then(|| format!("needs {}; set {VARIABLE}", missing.join(", ")))
    }
}

/// The text of a plain string literal; none for anything else, escapes included.
pub fn literal_text(token: &str) -> Option<String> {
    let text = token.strip_prefix('"')?.strip_suffix('"')?;
    (!text.contains('\\')).then(|| text.to_owned())
}

/// Refuses paths that would lead out of the data folder.
///
/// # Errors
/// What is wrong with the path.
pub fn check(path: &str) -> Result<(), &'static str> {
    let inside = !path.is_empty()
        && Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
    if inside {
        Ok(())
    } else {
        Err("the path must be relative to the data folder and stay inside it")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn relative_names_count_from_the_workspace_and_absolute_ones_stand_alone() {
        let workspace = Path::new("/home/me/penumbra");
        let folder = |name: &str| DataFolder::new(workspace, name.as_ref()).absolute();
        assert_eq!(folder("../shared"), "/home/me/penumbra/../shared");
        assert_eq!(folder("/data"), "/data");
    }

    #[test]
    fn only_what_is_absent_is_a_reason() {
        let folder = DataFolder::new(Path::new(env!("CARGO_MANIFEST_DIR")), "src".as_ref());
        let needs = |paths: &[&str]| {
            let paths: Vec<String> = paths.iter().map(|&path| path.to_owned()).collect();
            folder.reason_to_ignore(&paths)
        };
        assert_eq!(needs(&["lib.rs", "rule.rs"]), None);
        assert_eq!(
            needs(&["lib.rs", "golden/a.json", "b"]).unwrap(),
            "needs src/golden/a.json, src/b; set PENUMBRA_SHARED"
        );
    }

    #[test]
    fn paths_stay_inside_the_data_folder() {
        assert!(check("golden/metrics.json").is_ok());
        for path in ["", "/etc/passwd", "../x", "golden/../../x", "./golden"] {
            assert!(check(path).is_err(), "{path}");
        }
    }

    #[test]
    fn literals_are_plain_strings() {
        assert_eq!(literal_text("\"golden/a\"").unwrap(), "golden/a");
        for token in ["golden", "7", "r\"a\"", "\"a\\n\"", "\""] {
            assert_eq!(literal_text(token), None, "{token}");
        }
    }
}
