//! What the tests over real files share.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod nifti;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

/// What other readers found in the sample files.
#[derive(Deserialize)]
struct Expectations {
    files: BTreeMap<String, Expected>,
}

/// What another reader found in one file.
#[derive(Deserialize, Default)]
pub struct Expected {
    pub mode: Option<String>,
    pub shape: Option<Vec<usize>>,
    pub dtype: Option<String>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub mean: Option<f64>,
    pub sha1_le: Option<String>,
    pub nonfinite: Option<usize>,
    pub first5: Option<Vec<serde_json::Value>>,
    pub header_dtype: Option<String>,
    pub axcodes: Option<String>,
    pub zooms: Option<Vec<f64>>,
    pub affine: Option<Vec<Vec<f64>>>,
}

/// The expectations by path within the samples.
pub fn expectations() -> Option<BTreeMap<String, Expected>> {
    let text = std::fs::read_to_string(shared("samples/EXPECTED.json")?).unwrap();
    Some(serde_json::from_str::<Expectations>(&text).unwrap().files)
}

/// The folder of shared sample files: `PENUMBRA_SHARED`, or `shared` beside the workspace.
pub fn shared(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("PENUMBRA_SHARED")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let path = root.join(part);
    if path.exists() {
        return Some(path);
    }
    eprintln!(
        "SKIPPED: {} is not there; set PENUMBRA_SHARED to the folder of shared samples",
        path.display()
    );
    None
}

/// Every file of a sample folder with its name, in order of names.
pub fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let Some(folder) = shared(&format!("samples/{folder}")) else {
        return Vec::new();
    };
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read(&path).unwrap(),
            )
        })
        .collect();
    files.sort();
    files
}

/// One sample file.
pub fn file(path: &str) -> Option<Vec<u8>> {
    shared(&format!("samples/{path}")).map(|path| std::fs::read(path).unwrap())
}

/// Every file of a sample folder, as a selection of files.
pub fn named_files(folder: &str) -> Vec<imaging::NamedBytes> {
    files(folder)
        .into_iter()
        .map(|(name, bytes)| imaging::NamedBytes { name, bytes })
        .collect()
}
