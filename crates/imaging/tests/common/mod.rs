//! What the tests over real files share.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod nifti;

use std::collections::BTreeMap;

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
pub fn expectations() -> BTreeMap<String, Expected> {
    let text = file("EXPECTED.json");
    serde_json::from_slice::<Expectations>(&text).unwrap().files
}

/// Every file of a sample folder with its name, in order of names.
pub fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = test_data::path!("samples").join(folder);
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
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

/// What there is of a sample folder, for tests that have files of their own too.
pub fn files_if_present(folder: &str) -> Vec<(String, Vec<u8>)> {
    if test_data::path!("samples").join(folder).is_dir() {
        files(folder)
    } else {
        Vec::new()
    }
}

/// One sample file.
pub fn file(path: &str) -> Vec<u8> {
    let path = test_data::path!("samples").join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file of a sample folder, as a selection of files.
pub fn named_files(folder: &str) -> Vec<imaging::NamedBytes> {
    files(folder)
        .into_iter()
        .map(|(name, bytes)| imaging::NamedBytes { name, bytes })
        .collect()
}
