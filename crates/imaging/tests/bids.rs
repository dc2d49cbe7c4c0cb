//! BIDS derivatives: names, sidecars, label tables.
#![allow(clippy::unwrap_used)]

use imaging::bids::{Derivative, Label, Model, Program, Sidecar, archive, label_table, name};
use proptest::prelude::*;

#[test]
fn bids_names_keep_their_entities() {
    for (stem, mask) in [
        ("sub-01_T1w", "sub-01_desc-segwithu_dseg"),
        ("sub-01", "sub-01_desc-segwithu_dseg"),
        (
            "sub-01_ses-2_run-1_desc-preproc_T1w",
            "sub-01_ses-2_run-1_desc-segwithu_dseg",
        ),
        (
            "sub-x_space-MNI152NLin6Asym+2_bold",
            "sub-x_space-MNI152NLin6Asym+2_desc-segwithu_dseg",
        ),
    ] {
        assert_eq!(name(stem, Derivative::Mask), mask);
        let corrected = mask.replace("desc-segwithu", "desc-corrected");
        assert_eq!(name(stem, Derivative::CorrectedMask), corrected);
    }
    assert_eq!(
        name("sub-01_T1w", Derivative::Map("aleatoric")),
        "sub-01_desc-segwithualeatoric_probseg"
    );
    assert_eq!(
        name("sub-01_T1w", Derivative::Map("score_var-2")),
        "sub-01_desc-segwithuscorevar2_probseg"
    );
}

#[test]
fn other_names_stay_as_they_are_where_they_may() {
    for (stem, mask) in [
        ("hippocampus_019", "hippocampus_019_desc-segwithu_dseg"),
        ("case 12 (axial)", "case-12-axial_desc-segwithu_dseg"),
        ("sub-01_T1w (copy)", "sub-01_T1w-copy_desc-segwithu_dseg"),
        ("../../etc/passwd", "etc-passwd_desc-segwithu_dseg"),
        ("Größe", "Gr-e_desc-segwithu_dseg"),
        ("", "image_desc-segwithu_dseg"),
        ("???", "image_desc-segwithu_dseg"),
    ] {
        assert_eq!(name(stem, Derivative::Mask), mask);
    }
}

fn sidecar() -> Sidecar {
    Sidecar {
        description: "Segmentation of the hippocampus".to_owned(),
        sources: vec![
            "/home/someone/scans/sub-01_T1w.nii.gz".to_owned(),
            "C:\\scans\\b.dcm".to_owned(),
        ],
        generated_by: vec![Program {
            name: "Penumbra".to_owned(),
            version: "0.1.0".to_owned(),
        }],
        model: Model {
            name: "hippocampus".to_owned(),
            weights_sha256: "ab".repeat(32),
        },
        label_map: ["background", "anterior", "posterior"]
            .into_iter()
            .zip(0..)
            .map(|(name, id)| Label {
                id,
                name: name.to_owned(),
                colour: [id, 128, 255],
            })
            .collect(),
        units: None,
        thresholds: vec![("referral".to_owned(), 0.25)],
    }
}

#[test]
fn a_sidecar_says_what_made_the_file_and_not_where_it_lay() {
    let text = sidecar().to_json().unwrap();
    assert_eq!(text, sidecar().to_json().unwrap());
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "Description": "Segmentation of the hippocampus",
            "Sources": ["sub-01_T1w.nii.gz", "b.dcm"],
            "GeneratedBy": [{"Name": "Penumbra", "Version": "0.1.0"}],
            "Model": {"Name": "hippocampus", "WeightsSHA256": "ab".repeat(32)},
            "LabelMap": {"background": 0, "anterior": 1, "posterior": 2},
            "Thresholds": {"referral": 0.25},
        })
    );
}

#[test]
fn a_threshold_without_a_value_is_refused_by_its_name() {
    let mut sidecar = sidecar();
    sidecar.thresholds = vec![("referral".to_owned(), f64::NAN)];
    let message = sidecar.to_json().unwrap_err().to_string();
    assert!(message.contains("referral"), "{message}");
}

#[test]
fn a_label_table_has_a_line_for_each_class() {
    let mut labels = sidecar().label_map;
    labels[1].name = "anterior\tpart".to_owned();
    assert_eq!(
        label_table(&labels),
        "index\tname\tcolor\n0\tbackground\t#0080ff\n1\tanterior part\t#0180ff\n2\tposterior\t#0280ff\n"
    );
}

#[test]
fn an_archive_holds_the_image_and_what_describes_it() {
    let mask = archive("sub-01_T1w", Derivative::Mask, b"image", &sidecar()).unwrap();
    let map = archive("sub-01_T1w", Derivative::Map("total"), b"image", &sidecar()).unwrap();
    let holds = |archive: &[u8], name: &str| {
        archive
            .windows(name.len())
            .any(|part| part == name.as_bytes())
    };
    for extension in ["nii.gz", "json", "tsv"] {
        assert!(holds(
            &mask,
            &format!("sub-01_desc-segwithu_dseg.{extension}")
        ));
        let described = holds(
            &map,
            &format!("sub-01_desc-segwithutotal_probseg.{extension}"),
        );
        assert_eq!(described, extension != "tsv");
    }
}

proptest! {
    /// No name leads out of the folder that it is written to, or has characters that a file system refuses.
    #[test]
    fn every_name_is_safe(stem in any::<String>(), map in any::<String>()) {
        for name in [name(&stem, Derivative::Mask), name(&stem, Derivative::Map(&map))] {
            prop_assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_+.".contains(&byte)), "{name}");
            prop_assert!(!name.starts_with(['.', '-']), "{name}");
        }
    }
}
