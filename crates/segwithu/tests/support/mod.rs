//! Where golden files are, and how differences are judged.

use std::path::{Path, PathBuf};

use segwithu::conformance::Difference;

/// A folder of golden files.
pub struct Golden(PathBuf);

impl Golden {
    /// The few in the repository.
    pub fn committed() -> Self {
        Self(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden"))
    }

    /// All of them, in the shared test data.
    pub fn shared() -> Self {
        Self(test_data::path!("golden"))
    }

    /// A file's bytes.
    pub fn file(&self, name: &str) -> Vec<u8> {
        let path = self.0.join(name);
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Names of the networks and heads that start with `prefix`, without their endings; at least one.
    pub fn names(&self, prefix: &str) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0)
            .unwrap_or_else(|error| panic!("{}: {error}", self.0.display()));
        let mut names = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
            .filter(|name| name.starts_with(prefix))
            .collect::<Vec<_>>();
        names.sort();
        assert!(
            !names.is_empty(),
            "no golden file in {} starts with {prefix}",
            self.0.display()
        );
        names
    }
}

/// Prints every map's largest difference and fails where one is beyond the bound.
pub fn judge(what: &str, differences: &[Difference], tolerance: f64) {
    assert!(!differences.is_empty(), "{what}: nothing was compared");
    let mut bad = Vec::new();
    for Difference { name, relative } in differences {
        println!("{what:32} {name:24} {relative:.2e}");
        if *relative > tolerance {
            bad.push(format!("{name} {relative:.2e}"));
        }
    }
    assert!(
        bad.is_empty(),
        "{what}: beyond {tolerance:.0e} of the map's maximum: {}",
        bad.join(", ")
    );
}
