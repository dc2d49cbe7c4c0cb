//! What makes no segmentation.

use super::*;

#[test]
fn what_cannot_be_referred_to_is_named() {
    use imaging::dicom::SourceSeries;
    type Change = fn(&mut SourceSeries);
    let changes: [(Change, &str); 6] = [
        (
            |source| {
                source
                    .attributes
                    .retain(|element| element.header().tag != tags::STUDY_INSTANCE_UID)
            },
            "Study Instance UID",
        ),
        (
            |source| {
                source
                    .attributes
                    .retain(|element| element.header().tag != tags::SERIES_INSTANCE_UID)
            },
            "Series Instance UID",
        ),
        (
            |source| {
                source
                    .attributes
                    .put_str(tags::STUDY_INSTANCE_UID, dicom_core::VR::UI, "")
                    .map_or((), drop)
            },
            "Study Instance UID",
        ),
        (
            |source| source.planes[0].sop_instance_uid.clear(),
            "SOP Instance UID",
        ),
        (
            |source| source.planes[1].sop_class_uid = "secret".to_owned(),
            "SOP Class UID",
        ),
        (
            |source| drop(source.planes.pop()),
            "1 values where 2 are needed",
        ),
    ];
    let affine = oblique();
    for (change, word) in changes {
        let mut source = series::series(&affine, 2);
        change(&mut source);
        let error = segmentation(
            &source,
            &geometry(affine),
            &[1; 2],
            [2, 1, 1],
            &segments(&[1]),
            &creator(),
        )
        .unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains(word) && !message.contains("secret"),
            "{message}"
        );
    }
}

#[test]
fn every_class_has_exactly_one_segment() {
    let affine = oblique();
    let source = series::series(&affine, 1);
    for (ids, expected) in [
        (&[1][..], Error::NoSegment { id: 2 }),
        (&[], Error::NoSegment { id: 1 }),
        (&[1, 2, 1], Error::Segments { id: 1 }),
        (&[0, 1, 2], Error::Segments { id: 0 }),
    ] {
        let found = segmentation(
            &source,
            &geometry(affine),
            &[1, 2],
            [1, 1, 2],
            &segments(ids),
            &creator(),
        );
        assert_eq!(found.unwrap_err(), expected);
    }
    let found = segmentation(
        &source,
        &geometry(affine),
        &[1, 2, 0],
        [1, 1, 2],
        &segments(&[1, 2]),
        &creator(),
    );
    assert!(matches!(
        found,
        Err(Error::WrongLength {
            found: 3,
            expected: 2,
            ..
        })
    ));
    let found = segmentation(
        &series::series(&affine, 0),
        &geometry(affine),
        &[],
        [0, 1, 2],
        &segments(&[1]),
        &creator(),
    );
    assert!(matches!(found, Err(Error::WrongLength { .. })));
}

#[test]
fn another_grid_than_the_sources_is_refused() {
    let affine = oblique();
    let source = series::series(&affine, 2);
    let (mut flipped, mut shifted, mut sheared, mut flat) = (affine, affine, affine, affine);
    for axis in 0..3 {
        flipped[axis][0] = -affine[axis][0];
        sheared[axis][1] += 0.5 * affine[axis][0];
        flat[axis][0] = 0.0;
    }
    shifted[0][3] += 0.5;
    for (affine, word) in [
        (flipped, "other directions"),
        (shifted, "elsewhere"),
        (sheared, "right angles"),
        (flat, "no extent"),
    ] {
        let found = segmentation(
            &source,
            &geometry(affine),
            &[1; 2],
            [2, 1, 1],
            &segments(&[1]),
            &creator(),
        );
        let message = found.unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
    }
}

#[test]
fn sides_beyond_the_format_are_refused() {
    let affine = oblique();
    let source = series::series(&affine, 1);
    let found = segmentation(
        &source,
        &geometry(affine),
        &[1; 70000],
        [1, 1, 70000],
        &segments(&[1]),
        &creator(),
    );
    assert!(found.unwrap_err().to_string().contains("70000"));
}
