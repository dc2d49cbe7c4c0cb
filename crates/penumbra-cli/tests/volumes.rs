//! `penumbra` with volumes: a small network with random weights, real scans, files read back.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../engine/tests/support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use burn::tensor::Device;
use engine::{Bundle, Engine, known_answer};
use imaging::geometry::labels_to_grid;
use imaging::{Labels, Limits, Volume, open, open_labels};
use pollster::block_on;

/// A folder for one test, removed when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("penumbra-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Names of the files in it, in order.
    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed lies in the system's folder for such files.
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// Writes a bundle whose volumes lie as `RAS` and are normalised by their own statistics.
fn write_bundle(folder: &Path) {
    let mut manifest = support::manifest(&[32, 32, 32], 3);
    manifest.preprocessing.orientation = Some("RAS".to_owned());
    let mut bundle = support::bundle(manifest);
    let engine = Engine::new(&bundle, &Device::flex()).unwrap();
    bundle.manifest.known_answer = block_on(known_answer(&engine)).unwrap();
    let bundle = Bundle::new(bundle.manifest.clone(), bundle.weights().to_vec());
    std::fs::write(
        folder.join("model.json"),
        bundle.manifest.to_json().unwrap(),
    )
    .unwrap();
    std::fs::write(folder.join("weights.safetensors"), bundle.weights()).unwrap();
}

fn penumbra(arguments: &[&str], paths: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_penumbra"))
        .args(arguments)
        .args(paths)
        .output()
        .unwrap()
}

fn succeeded(output: &Output) {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn volume(bytes: &[u8]) -> Volume {
    open(bytes, "a.nii.gz", &Limits::default()).unwrap()
}

fn labels(bytes: &[u8]) -> Labels {
    open_labels(bytes, "a.nii.gz", &Limits::default(), 3).unwrap()
}

#[test_data::test(
    "samples/dicom_series_hippo_image.nii.gz",
    "samples/dicom_series_hippo"
)]
fn a_folder_of_dicom_gives_the_same_mask_in_the_same_place_as_its_nifti_twin() {
    let nifti = test_data::path!("samples/dicom_series_hippo_image.nii.gz");
    let dicom = test_data::path!("samples/dicom_series_hippo");
    let (model, out) = (Folder::new("twin-model"), Folder::new("twin-out"));
    write_bundle(&model.0);
    let words = ["predict", "--model", model.0.to_str().unwrap(), "--out"];
    let words = [&words[..], &[out.0.to_str().unwrap(), "--maps", "ranking"]].concat();
    succeeded(&penumbra(&words, &[&nifti, &dicom]));
    assert_eq!(
        out.names(),
        [
            "dicom_series_hippo_image_overlay.png",
            "dicom_series_hippo_image_overlay.svg",
            "dicom_series_hippo_image_ranking.nii.gz",
            "dicom_series_hippo_image_report.json",
            "dicom_series_hippo_image_seg.nii.gz",
            "dicom_series_hippo_overlay.png",
            "dicom_series_hippo_overlay.svg",
            "dicom_series_hippo_ranking.nii.gz",
            "dicom_series_hippo_report.json",
            "dicom_series_hippo_seg.nii.gz",
        ]
    );
    let of_nifti = labels(&out.read("dicom_series_hippo_image_seg.nii.gz"));
    let of_dicom = labels(&out.read("dicom_series_hippo_seg.nii.gz"));
    let image = volume(&std::fs::read(&nifti).unwrap());
    assert_eq!(of_nifti.shape, image.shape);
    assert_eq!(of_nifti.geometry.affine, image.geometry.affine);
    assert!((0..3).all(|class| of_nifti.ids.iter().filter(|&&id| id == class).count() > 100));

    let grid = |labels: &Labels| {
        imaging::Grid::new(labels.shape, labels.geometry.affine.unwrap()).unwrap()
    };
    let brought = labels_to_grid(&of_dicom.ids, &grid(&of_dicom), &grid(&of_nifti), 9).unwrap();
    // The series holds whole numbers, the NIfTI file its scaled ones: where two classes are equally likely, that decides.
    let agreement = |ids: &[u8]| {
        let equal = ids.iter().zip(&of_nifti.ids).filter(|(a, b)| a == b);
        equal.count() as f64 / ids.len() as f64
    };
    let agreed = agreement(&brought);
    assert!(agreed > 0.97, "{agreed}");
    let mirrored: Vec<u8> = brought
        .chunks_exact(of_nifti.shape[2])
        .flat_map(|row| row.iter().rev().copied())
        .collect();
    let mirrored = agreement(&mirrored);
    assert!(mirrored < agreed - 0.1, "{mirrored}");

    let report: serde_json::Value =
        serde_json::from_slice(&out.read("dicom_series_hippo_report.json")).unwrap();
    let millilitres: f64 = report["classes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|class| class["millilitres"].as_f64().unwrap())
        .sum();
    let spacing = grid(&of_dicom).spacing();
    let whole = of_dicom.ids.len() as f64 * spacing.iter().product::<f64>() / 1000.0;
    assert!((millilitres - whole).abs() < 1e-6 * whole);
    assert_eq!(
        report["slices"].as_array().unwrap().len(),
        of_dicom.shape[0]
    );
}

#[test_data::test("samples/dicom_series_hippo")]
fn every_format_that_is_asked_for_is_written() {
    let dicom = test_data::path!("samples/dicom_series_hippo");
    let (model, out) = (Folder::new("formats-model"), Folder::new("formats-out"));
    write_bundle(&model.0);
    let words = ["predict", "--model", model.0.to_str().unwrap(), "--out"];
    let rest = [
        out.0.to_str().unwrap(),
        "--maps",
        "ranking,probability",
        "--csv",
        "--format",
        "tiff,nifti,nrrd,dicom,bids",
    ];
    succeeded(&penumbra(&[&words[..], &rest].concat(), &[&dicom]));
    let stem = "dicom_series_hippo";
    for suffix in [
        ".seg.nrrd",
        "_desc-segwithu_dseg.zip",
        "_desc-segwithuranking_probseg.zip",
        "_overlay.png",
        "_overlay.svg",
        "_probability.nii.gz",
        "_probability.tif",
        "_ranking.dcm",
        "_ranking.nii.gz",
        "_ranking.tif",
        "_report.csv",
        "_report.json",
        "_seg.dcm",
        "_seg.nii.gz",
        "_seg.tif",
    ] {
        assert!(!out.read(&format!("{stem}{suffix}")).is_empty(), "{suffix}");
    }
    // Every one holds the same mask.
    let nifti = labels(&out.read("dicom_series_hippo_seg.nii.gz"));
    let tiff = labels(&out.read("dicom_series_hippo_seg.tif"));
    assert_eq!(tiff.shape, nifti.shape);
    assert!(tiff.ids == nifti.ids, "the TIFF mask differs");
}

#[test]
fn a_model_for_volumes_refuses_a_picture_in_a_sentence() {
    let picture = Folder::new("refusal-picture");
    let (model, out) = (Folder::new("refusal-model"), Folder::new("refusal-out"));
    write_bundle(&model.0);
    let file = picture.0.join("cell.png");
    let values: Vec<u8> = (0..64 * 64).map(|value| value as u8).collect();
    std::fs::write(&file, imaging::encode::png_mask(&values, 64, 64).unwrap()).unwrap();
    let words = ["predict", "--model", model.0.to_str().unwrap(), "--out"];
    let output = penumbra(&[&words[..], &[out.0.to_str().unwrap()]].concat(), &[&file]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("this model takes volumes"), "{text}");
}

#[test_data::test("samples/dicom_series_hippo")]
fn info_says_what_a_folder_holds() {
    let dicom = test_data::path!("samples/dicom_series_hippo");
    let output = penumbra(&["info", "--json"], &[&dicom]);
    succeeded(&output);
    let all: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let described = &all[dicom.to_str().unwrap()];
    assert_eq!(described["format"], "dicom");
    assert_eq!(described["shape"].as_array().unwrap().len(), 3);
    assert!(described["affine"].is_array() && described["spacing"].is_array());
}
