//! BIDS derivatives.

use std::fs;
use std::path::Path;

use imaging::bids::{Derivative, Label, Model, Program, Sidecar, archive};

use super::{Outcome, save};

/// Writes the archives of a mask and of a map.
pub fn write(samples: &Path, folder: &Path) -> Outcome {
    let stem = "sub-01_ses-2_T1w";
    let labels = [(0, "background"), (1, "anterior"), (2, "posterior")].map(|(id, name)| Label {
        id,
        name: name.to_owned(),
        colour: [0, 128, 255],
    });
    let mask = sidecar("Segmentation", labels.to_vec(), None);
    let map = sidecar("Uncertainty", Vec::new(), Some("arbitrary".to_owned()));
    let labels = fs::read(samples.join("dicom_series_hippo_label.nii.gz"))?;
    let image = fs::read(samples.join("dicom_series_hippo_image.nii.gz"))?;
    save(
        &folder.join("mask.zip"),
        archive(stem, Derivative::Mask, &labels, &mask)?,
    )?;
    save(
        &folder.join("map.zip"),
        archive(stem, Derivative::Map("total"), &image, &map)?,
    )
}

fn sidecar(description: &str, label_map: Vec<Label>, units: Option<String>) -> Sidecar {
    Sidecar {
        description: description.to_owned(),
        sources: vec!["folder/sub-01_ses-2_T1w.nii.gz".to_owned()],
        generated_by: vec![Program {
            name: "Penumbra".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }],
        model: Model {
            name: "example".to_owned(),
            weights_sha256: "0".repeat(64),
        },
        label_map,
        units,
        thresholds: vec![("referral".to_owned(), 0.25)],
    }
}
