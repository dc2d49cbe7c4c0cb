//! Files made after public bug reports of other programs (`reports/MANIFEST.json`): each opens as other readers have it,
//! or is refused by its name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod expectations;
mod facts;

use std::collections::BTreeMap;
use std::path::Path;

use imaging::{Limits, NamedBytes, OpenedFiles, Volume, open_files};

use expectations::expectations;
use facts::{Expected, Facts};

/// The files of an entry, as a selection of them has them; the voxels of a detached header lie beside it.
fn files(folder: &Path, name: &str) -> Vec<NamedBytes> {
    let path = folder.join(name);
    let named = |path: &Path| NamedBytes {
        name: path.file_name().unwrap().to_string_lossy().into_owned(),
        bytes: std::fs::read(path).unwrap(),
    };
    if path.is_dir() {
        let mut files: Vec<NamedBytes> = std::fs::read_dir(path)
            .unwrap()
            .map(|entry| named(&entry.unwrap().path()))
            .collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        return files;
    }
    let mut files = vec![named(&path)];
    if let "mhd" | "nhdr" = path.extension().unwrap().to_str().unwrap() {
        files.push(named(&path.with_extension("raw")));
    }
    files
}

fn means(volume: &Volume) -> Vec<f64> {
    volume
        .voxels
        .chunks(volume.voxels_per_channel())
        .map(|channel| {
            channel.iter().map(|&value| f64::from(value)).sum::<f64>() / channel.len() as f64
        })
        .collect()
}

/// What is wrong with an opened file, in words.
fn faults(opened: &OpenedFiles, expected: &Facts) -> Vec<String> {
    let mut faults = Vec::new();
    let mut check = |name: &str, is_right: bool, found: String| {
        if !is_right {
            faults.push(format!("{name}: {found}"));
        }
    };
    if let Some(series) = expected.series {
        let all: Vec<_> = opened.series.iter().map(|series| series.shape).collect();
        check("series", opened.series.len() == series, format!("{all:?}"));
    }
    if let Some(skipped) = expected.skipped {
        let found = &opened.skipped;
        check("skipped", found.len() == skipped, format!("{found:?}"));
    }
    let Some(first) = opened.series.first() else {
        return vec!["no series".to_owned()];
    };
    let volume = match first.decode(&Limits::default()) {
        Ok(volume) => volume,
        Err(error) => return vec![format!("refused: {error}")],
    };
    check(
        "shape",
        volume.shape == expected.shape,
        format!("{:?}", volume.shape),
    );
    check(
        "channels",
        volume.channels == expected.channels,
        volume.channels.to_string(),
    );
    let grid = volume.grid().unwrap();
    if let Some(spacing) = expected.spacing {
        let found = volume.spacing().unwrap();
        let is_near = found.is_some_and(|found| {
            found
                .iter()
                .zip(spacing)
                .all(|(a, b)| (a - b).abs() < 1e-3 * b.min(1.0))
        });
        check("spacing", is_near, format!("{found:?}"));
    }
    if let Some(codes) = expected.orientation {
        let found = grid.map(|grid| grid.orientation().to_string());
        check(
            "orientation",
            found.as_deref() == Some(codes),
            format!("{found:?}"),
        );
    }
    if let Some([low, high]) = expected.range {
        let found = volume
            .voxels
            .iter()
            .fold([f32::MAX, f32::MIN], |[low, high], &value| {
                [low.min(value), high.max(value)]
            });
        check(
            "range",
            found.map(f64::from) == [low, high],
            format!("{found:?}"),
        );
    }
    let means = means(&volume);
    if let Some(mean) = expected.mean {
        let found = means.iter().sum::<f64>() / means.len() as f64;
        let most = if means.len() > 1 { 0.1 } else { 0.01 };
        check("mean", (found - mean).abs() < most, format!("{means:?}"));
    }
    if let Some(wanted) = expected.means {
        let is_near = means.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 0.35);
        check("means", is_near, format!("{means:?}"));
    }
    let notes = volume.provenance.notes.join(" ");
    for words in expected.notes {
        check(
            "note",
            notes.contains(words),
            format!("{words:?} is not in {notes:?}"),
        );
    }
    if expected.is_silent {
        check("notes", notes.is_empty(), notes.clone());
    }
    faults
}

fn check(files: Vec<NamedBytes>, expected: &Expected) -> Vec<String> {
    let opened = open_files(files, &Limits::default());
    match (opened, expected) {
        (Ok(opened), Expected::Opens(facts)) => faults(&opened, facts),
        (Err(error), Expected::Opens(_)) => vec![format!("refused: {error}")],
        (Ok(opened), Expected::Refused(words)) => {
            let decoded = opened.series.first().unwrap().decode(&Limits::default());
            match decoded {
                Ok(volume) => vec![format!("opened as {:?}", volume.shape)],
                Err(error) => missing(&error.to_string(), words),
            }
        }
        (Err(error), Expected::Refused(words)) => missing(&error.to_string(), words),
    }
}

fn missing(text: &str, words: &[&str]) -> Vec<String> {
    let is_wrong = text.contains("damaged") || text.contains("unknown kind");
    words
        .iter()
        .filter(|word| is_wrong || !text.contains(**word))
        .map(|word| format!("{word:?} is not in {text:?}"))
        .collect()
}

#[test_data::test("reports/MANIFEST.json")]
fn every_reported_file_opens_or_is_refused_by_name() {
    let folder = test_data::path!("reports");
    let manifest = std::fs::read_to_string(folder.join("MANIFEST.json")).unwrap();
    let manifest: Vec<BTreeMap<String, String>> = serde_json::from_str(&manifest).unwrap();
    let expectations: BTreeMap<&str, Expected> = expectations().into_iter().collect();
    let mut faults = Vec::new();
    for entry in &manifest {
        let name = entry["file"].as_str();
        let Some(expected) = expectations.get(name) else {
            faults.push(format!("{name}: nothing is expected of it"));
            continue;
        };
        let files = files(&folder.join("files"), name);
        let found = std::panic::catch_unwind(|| check(files, expected))
            .unwrap_or_else(|_| vec!["panics".to_owned()]);
        faults.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}
