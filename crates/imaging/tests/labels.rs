//! Label pictures: ids exactly as stored, or a refusal.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use imaging::{Error, Limits, open_labels};

#[test_data::test("samples")]
fn labels_are_read_as_class_ids() {
    let expectations = common::expectations();
    let limits = Limits::default();
    let reference = open_labels(&common::file("raster/label01.png"), "a", &limits, 2).unwrap();
    assert_eq!(reference.shape, [1, 256, 256]);
    let sha = expectations["raster/label01.png"].sha1_le.as_ref().unwrap();
    assert_eq!(&sha1(&reference.ids), sha);
    for (name, classes) in [
        ("label01.png", 4),
        ("label0255.png", 2),
        ("label_palette.png", 2),
        ("grey1.png", 2),
    ] {
        let found = open_labels(
            &common::file(&format!("raster/{name}")),
            name,
            &limits,
            classes,
        )
        .unwrap();
        assert_eq!(found, reference, "{name}");
    }
    let palette = open_labels(&common::file("raster/palette64.png"), "a", &limits, 64).unwrap();
    assert_eq!(
        &sha1(&palette.ids),
        expectations["raster/palette64.png"]
            .sha1_le
            .as_ref()
            .unwrap()
    );
}

fn sha1(bytes: &[u8]) -> String {
    use sha1::{Digest, Sha1};
    Sha1::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[test_data::test("samples")]
fn labels_that_are_no_classes_are_refused() {
    let mask = common::file("raster/label0255.png");
    let limits = Limits::default();
    let error = open_labels(&mask, "a", &limits, 4).unwrap_err();
    assert_eq!(
        error,
        Error::UnknownLabel {
            id: "255".into(),
            classes: 4
        }
    );
    assert_eq!(
        error.to_string(),
        "the label image holds the value 255, but this model has only the classes 0 to 3; choose the labels that belong to this model"
    );
    let exact =
        |name: &str, classes| open_labels(&common::file(name), name, &limits, classes).unwrap_err();
    assert!(matches!(
        exact("raster/palette64.png", 2),
        Error::UnknownLabel { .. }
    ));
    assert!(matches!(
        exact("raster/rgb8.png", 255),
        Error::InexactLabels { .. }
    ));
    assert!(matches!(
        exact("raster/grey.jpg", 255),
        Error::InexactLabels { .. }
    ));
    assert!(matches!(
        exact("raster/float32.tif", 4),
        Error::InexactLabels { .. }
    ));
}
