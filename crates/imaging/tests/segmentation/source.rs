//! What an object takes over from its source.

use super::*;

#[test]
fn orientation_and_voxel_size_are_those_of_the_source() {
    let object = read(&write(&[1; 2 * 2 * 2], [2, 2, 2], &[1]));
    let shared = item(&object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE);
    let (sine, cosine) = 0.4_f64.sin_cos();
    assert_close(
        &numbers(
            item(shared, tags::PLANE_ORIENTATION_SEQUENCE),
            tags::IMAGE_ORIENTATION_PATIENT,
        ),
        &[cosine, sine, 0.0, 0.0, 0.0, -1.0],
    );
    let measures = item(shared, tags::PIXEL_MEASURES_SEQUENCE);
    assert_close(&numbers(measures, tags::PIXEL_SPACING), &[0.8, 0.5]);
    assert_close(&numbers(measures, tags::SPACING_BETWEEN_SLICES), &[3.0]);
    assert_close(&numbers(measures, tags::SLICE_THICKNESS), &[3.0]);
}

#[test]
fn patient_and_study_are_the_sources_and_the_rest_is_new() {
    let file = write(&[1; 8], [2, 2, 2], &[1]);
    let object = read(&file);
    for (tag, value) in [
        (tags::SOP_CLASS_UID, uids::SEGMENTATION_STORAGE),
        (tags::SPECIFIC_CHARACTER_SET, "ISO_IR 192"),
        (tags::PATIENT_NAME, "Müller^Jörg"),
        (tags::PATIENT_ID, "A 17"),
        (tags::PATIENT_BIRTH_DATE, ""),
        (tags::STUDY_DATE, "20200102"),
        (tags::ACCESSION_NUMBER, ""),
        (tags::STUDY_INSTANCE_UID, "1.2.3"),
        (tags::FRAME_OF_REFERENCE_UID, "1.2.3.5"),
        (tags::CLINICAL_TRIAL_SPONSOR_NAME, "Sponsor"),
        (tags::MODALITY, "SEG"),
        (tags::SERIES_NUMBER, "701"),
        (tags::CONTENT_DATE, "20261126"),
        (tags::CONTENT_TIME, "123456"),
        (tags::LOSSY_IMAGE_COMPRESSION, "00"),
    ] {
        assert_eq!(text(&object, tag), value, "{tag}");
    }
    assert!(object.get(tags::INSTITUTION_NAME).is_none());
    assert_ne!(text(&object, tags::SERIES_INSTANCE_UID), "1.2.3.4");
    assert_eq!(
        object
            .meta()
            .media_storage_sop_instance_uid()
            .trim_matches('\0'),
        text(&object, tags::SOP_INSTANCE_UID)
    );
    let referenced = item(&object, tags::REFERENCED_SERIES_SEQUENCE);
    assert_eq!(text(referenced, tags::SERIES_INSTANCE_UID), "1.2.3.4");
    assert_eq!(
        items(referenced, tags::REFERENCED_INSTANCE_SEQUENCE).len(),
        2
    );
}

#[test]
fn lossy_sources_give_lossy_results() {
    use dicom_core::{DataElement, VR};
    let affine = oblique();
    let mut source = series::series(&affine, 1);
    source.attributes.put(DataElement::new(
        tags::LOSSY_IMAGE_COMPRESSION,
        VR::CS,
        "01",
    ));
    source.attributes.put(DataElement::new(
        tags::LOSSY_IMAGE_COMPRESSION_RATIO,
        VR::DS,
        "12.5",
    ));
    let file = segmentation(
        &source,
        &geometry(affine),
        &[1],
        [1, 1, 1],
        &segments(&[1]),
        &creator(),
    )
    .unwrap();
    let object = read(&file);
    assert_eq!(text(&object, tags::LOSSY_IMAGE_COMPRESSION), "01");
    assert_eq!(text(&object, tags::LOSSY_IMAGE_COMPRESSION_RATIO), "12.5");
}

#[test]
fn frames_of_one_file_are_referred_to_by_their_number() {
    let affine = oblique();
    let mut source = series::series(&affine, 3);
    for (number, plane) in (1..).zip(&mut source.planes) {
        plane.sop_instance_uid = "1.2.3.4.1".to_owned();
        plane.frame_number = Some(number);
    }
    let file = segmentation(
        &source,
        &geometry(affine),
        &[0, 1, 1],
        [3, 1, 1],
        &segments(&[1]),
        &creator(),
    )
    .unwrap();
    let object = read(&file);
    let referenced = item(&object, tags::REFERENCED_SERIES_SEQUENCE);
    assert_eq!(
        items(referenced, tags::REFERENCED_INSTANCE_SEQUENCE).len(),
        1
    );
    let found: Vec<u32> = items(&object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE)
        .iter()
        .map(|frame| {
            item(
                item(frame, tags::DERIVATION_IMAGE_SEQUENCE),
                tags::SOURCE_IMAGE_SEQUENCE,
            )
        })
        .map(|image| number(image, tags::REFERENCED_FRAME_NUMBER))
        .collect();
    assert_eq!(found, [2, 3]);
}

#[test]
fn pictures_without_a_place_refer_to_their_source_only() {
    let mut source = series::series(&oblique(), 2);
    source
        .attributes
        .remove_element(tags::FRAME_OF_REFERENCE_UID);
    let file = segmentation(
        &source,
        &Geometry::default(),
        &[0, 1],
        [2, 1, 1],
        &segments(&[1]),
        &creator(),
    )
    .unwrap();
    let object = read(&file);
    assert!(object.get(tags::FRAME_OF_REFERENCE_UID).is_none());
    let frame = item(&object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    assert!(frame.get(tags::PLANE_POSITION_SEQUENCE).is_none());
    let content = item(frame, tags::FRAME_CONTENT_SEQUENCE);
    assert_eq!(number(content, tags::IN_STACK_POSITION_NUMBER), 2);
}
