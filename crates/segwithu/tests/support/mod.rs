//! Where golden files are, and how differences are judged.

use std::path::PathBuf;

use segwithu::conformance::Difference;

/// A golden file's bytes, from `PENUMBRA_GOLDEN` or `../shared/golden` beside the checkout; none, said loudly, where
/// the folder does not exist.
pub fn golden(name: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("PENUMBRA_GOLDEN").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/golden"),
        PathBuf::from,
    );
    if !folder.is_dir() {
        eprintln!(
            "SKIPPED: there is no folder {} with golden files (set PENUMBRA_GOLDEN)",
            folder.display()
        );
        return None;
    }
    Some(std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// The golden networks and heads in the folder whose names start with `prefix`, without their endings.
pub fn golden_names(prefix: &str) -> Vec<String> {
    let folder = std::env::var_os("PENUMBRA_GOLDEN").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/golden"),
        PathBuf::from,
    );
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!(
            "SKIPPED: there is no folder {} with golden files (set PENUMBRA_GOLDEN)",
            folder.display()
        );
        return Vec::new();
    };
    let mut names = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .filter(|name| name.starts_with(prefix))
        .collect::<Vec<_>>();
    names.sort();
    assert!(
        !names.is_empty(),
        "no golden file in {} starts with {prefix}",
        folder.display()
    );
    names
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
