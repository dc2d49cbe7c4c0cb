//! What is done with a result: compared, saved, described.

use protocol::{ExportFormat, Exported, Request, Response};

use crate::answers::{failure, only, picture_model};
use crate::support::{Page, image, plain, segment};

#[test]
fn a_result_is_compared_and_saved() {
    let mut page = Page::loaded(picture_model());
    let export = |job, what: &Exported, format| {
        plain(Request::Export {
            job,
            what: what.clone(),
            format,
        })
    };
    let answers = page.say([export(1, &Exported::Mask, ExportFormat::Png)]);
    assert!(failure(&answers).1.contains("no segmentation"));

    let answers = page.say([segment(2, image([1, 40, 40]))]);
    let (_, arrays) = answers.last().unwrap();
    let mask = arrays[0].bytes().to_vec();
    let (Response::Opened { image, .. }, _) =
        only(&answers, |r| matches!(r, Response::Opened { .. }))
    else {
        unreachable!()
    };
    for &format in &image.exports {
        let answers = page.say([export(3, &Exported::Mask, format)]);
        let (Response::Exported { media_type, .. }, arrays) = &answers[0] else {
            panic!("{answers:?}")
        };
        assert_eq!(media_type, format.media_type());
        assert!(!arrays[0].bytes().is_empty());
    }
    let answers = page.say([export(3, &Exported::Probability, ExportFormat::Tiff)]);
    let (Response::Exported { name, .. }, _) = &answers[0] else {
        panic!("{answers:?}")
    };
    assert_eq!(name, "_probability.tif");
    let map = Exported::Map {
        name: "nothing".to_owned(),
    };
    let answers = page.say([export(4, &map, ExportFormat::Tiff)]);
    assert!(failure(&answers).1.contains("`nothing`"));
    let answers = page.say([export(4, &Exported::Mask, ExportFormat::DicomParametricMap)]);
    assert!(failure(&answers).1.contains("DICOM Parametric Map"));

    let labels = imaging::encode::png_mask(&mask, 40, 40).unwrap();
    let check = Request::Check {
        job: 5,
        names: vec!["labels.png".to_owned()],
    };
    let answers = page.say([(check, vec![Some(labels)])]);
    let (Response::Checked { scores, .. }, arrays) = answers.last().unwrap() else {
        panic!("{answers:?}")
    };
    assert_eq!(scores.error_rate, 0.0);
    assert_eq!(arrays[0].bytes(), mask);
}

#[test]
fn a_corrected_mask_is_saved_as_it_came_and_another_images_is_refused() {
    let mut page = Page::loaded(picture_model());
    page.say([segment(2, image([1, 40, 40]))]);
    let export = |job, what: Exported, mask: Option<Vec<u8>>| {
        let format = ExportFormat::Png;
        let request = Request::Export { job, what, format };
        (request, mask.into_iter().map(Some).collect())
    };
    let corrected: Vec<u8> = (0..1600).map(|pixel| u8::from(pixel % 7 < 3)).collect();
    let answers = page.say([export(3, Exported::CorrectedMask, Some(corrected.clone()))]);
    let (Response::Exported { name, .. }, arrays) = &answers[0] else {
        panic!("{answers:?}")
    };
    assert_eq!(name, "_corrected_seg.png");
    let expected = imaging::encode::png_mask(&corrected, 40, 40).unwrap();
    assert_eq!(arrays[0].bytes(), expected);
    let answers = page.say([export(4, Exported::CorrectedMask, Some(vec![0; 1599]))]);
    assert!(failure(&answers).1.contains("1599 voxels"));
    let answers = page.say([export(5, Exported::CorrectedMask, Some(vec![9; 1600]))]);
    assert!(failure(&answers).1.contains("class 9"));
    let answers = page.say([export(6, Exported::CorrectedMask, None)]);
    assert!(failure(&answers).1.contains("do not fit together"));
    let answers = page.say([export(7, Exported::Mask, None)]);
    assert!(matches!(&answers[0].0, Response::Exported { name, .. } if name == "_seg.png"));
}

#[test]
fn files_are_described_without_a_model() {
    let mut page = Page::new(picture_model());
    page.say([]);
    let describe = Request::Describe {
        job: 1,
        names: vec!["image.tif".to_owned()],
    };
    let answers = page.say([(describe, vec![Some(image([3, 8, 9]))])]);
    let [(Response::Described { job: 1, summary }, _)] = answers.as_slice() else {
        panic!("{answers:?}")
    };
    assert!(summary.contains("\"shape\":[3,8,9]"), "{summary}");
}
