//! One package alone selects the same features as the whole workspace, so that burn is compiled once for both.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The packages that link burn.
const WITH_BURN: [&str; 6] = [
    "penumbra-segwithu",
    "penumbra-engine",
    "penumbra-evaluation",
    "penumbra-training",
    "penumbra-cli",
    "penumbra-worker",
];

/// Name, version and features of everything that a selection of packages and their tests stands on, the workspace's own
/// packages left out.
fn features(selection: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .args(["tree", "--locked", "--offline"])
        .args(["--edges", "normal,build,dev", "--prefix", "none"])
        .args(["--format", "{p} {f}"])
        .args(selection)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with("penumbra-") && !line.starts_with("xtask "))
        .map(|line| line.trim_end_matches(" (*)").to_owned())
        .collect()
}

#[test]
fn a_package_alone_is_built_of_what_the_workspace_is_built_of() {
    let workspace = features(&["--workspace"]);
    assert!(workspace.iter().any(|line| line.starts_with("burn v")));
    for package in WITH_BURN {
        let own = features(&["--package", package]);
        let others: Vec<&String> = own.difference(&workspace).collect();
        assert!(
            others.is_empty(),
            "`cargo test -p {package}` would build {others:#?} again; name what they lack in crates/workspace-hack"
        );
    }
}
