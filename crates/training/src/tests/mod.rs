//! Whole runs on tiny networks, and what stops a run before it starts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bad_data;
mod bundle;
mod configuration;
mod runs;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use imaging::encode::tiff_f32;

use dataset::{DatasetDescription, Splits};

use crate::{Case, Dataset, RunConfig};

/// A folder of its own that is removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("penumbra-train-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// A configuration of a tiny network; `head` is added to its section.
fn text(dims: usize, head: &str) -> String {
    let size = if dims == 3 {
        "[16, 32, 16]"
    } else {
        "[32, 32]"
    };
    format!(
        r#"
data = "data"
seed = 11

[model]
spatial_dims = {dims}
in_channels = 1
filters = [2, 2, 3, 2, 2]

[preprocessing]
normalisation = {{ kind = "z_score" }}
window = {size}

[backbone]
steps = 6
batch = 2
patch = {size}
sampling = {{ foreground_share = 0.5 }}
validate_every = 2

[backbone.augmentation]
flip = {{ rows = 0.5, columns = 0.5 }}
rotation = {{ probability = 0.5, degrees = 30 }}
scale = {{ probability = 0.5, range = [0.8, 1.25] }}
noise = {{ probability = 0.5, range = [0.0, 0.2] }}
gamma = {{ probability = 0.5, range = [0.7, 1.5] }}

[head]
steps = 4
batch = 2
patch = {size}
num_probes = 3
validate_every = 2
{head}

[bundle]
id = "tiny"
title = "Tiny"
colours = [[0, 0, 0], [0, 200, 255], [255, 200, 0]]
"#
    )
}

fn config(dims: usize, head: &str) -> RunConfig {
    RunConfig::parse(&text(dims, head), None).unwrap()
}

/// Two bright blobs, of class 1 and 2, on a wavy ground.
fn case(name: &str, size: [usize; 3], shift: usize) -> Case {
    let [planes, rows, columns] = size;
    let voxels = planes * rows * columns;
    let (mut image, mut labels) = (Vec::new(), Vec::new());
    for voxel in 0..voxels {
        let (row, column) = (voxel / columns % rows, voxel % columns);
        let distance = |y: usize, x: usize| row.abs_diff(y).pow(2) + column.abs_diff(x).pow(2);
        let label = if distance(8 + shift, 8) < 20 {
            1_u8
        } else if distance(20, 10 + shift) < 12 {
            2
        } else {
            0
        };
        image.push(f32::from(label) + ((voxel * 7 + shift) % 11) as f32 / 20.0);
        labels.push(label);
    }
    Case {
        name: name.to_owned(),
        size,
        image,
        labels,
    }
}

/// Five training and two validation cases in memory.
fn dataset(dims: usize) -> Dataset {
    let size = if dims == 3 { [12, 30, 20] } else { [1, 40, 36] };
    let cases = |prefix: &str, count: usize| {
        (0..count)
            .map(|index| case(&format!("{prefix}{index}"), size, index))
            .collect()
    };
    let description =
        br#"{"labels": {"background": 0, "one": 1, "two": 2}, "file_ending": ".tif"}"#;
    let description = DatasetDescription::from_json("dataset.json", description).unwrap();
    let splits = Splits::from_json("splits.json", br#"{"train": [], "val": []}"#).unwrap();
    Dataset {
        description,
        splits,
        training: cases("t", 5),
        validation: cases("v", 2),
        normalisation: imaging::normalise::Normalisation::ZScore,
    }
}

/// A file of numbers as training reads it: TIFF for pictures, NIfTI-1 with voxels of 1 mm for volumes.
fn file(values: &[f32], size: [usize; 3]) -> Vec<u8> {
    let [planes, rows, columns] = size;
    if planes == 1 {
        return tiff_f32(values, rows, columns).unwrap();
    }
    let mut bytes = vec![0; 352];
    let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    put(0, &348_i32.to_le_bytes());
    for (axis, length) in [3, columns, rows, planes, 1, 1, 1, 1]
        .into_iter()
        .enumerate()
    {
        put(40 + 2 * axis, &(length as i16).to_le_bytes());
    }
    // 32-bit floats.
    put(70, &16_i16.to_le_bytes());
    put(72, &32_i16.to_le_bytes());
    for axis in 0..4 {
        put(76 + 4 * axis, &1_f32.to_le_bytes());
    }
    put(108, &352_f32.to_le_bytes());
    put(112, &1_f32.to_le_bytes());
    // An sform in scanner coordinates: the identity.
    put(254, &1_i16.to_le_bytes());
    for axis in 0..3 {
        put(280 + 20 * axis, &1_f32.to_le_bytes());
    }
    put(344, b"n+1\0");
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

/// Writes a data set of two training cases and one for validation and for test each, and a configuration for it.
fn on_disk(folder: &Folder, dims: usize) -> RunConfig {
    let (ending, size) = if dims == 3 {
        (".nii", [12, 30, 20])
    } else {
        (".tif", [1, 40, 36])
    };
    let dataset = format!(
        r#"{{"name": "blobs", "labels": {{"background": 0, "one": 1, "two": 2}}, "file_ending": "{ending}"}}"#
    );
    folder.write("data/dataset.json", dataset.as_bytes());
    folder.write(
        "data/splits.json",
        br#"{"train": ["a", "b"], "val": ["c"], "test": ["d"]}"#,
    );
    for (index, name) in ["a", "b", "c", "d"].into_iter().enumerate() {
        let case = case(name, size, index);
        let labels = case
            .labels
            .iter()
            .map(|&id| f32::from(id))
            .collect::<Vec<_>>();
        folder.write(
            &format!("data/images/{name}{ending}"),
            &file(&case.image, size),
        );
        folder.write(&format!("data/labels/{name}{ending}"), &file(&labels, size));
    }
    folder.write("tiny.toml", text(dims, "").as_bytes());
    crate::files::read_config(&folder.path().join("tiny.toml"), None).unwrap()
}
