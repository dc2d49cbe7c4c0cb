//! DICOM Segmentations and Parametric Maps of real images.

use std::fs;
use std::path::{Path, PathBuf};

use imaging::dicom::write::{
    AlgorithmType, Code, Creator, Quantity, Segment, parametric_map, segmentation, source_series,
};
use imaging::{Error, Limits, NamedBytes, Volume, open_files};
use serde_json::json;

use super::{Outcome, save};

/// Images by the name of their case: a series, parts of a series and pictures without a place in the patient.
const CASES: [(&str, &str); 6] = [
    ("series", "dicom_series_hippo"),
    ("oblique", "dicom/J2K_pixelrep_mismatch.dcm"),
    ("one_plane", "dicom/MR_small.dcm"),
    ("fractional_slope", "dicom/CT_small_slope05.dcm"),
    ("multi_frame", "dicom/emri_small.dcm"),
    ("no_place", "dicom/image_dfl.dcm"),
];
/// Shares of the voxels below the limits of the two classes.
const SHARES: [f64; 2] = [0.6, 0.9];
const COLOURS: [[u8; 3]; 3] = [[230, 60, 40], [20, 140, 220], [250, 220, 90]];

/// Writes every case into a folder of its own.
pub fn write(samples: &Path, folder: &Path) -> Outcome {
    for (name, path) in CASES {
        let files = files(&samples.join(path))?;
        let volume = read(&files)?;
        let sources: Vec<String> = files
            .iter()
            .filter_map(|file| {
                Some(
                    file.strip_prefix(samples)
                        .ok()?
                        .to_string_lossy()
                        .into_owned(),
                )
            })
            .collect();
        write_case(&folder.join(name), &sources, &volume)?;
    }
    Ok(())
}

/// A file, or those of a folder.
fn files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut files: Vec<PathBuf> = fs::read_dir(path)?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    Ok(files)
}

/// The volume that files make together.
fn read(files: &[PathBuf]) -> Result<Volume, Box<dyn std::error::Error>> {
    let mut named = Vec::new();
    for file in files {
        let name = file.to_string_lossy().into_owned();
        let bytes = fs::read(file)?;
        named.push(NamedBytes { name, bytes });
    }
    let limits = Limits::default();
    let opened = open_files(named, &limits)?;
    let [series] = opened.series.as_slice() else {
        return Err("the files make more than one volume".into());
    };
    Ok(series.decode(&limits)?)
}

/// The mask has two classes by grey value and a third that no voxel belongs to; the map is the image.
fn write_case(folder: &Path, sources: &[String], volume: &Volume) -> Outcome {
    let source = source_series(volume)?;
    let limits = limits(&volume.voxels);
    let mask: Vec<u8> = volume
        .voxels
        .iter()
        .map(|&value| limits.iter().map(|&limit| u8::from(value > limit)).sum())
        .collect();
    let (geometry, shape, creator) = (&volume.geometry, volume.shape, creator()?);
    let object = segmentation(source, geometry, &mask, shape, &segments(), &creator)?;
    save(&folder.join("segmentation.dcm"), object)?;
    let map = parametric_map(
        source,
        geometry,
        &volume.voxels,
        shape,
        &quantity(),
        &creator,
    );
    let placed = match map {
        Ok(object) => {
            save(&folder.join("parametric_map.dcm"), object)?;
            true
        }
        Err(Error::MissingAttribute { .. } | Error::OffGrid { .. }) => false,
        Err(error) => return Err(error.into()),
    };
    let description = json!({"sources": sources, "limits": limits, "placed": placed});
    save(&folder.join("case.json"), description.to_string())
}

fn limits(voxels: &[f32]) -> [f32; 2] {
    let mut sorted = voxels.to_vec();
    sorted.sort_by(f32::total_cmp);
    SHARES.map(|share| {
        let index = (share * sorted.len() as f64) as usize;
        sorted.get(index).copied().unwrap_or(0.0)
    })
}

fn creator() -> Result<Creator, Error> {
    Ok(Creator {
        manufacturer: "Penumbra".to_owned(),
        program: "Penumbra".to_owned(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        model: "limits".to_owned(),
        model_version: "1".to_owned(),
        moment: "2026-11-26T12:34:56".parse()?,
    })
}

/// Each is labelled with its colour, which the reader compares.
fn segments() -> Vec<Segment> {
    let segment = |(id, colour)| Segment {
        id,
        label: json!(colour).to_string(),
        category: Code::anatomical_structure(),
        property_type: Code::new("85756007", "SCT", "Tissue"),
        colour,
        algorithm_type: AlgorithmType::Automatic,
    };
    (1..).zip(COLOURS).map(segment).collect()
}

fn quantity() -> Quantity {
    Quantity {
        label: "image".to_owned(),
        explanation: "The image itself".to_owned(),
        definition: Code::new("image", Code::PRIVATE_SCHEME, "Values of the image"),
        units: Code::no_units(),
        display_range: None,
    }
}
